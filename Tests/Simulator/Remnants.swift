/// A place below bluetoothd's objects where this computer keeps something of a device.
package enum Remnant: String, CaseIterable, Codable, Sendable {
  /// The kernel's key. Neither bluetoothd's end nor a power cycle takes it away.
  case linkKey
  /// A key in the controller's own memory. The kernel deletes it whenever it switches the controller on.
  case storedLinkKey
  /// The kernel's inquiry cache. A power cycle empties it, and so does each new inquiry.
  case inquiryCache
  /// bluetoothd's directory of the device with its `info` file, which is read when the adapter appears and only then.
  case bond
  /// bluetoothd's cache file, which is read whenever it is needed.
  case cache
}

/// What those places hold of one device.
struct Remnants: Sendable {
  var kernelKey: Headset.LinkKey?
  var isInController = false
  var isInInquiryCache = false
  /// What bluetoothd wrote when it ended, or what somebody has put there. Of a device that it knows it writes more
  /// often; nobody reads that here.
  var info: KnownDevice?
  var cache: CacheFile?
}

/// bluetoothd's cache file of a device: only the names of its groups matter here.
struct CacheFile: Sendable {
  /// In the order of `doc/settings-storage.txt`, as far as something is done with them here.
  enum Group: String, CaseIterable, Sendable {
    case name = "General"
    case serviceRecords = "ServiceRecords"
    case attributes = "Attributes"
    case endpoints = "Endpoints"
  }

  var groups: Set<Group>
  /// The endpoints are of a codec that this computer does not have: stereo does not come up while they are there, and
  /// bluetoothd does not heal it (seen with 5.66 and 5.82).
  var hasSpoiltEndpoints = false

  /// What `RemoveDevice` leaves of it (`device.c device_remove_stored`). The name always stays.
  ///
  /// 5.66 keeps the endpoints (seen in the lab). Until 5.87 a file of which nothing would be left stays as it is.
  func afterRemoval(_ version: BluezVersion) -> Self {
    let removable: Set<Group> =
      version == .v5_66 ? [.serviceRecords, .attributes] : [.serviceRecords, .attributes, .endpoints]
    let rest = groups.subtracting(removable)
    if rest.isEmpty, version != .v5_87 { return self }
    return Self(groups: rest, hasSpoiltEndpoints: hasSpoiltEndpoints && rest.contains(.endpoints))
  }
}

extension Simulator {
  // MARK: For tests

  /// Whether a place holds something of a device.
  package func holds(_ remnant: Remnant, of address: String, on adapter: String = "hci0") -> Bool {
    let remnants = entry(of: address, on: adapter)
    switch remnant {
    case .linkKey: return remnants.kernelKey != nil
    case .storedLinkKey: return remnants.isInController
    case .inquiryCache: return remnants.isInInquiryCache
    case .bond:
      let known = devicePath(address.uppercased(), on: adapter).flatMap { devices[$0] }
      return remnants.info != nil || known?.isTemporary == false
    case .cache: return remnants.cache != nil
    }
  }

  /// Everything that this computer holds of a device below bluetoothd's objects.
  package func remnants(of address: String, on adapter: String = "hci0") -> Set<Remnant> {
    Set(Remnant.allCases.filter { holds($0, of: address, on: adapter) })
  }

  /// The groups of bluetoothd's cache file of a device; nil when there is none.
  package func cacheGroups(of address: String, on adapter: String = "hci0") -> [String]? {
    entry(of: address, on: adapter).cache.map { file in
      CacheFile.Group.allCases.filter(file.groups.contains).map(\.rawValue)
    }
  }

  /// Puts something of a device where bluetoothd does not expect it: a key that only the kernel or the controller holds,
  /// files left over. A directory that is put there becomes a device when bluetoothd starts.
  package func plant(_ remnant: Remnant, of headset: Headset, on adapter: String = "hci0") {
    if headsets[headset.address] == nil { add(headset) }
    guard let path = devicePath(headset.address, on: adapter) else { return }
    change(remnantsOf: headset.address, on: adapter) { remnants in
      switch remnant {
      case .linkKey: remnants.kernelKey = .foreign
      case .storedLinkKey: remnants.isInController = true
      case .inquiryCache: remnants.isInInquiryCache = true
      case .bond:
        var device = KnownDevice(path: path, adapter: adapter, headset: headset)
        device.isTemporary = false
        device.storedKey = .foreign
        device.isPaired = true
        remnants.info = device
      case .cache: remnants.cache = CacheFile(groups: Set(CacheFile.Group.allCases))
      }
    }
  }

