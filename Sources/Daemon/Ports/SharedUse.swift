internal import Core
internal import EventLoop

/// Runs a ``SharedSwitch`` for each adapter: users join and leave, and what that asks of BlueZ is done.
actor SharedUse: LoopActor {
  /// What there is to do on BlueZ; each returns why it was refused.
  struct Deeds: Sendable {
    let start: @Sendable (AdapterID) async -> Refusal?
    let stop: @Sendable (AdapterID) async -> Refusal?
    /// BlueZ has said that it is off; called on the loop, before anything further is done.
    let isOff: @Sendable (AdapterID) -> Void
  }

  nonisolated let loop: EventLoop
  private let over: Set<Refusal.Kind>
  private let deeds: Deeds
  private var switches: [AdapterID: SharedSwitch] = [:]
  private var waiting: [Int: CheckedContinuation<Refusal?, Never>] = [:]
  private var lastUser = 0

  init(loop: EventLoop, over: Set<Refusal.Kind>, _ deeds: Deeds) {
    self.loop = loop
    self.over = over
    self.deeds = deeds
  }

  /// Whether nobody has it, and nothing of it is under way.
  func isIdle(_ id: AdapterID) -> Bool { switches[id]?.isIdle ?? true }

  /// The adapters on which it is in use, or something of it is under way.
  var adapters: [AdapterID] { Array(switches.keys) }

  func join(_ id: AdapterID) async -> Refusal? { await wait(id) { .join($0) } }

  func leave(_ id: AdapterID) async -> Refusal? { await wait(id) { .leave($0) } }

  /// What happens to it by no user's doing.
  func take(_ input: SharedSwitch.Input, on id: AdapterID) {
    let outputs = switches[id, default: SharedSwitch(over: over)].take(input)
    if switches[id]?.isIdle == true { switches[id] = nil }
    for output in outputs { carryOut(output, on: id) }
  }

  private func wait(_ id: AdapterID, _ input: (Int) -> SharedSwitch.Input) async -> Refusal? {
    lastUser += 1
    let user = lastUser
    let input = input(user)
    return await withCheckedContinuation { continuation in
      waiting[user] = continuation
      take(input, on: id)
    }
  }

  private func carryOut(_ output: SharedSwitch.Output, on id: AdapterID) {
    switch output {
    case .start: loop.spawn { [deeds] in await self.take(.answered(deeds.start(id)), on: id) }
    case .stop: loop.spawn { [deeds] in await self.take(.answered(deeds.stop(id)), on: id) }
    case .pause(let time): loop.schedule(after: time) { self.assumeIsolated { $0.take(.paused, on: id) } }
    case .tell(let user, let refusal): waiting.removeValue(forKey: user)?.resume(returning: refusal)
    case .isOff: deeds.isOff(id)
    }
  }
}
