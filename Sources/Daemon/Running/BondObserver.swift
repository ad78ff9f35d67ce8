internal import BlueZ
internal import Core
internal import EventLoop
internal import Service
internal import Vocabulary

/// Observes the bonds of this computer: keeps their history, and notices those that vanish.
actor BondObserver: LoopActor {
  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private var mirror: BlueZMirror { world.mirror }
  private let history: BondHistory
  private let journal: Journal
  private let port: HostPort
  private let log: Log
  /// Bonded devices that BlueZ removed: whether on purpose shows when their adapter is still there after a while.
  private var departures: [DeviceID: TimerToken] = [:]

  /// bluetoothd removes its devices before its adapters when it is stopped or a controller is pulled, which takes it
  /// 0.6 s in the laboratory.
  private static let departureLimit = Duration.seconds(5)

  init(
    loop: EventLoop, world: LiveWorld, history: BondHistory, journal: Journal, port: HostPort, log: Log
  ) {
    self.loop = loop
    self.world = world
    self.port = port
    self.log = log
    self.history = history
    self.journal = journal
  }

  /// Takes a change of BlueZ's objects. Most say nothing of a bond, and cost next to nothing.
  func take(_ change: TreeChange) {
    switch change {
    case .bluezAppeared:
      if let owner = mirror.bluezOwner { history.assumeIsolated { $0.bluezAppeared(as: owner) } }
    case .bluezReady:
      lookForLost()
      for adapter in mirror.allAdapters { endCircumstances(on: adapter.id) }
    // One that bluetoothd takes up after its start; its devices come after it.
    case .adapterAdded(let adapter):
      loop.spawn { [port] in
        await port.bluez.catchUp(AdapterID(adapter.path.lastElement))
        await self.lookForLost()
        await self.endCircumstances(on: AdapterID(adapter.path.lastElement))
      }
    case .adapterChanged(let old, let new):
      if new.powered != old.powered || new.powerState != old.powerState || new.uuids != old.uuids {
        endCircumstances(on: AdapterID(new.path.lastElement))
      }
    case .bluezVanished:
      for timer in departures.values { loop.cancel(timer) }
      departures = [:]
    case .deviceAdded(let device):
      let id = DeviceID(device)
      // One that is only in sight again has departed all the same.
      if device.bonded {
        if let timer = departures.removeValue(forKey: id) { loop.cancel(timer) }
        see(id)
      }
      if device.connected || device.rssi != nil { endCircumstance(of: id) }
    case .deviceChanged(let old, let new):
      if new.bonded, !old.bonded {
        renew(DeviceID(new))
      } else if new.bonded, new.alias != old.alias || new.name != old.name {
        see(DeviceID(new))
      } else if old.bonded, !new.bonded {
        lost(DeviceID(new), how: "Bonded became false: another program, or BlueZ itself, removed the key.", .certain)
      }
      if new.connected && !old.connected || new.rssi != nil && old.rssi == nil { endCircumstance(of: DeviceID(new)) }
    case .deviceRemoved(let device): if device.bonded { depart(DeviceID(device)) }
    default: break
    }
  }

  /// Remembers what is wrong with a bond, or that it was seen to be sound.
  func note(_ verdict: Core.Verdict?, of id: DeviceID) {
    guard let key = mirror.key(of: id) else { return }
    let alias = world.title(of: id)
    if let verdict { log.notice("bond: \(verdict.message)", ["evidence": verdict.evidence]) }
    history.assumeIsolated { $0.found(verdict, key, alias: alias) }
  }

  // MARK: What is over

  private func endCircumstances(on adapter: AdapterID) {
    guard let address = mirror.adapterAddress(adapter) else { return }
    for key in history.assumeIsolated({ $0.keys }) where key.adapter == address {
      endCircumstance(of: DeviceID(adapter, key.device))
    }
  }

  private func endCircumstance(of id: DeviceID) {
    guard let key = mirror.key(of: id), let verdict = history.assumeIsolated({ $0[key]?.finding?.verdict }),
      verdict.isOver(for: mirror.device(id), on: mirror.adapter(id.adapter))
    else { return }
    history.assumeIsolated { $0.ended(key) }
  }

  /// Remembers what a link that nobody here asked for says of its bond, where more is not known already.
  func noteUnasked(_ verdict: Core.Verdict?, of id: DeviceID) {
    if verdict == nil || !isStale(id) { note(verdict, of: id) }
  }

  /// Whether the bond is known to be stale: an attempt of ours has told more than a link that nobody asked for can, and
  /// BlueZ 5.66 and 5.82 call a headset again by themselves after each (laboratory: the wrong key).
  private func isStale(_ id: DeviceID) -> Bool {
    guard let key = mirror.key(of: id) else { return false }
    return history.assumeIsolated { $0[key]?.finding?.verdict.isStale == true }
  }

  private func see(_ id: DeviceID) {
    guard let key = mirror.key(of: id), let device = mirror.device(id) else { return }
    history.assumeIsolated { $0.seen(key, device) }
    dropOutdated(id)
  }

  private func renew(_ id: DeviceID) {
    guard let key = mirror.key(of: id), let device = mirror.device(id) else { return }
    history.assumeIsolated { $0.renewed(key, device) }
    dropOutdated(id)
  }

  private func dropOutdated(_ id: DeviceID) {
    let present = mirror.adapterAddresses
    history.assumeIsolated { $0.dropOutdated(id.address, but: present) }
  }

  private func depart(_ id: DeviceID) {
    departures[id] = loop.schedule(after: Self.departureLimit) { self.assumeIsolated { $0.hasDeparted(id) } }
  }

  /// BlueZ and the adapter live, so somebody had the device removed: ``HostPort`` knows of ours already.
  private func hasDeparted(_ id: DeviceID) {
    departures[id] = nil
    guard mirror.hasBlueZ, let key = mirror.key(of: id), mirror.device(id)?.bonded != true else { return }
    let present = mirror.adapterAddresses
    history.assumeIsolated { $0.forget(key, present: present) }
  }

  // MARK: What is lost

  /// Bonds that were there when BlueZ was seen last and are not there now.
  private func lookForLost() {
    guard mirror.hasBlueZ else { return }
    for adapter in mirror.allAdapters {
      for device in mirror.devices(of: adapter.id) where device.bonded {
        see(device.id)
        // Sound is only connected over a link that the key has encrypted.
        if mirror.transports(of: device.id).contains(where: { $0.profile == .a2dp }) { note(nil, of: device.id) }
      }
    }
    let keys = history.assumeIsolated { history in history.keys.filter { history[$0]?.isBond == true } }
    let known = Set(keys.map(\.adapter))
    for key in keys {
      if let id = mirror.device(at: key) {
        if mirror.device(id)?.bonded != true {
          lost(id, how: "It was bonded when bluetoothd ran last, and nobody forgot it by mdrctl.", .probable)
        }
      } else if let adapter = stranger(to: known), let here = mirror.adapter(at: adapter),
        !isBondedElsewhere(key.device)
      {
        let text = "Its bond is with the adapter \(key.adapter); this computer's adapter is \(adapter) now."
        find(.adapterChanged(title(key), DeviceID(here, key.device), evidence: text), key)
      }
    }
  }

  private func lost(_ id: DeviceID, how: String, _ certainty: Core.Verdict.Certainty) {
    guard let key = mirror.key(of: id), journal.assumeIsolated({ $0.entry(key, on: id.adapter) }) == nil else { return }
    guard history.assumeIsolated({ $0[key] }) != nil else { return }
    find(.hostLostKey(title(key), id, certainty, evidence: how), key)
  }

  /// The address of an adapter that never had a bond, if that is so of all.
  private func stranger(to known: Set<Address>) -> Address? {
    let present = mirror.adapterAddresses
    return present.contains(where: known.contains) ? nil : present.min()
  }

  private func isBondedElsewhere(_ device: Address) -> Bool {
    mirror.allDevices.contains { $0.id.address == device && $0.bonded }
  }

  private func find(_ verdict: Core.Verdict, _ key: BondKey) {
    log.notice("bond: \(verdict.message)", ["evidence": verdict.evidence])
    let title = title(key)
    history.assumeIsolated { $0.missed(verdict, key, alias: title) }
  }

  private func title(_ key: BondKey) -> String {
    history.assumeIsolated { $0[key]?.alias } ?? key.device.description
  }
}
