import Core
import Vocabulary

/// What BlueZ would say is there, as a test wants it.
struct FakeWorld: World {
  var hasBlueZ = true
  var adapters: [AdapterID: Adapter] = [.first: Adapter(id: .first, powered: true, services: .soundServer)]
  var known: [DeviceID: Device] = [:]
  var streams: [DeviceID: [Transport]] = [:]
  var backgrounds: [DeviceID: BondContext] = [:]
  var journal: [DeviceID: JournalEntry] = [:]
  var sound: AudioSession?
  var goingOff: Set<AdapterID> = []
  var wishes: [DeviceID: AudioWish] = [:]
  var isSoundShared = false
  var uses: [DeviceID: DeviceUse] = [:]
  var callWishes: [DeviceID: CallWish] = [:]
  var callRules = CallRules()
  var holds: [DeviceID: Hold] = [:]
  var staleBonds: Set<DeviceID> = []
  var words: [DeviceID: HeadsetWord] = [:]

  init(_ devices: Device...) {
    for device in devices { known[device.id] = device }
  }

  func isGoingOff(_ id: AdapterID) -> Bool { goingOff.contains(id) }
  func device(_ id: DeviceID) -> Device? { hasBlueZ ? known[id] : nil }
  func adapter(_ id: AdapterID) -> Adapter? { hasBlueZ ? adapters[id] : nil }
  var allAdapters: [Adapter] { hasBlueZ ? Array(adapters.values) : [] }
  func devices(of adapter: AdapterID) -> [Device] { hasBlueZ ? known.values.filter { $0.id.adapter == adapter } : [] }
  func transports(of device: DeviceID) -> [Transport] { hasBlueZ ? streams[device] ?? [] : [] }
  func bondContext(of device: DeviceID) -> BondContext { backgrounds[device] ?? BondContext() }
  func unfinished(_ device: DeviceID) -> JournalEntry? { journal[device] }
  func use(of device: DeviceID, by user: UInt32) -> DeviceUse { uses[device] ?? DeviceUse() }
  func wish(of device: DeviceID) -> AudioWish { wishes[device] ?? AudioWish() }
  func callWish(of device: DeviceID) -> CallWish { callWishes[device] ?? CallWish() }
  func hold(on device: DeviceID) -> Hold? { holds[device] }
  func heldDevices(of adapter: AdapterID) -> [DeviceID] { holds.keys.filter { $0.adapter == adapter } }
  func isStale(_ device: DeviceID) -> Bool { staleBonds.contains(device) }
  func word(of device: DeviceID) -> HeadsetWord { words[device] ?? HeadsetWord() }
}

extension AdapterID {
  static let first = AdapterID("hci0")
  static let second = AdapterID("hci1")
}

extension DeviceID {
  static let headset = Self(1)
  static let other = Self(2)
  static let twin = Self(3)
  static let neighbour = Self(4)

  /// The device on the first adapter whose address ends in this octet.
  init(_ last: Int, on adapter: AdapterID = .first) {
    guard let address = Address("94:DB:56:00:00:0\(last)") else { fatalError("not one digit: \(last)") }
    self.init(adapter, address)
  }
}

extension Set<AudioService> {
  /// What an adapter lists while a sound server has registered with BlueZ.
  static let soundServer: Self = [.a2dpSource, .remoteControl, .handsFreeGateway]
  static let headset: Self = [.a2dpSink, .remoteControlTarget, .handsFree]
}

extension Device {
  /// Headphones in pairing mode, seen by the discovery that is running.
  static let found = Device(
    id: .headset, name: "WH-1000XM4", classOfDevice: 0x240404, rssi: -50, services: .headset)
  static let otherFound = Device(
    id: .other, name: "WH-1000XM5", classOfDevice: 0x240404, rssi: -60, services: .headset)
  static let twinFound = Device(id: .twin, name: "LE_WH-1000XM4", rssi: -55)
  /// Headphones that this computer is paired with, and not connected to.
  static let own = Device(
    id: .headset, name: "WH-1000XM4", classOfDevice: 0x240404, paired: true, bonded: true, trusted: true,
    services: .headset)

  func with(_ change: (inout Self) -> Void) -> Self {
    var changed = self
    change(&changed)
    return changed
  }

  /// The same device at another address or adapter.
  func at(_ id: DeviceID, name: String? = nil) -> Self {
    Device(
      id: id, name: name ?? self.name, classOfDevice: classOfDevice,
      paired: paired, bonded: bonded, trusted: trusted, connected: connected, servicesResolved: servicesResolved,
      rssi: rssi, services: services)
  }
}

extension Refusal {
  init(_ kind: Kind) { self.init(kind, "org.bluez.Error: \(kind)") }
}
