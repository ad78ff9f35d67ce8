internal import Vocabulary

/// Switches an adapter off and on again, and sees that it came to that. A part of operations.
///
/// The kernel flushes the adapter's caches at power-off, and the controller's own keys at power-on (`hci_init4`).
struct PowerCycle: Equatable, Sendable {
  enum Step: Equatable {
    case go([Action])
    case done([Action])
    case failed([Action], OperationError)
  }

  private enum Phase {
    case switchingOff, awaitingOff, switchingOn, awaitingOn
  }

  /// An adapter changes its power within 0.2 s in the laboratory; the kernel sets up a slow USB one within seconds.
  static let offLimit = Duration.seconds(10)
  static let onLimit = Duration.seconds(20)

  private let adapter: AdapterID
  private var phase = Phase.switchingOff
  private var wasSeenOff = false
  private var isCancelled = false

  init(_ adapter: AdapterID) { self.adapter = adapter }

  mutating func start() -> Step {
    .go([.progress(.powering, "Switching \(adapter) off and on again"), .request(.power(adapter, false))])
  }

  /// Switches on what was left off.
  mutating func resume() -> Step {
    .go([.progress(.powering, "Switching \(adapter) on again")] + switchOn(seenOff: true))
  }

  mutating func handle(_ event: Event, in world: some World) -> Step {
    let action = "it was being switched off and on"
    guard world.hasBlueZ else { return .failed(disarmed, .bluezMissing(world.absence, while: action)) }
    guard let now = world.adapter(adapter) else {
      return .failed(disarmed, .adapterGone(adapter, while: action))
    }
    if event == .cancelled { isCancelled = true }
    switch (phase, event) {
    case (.switchingOff, .answered(.power(adapter, false), let refusal)):
      if !now.powered { return .go(switchOn(seenOff: true)) }
      if let refusal, !refusal.isOpen { return .failed([], .powering(adapter, on: false, refusal)) }
      if isCancelled { return .go(switchOn(seenOff: false)) }
      phase = .awaitingOff
      return .go([.arm(.powering, Self.offLimit)])
    case (.awaitingOff, _) where !now.powered: return .go(disarmed + switchOn(seenOff: true))
    case (.awaitingOff, .cancelled): return .go(disarmed + switchOn(seenOff: false))
    case (.awaitingOff, .expired(.powering)):
      return .failed([], .timedOut("\(adapter) was not switched off within \(Self.offLimit.components.seconds) s."))
    case (.switchingOn, .answered(.power(adapter, true), let refusal)): return switchedOn(now, refusal)
    case (.awaitingOn, _) where now.powered: return .done(disarmed)
    case (.awaitingOn, _) where now.blocked: return .failed(disarmed, .adapterBlocked(adapter))
    case (.awaitingOn, .cancelled): return .failed(disarmed, .cancelled("Switching \(adapter) off and on"))
    case (.awaitingOn, .expired(.powering)):
      return .failed([], .timedOut("\(adapter) was not switched on again within \(Self.onLimit.components.seconds) s."))
    default: return .go([])
    }
  }

  /// Also when it is cancelled: an adapter is not left off.
  private mutating func switchOn(seenOff: Bool) -> [Action] {
    phase = .switchingOn
    wasSeenOff = seenOff
    return [.request(.power(adapter, true))]
  }

  private mutating func switchedOn(_ now: Adapter, _ refusal: Refusal?) -> Step {
    // One that was not seen to go off may do so yet: BlueZ takes "on" for done while the kernel works on "off".
    if now.powered, wasSeenOff { return .done([]) }
    if let refusal, !refusal.isOpen { return .failed([], .powering(adapter, on: true, refusal)) }
    if isCancelled { return .failed([], .cancelled("Switching \(adapter) off and on")) }
    if now.blocked { return .failed([], .adapterBlocked(adapter)) }
    phase = .awaitingOn
    return .go([.arm(.powering, Self.onLimit)])
  }

  private var disarmed: [Action] { [.disarm(.powering)] }
}

extension Refusal {
  /// BlueZ answers when the kernel has done it, and that may take longer than answers are waited for.
  fileprivate var isOpen: Bool { kind == .noReply }
}
