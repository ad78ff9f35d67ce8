import Testing
import Vocabulary

@testable import Daemon

/// When things happened, where clocks were set meanwhile.
@Suite struct ChronologyTests {
  private func event(_ wall: Int, _ uptime: Int, _ boot: String? = "now") -> Recorded {
    var event = Recorded(.slept)
    (event.wall, event.uptime, event.boot) = (wall, uptime, boot)
    return event
  }

  /// The times of events that are given in their order, and where a clock was seen to be set, both in that order.
  private func told(_ events: [Recorded], at wall: Int, _ uptime: Int) -> (times: [Int], jumps: [Int?]) {
    var chronology = Chronology(boot: "now", wall: wall, uptime: uptime)
    let places = events.reversed().map { chronology.place($0) }.reversed()
    return (places.map(\.time), places.map(\.wasSet))
  }

  @Test func `where nobody sets the clock the times are those of then`() {
    let told = told([event(1_000_000, 10), event(1_005_000, 5_010)], at: 1_009_000, 9_010)
    #expect(told.times == [1_000_000, 1_005_000])
    #expect(told.jumps == [nil, nil])
  }

  @Test func `a clock that was set changes no order, and is told once`() {
    // One hour back between the second and the third.
    let told = told(
      [event(10_000_000, 10_000), event(10_005_000, 15_000), event(6_410_000, 20_000), event(6_415_000, 25_000)],
      at: 6_420_000, 30_000)
    #expect(told.times == [6_400_000, 6_405_000, 6_410_000, 6_415_000])
    #expect(told.jumps == [nil, -3_600_000, nil, nil])
  }

  @Test func `a clock that was set after the last event is told after that`() {
    let told = told([event(0, 5_000), event(1_000, 6_000)], at: 1_700_000_000_000, 10_000)
    #expect(told.times == [1_699_999_995_000, 1_699_999_996_000])
    #expect(told.jumps.first == .some(nil))
    #expect(told.jumps.last != .some(nil))
  }

  @Test func `small corrections are no news`() {
    let told = told([event(1_000, 10), event(2_500, 1_010)], at: 4_000, 2_010)
    #expect(told.jumps == [nil, nil])
  }

  @Test func `each run of the computer has its own clock, put where it ended`() {
    let told = told(
      [event(0, 1_000, "one"), event(900_000, 2_000, "one"), event(2_000_000, 500), event(2_000_100, 600)],
      at: 2_000_200, 700)
    #expect(told.times == [899_000, 900_000, 2_000_000, 2_000_100])
    #expect(told.jumps == [899_000, nil, nil, nil])
  }

  @Test func `without a name of the run the times are those that were recorded`() {
    let told = told([event(5_000, 10, nil), event(1_000, 20, nil)], at: 9_000, 30)
    #expect(told.times == [5_000, 1_000])
    #expect(told.jumps == [nil, nil])
  }

  @Test func `numbers that are no times end nothing`() {
    for (wall, uptime) in [(Int.max, Int.min), (Int.min, Int.max), (0, Int.min), (Int.max, Int.max)] {
      let told = told([event(1_000, 10), event(wall, uptime), event(1_100, 110)], at: 1_200, 210)
      #expect(told.times.first == 1_000 && told.times.last == 1_100)
    }
  }

  @Test func `it goes on from its own word, and from no other`() {
    var chronology = Chronology(boot: "now", wall: 5_000, uptime: 10)
    _ = chronology.place(event(4_000, 5, "then"))
    #expect(Chronology(chronology.word) == chronology)
    for word in ["", "1/2", "a/2/x", "1/b/x", "1/2/3/4", "9223372036854775807/0/x", "0/-9223372036854775808/x"] {
      #expect(Chronology(word) == nil, "\(word)")
    }
  }
}
