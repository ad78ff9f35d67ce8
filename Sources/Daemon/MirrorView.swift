internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Interface

/// What of the neighbourhood changed, by identity; what it is now is read from the mirror.
enum MirrorChange: Sendable {
  /// bluetoothd is there; what it has is told next.
  case bluezAppeared
  /// The mirror is complete.
  case bluezReady
  case bluezVanished
  case adapterAdded(AdapterID), adapterChanged(AdapterID), adapterRemoved(AdapterID)
  case deviceAdded(DeviceID), deviceChanged(DeviceID), deviceRemoved(DeviceID)
}

/// The mirror of BlueZ's objects as the daemon reads it: policy's values, and the interface's.
///
/// It reads the object tree in place. Tree and readers run on one loop, so reading takes no copy and no suspension.
struct MirrorView: Neighbourhood, Sendable {
  let tree: ObjectTree
  let journal: Journal
  let history: BondHistory
  let wishes: SoundWishes
  let sessions: Sessions

  /// The connection to call BlueZ through; nil while the bus is away.
  var connection: Connection? { tree.assumeIsolated { $0.connection } }

  /// Whether bluetoothd owns its name, even if it has not told its objects.
  var hasOwner: Bool { bluezOwner != nil }

  /// bluetoothd's own name on the bus.
  var bluezOwner: String? { tree.assumeIsolated { $0.owner } }

  // MARK: Policy's view

  var hasBlueZ: Bool { tree.assumeIsolated { $0.isReady } }

  var absence: BlueZAbsence { BlueZAbsence(tree.assumeIsolated { $0.absence }) }

  var host: HostAdapters { HostAdapters(names: KernelAdapters.names(), mode: MainConfiguration.controllerMode()) }

