/// Something of BlueZ that is on while anybody needs it, such as an adapter's discovery: a state machine without I/O.
///
/// One request to BlueZ is under way at a time. Who joins while it is being switched off waits for that and has it
/// switched on again. A request that BlueZ did not answer may have been carried out, or may yet be, however late; so it
/// is taken back until BlueZ says that it is off, and a user who comes meanwhile is served after that.
package struct SharedSwitch: Sendable {
  package enum Phase: Hashable, Sendable {
    case off
    case starting
    case on
    case stopping
    /// It may be on, and nobody needs it; it is to be switched off after a pause, or for the next user at once.
    case unsure
  }

  package enum Input: Hashable, Sendable {
    /// A user needs it; he is told when it is on, or why not.
    case join(Int)
    /// A user needs it no more; he is told when his part is done.
    case leave(Int)
    /// BlueZ answered the request that is under way.
    case answered(Refusal?)
    /// The pause is over.
    case paused
    /// It is off with what it belonged to: nobody's any more, and nobody need be told.
    case gone
    /// It may have been left on by somebody who is not here any more.
    case suspect
  }

  package enum Output: Hashable, Sendable {
    case start
    case stop
    /// Say ``Input/paused`` after this time.
    case pause(Duration)
    case tell(Int, Refusal?)
    /// It is off by BlueZ's word: switched off, or never switched on.
    case isOff
  }

  /// The pauses between attempts to switch off, from the first to the longest.
  static let firstPause = Duration.seconds(1)
  static let longestPause = Duration.seconds(30)

  package private(set) var phase = Phase.off
  /// How many users have it.
  package private(set) var users = 0
  /// What the refusal of switching off must be for there to be nothing to switch off.
  private let over: Set<Refusal.Kind>
  private var joining: [Int] = []
  private var leaving: Int?
  private var pause = SharedSwitch.firstPause

  /// `over` are the refusals of switching off that say that it is off.
  package init(over: Set<Refusal.Kind>) { self.over = over }

  /// Nothing is on, under way or awaited.
  package var isIdle: Bool { phase == .off }

  package mutating func take(_ input: Input) -> [Output] {
    switch input {
    case .join(let user): return join(user)
    case .leave(let user): return leave(user)
    case .answered(let refusal):
      switch phase {
      case .starting: return started(refusal)
      case .stopping: return stopped(refusal)
      case .off, .on, .unsure: return []
      }
    case .paused: return phase == .unsure ? stop() : []
    case .suspect: return phase == .off ? stop() : []
    case .gone:
      users = 0
      // What is under way is answered yet.
      if phase == .on || phase == .unsure { phase = .off }
      return []
    }
  }

  private mutating func join(_ user: Int) -> [Output] {
    if phase == .on {
      users += 1
      return [.tell(user, nil)]
    }
    joining.append(user)
    switch phase {
    case .off: return start()
    case .unsure: return stop()
    case .starting, .stopping, .on: return []
    }
  }

  private mutating func leave(_ user: Int) -> [Output] {
    if users > 0 { users -= 1 }
    guard users == 0, phase == .on else { return [.tell(user, nil)] }
    leaving = user
    return stop()
  }

  private mutating func start() -> [Output] {
    phase = .starting
    return [.start]
  }

  private mutating func stop() -> [Output] {
    phase = .stopping
    return [.stop]
  }

  private mutating func started(_ refusal: Refusal?) -> [Output] {
    guard let refusal else {
      phase = .on
      users = joining.count
      return tellJoining(nil)
    }
    if refusal.kind == .noReply { return tellJoining(refusal) + stop() }
    phase = .off
    pause = Self.firstPause
    // Who has gone has not said so.
    return tellJoining(refusal) + (refusal.kind == .bluezGone ? [] : [.isOff])
  }

  private mutating func stopped(_ refusal: Refusal?) -> [Output] {
    let left = leaving.map { [Output.tell($0, refusal)] } ?? []
    leaving = nil
    if let refusal, !over.contains(refusal.kind) {
      phase = .unsure
      defer { pause = min(pause * 2, Self.longestPause) }
      return left + tellJoining(refusal) + [.pause(pause)]
    }
    phase = .off
    pause = Self.firstPause
    return left + (refusal == nil ? [.isOff] : []) + (joining.isEmpty ? [] : start())
  }

  private mutating func tellJoining(_ refusal: Refusal?) -> [Output] {
    defer { joining = [] }
    return joining.map { .tell($0, refusal) }
  }
}