  /// Writes endpoints into bluetoothd's cache file of a device with which stereo does not come up.
  package func spoilEndpoints(of address: String, on adapter: String = "hci0") {
    change(remnantsOf: address, on: adapter) { remnants in
      let groups = remnants.cache?.groups ?? []
      remnants.cache = CacheFile(groups: groups.union([.endpoints]), hasSpoiltEndpoints: true)
    }
  }

  /// Takes away what a place holds, whatever bluetoothd thinks of it.
  package func clear(_ remnant: Remnant, of address: String, on adapter: String = "hci0") {
    change(remnantsOf: address, on: adapter) { remnants in
      switch remnant {
      case .linkKey: remnants.kernelKey = nil
      case .storedLinkKey: remnants.isInController = false
      case .inquiryCache: remnants.isInInquiryCache = false
      case .bond: remnants.info = nil
      case .cache: remnants.cache = nil
      }
    }
  }

  // MARK: For whoever stands in for the helper

  /// How much bluetoothd holds of a device.
  package enum Presence: Hashable, Sendable {
    case absent, inSight
    /// The property that says that it holds something that lasts.
    case held(String)
  }

  /// How much bluetoothd holds of a device; nil when it does not run or does not have the adapter.
  package func presence(of address: String, on adapter: String) -> Presence? {
    guard bus != nil, let adapterPath = Self.path(adapter: adapter), tree[adapterPath] != nil else { return nil }
    guard let path = devicePath(address.uppercased(), on: adapter), let view = tree.view(path, Bluez.device) else {
      return .absent
    }
    let deciding = ["Paired", "Bonded", "Trusted", "Blocked", "Connected"]
    return deciding.first { view.value($0) == .bool(true) }.map { .held($0) } ?? .inSight
  }

  /// The name of the controller with an address, while it is plugged in.
  package func adapter(withAddress address: String) -> String? {
    controllers.values.first { $0.address == address.uppercased() && $0.isPluggedIn }?.name
  }

  // MARK: For bluetoothd and the kernel

  func entry(of address: String, on adapter: String) -> Remnants {
    guard let controller = controllers[adapter] else { return Remnants() }
    return remnants[controller.address]?[address.uppercased()] ?? Remnants()
  }

  func change(remnantsOf address: String, on adapter: String, _ change: (inout Remnants) -> Void) {
    guard let controller = controllers[adapter] else { return }
    change(&remnants[controller.address, default: [:]][address.uppercased(), default: Remnants()])
  }

  /// Changes what all devices have left with a controller.
  func changeRemnants(on adapter: String, _ change: (inout Remnants) -> Void) {
    guard let controller = controllers[adapter], var all = remnants[controller.address] else { return }
    for address in all.keys { change(&all[address, default: Remnants()]) }
    remnants[controller.address] = all
  }

  /// The kernel's key for a device.
  func kernelKey(_ device: KnownDevice) -> Headset.LinkKey? {
    entry(of: device.address, on: device.adapter).kernelKey
  }

  func setKernelKey(_ key: Headset.LinkKey?, of device: KnownDevice) {
    change(remnantsOf: device.address, on: device.adapter) { $0.kernelKey = key }
  }

  /// bluetoothd writes into its cache file of a device.
  func cache(_ group: CacheFile.Group, of device: KnownDevice) {
    guard entry(of: device.address, on: device.adapter).cache?.groups.contains(group) != true else { return }
    change(remnantsOf: device.address, on: device.adapter) { remnants in
      var file = remnants.cache ?? CacheFile(groups: [])
      file.groups.insert(group)
      remnants.cache = file
    }
  }

  /// What bluetoothd removes of a device below its object (`device.c device_remove`): the kernel's key only if it thinks
  /// that there is a bond, its directory, and what it may of its cache file.
  func removeStored(_ device: KnownDevice) {
    change(remnantsOf: device.address, on: device.adapter) { remnants in
      if device.isBonded { remnants.kernelKey = nil }
      remnants.info = nil
      remnants.cache = remnants.cache?.afterRemoval(version)
    }
  }

  /// A bluetoothd that takes up a controller reads its directories and gives the kernel the keys that it found, which
  /// forgets all others (`mgmt.c load_link_keys`).
  func load(_ adapter: String) -> [KnownDevice] {
    changeRemnants(on: adapter) { $0.kernelKey = $0.info?.storedKey }
    guard let controller = controllers[adapter] else { return [] }
    return (remnants[controller.address] ?? [:]).values.compactMap { $0.info?.on(adapter) }
      .sorted { $0.path < $1.path }
  }
}
