/// The rules of the link under the commands: numbers, acknowledgements and repeats. A state machine without I/O.
///
/// One frame of ours is outstanding at a time, the others wait. A frame of the headset is acknowledged before anything
/// else is done with it. The headset counts its own frames over both tables together; where it begins is not known
/// (captured: 0 from WF-1000XM5 and WH-CH720N, 1 from WF-LC900, WH-1000XM4 and WH-1000XM6).
package struct Link: Sendable {
  package enum Event: Hashable, Sendable {
    case received([UInt8])
    /// Sends a command; the number comes back with its acknowledgement.
    case send(Int, Table, [UInt8])
    /// The time for the acknowledgement is over.
    case expired
    /// The connection is gone.
    case closed
  }

  package enum Action: Hashable, Sendable {
    case write([UInt8])
    /// Say ``Event/expired`` after this time, unless disarmed or armed again before.
    case arm(Duration)
    case disarm
    /// A command of the headset, once, however often it was repeated.
    case deliver(Table, [UInt8])
    /// The headset received what was sent with this number. That is not yet a yes.
    case acknowledged(Int)
    /// Too much waits; it was not sent.
    case refused(Int)
    case ended(EndReason)
  }

  package enum EndReason: Hashable, Sendable {
    case closed
    /// A frame was sent ``tries`` times, and never acknowledged.
    case unacknowledged
  }

  /// How long an acknowledgement is waited for. The vendor app takes 750 ms; 0.02 to 1.1 s were measured.
  package static let patience = Duration.milliseconds(750)
  /// How often a frame is sent before the link is given up.
  package static let tries = 4
  /// How many frames may wait behind the outstanding one.
  static let longestQueue = 16

  private struct Outstanding {
    let number: Int
    let bytes: [UInt8]
    var tries = 1
  }
  private struct Waiting {
    let number: Int
    let table: Table
    let payload: [UInt8]
  }

  private var parser = FrameParser()
  private var sequence: UInt8 = 0
  private var outstanding: Outstanding?
  private var queue: [Waiting] = []
  private var lastReceived: Frame?
  private var isOver = false
  /// How many things that looked like frames were dropped, and the last reason.
  package private(set) var dropped = (count: 0, last: FrameFault?.none)

  package init() {}

  package mutating func handle(_ event: Event) -> [Action] {
    guard !isOver else { return [] }
    switch event {
    case .received(let bytes):
      var actions: [Action] = []
      for finding in parser.take(bytes) {
        switch finding {
        case .frame(let frame): receive(frame, &actions)
        case .dropped(let fault): dropped = (dropped.count + 1, fault)
        }
      }
      return actions
    case .send(let number, let table, let payload):
      guard queue.count < Self.longestQueue else { return [.refused(number)] }
      queue.append(Waiting(number: number, table: table, payload: payload))
      return sendNext()
    case .expired: return expire()
    case .closed: return end(.closed)
    }
  }

  private mutating func receive(_ frame: Frame, _ actions: inout [Action]) {
    if frame.type == .acknowledgement { return acknowledge(frame, &actions) }
    if frame.type.isAcknowledged {
      actions.append(.write(frame.acknowledgement.bytes))
      // A repeat has the number and the bytes of the frame before; the same number with other bytes is news.
      guard frame != lastReceived else { return }
      lastReceived = frame
    }
    if let table = frame.type.table { actions.append(.deliver(table, frame.payload)) }
  }

  /// An acknowledgement names the number that is to be used next; one that names the number just used is a stale one.
  private mutating func acknowledge(_ frame: Frame, _ actions: inout [Action]) {
    guard frame.payload.isEmpty, let sent = outstanding, frame.sequence == 1 - sequence else { return }
    sequence = frame.sequence
    outstanding = nil
    actions += [.disarm, .acknowledged(sent.number)]
    actions += sendNext()
  }

  private mutating func sendNext() -> [Action] {
    guard outstanding == nil, !queue.isEmpty else { return [] }
    let next = queue.removeFirst()
    let bytes = Frame(FrameType(next.table), sequence: sequence, payload: next.payload).bytes
    outstanding = Outstanding(number: next.number, bytes: bytes)
    return [.write(bytes), .arm(Self.patience)]
  }

  /// A repeat is the same bytes with the same number, so the headset does not act on it twice.
  private mutating func expire() -> [Action] {
    guard var sent = outstanding else { return [] }
    guard sent.tries < Self.tries else { return end(.unacknowledged) }
    sent.tries += 1
    outstanding = sent
    return [.write(sent.bytes), .arm(Self.patience)]
  }

  private mutating func end(_ reason: EndReason) -> [Action] {
    isOver = true
    let armed = outstanding != nil
    outstanding = nil
    queue = []
    return (armed ? [.disarm] : []) + [.ended(reason)]
  }
}
