package import DBus

/// One audio stream of a device, as `org.bluez.MediaTransport1` describes it. It exists while a profile is connected.
package struct MediaTransport: Hashable, Sendable {
  /// What `State` says: the honest answer to "does it play now".
  package enum State: Hashable, Sendable {
    /// Connected, not streaming.
    case idle
    /// The other side asked for the stream; the sound server has not taken it yet.
    case pending
    case active
    case other(String)
  }

  package let path: ObjectPath
  package var device: ObjectPath
  /// The local role of the profile, in lower case. BlueZ spells it as the sound server has registered it (`media.c`), and
  /// BlueALSA 4.0 writes capitals (laboratory, 5.66).
  package var uuid = ""
  /// Codec identifier of A2DP (Bluetooth Assigned Numbers: 0 SBC, 2 AAC, 255 of a vendor).
  package var codec: UInt8?
  package var state: State = .idle
  /// AVRCP absolute volume, 0 to 127; nil where the device has none.
  package var volume: UInt16?

  package init(path: ObjectPath, device: ObjectPath) {
    self.path = path
    self.device = device
  }
}

extension MediaTransport: PropertyBag {
  mutating func update(_ property: String, _ value: inout MessageReader) {
    switch property {
    case MediaProperty.device:
      if let path = try? value.objectPath() { device = path }
    case MediaProperty.uuid: value.read(intoLowerCase: &uuid)
    case MediaProperty.codec: value.read(into: &codec)
    case MediaProperty.state:
      if let text = try? value.text() { state = State(text) }
    case MediaProperty.volume: value.read(into: &volume)
    default: break
    }
  }

  mutating func invalidate(_ property: String) {
    if property == MediaProperty.volume { volume = nil }
  }
}

extension MediaTransport.State {
  init(_ text: String) {
    self =
      switch text {
      case "idle": .idle
      case "pending": .pending
      case "active": .active
      default: .other(text)
      }
  }
}

/// A codec that a remote device offers, as `org.bluez.MediaEndpoint1` of a remote endpoint describes it.
package struct MediaEndpoint: Hashable, Sendable {
  package let path: ObjectPath
  package var device: ObjectPath
  /// The remote role of the profile, in lower case.
  package var uuid = ""
  /// As ``MediaTransport/codec``.
  package var codec: UInt8?
  /// The codec's own description of what it can do (A2DP specification); for codec 255 it begins with the vendor.
  package var capabilities: [UInt8] = []

  package init(path: ObjectPath, device: ObjectPath) {
    self.path = path
    self.device = device
  }
}

extension MediaEndpoint: PropertyBag {
  mutating func update(_ property: String, _ value: inout MessageReader) {
    switch property {
    case MediaProperty.device:
      if let path = try? value.objectPath() { device = path }
    case MediaProperty.uuid: value.read(intoLowerCase: &uuid)
    case MediaProperty.codec: value.read(into: &codec)
    case MediaProperty.capabilities: value.read(into: &capabilities)
    default: break
    }
  }

  mutating func invalidate(_ property: String) {}
}
