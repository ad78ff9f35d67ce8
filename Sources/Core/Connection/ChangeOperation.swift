internal import Vocabulary

/// One request, and the change that proves it.
///
/// bluetoothd may answer before it signals the change: those of an adapter's modes, which the kernel must make first,
/// come after the answer (`adapter.c property_set_mode`). So the operation ends when the change is seen, not when the
/// answer comes.
package struct ChangeOperation: Operation {
  /// What is to be changed.
  package enum Change: Hashable, Sendable {
    case disconnect(DeviceID)
    case trust(DeviceID, Bool)
    case block(DeviceID, Bool)
    /// An empty alias gives the device its own name back.
    case rename(DeviceID, String)
    case power(AdapterID, Bool)
  }

  private enum Phase {
    case idle, asked, applying, finished
  }

  /// An adapter powers on within 0.2 s in the laboratory, a slow USB one within seconds; a link falls within 3 s.
  static let limit = Duration.seconds(15)

  package let name: String
  package var undertaking: Undertaking? { if case .disconnect(let id) = change { .disconnect(id) } else { nil } }
  private let change: Change
  private var phase = Phase.idle
  private var isCancelled = false
  /// BlueZ was switching the adapter already, for somebody else or by itself; that is waited for.
  private var busy: Refusal?

  package init(_ change: Change) {
    self.change = change
    name =
      switch change {
      case .disconnect: "disconnect"
      case .trust(_, let on): on ? "trust" : "untrust"
      case .block(_, let on): on ? "block" : "unblock"
      case .rename: "rename"
      case .power(_, let on): on ? "power on" : "power off"
      }
  }

  package func overrules(_ other: Undertaking) -> Bool {
    switch (change, other) {
    case (.disconnect(let id), .connect(let other)), (.block(let id, true), .connect(let other)): id == other
    default: false
    }
  }

  package mutating func start(in world: some World) -> [Action] {
    guard world.hasBlueZ else { return finish(.failure(.bluezMissing(world.absence))) }
    guard exists(in: world) else { return finish(.failure(missing(in: world))) }
    switch change {
    // BlueZ may be about to connect it for somebody else, which this ends.
    case .disconnect, .rename: break
    case .trust, .block, .power: if isApplied(in: world) { return finish(.success(outcome)) }
    }
    phase = .asked
    return progress(in: world) + [.request(request)]
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    guard phase == .asked || phase == .applying else { return [] }
    guard world.hasBlueZ else {
      return finish(.failure(.bluezMissing(world.absence, while: "it was asked to \(name)")))
    }
    guard exists(in: world) else { return finish(isDisconnecting ? .success(outcome) : .failure(gone)) }
    if event == .cancelled { isCancelled = true }
    switch (phase, event) {
    case (.asked, .answered(request, let refusal)):
      if let refusal, refusal.kind != .notConnected {
        // BlueZ 5.66 switches an adapter on by itself when its rfkill switch is let go (laboratory).
        guard case .power = change, refusal.kind == .inProgress, busy == nil else {
          return finish(.failure(error(refusal, in: world)))
        }
        busy = refusal
      }
      if isApplied(in: world) { return finish(.success(outcome)) }
      if isCancelled { return finish(.failure(cancelled)) }
      phase = .applying
      return [.arm(.applying, Self.limit)]
    case (.applying, _) where isApplied(in: world): return finish(.success(outcome))
    case (.applying, .cancelled): return finish(.failure(cancelled))
    case (.applying, .expired(.applying)):
      if let blocked = blocked(in: world) { return finish(.failure(blocked)) }
      if let busy { return finish(.failure(error(busy, in: world))) }
      return finish(.failure(.timedOut("BlueZ accepted to \(name), but it did not happen within 15 s.")))
    default: return []
    }
  }

  /// BlueZ drops a device that is not bonded with its link.
  private var isDisconnecting: Bool { if case .disconnect = change { true } else { false } }

  private var cancelled: OperationError {
    OperationError(.cancelled, "Waiting for it was cancelled.", hint: "BlueZ accepted to \(name) and may still do it.")
  }

  private var request: Request {
    switch change {
    case .disconnect(let id): .disconnect(id)
    case .trust(let id, let on): .trust(id, on)
    case .block(let id, let on): .block(id, on)
    case .rename(let id, let alias): .rename(id, alias)
    case .power(let id, let on): .power(id, on)
    }
  }

  private func isApplied(in world: some World) -> Bool {
    switch change {
    case .disconnect(let id): world.device(id)?.connected == false
    case .trust(let id, let on): world.device(id)?.trusted == on
    // BlueZ takes a link down after it.
    case .block(let id, let on): world.device(id).map { $0.blocked == on && !(on && $0.connected) } ?? false
    case .rename(let id, let alias):
      world.device(id).map { alias.isEmpty ? $0.alias == ($0.name ?? $0.alias) : $0.alias == alias } ?? false
    case .power(let id, let on): world.adapter(id)?.powered == on
    }
  }

  private func progress(in world: some World) -> [Action] {
    guard case .disconnect(let id) = change, let device = world.device(id) else { return [] }
    return [.progress(.disconnecting, "Disconnecting \(device.alias)")]
  }

  private func exists(in world: some World) -> Bool {
    switch change {
    case .disconnect(let id), .trust(let id, _), .block(let id, _), .rename(let id, _): world.device(id) != nil
    case .power(let id, _): world.adapter(id) != nil
    }
  }

  private func missing(in world: some World) -> OperationError {
    switch change {
    case .disconnect(let id), .trust(let id, _), .block(let id, _), .rename(let id, _):
      .deviceNotFound(id.address.description)
    case .power: .noAdapter(world.host)
    }
  }

  /// Missing after it was there.
  private var gone: OperationError {
    switch change {
    case .disconnect(let id), .trust(let id, _), .block(let id, _), .rename(let id, _): .deviceGone(id)
    case .power(let id, _): .adapterGone(id, while: "it was asked to \(name)")
    }
  }

  private func error(_ refusal: Refusal, in world: some World) -> OperationError {
    switch change {
    case .disconnect(let id), .trust(let id, _), .block(let id, _), .rename(let id, _):
      return .general(refusal, device: world.deviceOrNameless(id), action: name)
    case .power(let id, _):
      if refusal.kind == .blocked { return .adapterBlocked(id, evidence: refusal.words) }
      if let blocked = blocked(in: world, evidence: refusal.words) { return blocked }
      if refusal.kind == .inProgress {
        return OperationError(
          .busy, "BlueZ is still switching the adapter \(id) for somebody else.", evidence: refusal.words,
          hint: "Wait a moment, then run this again.")
      }
      return OperationError(
        .failed, "BlueZ could not \(name) the adapter \(id).", evidence: refusal.words,
        hint: "Look at: rfkill list bluetooth; journalctl -u bluetooth.")
    }
  }

  /// What keeps an adapter from being switched on, where that is known; BlueZ need not say so.
  private func blocked(in world: some World, evidence: String? = nil) -> OperationError? {
    guard case .power(let id, true) = change, world.adapter(id)?.blocked == true else { return nil }
    return .adapterBlocked(id, evidence: evidence)
  }

  private var outcome: Outcome {
    switch change {
    case .disconnect(let id), .trust(let id, _), .block(let id, _), .rename(let id, _): Outcome(device: id)
    case .power: Outcome()
    }
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    defer { phase = .finished }
    return (phase == .applying ? [.disarm(.applying)] : []) + [.finish(result)]
  }
}
