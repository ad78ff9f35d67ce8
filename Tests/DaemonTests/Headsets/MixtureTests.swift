import EventLoop
import Foundation
import MDR
import Support
import Testing
import VirtualSony

/// Every recorded headset with every awkward habit, alone and in mixtures as chance makes them: what it tells and what it can
/// be told come to the same. A seed that fails is named; it alone is tried with `MDRCTL_SEED`.
@Suite(.timeLimit(.minutes(5))) struct MixtureTests {
  /// Habits after which everything comes to the same.
  static let harmless: [Habit] = [
    .initIgnore, .earlyPush, .lateLog, .repeats, .ackLost, .requestLost, .ackLate, .split, .join, .noise, .staleGet,
    .quietSet, .ackOnlySet, .otherAnswer, .alertGate, .storm, .tableCollision, .busyProfile, .allMute, .dropInQuestion,
    .dropInChange,
  ]
  private static let seeds =
    ProcessInfo.processInfo.environment["MDRCTL_SEED"].flatMap(UInt64.init).map { $0...$0 } ?? 1...1000

  /// What came of one conversation.
  struct Came: Equatable {
    var picture: [Feature: Outcome] = [:]
    var changes: [Bool?] = []
    /// What it holds after the changes.
    var after: [Outcome?] = []
  }

  private static let changes: [Change] = [
    .noiseControl(NoiseWish(.ambient, level: 9)), .toggle(.dsee, true), .toggle(.speakToChat, true),
    .autoPowerOff(.never), .toggle(.pauseWhenRemoved, false), .equalizer(.preset(.off)), .general(.second, .flag(true)),
  ]

  private static func talk(
    _ recording: Recording, _ habits: Set<Habit>, start: UInt8, on loop: EventLoop
  ) throws -> (came: Came, fired: [Habit: Int], faults: [String]) {
    let headset = VirtualSony(recording, habits: habits, on: loop, start: start)
    var talk = Talk(headset)
    var came = Came()
    came.picture = try talk.picture()
    for change in changes where try talk.known().has(change.feature) {
      came.changes.append(try talk.make(change))
      came.after.append(try talk.settled(change))
    }
    var faults = headset.assumeIsolated { $0.violations }
    if "\(came) \(talk.readings)".contains(headset.identifier) { faults.append("it told its identifier") }
    return (came, headset.assumeIsolated { $0.fired }, faults)
  }

  /// Whatever a mixture comes to must be what the recording alone comes to.
  private static func compare(
    _ habits: Set<Habit>, _ recording: Recording, with plain: Came, start: UInt8, on loop: EventLoop
  ) -> (fault: String?, fired: [Habit: Int]) {
    // One that has less to tell is not known from one that answers nothing.
    let habits = plain.picture.count > 2 ? habits : habits.subtracting([.allMute])
    do {
      let (came, fired, faults) = try talk(recording, habits, start: start, on: loop)
      if let fault = faults.first { return ("it was sent \(fault)", fired) }
      if came.picture != plain.picture {
        let other = plain.picture.keys.filter { came.picture[$0] != plain.picture[$0] }.map { "\($0)" }.sorted()
        return ("it told otherwise of \(other.joined(separator: ", "))", fired)
      }
      let other = zip(plain.changes, plain.after).enumerated().filter { index, expected in
        (came.changes[index], came.after[index]) != expected
      }.map { "\(came.changes[$0.offset].map(String.init) ?? "none") of \($0.element)" }
      return (other.isEmpty ? nil : "changes came to \(other.joined(separator: ", "))", fired)
    } catch {
      return ("\(error)", [:])
    }
  }

  private static func plain(on loop: EventLoop) throws -> [(Recording, Came)] {
    try Recording.ids.map { id in
      let recording = try Recording(id)
      let (came, _, faults) = try talk(recording, [], start: 1, on: loop)
      #expect(faults.isEmpty, "\(id)")
      return (recording, came)
    }
  }

  @Test(arguments: harmless) func `each habit alone changes nothing, and shows`(habit: Habit) async throws {
    let (faults, fired) = try await withEventLoop { loop in
      try await Room(loop).run {
        var faults: [String] = []
        var count = 0
        for (recording, plain) in try Self.plain(on: loop) {
          for start: UInt8 in 0...1 {
            let (fault, fired) = Self.compare([habit], recording, with: plain, start: start, on: loop)
            if let fault { faults.append("\(recording.id), \(start): \(fault)") }
            count += fired[habit, default: 0]
          }
        }
        return (faults, count)
      }
    }
    #expect(faults.isEmpty)
    #expect(fired > 0)
  }

  @Test func `a thousand mixtures change nothing either, and every habit shows in them`() async throws {
    let (faults, fired) = try await withEventLoop { loop in
      try await Room(loop).run {
        let plain = try Self.plain(on: loop)
        var faults: [String] = []
        var seen: [Habit: Int] = [:]
        for seed in Self.seeds {
          var generator = SeededGenerator(seed: seed)
          let (recording, expected) = generator.one(of: plain)
          let habits = Set(Self.harmless.shuffled(using: &generator).prefix(Int.random(in: 2...8, using: &generator)))
          let start = UInt8.random(in: 0...1, using: &generator)
          let (fault, fired) = Self.compare(habits, recording, with: expected, start: start, on: loop)
          if let fault {
            let names = habits.map(\.rawValue).sorted().joined(separator: ",")
            faults.append("seed \(seed), \(recording.id), \(start), \(names): \(fault)")
          }
          for habit in fired.keys { seen[habit, default: 0] += 1 }
        }
        return (faults, seen)
      }
    }
    #expect(faults.isEmpty, "\(faults.prefix(20).joined(separator: "\n"))")
    if Self.seeds.count > 1 { #expect(Self.harmless.filter { fired[$0, default: 0] < 5 } == []) }
  }
}

/// Runs something on the loop.
private actor Room: LoopActor {
  nonisolated let loop: EventLoop
  init(_ loop: EventLoop) { self.loop = loop }
  func run<Value: Sendable>(_ body: @Sendable () throws -> Value) throws -> Value { try body() }
}