  var bluezVersion: String? { tree.assumeIsolated { $0.version?.description } }

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
    streams(of: device).map { Core.Transport(profile: $0.profile) }
  }

  func background(of device: DeviceID) -> Background {
    let version = tree.assumeIsolated { $0.version }
    var background = Background(
      bluezMajor: version.map { Int($0.major) }, bluezMinor: version.map { Int($0.minor) },
      repairing: MainConfiguration.repairing())
    guard let key = key(of: device) else { return background }
    let known = history.assumeIsolated { $0.background(key) }
    background.workedInThisBoot = known.workedInThisBoot
    background.workedBefore = known.workedBefore
    background.workedSinceBlueZStarted = known.workedSinceBlueZStarted
    return background
  }

  func unfinished(_ device: DeviceID) -> JournalEntry? {
    key(of: device).flatMap { key in journal.assumeIsolated { $0.entry(key, on: device.adapter) } }
  }

  var sound: Core.SoundSession? { sessions.assumeIsolated { $0.followed } }

  func wish(of device: DeviceID) -> SoundWish {
    let user = sound?.user
    return key(of: device).map { key in wishes.assumeIsolated { $0.wish(of: key, for: user) } } ?? SoundWish()
  }

  /// What a device is kept under over restarts; nil while its adapter is not there.
  func key(of device: DeviceID) -> Journal.Key? {
    known(device.adapter).map { Journal.Key(adapter: Address(bits: $0.address.bits), device: device.address) }
  }

  func adapterAddress(_ id: AdapterID) -> Address? { known(id).map { Address(bits: $0.address.bits) } }

  /// The adapter that has this address now.
  func adapter(at address: Address) -> AdapterID? {
    tree.assumeIsolated { tree in
      tree.adapters.values.first { Address(bits: $0.address.bits) == address }.map { AdapterID($0.path.lastElement) }
    }
  }

  /// The device that is kept under a key, while its adapter is there; BlueZ need not know it.
  func device(at key: Journal.Key) -> DeviceID? { adapter(at: key.adapter).map { DeviceID($0, key.device) } }

  var allAdapters: [Core.Adapter] { tree.assumeIsolated { $0.adapters.values.map(Core.Adapter.init) } }

  var allDevices: [Core.Device] { tree.assumeIsolated { $0.devices.values.map { Core.Device($0) } } }

  /// The adapter's own address: what its name may not say after a replug.
  func address(of id: AdapterID) -> String? { known(id)?.address.description }

  // MARK: The interface's view

  func wireAdapter(_ id: AdapterID, selected: Bool) -> Interface.Adapter? {
    guard let adapter = known(id) else { return nil }
    let policy = Core.Adapter(adapter)
    return Interface.Adapter(
      name: id.name, address: adapter.address.description, alias: adapter.alias, powered: adapter.powered,
      blocked: policy.blocked, pairable: adapter.pairable, discoverable: adapter.discoverable,
      discovering: adapter.discovering, audioReady: policy.hasStereo, selected: selected,
      callsReady: policy.hasCalls)
  }

  func wireDevice(_ id: DeviceID) -> Interface.Device? {
    guard let device = known(id) else { return nil }
    return Interface.Device(
      adapter: id.adapter.name, address: id.address.description, name: device.name, alias: device.alias,
      icon: device.icon, paired: device.paired, bonded: device.bonded, trusted: device.trusted,
      blocked: device.blocked, connected: device.connected, servicesResolved: device.servicesResolved,
      profiles: AudioServices.profiles(device.uuids), transports: streams(of: id).map(wire),
      battery: device.battery.map(Int.init), rssi: device.rssi.map(Int.init), modalias: device.modalias,
      manufacturer: device.modalias.flatMap(Modalias.init)?.manufacturer, uuids: device.uuids,
      twinOf: Twin.original(of: Core.Device(device, id: id)), verdict: verdict(of: id))
  }

  private func verdict(of id: DeviceID) -> Interface.Verdict? {
    let finding = key(of: id).flatMap { key in history.assumeIsolated { $0[key]?.finding } }
    // Without a bond there is none that could be of no use.
    if let finding, finding.verdict.isStale, device(id)?.bonded != true { return nil }
    return finding.flatMap { Interface.Verdict($0) { told($0, as: id.adapter) } }
  }

  private func wire(_ stream: MediaTransport) -> Interface.Transport {
    let endpoint = stream.path.parent.flatMap { path in tree.assumeIsolated { $0.endpoints[path] } }
    return Interface.Transport(
      profile: stream.wireProfile, codec: Codec.name(stream.codec, capabilities: endpoint?.capabilities ?? []),
      state: stream.state.text, volume: stream.volume.map(Int.init))
  }

  // MARK: Changes

  /// Calls `handler` on the loop with every change, until the observation is ended.
  func observe(_ handler: @escaping @Sendable (MirrorChange) -> Void) -> Observation {
    let tree = tree
    return Observation(
      token: tree.assumeIsolated { tree in tree.observe { if let change = MirrorChange($0) { handler(change) } } },
      tree: tree)
  }

  struct Observation: Sendable {
    fileprivate let token: ObjectTree.Observation
    fileprivate let tree: ObjectTree
    func end() { tree.assumeIsolated { $0.stopObserving(token) } }
  }

  // MARK: Finding

  private func known(_ id: AdapterID) -> BlueZ.Adapter? {
    guard let path = ObjectPath.adapter(id.name) else { return nil }
    return tree.assumeIsolated { $0.adapters[path] }
  }

  private func known(_ id: DeviceID) -> BlueZ.Device? {
    guard let path = id.path else { return nil }
    return tree.assumeIsolated { $0.devices[path] }
  }

  private func streams(of id: DeviceID) -> [MediaTransport] {
    guard let path = id.path else { return [] }
    return tree.assumeIsolated { $0.transports.values.filter { $0.device == path } }.sorted { $0.path < $1.path }
  }
}

extension DeviceID {
  /// BlueZ's object for the device.
  var path: ObjectPath? {
    BluetoothAddress(address.description).flatMap { ObjectPath.device($0, of: adapter.name) }
  }

  init(_ device: BlueZ.Device) {
    self.init(AdapterID(device.adapter.lastElement), Address(bits: device.address.bits))
  }
}
