internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Service

/// Carries the requests of operations out on BlueZ, and keeps what several of them share: a discovery runs as long as
/// one wants it, and an adapter made pairable becomes again what it was, also where BlueZ answers late or not at all.
actor BlueZPort: LoopActor, RequestPort {
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

  func perform(_ request: Request) async -> Event {
    switch request {
    case .startDiscovery(let id): return .answered(request, await discovery.join(id))
    case .stopDiscovery(let id): return .answered(request, await discovery.leave(id))
    case .holdPairable(let id): return .answered(request, await holdPairable(id))
    case .releasePairable(let id): return .answered(request, await pairable.leave(id))
    default:
      do throws(BlueZError) {
        try await carryOut(request)
        return .answered(request, nil)
      } catch { return .answered(request, Refusal(error)) }
    }
  }

  private func carryOut(_ request: Request) async throws(BlueZError) {
    switch request {
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
    case .startDiscovery, .stopDiscovery, .holdPairable, .releasePairable:
      preconditionFailure("shared; see perform")
    case .registerAgent, .unregisterAgent:
      preconditionFailure("an agent belongs to a pairing and its person; see PairingPort")
    case .inspect, .flush, .watch, .unwatch, .record, .erase, .setProfile, .setCodec:
      preconditionFailure("not a matter of BlueZ; see HostPort")
    }
  }

  // MARK: Shared

  private func holdPairable(_ id: AdapterID) async -> Refusal? {
    isPairableByWish(id) ? nil : await pairable.join(id)
  }

  /// Whether an adapter is pairable by its user's wish, and not by us.
  private func isPairableByWish(_ id: AdapterID) -> Bool {
    guard let path = ObjectPath.adapter(id.name), let adapter = known(path), adapter.pairable else { return false }
    return pairable.assumeIsolated { $0.isIdle(id) } && !wasLeftPairable(Address(bits: adapter.address.bits))
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
  func releaseLeftPairable(_ id: AdapterID, _ address: Core.Address) {
    guard wasLeftPairable(address) else { return }
    pairable.assumeIsolated { $0.take(.suspect, on: id) }
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
