internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Service
internal import Vocabulary

/// Carries the requests of operations out on BlueZ, and keeps what several of them share: a discovery runs as long as
/// one wants it, and an adapter made pairable becomes again what it was, also where BlueZ answers late or not at all.
actor BlueZPort: LoopActor {
  nonisolated let loop: EventLoop
  private let tree: ObjectTree
  private let journal: Journal
  private let log: Log
  private let discovery: SharedUse
  /// Adapters that are pairable only because of us.
  private let pairable: SharedUse

  init(loop: EventLoop, tree: ObjectTree, journal: Journal, log: Log) {
    self.loop = loop
    self.tree = tree
    self.journal = journal
    self.log = log
    discovery = SharedUse(loop: loop, over: [.other, .notReady, .doesNotExist, .bluezGone], .discovery(tree, log))
    pairable = SharedUse(loop: loop, over: [.doesNotExist, .bluezGone], .pairable(tree, journal, log))
  }

  /// What was shared went with bluetoothd. What was made pairable stays in the journal: BlueZ keeps it over restarts.
  func bluezVanished() {
    for use in [discovery, pairable] {
      use.assumeIsolated { use in for id in use.adapters { use.take(.gone, on: id) } }
    }
  }

  /// A discovery goes with an adapter's power (`adapter.c adapter_stop`); who holds it may still give it back.
  func adapterStopped(_ id: AdapterID) { discovery.assumeIsolated { $0.take(.gone, on: id) } }

  func adapterVanished(_ id: AdapterID) {
    adapterStopped(id)
    pairable.assumeIsolated { $0.take(.gone, on: id) }
  }

  /// Returns why it was refused.
  func perform(_ request: BlueZRequest) async -> Refusal? {
    do throws(BlueZError) { return try await carryOut(request) } catch { return Refusal(error) }
  }

  private func carryOut(_ request: BlueZRequest) async throws(BlueZError) -> Refusal? {
    switch request {
    case .startDiscovery(let id): return await discovery.join(id)
    case .stopDiscovery(let id): return await discovery.leave(id)
    case .holdPairable(let id): return await holdPairable(id)
    case .releasePairable(let id): return await pairable.leave(id)
    case .pair(let id): try await tree.pair(device: try path(id))
    case .cancelPairing(let id): try await tree.cancelPairing(device: try path(id))
    case .trust(let id, let on): try await tree.setTrusted(on, device: try path(id))
    case .block(let id, let on): try await tree.setBlocked(on, device: try path(id))
    case .rename(let id, let alias): try await tree.setAlias(alias, device: try path(id))
    case .connect(let id): try await tree.connect(device: try path(id))
    case .connectProfile(let id, let service): try await tree.connectProfile(service.uuid, device: try path(id))
    case .disconnect(let id): try await tree.disconnect(device: try path(id))
    case .remove(let id): try await tree.removeDevice(try path(id), adapter: try path(id.adapter))
    case .power(let id, let on): try await tree.setPowered(on, adapter: try path(id))
    }
    return nil
  }

  // MARK: Shared

  /// Whether a discovery of ours runs on the adapter, or is under way.
  func isSearching(_ id: AdapterID) -> Bool { discovery.assumeIsolated { !$0.isIdle(id) } }

  private func holdPairable(_ id: AdapterID) async -> Refusal? {
    isPairableByWish(id) ? nil : await pairable.join(id)
  }

  /// Whether an adapter is pairable by its user's wish, and not by us.
  private func isPairableByWish(_ id: AdapterID) -> Bool {
    guard let path = ObjectPath.adapter(id.name), let adapter = known(path), adapter.pairable else { return false }
    return pairable.assumeIsolated { $0.isIdle(id) } && !wasLeftPairable(adapter.address)
  }

  /// Returns when the mirror has the devices of an adapter that has just appeared, or the adapter has gone again.
  func catchUp(_ id: AdapterID) async {
    guard let path = ObjectPath.adapter(id.name) else { return }
    do throws(BlueZError) { try await tree.catchUp(adapter: path) } catch {
      log.notice("an adapter went as it came", ["error": error.description])
    }
  }

  /// Puts an adapter right that was made pairable and has not been restored, by an earlier daemon or an earlier
  /// bluetoothd's. A pairing that has begun meanwhile holds it, and releases it.
  func releaseLeftPairable(_ id: AdapterID, _ address: Address) {
    guard wasLeftPairable(address) else { return }
    pairable.assumeIsolated { $0.take(.suspect, on: id) }
  }

  private func wasLeftPairable(_ adapter: Address) -> Bool {
    journal.assumeIsolated { $0.leftPairable.contains(adapter) }
  }

  private func known(_ path: ObjectPath) -> BlueZ.Adapter? { tree.assumeIsolated { $0.adapters[path] } }

  // MARK: Paths

  private func path(_ id: DeviceID) throws(BlueZError) -> ObjectPath {
    guard let path = id.path else { throw .unknown("no object for \(id.address)") }
    return path
  }

  private func path(_ id: AdapterID) throws(BlueZError) -> ObjectPath {
    guard let path = ObjectPath.adapter(id.name) else { throw .unknown("no object for \(id)") }
    return path
  }
}

extension BlueZError {
  fileprivate static func unknown(_ message: String) -> Self {
    Self(.doesNotExist, name: ErrorName.unknownObject, message: message)
  }
}
