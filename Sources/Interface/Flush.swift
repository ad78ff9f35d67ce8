package import Vocabulary

/// The interface `org.mdrctl.Flush` between the daemon and its privileged helper, as it travels.
///
/// `org.mdrctl.Flush.varlink` beside this file says what each field means; a test holds the two together.
package enum Flush {
  package static let interface = "org.mdrctl.Flush"
  /// The interface's text, for `org.varlink.service.GetInterfaceDescription`.
  package static var description: String {
    String(decoding: PackageResources.org_mdrctl_Flush_varlink, as: UTF8.self)
  }
  /// Where the helper is asked; `MDRCTL_FLUSH_SOCKET` overrides it. Not in `/run/mdrctl`, which is the daemon's own:
  /// systemd gives the socket to the daemon with chown(2) by its path, which must be nobody's but root's to change.
  package static let socketPath = "/run/mdrctl-flush.sock"
  package static let socketVariable = "MDRCTL_FLUSH_SOCKET"

  /// The methods. The raw value is the name on the wire after the interface's.
  package enum Method: String, CaseIterable, Sendable {
    case inspect = "Inspect"
    case flush = "Flush"
    case disconnect = "Disconnect"
    case watch = "Watch"
    case clients = "Clients"

    /// "org.mdrctl.Flush.Inspect" and so on.
    package var fullName: String { "\(Flush.interface).\(rawValue)" }
  }

  /// The errors. The raw value is the name on the wire after the interface's.
  package enum ErrorName: String, CaseIterable, Sendable {
    case invalidInput = "InvalidInput"
    case noAdapter = "NoAdapter"
    case devicePresent = "DevicePresent"
    case bluezUnknown = "BlueZUnknown"
    case notConnected = "NotConnected"
    case refused = "Refused"

    package var fullName: String { "\(Flush.interface).\(rawValue)" }

    package init?(fullName: String) {
      guard let name = Self.allCases.first(where: { $0.fullName == fullName }) else { return nil }
      self = name
    }
  }

  /// What of a device the helper can look at and remove.
  package enum LayerName: String, CaseIterable, Codable, Sendable {
    case linkKey, storedLinkKey, bond, cache

    package var hostLayer: HostLayer {
      switch self {
      case .linkKey: .linkKey
      case .storedLinkKey: .storedLinkKey
      case .bond: .bond
      case .cache: .cache
      }
    }

    /// Nil for what is not the helper's.
    package init?(_ layer: HostLayer) {
      switch layer {
      case .linkKey: self = .linkKey
      case .storedLinkKey: self = .storedLinkKey
      case .bond: self = .bond
      case .cache: self = .cache
      case .bluez, .inquiryCache: return nil
      }
    }
  }

  package typealias Holding = Vocabulary.Holding

  package struct Layer: Codable, Hashable, Sendable {
    package var layer: LayerName
    package var before: Holding
    package var after: Holding
    package var detail: String?
    package var reason: String?
    package var hasKey: Bool?

    package init(
      layer: LayerName, before: Holding, after: Holding, detail: String? = nil, reason: String? = nil,
      hasKey: Bool? = nil
    ) {
      self.layer = layer
      self.before = before
      self.after = after
      self.detail = detail
      self.reason = reason
      self.hasKey = hasKey
    }
  }

  package enum LinkEvent: String, CaseIterable, Codable, Sendable {
    case watching, connected, disconnected, connectFailed, authenticationFailed, keyRefused
  }

  /// Of `Inspect` and `Flush`.
  package struct LayersParameters: Codable, Sendable {
    package var adapter: String
    package var device: String
    package var layers: [String]

    package init(adapter: String, device: String, layers: [String]) {
      self.adapter = adapter
      self.device = device
      self.layers = layers
    }
  }

  /// Of `Disconnect` and `Watch`.
  package struct DeviceParameters: Codable, Sendable {
    package var adapter: String
    package var device: String

    package init(adapter: String, device: String) {
      self.adapter = adapter
      self.device = device
    }
  }

  /// Of `Inspect` and `Flush`.
  package struct LayersReply: Codable, Sendable {
    package var layers: [Layer]
    package init(layers: [Layer]) { self.layers = layers }
  }

  package struct ClientsReply: Codable, Sendable {
    package var names: [String]
    package init(names: [String]) { self.names = names }
  }

  package struct WatchReply: Codable, Sendable {
    package var event: LinkEvent
    package var code: Int?

    package init(event: LinkEvent, code: Int? = nil) {
      self.event = event
      self.code = code
    }
  }

  /// The parameters of every error of the interface.
  package struct ErrorParameters: Codable, Hashable, Sendable {
    package var message: String
    package init(message: String) { self.message = message }
  }
}
