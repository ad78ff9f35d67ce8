/// An adapter's name, as BlueZ gives it: "hci0". It may belong to another controller after a replug.
package struct AdapterID: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }
  package var description: String { name }
}

/// A device as one adapter knows it. The same headset on two adapters is two devices, with a bond each.
package struct DeviceID: Hashable, Sendable {
  package let adapter: AdapterID
  package let address: Address
  package init(_ adapter: AdapterID, _ address: Address) {
    self.adapter = adapter
    self.address = address
  }
}

/// The services of audio, by their role at either end (Bluetooth assigned numbers, 16-bit UUIDs).
package enum AudioService: UInt16, CaseIterable, Sendable {
  case a2dpSource = 0x110A
  case a2dpSink = 0x110B
  case remoteControlTarget = 0x110C
  case remoteControl = 0x110E
  case headset = 0x1108
  case headsetGateway = 0x1112
  case handsFree = 0x111E
  case handsFreeGateway = 0x111F

  /// The 128-bit form that BlueZ uses, in lower case.
  package var uuid: String {
    let digits = String(rawValue, radix: 16)
    return "0000\(String(repeating: "0", count: 4 - digits.count))\(digits)-0000-1000-8000-00805f9b34fb"
  }
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

/// A device that BlueZ knows.
package struct Device: Sendable, Equatable {
  package let id: DeviceID
  package var name: String?
  package var alias: String
  /// The class of device of the baseband specification; low-energy devices have none.
  package var classOfDevice: UInt32?
  package var hasRandomAddress: Bool
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

  package init(
    id: DeviceID, name: String?, alias: String? = nil, classOfDevice: UInt32? = nil, hasRandomAddress: Bool = false,
    paired: Bool = false, bonded: Bool = false, trusted: Bool = false, blocked: Bool = false, connected: Bool = false,
    servicesResolved: Bool = false, rssi: Int16? = nil, isShown: Bool = false, services: Set<AudioService> = []
  ) {
    self.id = id
    self.name = name
    self.alias = alias ?? name ?? id.address.description
    self.classOfDevice = classOfDevice
    self.hasRandomAddress = hasRandomAddress
    self.paired = paired
    self.bonded = bonded
    self.trusted = trusted
    self.blocked = blocked
    self.connected = connected
    self.servicesResolved = servicesResolved
    self.rssi = rssi
    self.isShown = isShown
    self.services = services
  }

  /// Whether a discovery sees it now. What BlueZ merely remembers is not in sight.
  package var isInSight: Bool { rssi != nil || isShown }

  /// Headphones, a headset or a loudspeaker: the major device class Audio/Video, or an audio service.
  package var isAudio: Bool {
    if let classOfDevice, classOfDevice >> 8 & 0x1F == 0x04 { return true }
    return !services.isDisjoint(with: [.a2dpSink, .handsFree, .headset])
  }
}

/// An audio stream between an adapter and a device.
package struct Transport: Sendable, Equatable {
  package enum Profile: Sendable {
    case a2dp, hfp, hsp, other
  }
  package let profile: Profile
  package init(profile: Profile) { self.profile = profile }
}

/// What BlueZ says is there, now. Operations read it; only BlueZ's signals change it.
package protocol Neighbourhood {
  /// Whether bluetoothd is on the bus.
  var hasBlueZ: Bool { get }
  /// Why not, while it is not.
  var absence: BlueZAbsence { get }
  /// The adapters as the kernel has them, for when BlueZ has none.
  var host: HostAdapters { get }
  /// The device, while BlueZ knows it.
  func device(_ id: DeviceID) -> Device?
  /// The adapter, while it is plugged in.
  func adapter(_ id: AdapterID) -> Adapter?
  /// Whether the adapter is being switched off, which is told before what it takes along, or is on although an rfkill
  /// switch blocks it, which the kernel shows before BlueZ does.
  func isGoingOff(_ id: AdapterID) -> Bool
  /// The devices of an adapter, in no order.
  func devices(of adapter: AdapterID) -> [Device]
  /// The audio streams of a device.
  func transports(of device: DeviceID) -> [Transport]
  /// What is known of a device's bond besides.
  func background(of device: DeviceID) -> Background
  /// The removal of a device that was begun and is not complete; see ``JournalEntry``.
  func unfinished(_ device: DeviceID) -> JournalEntry?
  /// The login session whose sound server is followed.
  var sound: SoundSession? { get }
  /// What is wished of a device's sound.
  func wish(of device: DeviceID) -> SoundWish
}

extension Neighbourhood {
  package var absence: BlueZAbsence { .notRunning }
  package var host: HostAdapters { HostAdapters() }
}
