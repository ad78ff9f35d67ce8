import Core
import Support
import Testing
import Vocabulary

/// The ladder as a table.
@Suite struct LadderTests {
  /// The rungs that are climbed when none helps and the symptom stays.
  private static func climbed(_ symptom: Symptom, skippingRestart: Bool = false) -> [LadderRung] {
    var rungs: [LadderRung] = []
    var reached = LadderRung.observe
    while let next = symptom.rung(after: reached, skippingRestart: skippingRestart) {
      rungs.append(next)
      reached = next
    }
    return rungs
  }

  @Test(
    arguments: [
      (.wrongSound, [.profile, .device, .restart, .repair, .initialize]),
      (.notConnected, [.device, .restart, .repair, .initialize]),
      (.unreachable, [.device, .restart]),
      (.elsewhere, [.device, .restart, .repair, .initialize]),
      (.failing, [.device, .restart, .repair, .initialize]),
      (.stale, [.device, .repair, .initialize]),
      (.unpaired, [.repair, .initialize]),
    ] as [(Symptom, [LadderRung])])
  func `each symptom has its rungs, from the gentlest to the last`(symptom: Symptom, rungs: [LadderRung]) {
    #expect(Self.climbed(symptom) == rungs)
    #expect(Self.climbed(symptom, skippingRestart: true) == rungs.filter { $0 != .restart })
    #expect(rungs == rungs.sorted())
  }

  @Test func `whatever is found on the way, no rung comes twice and none lower than one before`() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      var (reached, count) = (LadderRung.observe, 0)
      while let symptom = Symptom.allCases.randomElement(using: &random), let next = symptom.rung(after: reached) {
        #expect(next > reached)
        (reached, count) = (next, count + 1)
      }
      #expect(count <= LadderRung.allCases.count - 1)
    }
  }

  // MARK: How often factory settings are advised

  private static let now = 1_800_000_000

  @Test(
    arguments: [
      ([], false), ([now - 601], false), ([now - 599], true), ([now], true),
      ([now - 80_000, now - 50_000], false), ([now - 80_000, now - 50_000, now - 700], true),
      ([now - 90_000, now - 50_000, now - 700], false), ([now - 86_400, now - 86_399, now - 700], false),
      // A clock that was wrong.
      ([now + 5], false), ([now + 1, now + 2, now + 3], false), ([Int.min, Int.max, 0], false),
    ] as [([Int], Bool)])
  func `factory settings are advised three times a day at most, and ten minutes apart`(times: [Int], isRefused: Bool) {
    #expect((InitializeLimit.obstacle(advisedAt: times, now: Self.now) != nil) == isRefused)
    let counting = InitializeLimit.counting(times, now: Self.now)
    #expect((InitializeLimit.obstacle(advisedAt: counting, now: Self.now) != nil) == isRefused)
    #expect(counting.count <= 3)
  }
}
