package import EventLoop

/// A Sony headset at the other end of a control channel: it keeps the rules of the link, holds the state that was recorded
/// of a real one, and has the awkward habits that it is given. It notes what the host does wrong.
package actor VirtualSony: LoopActor {
  package nonisolated let loop: EventLoop
  package nonisolated let recording: Recording
  /// Its own address, which is its identifier: nothing that the host says may contain it.
  package nonisolated let identifier: String

  /// How long it takes to acknowledge a command, and from there to answer it.
  package struct Pace: Sendable {
    package let acknowledgement: Duration
    package let answer: Duration

    package init(acknowledgement: Duration, answer: Duration) {
      (self.acknowledgement, self.answer) = (acknowledgement, answer)
    }
  }

  let pace: Pace?
  var habits: Set<Habit>
  /// How often each habit showed.
  package internal(set) var fired: [Habit: Int] = [:]
  /// What the host did wrong.
  package internal(set) var violations: [String] = []
  /// Every command that came, without repeats: "0c 66 17".
  package internal(set) var received: [String] = []
  /// How many of them it acknowledged only, since nothing was recorded of it.
  package internal(set) var unanswered = 0
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

  enum Transport {
    case socket(Int32, Watch)
    case memory(MemoryLine)
  }

  /// One connection.
  struct Channel {
    let transport: Transport
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

  /// `start` is the number of its first frame, 0 or 1; without a pace it answers at once.
  package init(
    _ recording: Recording, habits: Set<Habit> = [], identifier: String = "94:DB:56:0A:0B:0C", on loop: EventLoop,
    start: UInt8 = 1, pace: Pace? = nil
  ) {
    self.pace = pace
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

  /// The hosts that it is paired with, and whether the test has it forget one; else that is a violation.
  package private(set) var hosts: [String] = []
  var mayForget = false

  /// It is paired with these hosts, of which the first are connected and one has the sound; only where it lists hosts.
  package func pair(with hosts: [String], mayForget: Bool = false, connected: Int = 1, playing: UInt8 = 1) {
    (self.mayForget, self.connected, self.playing) = (mayForget, connected, playing)
    list(hosts)
  }

  private var connected = 1
  /// The place of the host that has the sound, from 1.
  private var playing: UInt8 = 1

  /// Constructed: of the second generation no list of hosts was captured.
  func list(_ hosts: [String]) {
    self.hosts = hosts
    var told: [UInt8] = [0x37, 0x02, UInt8(hosts.count)]
    for (index, host) in hosts.enumerated() {
      told +=
        Array(host.utf8) + [
          index < connected ? UInt8(index + 1) : 0, 0x00, 0x01, 0x04, 0x02, UInt8(ascii: "P"), UInt8(ascii: "C"),
        ]
    }
    told.append(hosts.isEmpty ? 0 : playing)
    let asked = Recording.Message(table: 0x0E, payload: [0x36, 0x02])
    if habits.contains(.staleGet) { stale[asked] = state[asked] }
    state[asked] = Recording.Message(table: 0x0E, payload: told)
  }

  /// Tells something unasked.
  package func push(table: UInt8, _ payload: [UInt8]) { say(Recording.Message(table: table, payload: payload)) }

  /// Ends the channel, as another client does that takes it over.
  package func hangUp() { drop() }

  func fire(_ habit: Habit) { fired[habit, default: 0] += 1 }

  func violate(_ what: String) { violations.append(what) }

  /// The same over a line in memory.
  package nonisolated func accept(_ line: MemoryLine) -> Bool {
    assumeIsolated { sony in
      guard sony.isWilling() else { return false }
      sony.begin(.memory(line))
      return true
    }
  }

  /// What the host wrote into such a line, and that the time is over which it waits for.
  package nonisolated func receive(_ bytes: [UInt8]) { assumeIsolated { $0.handle(bytes) } }
  package nonisolated func expire() {
    assumeIsolated { sony in
      if case .memory(let line) = sony.channel?.transport { line.disarm() }
      sony.repeatFrame()
    }
  }

  private func isWilling() -> Bool {
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
    return true
  }

  private func take(_ descriptor: Int32) -> Bool {
    guard isWilling() else { return false }
    drop()
    guard
      let watch = try? loop.watch(
        descriptor, for: .readable,
        { [weak self] ready in
          self?.assumeIsolated { $0.ready(ready) }
        })
    else { return false }
    begin(.socket(descriptor, watch))
    return true
  }

  private func begin(_ transport: Transport) {
    drop()
    channel = Channel(transport: transport, sequence: start)
    accepted += 1
    mayAsk = false
    handshakes = 0
    if habits.contains(.earlyPush) {
      fire(.earlyPush)
      say(Recording.Message(table: 0x0C, payload: [0xA9, 0x20, 0x05]))
      say(Recording.Message(table: 0x0E, payload: [0x39, 0x02, 0x00, 0x00]))
    }
  }

  private func ready(_ readiness: Readiness) {
    guard case .socket(let number, _) = channel?.transport else { return }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let descriptor = FileDescriptor(owning: number)
    let count = (try? descriptor.read(into: &buffer)) ?? -1
    _ = descriptor.take()
    if count == 0 || count < 0 && !readiness.isDisjoint(with: .broken) { return drop() }
    guard count > 0 else { return }
    handle(Array(buffer.prefix(count)))
  }

  private func handle(_ bytes: [UInt8]) {
    channel?.input += bytes
    guard var input = self.channel?.input else { return }
    let frames = Wire.take(&input)
    self.channel?.input = input
    for frame in frames {
      guard let frame else {
        violate("a broken frame")
        continue
      }
      guard let pace, frame.type != Wire.acknowledgement else {
        receive(frame)
        continue
      }
      later(pace.acknowledgement) { $0.receive(frame) }
    }
  }

  /// Does something after a time, over the same channel.
  func later(_ time: Duration, _ deed: @escaping @Sendable (isolated VirtualSony) -> Void) {
    let number = accepted
    loop.schedule(after: time) { [weak self] in
      self?.assumeIsolated { if $0.accepted == number { deed($0) } }
    }
  }

  /// Ends the channel.
  func drop() {
    guard let channel else { return }
    self.channel = nil
    if let timer = channel.timer { loop.cancel(timer) }
    switch channel.transport {
    case .socket(let descriptor, let watch):
      loop.cancel(watch)
      FileDescriptor(owning: descriptor).shutDown()
    case .memory(let line): line.end()
    }
  }
}
