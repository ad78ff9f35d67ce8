package import Vocabulary

/// An adapter's name, as BlueZ gives it: "hci0". It may belong to another controller after a replug.
package struct AdapterID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }
  package var description: String { name }
  package static func < (left: Self, right: Self) -> Bool { left.name < right.name }
}

/// A Bluetooth controller of this computer.
package struct Adapter: Sendable, Equatable {
  package let id: AdapterID
  package var powered: Bool
  /// An rfkill switch keeps it off.
  package var blocked: Bool
  package var pairable: Bool
  package var discovering: Bool
  package var services: Set<AudioService>

  package init(
    id: AdapterID, powered: Bool, blocked: Bool = false, pairable: Bool = false, discovering: Bool = false,
    services: Set<AudioService> = []
  ) {
    self.id = id
    self.powered = powered
    self.blocked = blocked
    self.pairable = pairable
    self.discovering = discovering
    self.services = services
  }

  /// A sound server has registered A2DP endpoints: bluetoothd lists A2DP Source only while one has (`a2dp.c`).
  package var hasStereo: Bool { services.contains(.a2dpSource) }
  /// Some audio profile has a local half, so that connecting can succeed.
  package var hasAudio: Bool { hasStereo || hasCalls }
  /// A sound server has registered as an audio gateway.
  package var hasCalls: Bool { services.contains(.handsFreeGateway) || services.contains(.headsetGateway) }
}
