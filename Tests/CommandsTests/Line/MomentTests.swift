import Foundation
import Testing
import Vocabulary

@testable import Commands

/// Moments as people write them, in whatever place this runs.
@Suite struct MomentTests {
  /// A day at noon, so that "today" has both sides.
  private let now = LocalTime(year: 2026, month: 11, day: 29, hour: 12, minute: 30).seconds ?? 0

  private func seconds(_ text: String) throws -> Int { try Moment(text).milliseconds(at: now) / 1000 }

  private func local(_ text: String) throws -> LocalTime { LocalTime(try seconds(text)) }

  @Test(arguments: [
    ("now", 0), ("0s", 0), ("90s", 90), ("10m", 600), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800),
    ("99999s", 99_999),
  ])
  func `a time ago`(text: String, ago: Int) throws { #expect(try seconds(text) == now - ago) }

  @Test func `a time of day is the last one that was so`() throws {
    #expect(try local("12:30") == LocalTime(year: 2026, month: 11, day: 29, hour: 12, minute: 30))
    #expect(try local("9:05:07") == LocalTime(year: 2026, month: 11, day: 29, hour: 9, minute: 5, second: 7))
    #expect(try local("14:03") == LocalTime(year: 2026, month: 11, day: 28, hour: 14, minute: 3))
  }

  @Test func `a day begins at midnight`() throws {
    #expect(try local("today") == LocalTime(year: 2026, month: 11, day: 29))
    #expect(try local("yesterday") == LocalTime(year: 2026, month: 11, day: 28))
    #expect(try local("2026-02-28") == LocalTime(year: 2026, month: 2, day: 28))
  }

  @Test func `a date may have a time, here or in UTC`() throws {
    #expect(try local("2026-11-29T14:03") == LocalTime(year: 2026, month: 11, day: 29, hour: 14, minute: 3))
    #expect(try local("2026-11-29 14:03:09").second == 9)
    #expect(try seconds("1970-01-02T00:00:00Z") == 86_400)
    #expect(try seconds("1970-01-02T01:30:00+01:30") == 86_400)
    #expect(try seconds("1970-01-01T23:00:00-01:00") == 86_400)
  }

  @Test(arguments: [
    "", "1", "10", "soon", "tomorrow", "10 m", "-5m", "1.5h", "m", "100000s", "24:00", "14:60", "14:3", "14:03:60", ":",
    "2026-11-31", "2026-13-01", "2026-1-1", "26-11-29", "1969-12-31", "2026-11-29T", "2026-11-29T25:00",
    "2026-11-29x14:03", "2026-11-29T14:03+1", "2026-11-29T14:03Zulu", "２h", "2026-11-29T14:03:00.5Z",
    String(repeating: "1", count: 100_000) + "s",
  ])
  func `anything else is refused, with what is understood`(text: String) {
    do throws(EarlyExit) {
      _ = try Moment(text)
      Issue.record("\(text.prefix(40)) is understood")
    } catch {
      guard case .failure(let failure) = error else { return }
      #expect(failure.exit == .usage)
      #expect(failure.hint?.contains("10m") == true && failure.hint?.contains("yesterday") == true)
      #expect(failure.message.utf8.count < 200)
    }
  }
}
