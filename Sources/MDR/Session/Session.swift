/// The conversation with one headset over one connection: its beginning, then one request after the other. A state
/// machine without I/O.
///
/// Whoever runs it writes what it says, tells it what came and which time is over, and begins with ``start()``. After
/// ``Action/ended(_:)`` it ignores whatever comes.
package struct Session: Sendable {
  package enum Deadline: Hashable, Sendable { case acknowledgement, answer }

  package enum Event: Hashable, Sendable {
    case received([UInt8])
    case expired(Deadline)
    case closed
  }

  package enum Action: Hashable, Sendable {
    case write([UInt8])
    /// Say ``Event/expired(_:)`` after this time, unless disarmed or armed again before.
    case arm(Deadline, Duration)
    case disarm(Deadline)
    /// The headset is known, and may be asked.
    case ready(Headset)
    /// It answered the handshake in a way that nobody knows. Nothing more is sent, but acknowledgements.
    case unsupported
    case told(Reading)
    /// The headset asks about the change that is under way; ``answer(_:)``.
    case asked(Alert)
    case finished(Int, Outcome)
    case ended(EndReason)
  }

  package enum EndReason: Hashable, Sendable {
    case closed
    /// Frames are not acknowledged any more.
    case unacknowledged
    /// No answer to the handshake: no headset of this kind, or it is busy with another client.
    case noHandshake
    /// It acknowledges, but does not tell its functions. A new connection may help.
    case mute
    case unreadableFunctions
  }

  enum Phase: Hashable, Sendable {
    case idle
    case opening(Opening)
    case ready, unsupported, over
  }

  /// How many requests may wait.
  package static let longestQueue = 32

  // Shared with the files of the opening and of requests, and with nothing outside.
  var phase = Phase.idle
  var tries = 0
  var handshake: Handshake?
  var identity: Identity?
  var introduction = Introduction()
  var functions = Functions()
  /// Functions of headsets that were met before.
  let kept: [Identity: Functions]

  var exchange: Exchange?
  var queue: [(number: Int, request: Request)] = []
  var mayAsk = false

  /// Nil until ``Action/ready(_:)``.
  package internal(set) var headset: Headset?
  /// What was told last of each feature.
  package internal(set) var reports: [Feature: Report] = [:]
  /// The last level of ambient sound; some headsets tell 0 while there is none.
  package internal(set) var ambientLevel: UInt8?

  private var link = Link()
  /// What is to be sent when all that came has been acknowledged.
  private var outbox: [(table: Table, payload: [UInt8])] = []
  /// The number of the frame that was sent last.
  private var sent = 0
  private var isArmed = false

  package init(kept: [Identity: Functions] = [:]) { self.kept = kept }

  /// What was dropped of what came, for diagnosis.
  package var dropped: (count: Int, last: FrameFault?) { link.dropped }

  /// Begins with the handshake.
  package mutating func start() -> [Action] {
    guard phase == .idle else { return [] }
    var actions: [Action] = []
    open(.handshake)
    flush(&actions)
    return actions
  }

  package mutating func handle(_ event: Event) -> [Action] {
    guard phase != .over, phase != .idle else { return [] }
    var actions: [Action] = []
    switch event {
    case .received(let bytes): carryOut(link.handle(.received(bytes)), &actions)
    case .expired(.acknowledgement): carryOut(link.handle(.expired), &actions)
    case .closed: carryOut(link.handle(.closed), &actions)
    case .expired(.answer):
      if isArmed {
        isArmed = false
        expire(&actions)
      }
    }
    flush(&actions)
    return actions
  }

  /// Sends a request when those before it are done; the number comes back with ``Action/finished(_:_:)``.
  package mutating func ask(_ request: Request, number: Int) -> [Action] {
    var actions: [Action] = []
    if phase == .over {
      actions.append(.finished(number, .lost))
    } else if request.headset != headset {
      actions.append(.finished(number, .stale))
    } else if queue.count >= Self.longestQueue {
      actions.append(.finished(number, .busy))
    } else {
      queue.append((number, request))
      next()
      flush(&actions)
    }
    return actions
  }

  /// Answers ``Action/asked(_:)``; without such a question nothing happens.
  package mutating func answer(_ yes: Bool) -> [Action] {
    var actions: [Action] = []
    answer(yes, &actions)
    flush(&actions)
    return actions
  }

  // MARK: The link

  mutating func send(_ table: Table, _ payload: [UInt8]) { outbox.append((table, payload)) }

  mutating func arm(_ duration: Duration, _ actions: inout [Action]) {
    isArmed = true
    actions.append(.arm(.answer, duration))
  }

  mutating func disarm(_ actions: inout [Action]) {
    guard isArmed else { return }
    isArmed = false
    actions.append(.disarm(.answer))
  }

  private mutating func flush(_ actions: inout [Action]) {
    while !outbox.isEmpty {
      let next = outbox.removeFirst()
      guard phase != .over else { continue }
      sent += 1
      carryOut(link.handle(.send(sent, next.table, next.payload)), &actions)
    }
  }

  private mutating func carryOut(_ steps: [Link.Action], _ actions: inout [Action]) {
    for step in steps {
      switch step {
      case .write(let bytes): actions.append(.write(bytes))
      case .arm(let duration): actions.append(.arm(.acknowledgement, duration))
      case .disarm: actions.append(.disarm(.acknowledgement))
      case .deliver(let table, let payload): deliver(table, payload, &actions)
      case .acknowledged(let number): if number == sent { acknowledged(&actions) }
      // A session has one request under way, so the link's queue stays far below its length.
      case .refused: break
      case .ended(.closed): end(.closed, &actions)
      case .ended(.unacknowledged): end(.unacknowledged, &actions)
      }
    }
  }

  private mutating func deliver(_ table: Table, _ payload: [UInt8], _ actions: inout [Action]) {
    switch phase {
    case .opening(let opening): deliver(table, payload, to: opening, &actions)
    case .ready:
      if let reading = headset?.read(table, payload) { take(reading, &actions) }
    case .idle, .unsupported, .over: break
    }
  }

  private mutating func acknowledged(_ actions: inout [Action]) {
    switch phase {
    case .opening(let opening): arm(opening.patience, &actions)
    case .ready: requestAcknowledged(&actions)
    case .idle, .unsupported, .over: break
    }
  }

  private mutating func expire(_ actions: inout [Action]) {
    switch phase {
    case .opening(let opening): expire(opening, &actions)
    case .ready: requestExpired(&actions)
    case .idle, .unsupported, .over: break
    }
  }

  mutating func end(_ reason: EndReason, _ actions: inout [Action]) {
    guard phase != .over else { return }
    phase = .over
    disarm(&actions)
    if let exchange {
      // A headset that was told to switch off or to reset itself takes its connection along.
      let isMeant =
        switch exchange.request.purpose {
        case .deed(.powerOff), .deed(.reset): reason == .closed
        default: false
        }
      actions.append(.finished(exchange.number, isMeant ? .gone : .lost))
    }
    exchange = nil
    for waiting in queue { actions.append(.finished(waiting.number, .lost)) }
    queue = []
    actions.append(.ended(reason))
  }
}
