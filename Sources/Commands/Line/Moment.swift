/// A moment as people write it: "10m" ago, "14:03", "yesterday", a date.
enum Moment: Equatable {
  /// So many seconds before now.
  case ago(Int)
  /// The beginning of a day: 0 is today, 1 yesterday.
  case day(Int)
  /// The last time that the clock showed this.
  case clock(hour: Int, minute: Int, second: Int)
  case date(LocalTime)
  /// So many seconds after 1970.
  case exactly(Int)

  /// Throws what is wrong with the text, and what would be right.
  init(_ text: String) throws(EarlyExit) {
    guard text.utf8.count <= Self.longest, let moment = Self.read(text) else {
      throw .usage(
        "\"\(displayable(String(text.prefix(Self.longest))))\" is no time.",
        hint: """
          It is a time ago (90s, 10m, 2h, 3d, 1w), a time of day (14:03), now, today, yesterday, or a date (2026-11-29), \
          also with a time (2026-11-29T14:03:00, in UTC with Z).
          """)
    }
    self = moment
  }

  /// Milliseconds since 1970, for whom it is `now`, in seconds.
  func milliseconds(at now: Int) -> Int {
    let today = LocalTime(now)
    func midnight(_ days: Int) -> LocalTime {
      // Noon is on its day whatever the clocks were changed by.
      let noon = LocalTime(year: today.year, month: today.month, day: today.day, hour: 12)
      let other = LocalTime((noon.seconds ?? now) - days * 86_400)
      return LocalTime(year: other.year, month: other.month, day: other.day)
    }
    func clock(_ hour: Int, _ minute: Int, _ second: Int, _ days: Int) -> Int? {
      var time = midnight(days)
      (time.hour, time.minute, time.second) = (hour, minute, second)
      return time.seconds
    }
    let seconds: Int? =
      switch self {
      case .ago(let seconds): now - seconds
      case .day(let days): midnight(days).seconds
      case .clock(let hour, let minute, let second):
        clock(hour, minute, second, 0).flatMap { $0 <= now ? $0 : clock(hour, minute, second, 1) }
      case .date(let time): time.seconds
      case .exactly(let seconds): seconds
      }
    return (seconds ?? now) * 1000
  }

  private static let longest = 32
  private static let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

  private static func read(_ text: String) -> Moment? {
    switch text {
    case "now": return .ago(0)
    case "today": return .day(0)
    case "yesterday": return .day(1)
    default: break
    }
    if let unit = text.last.flatMap({ units[$0] }) {
      return number(text.dropLast(), digits: 1...5).map { .ago($0 * unit) }
    }
    if let (hour, minute, second) = clock(text) { return .clock(hour: hour, minute: minute, second: second) }
    return date(text)
  }

  /// "2026-11-29", "2026-11-29 14:03", "2026-11-29T14:03:07", with "Z" or "+01:00" behind the time or without.
  private static func date(_ text: String) -> Moment? {
    let day = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
    guard day.count == 3, let year = number(day[0], digits: 4...4), let month = number(day[1], digits: 2...2),
      let date = number(day[2], digits: 2...2), year >= 1970
    else { return nil }
    var time = LocalTime(year: year, month: month, day: date)
    var rest = text.dropFirst(10)
    guard let separator = rest.popFirst() else { return time.seconds.map { _ in .date(time) } }
    guard separator == "T" || separator == " " else { return nil }
    let written = rest.prefix { $0.isNumber || $0 == ":" }
    guard let (hour, minute, second) = clock(written) else { return nil }
    (time.hour, time.minute, time.second) = (hour, minute, second)
    let zone = rest.dropFirst(written.count)
    if zone.isEmpty { return time.seconds.map { _ in .date(time) } }
    return offset(zone).flatMap(time.seconds(aheadOfUTC:)).map { .exactly($0) }
  }

  /// "Z" or "+01:00", in seconds.
  private static func offset(_ zone: Substring) -> Int? {
    if zone == "Z" { return 0 }
    guard let sign = zone.first, sign == "+" || sign == "-", let (hour, minute, _) = clock(zone.dropFirst()) else {
      return nil
    }
    return (sign == "+" ? 1 : -1) * (hour * 3600 + minute * 60)
  }

  /// "9:05", "14:03" or "14:03:07".
  private static func clock(_ text: some StringProtocol) -> (Int, Int, Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let hour = number(parts[0], digits: 1...2), hour < 24,
      let minute = number(parts[1], digits: 2...2), minute < 60
    else { return nil }
    guard parts.count == 3 else { return (hour, minute, 0) }
    return number(parts[2], digits: 2...2).flatMap { $0 < 60 ? (hour, minute, $0) : nil }
  }

  private static func number(_ text: some StringProtocol, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}
