package import DBus
package import Vocabulary

/// A Bluetooth controller of this machine, as `org.bluez.Adapter1` describes it.
package struct Adapter: Hashable, Sendable {
  /// What `PowerState` says; it tells a change under way and a blocked radio from plain "off".
  package enum PowerState: Hashable, Sendable {
    case on, off, turningOn, turningOff
    /// Switched off by rfkill: powering on fails until it is unblocked.
    case blocked
    case other(String)
  }

  package let path: ObjectPath
  package let address: Address
  /// The host's name, unless configured otherwise.
  package var name = ""
  /// What devices see; the name unless set.
  package var alias = ""
  /// Class of Device (Bluetooth Assigned Numbers).
  package var deviceClass: UInt32?
  package var powered = false
  /// Nil where BlueZ does not say: before 5.73 it is experimental.
  package var powerState: PowerState?
  /// Whether devices can find this machine.
  package var discoverable = false
  /// Whether pairings leave a key (mgmt's "bondable").
  package var pairable = false
  /// Whether any client's discovery runs.
  package var discovering = false
  /// What local programs offer, in BlueZ's lower case; see `AudioService`.
  package var uuids: [String] = []
  /// The Device ID that this machine announces; by default it tells BlueZ's version.
  package var modalias: String?

  package init(path: ObjectPath, address: Address) {
    self.path = path
    self.address = address
  }

  /// Whether a sound server has registered at BlueZ; without one no audio profile can be connected.
  package var hasSoundServer: Bool { uuids.contains(AudioService.a2dpSource.uuid) }

  /// The version of bluetoothd, if the adapter tells.
  package var bluezVersion: BlueZVersion? { modalias.flatMap(BlueZVersion.init(adapterModalias:)) }
}

extension Adapter: PropertyBag {
  mutating func update(_ property: String, _ value: inout MessageReader) {
    switch property {
    case AdapterProperty.name: value.read(into: &name)
    case AdapterProperty.alias: value.read(into: &alias)
    case AdapterProperty.deviceClass: value.read(into: &deviceClass)
    case AdapterProperty.powered: value.read(into: &powered)
    case AdapterProperty.powerState:
      if let text = try? value.text() { powerState = PowerState(text) }
    case AdapterProperty.discoverable: value.read(into: &discoverable)
    case AdapterProperty.pairable: value.read(into: &pairable)
    case AdapterProperty.discovering: value.read(into: &discovering)
    case AdapterProperty.uuids: value.read(into: &uuids)
    case AdapterProperty.modalias: value.read(into: &modalias)
    default: break
    }
  }

  mutating func invalidate(_ property: String) {
    switch property {
    case AdapterProperty.powerState: powerState = nil
    case AdapterProperty.modalias: modalias = nil
    default: break
    }
  }
}

extension Adapter.PowerState {
  /// The words of `doc/org.bluez.Adapter.rst`.
  init(_ text: String) {
    self =
      switch text {
      case "on": .on
      case "off": .off
      case "off-enabling": .turningOn
      case "on-disabling": .turningOff
      case "off-blocked": .blocked
      default: .other(text)
      }
  }
}
