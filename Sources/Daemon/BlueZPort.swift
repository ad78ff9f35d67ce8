internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Service

/// Carries the requests of operations out on BlueZ, and keeps what several of them share: a discovery runs as long as
/// one wants it, and an adapter made pairable becomes again what it was.
actor BlueZPort: LoopActor, RequestPort {
  nonisolated let loop: EventLoop
  private let tree: ObjectTree
  private let journal: Journal
  private let log: Log
  private var discoveries: [AdapterID: Int] = [:]
  /// Adapters that are pairable only because of us.
  private var madePairable: Set<AdapterID> = []

  init(loop: EventLoop, tree: ObjectTree, journal: Journal, log: Log) {
    self.loop = loop
    self.tree = tree
    self.journal = journal
    self.log = log
  }

  /// What was shared went with bluetoothd.
  func bluezVanished() {
    discoveries = [:]
    madePairable = []
  }

  /// What was shared on an adapter went with it, or with its power (`adapter.c adapter_stop`); who holds something of it
  /// may still give it back. That it was made pairable stays in the journal.
  func adapterStopped(_ id: AdapterID) {
    discoveries[id] = nil
  }

  func adapterVanished(_ id: AdapterID) {
    adapterStopped(id)
    madePairable.remove(id)
  }

  func perform(_ request: Request) async -> Event {
    do throws(BlueZError) {
      try await carryOut(request)
      return .answered(request, nil)
    } catch {
      return .answered(request, Refusal(error))
    }
  }

  private func carryOut(_ request: Request) async throws(BlueZError) {
    switch request {
    case .startDiscovery(let id): try await startDiscovery(id)
    case .stopDiscovery(let id): try await stopDiscovery(id)
    case .holdPairable(let id): try await holdPairable(id)
    case .releasePairable(let id): try await releasePairable(id)
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
    case .registerAgent, .unregisterAgent:
      preconditionFailure("an agent belongs to a pairing and its person; see PairingPort")
    case .inspect, .flush, .watch, .unwatch, .record, .erase, .setProfile, .setCodec:
      preconditionFailure("not a matter of BlueZ; see HostPort")
    }
  }

  // MARK: Shared

  /// Counts a user once BlueZ has taken the discovery. Of two that come at once the second is refused as "in progress",
  /// and asks again when the first is counted.
  private func startDiscovery(_ id: AdapterID) async throws(BlueZError) {
    if discoveries[id] == nil {
      let path = try path(id)
      // Headsets pair over BR/EDR; their low-energy advertisements are of no use here.
      try await tree.setDiscoveryFilter(DiscoveryFilter(transport: .classic), adapter: path)
      try await tree.startDiscovery(adapter: path)
    }
    discoveries[id, default: 0] += 1
  }

  /// The last user ends it. When BlueZ refuses, the user is still counted and may ask again, unless there is no discovery
  /// any more to count on.
  private func stopDiscovery(_ id: AdapterID) async throws(BlueZError) {
    guard let users = discoveries[id] else { return }
    if users == 1 {
      do throws(BlueZError) { try await tree.stopDiscovery(adapter: try path(id)) } catch {
        if [.failed, .notReady, .doesNotExist].contains(error.code) { discoveries[id] = nil }
        throw error
      }
    }
    // Others may have come or gone meanwhile.
    let left = (discoveries[id] ?? 1) - 1
    discoveries[id] = left > 0 ? left : nil
  }

  private func holdPairable(_ id: AdapterID) async throws(BlueZError) {
    let path = try path(id)
    guard let adapter = known(path) else { return }
    let address = Address(bits: adapter.address.bits)
    // One that is pairable only since a crash may just be put right, which the mirror does not show yet.
    guard !adapter.pairable || wasLeftPairable(address) else { return }
    madePairable.insert(id)
    // BlueZ keeps the setting over restarts, so a crash must not leave it behind.
    await journal.madePairable(address)
    do throws(BlueZError) { try await tree.setPairable(true, adapter: path) } catch {
      await release(id)
      throw error
    }
  }

  private func releasePairable(_ id: AdapterID) async throws(BlueZError) {
    guard madePairable.contains(id) else { return }
    try await tree.setPairable(false, adapter: try path(id))
    await release(id)
  }

  private func release(_ id: AdapterID) async {
    madePairable.remove(id)
    guard let path = ObjectPath.adapter(id.name), let adapter = await tree.adapters[path] else { return }
    await journal.releasedPairable(Address(bits: adapter.address.bits))
  }

  /// Returns when the mirror has the devices of an adapter that has just appeared, or the adapter has gone again.
  func catchUp(_ id: AdapterID) async {
    guard let path = ObjectPath.adapter(id.name) else { return }
    do throws(BlueZError) { try await tree.catchUp(adapter: path) } catch {
      log.notice("an adapter went as it came", ["error": error.description])
    }
  }

  /// Puts an adapter right that an earlier daemon made pairable and could not restore.
  func releaseLeftPairable(_ id: AdapterID, _ address: Core.Address) async {
    guard !madePairable.contains(id), wasLeftPairable(address), let path = ObjectPath.adapter(id.name) else { return }
    do throws(BlueZError) {
      if known(path)?.pairable == true { try await tree.setPairable(false, adapter: path) }
      // A pairing that has begun meanwhile has made it pairable again, and releases it.
      if !madePairable.contains(id) { await journal.releasedPairable(address) }
    } catch {
      log.warning("an adapter is still pairable since a crash", ["error": error.description])
    }
  }

  private func wasLeftPairable(_ adapter: Core.Address) -> Bool {
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

extension Refusal {
  init(_ error: BlueZError) { self.init(Self.kind(of: error), error.description) }

  private static func kind(of error: BlueZError) -> Kind {
    switch error.code {
    // Only the kernel says "Already Paired"; bluetoothd says "Already Exists" (`device.c new_authentication_return`).
    case .alreadyExists: error.message == "Already Paired" ? .keyInKernel : .alreadyBonded
    case .alreadyConnected: .alreadyConnected
    case .notConnected: .notConnected
    case .doesNotExist: .doesNotExist
    case .inProgress, .busy: .inProgress
    case .notReady: .notReady
    case .blocked: .blocked
    case .connectionAttemptFailed: .pageTimeout
    case .authenticationRejected: .rejected
    case .authenticationFailed: .authenticationFailed
    case .authenticationCanceled: .authenticationCancelled
    case .authenticationTimeout: .authenticationTimeout
    case .profileUnavailable: .profileUnavailable
    case .notAuthorized, .notPermitted, .accessDenied: .notAuthorized
    case .noReply: .noReply
    case .bluezGone: .bluezGone
    case .failed, .notAvailable, .invalidArguments, .notSupported, .cancelled, .other: kind(of: error.reason)
    }
  }

  private static func kind(of reason: ConnectionReason?) -> Kind {
    switch reason {
    case .pageTimeout: .pageTimeout
    case .keyMissing: .keyMissing
    case .alreadyConnected: .alreadyConnected
    case .adapterNotPowered: .notReady
    case .busy: .inProgress
    case .profileUnavailable: .profileUnavailable
    case .unknown, .refused, .canceled, .abortedByRemote: .profilesRefused
    default: .other
    }
  }
}
