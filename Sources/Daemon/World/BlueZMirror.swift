internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Vocabulary

/// What of BlueZ's objects changed, by identity; what it is now is read from the mirror.
enum BlueZChange: Sendable {
  /// bluetoothd is there; what it has is told next.
  case bluezAppeared
  /// The mirror is complete.
  case bluezReady
  case bluezVanished
  case adapterAdded(AdapterID), adapterChanged(AdapterID), adapterRemoved(AdapterID)
  case deviceAdded(DeviceID), deviceChanged(DeviceID), deviceRemoved(DeviceID)
}

/// BlueZ's objects as the daemon reads them: policy's values of them, and nothing else that the daemon knows.
///
/// It reads the object tree in place. Tree and readers run on one loop, so reading takes no copy and no suspension.
struct BlueZMirror: Sendable {
  let tree: ObjectTree

  /// The connection to call BlueZ through; nil while the bus is away.
  var connection: Connection? { tree.assumeIsolated { $0.connection } }

  /// Whether bluetoothd owns its name, even if it has not told its objects.
  var hasOwner: Bool { bluezOwner != nil }

  /// bluetoothd's own name on the bus.
  var bluezOwner: String? { tree.assumeIsolated { $0.owner } }

  var hasBlueZ: Bool { tree.assumeIsolated { $0.isReady } }

  var absence: BlueZAbsence { BlueZAbsence(tree.assumeIsolated { $0.absence }) }

  var host: HostAdapters { HostAdapters(names: KernelAdapters.names(), mode: BlueZConfiguration.controllerMode()) }

  var bluezVersion: String? { version?.description }

  var version: BlueZVersion? { tree.assumeIsolated { $0.version } }

  func adapter(_ id: AdapterID) -> Core.Adapter? { known(id).map(Core.Adapter.init) }

  func isGoingOff(_ id: AdapterID) -> Bool {
    known(id).map { $0.powered && ($0.powerState == .turningOff || Rfkill.blocks(id.name)) } ?? false
  }

  func device(_ id: DeviceID) -> Core.Device? { known(id).map { Core.Device($0, id: id) } }

  func devices(of adapter: AdapterID) -> [Core.Device] {
    let path = ObjectPath.adapter(adapter.name)
    return tree.assumeIsolated { tree in
      tree.devices.values.filter { $0.adapter == path }.map { Core.Device($0) }
    }
  }

  func transports(of device: DeviceID) -> [Core.Transport] {
    streams(of: device).map { Core.Transport(profile: $0.profile, isActive: $0.state == .active) }
  }

  /// What a device is kept under over restarts; nil while its adapter is not there.
  func key(of device: DeviceID) -> BondKey? {
    known(device.adapter).map { BondKey(adapter: $0.address, device: device.address) }
  }

  func adapterAddress(_ id: AdapterID) -> Address? { known(id)?.address }

  /// The addresses of the adapters that are there.
  var adapterAddresses: [Address] { tree.assumeIsolated { $0.adapters.values.map(\.address) } }

  /// The adapter that has this address now.
  func adapter(at address: Address) -> AdapterID? {
    tree.assumeIsolated { tree in
      tree.adapters.values.first { $0.address == address }.map { AdapterID($0.path.lastElement) }
    }
  }

  /// The device that is kept under a key, while its adapter is there; BlueZ need not know it.
  func device(at key: BondKey) -> DeviceID? { adapter(at: key.adapter).map { DeviceID($0, key.device) } }

  /// Advice as it is told on this computer now: with the adapters of its commands where there are several.
  func told(_ advice: String, as adapter: AdapterID? = nil) -> String {
    Advice.told(advice, amongSeveral: allAdapters.count > 1, as: adapter)
  }

  var allAdapters: [Core.Adapter] { tree.assumeIsolated { $0.adapters.values.map(Core.Adapter.init) } }

  var allDevices: [Core.Device] { tree.assumeIsolated { $0.devices.values.map { Core.Device($0) } } }

  /// The adapter's own address: what its name may not say after a replug.
  func address(of id: AdapterID) -> String? { known(id)?.address.description }

  // MARK: Changes

  /// Calls `handler` on the loop with every change, until the observation is ended.
  func observe(_ handler: @escaping @Sendable (BlueZChange) -> Void) -> Observation {
    let tree = tree
    return Observation(
      token: tree.assumeIsolated { tree in tree.observe { if let change = BlueZChange($0) { handler(change) } } },
      tree: tree)
  }

  struct Observation: Sendable {
    fileprivate let token: ObjectTree.Observation
    fileprivate let tree: ObjectTree
    func end() { tree.assumeIsolated { $0.stopObserving(token) } }
  }

  // MARK: Finding

  func known(_ id: AdapterID) -> BlueZ.Adapter? {
    guard let path = ObjectPath.adapter(id.name) else { return nil }
    return tree.assumeIsolated { $0.adapters[path] }
  }

  func known(_ id: DeviceID) -> BlueZ.Device? {
    guard let path = id.path else { return nil }
    return tree.assumeIsolated { $0.devices[path] }
  }

  func streams(of id: DeviceID) -> [MediaTransport] {
    guard let path = id.path else { return [] }
    return tree.assumeIsolated { $0.transports.values.filter { $0.device == path } }.sorted { $0.path < $1.path }
  }
}

extension DeviceID {
  /// BlueZ's object for the device.
  var path: ObjectPath? {
    ObjectPath.device(address, of: adapter.name)
  }

  init(_ device: BlueZ.Device) {
    self.init(AdapterID(device.adapter.lastElement), device.address)
  }
}
