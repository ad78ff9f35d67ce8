package import Vocabulary

/// A device as one adapter knows it. The same headset on two adapters is two devices, with a bond each.
package struct DeviceID: Hashable, Sendable, Comparable {
  package let adapter: AdapterID
  package let address: Address
  package init(_ adapter: AdapterID, _ address: Address) {
    self.adapter = adapter
    self.address = address
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.adapter.name, left.address) < (right.adapter.name, right.address)
  }
}

/// A device that BlueZ knows.
package struct Device: Sendable, Equatable {
  package let id: DeviceID
  package var name: String?
  package var alias: String
  /// The class of device of the baseband specification; low-energy devices have none.
  package var classOfDevice: UInt32?
  package var paired: Bool
  package var bonded: Bool
  package var trusted: Bool
  /// The user keeps this computer off it: the kernel refuses its calls (mgmt Block Device), and nobody here calls it.
  /// bluetoothd itself would, for 41 s and in vain (laboratory, 5.66 to 5.87).
  package var blocked: Bool
  package var connected: Bool
  package var servicesResolved: Bool
  /// dBm; BlueZ has it only for a device seen by the discovery that is running.
  package var rssi: Int16?
  /// The discovery that is running has shown it, with or without its signal strength.
  package var isShown: Bool
  package var services: Set<AudioService>
  /// Percent, while it is connected and tells.
  package var battery: UInt8?
  /// It lists a control channel, over which it can be asked what it holds.
  package var hasControl: Bool

  package init(
    id: DeviceID, name: String?, alias: String? = nil, classOfDevice: UInt32? = nil,
    paired: Bool = false, bonded: Bool = false, trusted: Bool = false, blocked: Bool = false, connected: Bool = false,
    servicesResolved: Bool = false, rssi: Int16? = nil, isShown: Bool = false, services: Set<AudioService> = [],
    battery: UInt8? = nil, hasControl: Bool = false
  ) {
    self.id = id
    self.name = name
    self.alias = alias ?? name ?? id.address.description
    self.classOfDevice = classOfDevice
    self.paired = paired
    self.bonded = bonded
    self.trusted = trusted
    self.blocked = blocked
    self.connected = connected
    self.servicesResolved = servicesResolved
    self.rssi = rssi
    self.isShown = isShown
    self.services = services
    self.battery = battery
    self.hasControl = hasControl
  }

  /// Whether a discovery sees it now. What BlueZ merely remembers is not in sight.
  package var isInSight: Bool { rssi != nil || isShown }

  /// Headphones, a headset or a loudspeaker: the major device class Audio/Video, or an audio service.
  package var isAudio: Bool {
    if let classOfDevice, classOfDevice >> 8 & 0x1F == 0x04 { return true }
    return !services.isDisjoint(with: [.a2dpSink, .handsFree, .headset])
  }
}
