import Testing

@testable import MDR

extension Handshake {
  static let v1 = Handshake(parsing: hex("01 00 70 00"))
  static let v2 = Handshake(parsing: hex("01 00 03 00 30 18 00 00"))
}

extension Headset {
  /// A headset of that generation with these functions; for V1 they go into the one list that it has.
  static func with(_ generation: Generation, one: [UInt8] = [], two: [UInt8] = []) throws -> Headset {
    let handshake = try #require(generation == .v1 ? Handshake.v1 : Handshake.v2)
    var functions = Functions()
    func list(_ ids: [UInt8]) -> [UInt8] {
      [0x07, 0x00, UInt8(ids.count)] + ids.flatMap { generation == .v1 ? [$0] : [$0, 0xFF] }
    }
    _ = functions.read(list(generation == .v1 ? one + two : one), table: .one, generation)
    if generation == .v2 { _ = functions.read(list(two), table: .two, generation) }
    return Headset(handshake: handshake, identity: nil, introduction: Introduction(), functions: functions)
  }

  /// One that lists every function there could be.
  static func withEverything(_ generation: Generation) throws -> Headset {
    let all = (1...255).map { UInt8($0) }
    return try with(generation, one: all, two: generation == .v1 ? [] : all)
  }
}

/// A headset that keeps the link's rules, and has answers for payloads. Test code decides what it says.
struct FakeHeadset {
  /// What it answers to a new frame: tables and payloads.
  typealias Answer = (Table, [UInt8]) -> [(Table, [UInt8])]

  var answer: Answer
  /// The number of its next frame.
  var sequence: UInt8
  /// What it got, without repeats.
  private(set) var received: [(table: Table, payload: [UInt8])] = []
  /// What the host did wrong.
  private(set) var violations: [String] = []
  private var last: Frame?
  private var parser = FrameParser()
  /// Frames of its own that nobody has acknowledged.
  private var unacknowledged: [UInt8] = []

  init(sequence: UInt8 = 0, answer: @escaping Answer) {
    self.sequence = sequence
    self.answer = answer
  }

  /// What it sends for these bytes.
  mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
    var sent: [[UInt8]] = []
    for finding in parser.take(bytes) {
      guard case .frame(let frame) = finding else {
        violations.append("a broken frame")
        continue
      }
      if frame.type == .acknowledgement {
        if unacknowledged.first == 1 - frame.sequence {
          unacknowledged.removeFirst()
        } else {
          violations.append("an acknowledgement of nothing")
        }
        continue
      }
      sent.append(frame.acknowledgement.bytes)
      // The same number again is a repeat, whatever it carries (captured from WH-1000XM4).
      if frame.sequence == last?.sequence {
        if frame != last { violations.append("a number used twice") }
        continue
      }
      last = frame
      guard let table = frame.type.table else { continue }
      received.append((table, frame.payload))
      for (table, payload) in answer(table, frame.payload) { sent.append(push(table, payload)) }
    }
    return sent
  }

  /// A frame of its own.
  mutating func push(_ table: Table, _ payload: [UInt8]) -> [UInt8] {
    defer { sequence = 1 - sequence }
    unacknowledged.append(sequence)
    return Frame(FrameType(table), sequence: sequence, payload: payload).bytes
  }
}

/// Runs a session against a headset, with time that passes only when nothing else happens.
struct Stage {
  var session: Session
  var headset: FakeHeadset
  private(set) var actions: [Session.Action] = []
  private(set) var now = Duration.zero
  private var armed: [Session.Deadline: Duration] = [:]
  private var toHost: [[UInt8]] = []
  /// How the headset's bytes are cut on their way.
  var cut: ([UInt8]) -> [[UInt8]] = { [$0] }

  init(_ headset: FakeHeadset, kept: [Identity: Functions] = [:]) {
    session = Session(kept: kept)
    self.headset = headset
  }

  mutating func start() { perform(session.start()) }
  mutating func ask(_ request: Request, number: Int) { perform(session.ask(request, number: number)) }
  mutating func answer(_ yes: Bool) { perform(session.answer(yes)) }
  mutating func close() { perform(session.handle(.closed)) }
  mutating func push(_ table: Table, _ payload: [UInt8]) { toHost.append(headset.push(table, payload)) }
  mutating func receive(_ bytes: [UInt8]) { perform(session.handle(.received(bytes))) }

  /// Until nothing is under way.
  mutating func settle(longest: Int = 10_000, sourceLocation: SourceLocation = #_sourceLocation) {
    for _ in 0..<longest where !step() { return }
    Issue.record("it never comes to rest", sourceLocation: sourceLocation)
  }

  /// Gives the session what the headset sent next, or else lets the next deadline pass; false if there is neither.
  @discardableResult mutating func step() -> Bool {
    if !toHost.isEmpty {
      for piece in cut(toHost.removeFirst()) { perform(session.handle(.received(piece))) }
    } else if let (deadline, time) = armed.min(by: { $0.value < $1.value }) {
      armed[deadline] = nil
      now = max(now, time)
      perform(session.handle(.expired(deadline)))
    } else {
      return false
    }
    return true
  }

  private mutating func perform(_ actions: [Session.Action]) {
    self.actions += actions
    for action in actions {
      switch action {
      case .write(let bytes): toHost += headset.take(bytes)
      case .arm(let deadline, let duration): armed[deadline] = now + duration
      case .disarm(let deadline): armed[deadline] = nil
      case .ended: armed = [:]
      case .ready, .unsupported, .told, .asked, .finished: break
      }
    }
  }

  func outcome(_ number: Int) -> Outcome? {
    for case .finished(number, let outcome) in actions { return outcome }
    return nil
  }
  var ended: Session.EndReason? {
    for case .ended(let reason) in actions { return reason }
    return nil
  }
  var readings: [Reading] {
    actions.compactMap { if case .told(let reading) = $0 { reading } else { nil } }
  }
}

/// Answers of a headset of one generation with everything in its lists.
enum Answers {
  static func opening(_ generation: Generation, one: [UInt8], two: [UInt8] = []) -> FakeHeadset.Answer {
    { table, payload in
      switch (table, payload) {
      case (.one, [0x00, 0x00]):
        return [(.one, generation == .v1 ? hex("01 00 70 00") : hex("01 00 03 00 30 18 00 00"))]
      case (.one, [0x02, 0x00]): return [(.one, hex("03 00 05 04 58 59 5a 31"))]
      case (.one, [0x04, 0x01]): return [(.one, hex("05 01 0a 57 48 2d 31 30 30 30 58 4d 34"))]
      case (.one, [0x04, 0x02]): return [(.one, hex("05 02 05 33 2e 30 2e 31"))]
      case (.one, [0x04, 0x03]): return [(.one, hex("05 03 30 01"))]
      case (_, [0x06, 0x00]):
        let ids = table == .one ? one : two
        return [(table, [0x07, 0x00, UInt8(ids.count)] + ids.flatMap { generation == .v1 ? [$0] : [$0, 0xFF] })]
      default: return []
      }
    }
  }
}

/// A parser that can be called inside an expectation.
final class TestParser {
  private var parser = FrameParser()
  func take(_ bytes: [UInt8]) -> [FrameParser.Finding] { parser.take(bytes) }
}

/// A link that can be called inside an expectation.
final class TestLink {
  private var link = Link()
  func handle(_ event: Link.Event) -> [Link.Action] { link.handle(event) }
  var dropped: (count: Int, last: FrameFault?) { link.dropped }
}
