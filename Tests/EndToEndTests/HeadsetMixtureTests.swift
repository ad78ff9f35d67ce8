import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// Recorded headsets with mixtures of awkward habits, through client, daemon and BlueZ's hand-over of the channel. A seed that
/// fails is named; it alone is tried with `MDRCTL_SEED`.
@Suite(.serialized, .timeLimit(.minutes(15))) struct HeadsetMixtureTests {
  private static let seeds =
    ProcessInfo.processInfo.environment["MDRCTL_SEED"].flatMap(UInt64.init).map { [$0] } ?? Array(1...24)

  /// What came of one headset, and everything that was told meanwhile.
  private struct Came: Equatable, Sendable {
    var picture: HeadsetReport
    /// Nil where too little was recorded: whatever was not is waited for.
    var backup: [SavedSetting]?
    /// The noise control after a change; nil where this headset cannot be told.
    var noise: HeadsetNoise?
  }

  private static let whole = ["wh-1000xm4-v1-vendor-app", "wh-1000xm5-v2-fw241", "wh-xb910n-v2"]

  private static let plain = Locked<[String: Came]>([:])

  private func use(_ id: String, _ habits: Set<Habit>, start: UInt8) async throws -> Came {
    let came = Locked<Came?>(nil)
    try await withHeadset(id, habits, start: start) { programs, headset in
      let picture = try await picture(programs)
      var result = Came(picture: picture)
      var outputs: [String] = []
      if Self.whole.contains(id) {
        let backup = try await programs.expect(.ok, "backup", Sony.bonded)
        outputs.append(backup.output)
        result.backup = try backup.reply(Control.BackupReply.self).backup.settings
      }
      if picture.noise?.writing != nil {
        let change = try await programs.expect(.ok, "noise", Sony.bonded, "ambient", "9")
        outputs.append(change.output)
        result.noise = try change.reply(Control.HeadsetReply.self).headset.noise
      }
      for words in [
        ["show", Sony.bonded, "--json"], ["history", "--json"], ["report", "-"], ["headset", Sony.bonded],
      ] {
        let told = try await programs.start(words).result()
        outputs += [told.output, told.errors]
      }
      for text in outputs { #expect(!text.contains(headset.identifier), "\(id) \(habits)") }
      let ended = result
      came.withLock { $0 = ended }
    }
    return try #require(came.withLock { $0 })
  }

  @Test(arguments: seeds) func `a mixture of habits changes nothing of what is told, saved and done`(seed: UInt64)
    async throws
  {
    var generator = SeededGenerator(seed: seed)
    let id = generator.one(of: Recording.ids)
    let habits = Set(
      AwkwardHeadsetTests.harmless.shuffled(using: &generator).prefix(Int.random(in: 2...6, using: &generator)))
    let start = UInt8.random(in: 0...1, using: &generator)
    var expected = Self.plain.withLock { $0[id] }
    if expected == nil {
      let came = try await use(id, [], start: 1)
      Self.plain.withLock { $0[id] = came }
      expected = came
    }
    let came = try await use(id, habits, start: start)
    #expect(came == expected, "seed \(seed): \(id), \(habits.map(\.rawValue).sorted())")
  }
}
