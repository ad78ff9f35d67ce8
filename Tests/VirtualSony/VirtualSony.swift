package import EventLoop

/// A Sony headset at the other end of a control channel: it keeps the rules of the link, holds the state that was recorded
/// of a real one, and has the awkward habits that it is given. It notes what the host does wrong.
package actor VirtualSony: LoopActor {
  package nonisolated let loop: EventLoop
  package nonisolated let recording: Recording
  /// Its own address, which is its identifier: nothing that the host says may contain it.
  package nonisolated let identifier: String

  var habits: Set<Habit>
  /// How often each habit showed.
  package internal(set) var fired: [Habit: Int] = [:]
  /// What the host did wrong.
  package internal(set) var violations: [String] = []
  /// Every command that came, without repeats: "0c 66 17".
  package internal(set) var received: [String] = []
  /// It was told to switch itself off.
  package internal(set) var isOff = false
  /// How many channels it accepted, and how many attempts it turned down.
  package internal(set) var accepted = 0
  package internal(set) var refused = 0

  /// What it answers to a question.
  var state: [Recording.Message: Recording.Message] = [:]
  /// What it answered before the last change, for ``Habit/staleGet``.
  var stale: [Recording.Message: Recording.Message] = [:]
  var channel: Channel?
  var mayAsk = false
  var question: Recording.Message?
  var handshakes = 0
  var requests = 0
  var hasDropped = false
  /// The request that was lost last, and how many questions came.
  var lost: Wire.Frame?
  var questions = 0

  /// One connection.
  struct Channel {
    let descriptor: Int32
    let watch: Watch
    var input: [UInt8] = []
    var output: [UInt8] = []
    /// The number of its next frame, over both tables.
    var sequence: UInt8
    var outstanding: Wire.Frame?
    var tries = 0
    var timer: TimerToken?
    var queue: [Recording.Message] = []
    var lastReceived: Wire.Frame?
    var isShaken = false
    var sent = 0
  }

  /// `start` is the number of its first frame, 0 or 1.
  package init(
    _ recording: Recording, habits: Set<Habit> = [], identifier: String = "94:DB:56:0A:0B:0C", on loop: EventLoop,
    start: UInt8 = 1
  ) {
    self.recording = recording
    self.habits = habits
    self.identifier = identifier
    self.loop = loop
    self.start = start & 1
    state = Self.answers(of: recording, identifier: identifier)
  }

  private let start: UInt8

  /// Where it is connected to; turns it down, or takes the descriptor over.
  package nonisolated func accept(_ descriptor: Int32) -> Bool { assumeIsolated { $0.take(descriptor) } }

  /// The other client lets the channel go.
  package func release() { habits.remove(.secondClient) }

  /// Adds a habit, or takes one away.
  package func set(_ habit: Habit, _ isOn: Bool) {
    if isOn { habits.insert(habit) } else { habits.remove(habit) }
  }

  /// What it answers to a question now; nil for one that it does not answer.
  package func answer(table: UInt8, _ payload: [UInt8]) -> [UInt8]? {
    state[Recording.Message(table: table, payload: payload)]?.payload
  }

  package var isConnected: Bool { channel != nil }

  /// Tells something unasked.
  package func push(table: UInt8, _ payload: [UInt8]) { say(Recording.Message(table: table, payload: payload)) }

  /// Ends the channel, as another client does that takes it over.
  package func hangUp() { drop() }

  func fire(_ habit: Habit) { fired[habit, default: 0] += 1 }

  func violate(_ what: String) { violations.append(what) }

  private func take(_ descriptor: Int32) -> Bool {
    if habits.contains(.secondClient) || isOff {
      if !isOff { fire(.secondClient) }
      refused += 1
      return false
    }
    if habits.contains(.busyProfile), fired[.busyProfile, default: 0] < 2 {
      fire(.busyProfile)
      refused += 1
      return false
    }
    drop()
    guard
      let watch = try? loop.watch(
        descriptor, for: .readable,
        { [weak self] ready in
          self?.assumeIsolated { $0.ready(ready) }
        })
    else { return false }
    channel = Channel(descriptor: descriptor, watch: watch, sequence: start)
    accepted += 1
    mayAsk = false
    handshakes = 0
    if habits.contains(.earlyPush) {
      fire(.earlyPush)
      say(Recording.Message(table: 0x0C, payload: [0xA9, 0x20, 0x05]))
      say(Recording.Message(table: 0x0E, payload: [0x39, 0x02, 0x00, 0x00]))
    }
    return true
  }

  private func ready(_ readiness: Readiness) {
    guard let channel else { return }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let descriptor = FileDescriptor(owning: channel.descriptor)
    let count = (try? descriptor.read(into: &buffer)) ?? -1
    _ = descriptor.take()
    if count == 0 || count < 0 && !readiness.isDisjoint(with: .broken) { return drop() }
    guard count > 0 else { return }
    self.channel?.input += buffer.prefix(count)
    guard var input = self.channel?.input else { return }
    let frames = Wire.take(&input)
    self.channel?.input = input
    for frame in frames {
      guard let frame else {
        violate("a broken frame")
        continue
      }
      receive(frame)
    }
  }

  /// Ends the channel.
  func drop() {
    guard let channel else { return }
    self.channel = nil
    if let timer = channel.timer { loop.cancel(timer) }
    loop.cancel(channel.watch)
    FileDescriptor(owning: channel.descriptor).shutDown()
  }
}
