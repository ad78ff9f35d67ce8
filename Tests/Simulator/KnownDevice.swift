internal import DBus

/// A device as bluetoothd knows it: what its Device1 object says and what stands behind it.
struct KnownDevice: Sendable {
  private(set) var path: ObjectPath
  /// The adapter's name, "hci0".
  private(set) var adapter: String
  let address: String
  let addressType: String
  var name: String?
  var alias: String?
  var deviceClass: UInt32?
  var icon: String?
  var uuids: [String] = []
  var modalias: String?
  var manufacturerData: [UInt16: [UInt8]] = [:]
  var isPaired = false
  /// The key on disk; `Bonded` says whether there is one.
  var storedKey: Headset.LinkKey?
  var isTrusted = false
  var isBlocked = false
  var wakeAllowed = false
  var isConnected = false
  var servicesResolved = false
  /// Set while a discovery that has seen the device is running.
  var rssi: Int16?
  /// Vanishes when it has not been seen for a while.
  var isTemporary = true
  /// How often it has been seen, or its being temporary has changed.
  var sightings = 0
  /// The profiles whose connection is up.
  var connected: Set<Service> = []
  var battery: UInt8?
  var transport: Transport?
  /// Counts the transports; each gets a new number.
  var transports = 0

  /// An A2DP stream between the computer and the device.
  struct Transport: Sendable {
    let number: Int
    let codec: UInt8
    var state = "idle"
    var volume: UInt16 = 64
  }

  init(path: ObjectPath, adapter: String, headset: Headset) {
    self.path = path
    self.adapter = adapter
    address = headset.address
    addressType = headset.addressType
    see(headset)
  }

  /// As it is known on an adapter that has got another name.
  func on(_ adapter: String) -> Self? {
    guard let path = Simulator.path(of: address, on: adapter) else { return nil }
    var moved = self
    (moved.path, moved.adapter) = (path, adapter)
    return moved
  }

  /// `Bonded`: the key is stored.
  var isBonded: Bool { storedKey != nil }

  /// Takes over what an inquiry response tells.
  mutating func see(_ headset: Headset) {
    name = headset.name
    deviceClass = headset.deviceClass
    icon = headset.icon
    manufacturerData = headset.manufacturerData
    // The extended inquiry response lists the services of the profiles.
    if uuids.isEmpty { uuids = Self.uuids(of: headset) }
  }

  /// Takes over what the service discovery tells.
  mutating func resolve(_ headset: Headset) {
    uuids = Self.uuids(of: headset)
    modalias = headset.modalias
    servicesResolved = true
  }

  /// Everything that ends with the link.
  mutating func drop() {
    isConnected = false
    servicesResolved = false
    connected = []
    transport = nil
    battery = nil
  }

  /// What is left of it when bluetoothd has stopped.
  var stored: Self {
    var stored = self
    stored.drop()
    stored.rssi = nil
    stored.isPaired = storedKey != nil
    return stored
  }

  private static func uuids(of headset: Headset) -> [String] {
    (headset.services.map(\.uuid) + headset.otherServices).sorted()
  }
}
