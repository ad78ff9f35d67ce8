import EventLoop
import MDR
import VirtualSony

/// Talks with a virtual headset as the owner of its channel does, over a line in memory, with time that passes only when
/// nothing else happens: a channel that breaks is opened once more, a question is repeated then, and a command never.
/// Everything on the loop.
struct Talk {
  let headset: VirtualSony
  private(set) var now = Duration.zero
  /// Everything that the headset told, whoever asked.
  private(set) var readings: [Reading] = []
  private var line = MemoryLine()
  private var session = Session()
  private var kept: [Identity: Functions] = [:]
  private var armed: [Session.Deadline: Duration] = [:]
  private var outcomes: [Int: Outcome] = [:]
  private var number = 0
  private var channels = 0
  private var isOver = true

  /// It does not come to an end, or does not let itself be talked to.
  struct Stuck: Error, CustomStringConvertible {
    let description: String
  }

  init(_ headset: VirtualSony) { self.headset = headset }

  // MARK: The owner's rules

  /// The headset, over a channel that is opened if it is not.
  mutating func known() throws -> Headset {
    if !isOver, line.isOpen, let headset = session.headset { return headset }
    var refusal = "nobody was there"
    for _ in 0..<12 {
      let next = MemoryLine()
      now += .seconds(1)
      next.pass(until: now)
      guard headset.accept(next) else { continue }
      (line, session, armed, isOver) = (next, Session(kept: kept), [:], false)
      channels += 1
      perform(session.start())
      try settle { $0.session.headset != nil || $0.isOver }
      if let headset = session.headset, !isOver {
        if let identity = headset.identity { kept = [identity: headset.functions] }
        return headset
      }
      refusal = "the beginning failed"
      hangUp()
    }
    throw Stuck(description: refusal)
  }

  mutating func hangUp() {
    headset.assumeIsolated { $0.hangUp() }
    perform(session.handle(.closed))
    isOver = true
  }

  /// What it tells of a feature; nil where it cannot be asked.
  mutating func read(_ feature: Feature) throws -> Outcome? {
    for _ in 0..<2 {
      guard let request = try? known().request(toRead: feature) else { return nil }
      let outcome = try ask(request)
      guard outcome == .lost || outcome == .stale else { return outcome }
    }
    return .lost
  }

  /// What it tells of all that it lists. One that answers nothing gets a new channel, once; and what it did not answer over a
  /// channel that broke is asked again.
  mutating func picture() throws -> [Feature: Outcome] {
    for isLast in [false, true] {
      var picture: [Feature: Outcome] = [:]
      let features = try known().features.filter { $0 != .playback }
      let before = channels
      for feature in features { picture[feature] = try read(feature) }
      let isMute = picture.count > 2 && picture.values.allSatisfy { $0 == .silent }
      if channels != before {
        for (feature, answer) in picture where answer == .silent { picture[feature] = try read(feature) }
      }
      if !isMute || isLast { return picture }
      hangUp()
    }
    return [:]
  }

  /// What it tells after a change, asked again where that does not fit: it may tell the old value right behind one.
  mutating func settled(_ change: Change) throws -> Outcome? {
    let first = try read(change.feature)
    if case .report(let report) = first, !change.isFulfilled(by: report) { return try read(change.feature) }
    return first
  }

  /// Makes a change; true when it is made by the headset's word, or by what it holds after a channel that broke.
  mutating func make(_ change: Change) throws -> Bool? {
    _ = try read(change.feature)
    _ = try known()
    guard let request = try? session.request(to: change) else { return nil }
    switch try ask(request) {
    case .done: return true
    case .lost, .stale:
      guard case .report(let report) = try settled(change) else { return false }
      return change.isFulfilled(by: report)
    default: return false
    }
  }

  private mutating func ask(_ request: Request) throws -> Outcome {
    number += 1
    let asked = number
    perform(session.ask(request, number: asked))
    try settle { $0.outcomes[asked] != nil }
    return outcomes[asked] ?? .lost
  }

  // MARK: What happens

  private mutating func settle(until isDone: (Talk) -> Bool) throws {
    for _ in 0..<200_000 {
      if isDone(self) { return }
      guard step() else { throw Stuck(description: "nothing is under way, and it waits") }
    }
    throw Stuck(description: "it never comes to rest")
  }

  /// What the headset wrote, or the next time that is over for one of the two; false where there is neither.
  private mutating func step() -> Bool {
    if let bytes = line.next() {
      perform(session.handle(.received(bytes)))
    } else if !line.isOpen, !isOver {
      perform(session.handle(.closed))
      isOver = true
    } else {
      let own = armed.min { $0.value < $1.value }
      guard let time = [own?.value, line.due].compactMap(\.self).min() else { return false }
      now = max(now, time)
      line.pass(until: now)
      if line.due == time {
        headset.expire()
      } else if let deadline = own?.key {
        armed[deadline] = nil
        perform(session.handle(.expired(deadline)))
      }
    }
    return true
  }

  private mutating func perform(_ actions: [Session.Action]) {
    for action in actions {
      switch action {
      case .write(let bytes): if line.isOpen { headset.receive(bytes) }
      case .arm(let deadline, let delay): armed[deadline] = now + delay
      case .disarm(let deadline): armed[deadline] = nil
      case .told(let reading): readings.append(reading)
      case .asked: perform(session.answer(true))
      case .finished(let number, let outcome): outcomes[number] = outcome
      case .ended: (isOver, armed) = (true, [:])
      case .ready, .unsupported: break
      }
    }
  }
}
