internal import Glibc

/// A time as the clocks of this place show it.
struct LocalTime: Equatable {
  var year: Int
  /// 1 is January.
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0

  init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// The time that is so many seconds after 1970.
  init(_ seconds: Int) {
    var fields = unsafe tm()
    var time = time_t(seconds)
    _ = unsafe localtime_r(&time, &fields)
    let (date, clock) = unsafe (
      (fields.tm_year, fields.tm_mon, fields.tm_mday), (fields.tm_hour, fields.tm_min, fields.tm_sec)
    )
    self.init(
      year: Int(date.0) + 1900, month: Int(date.1) + 1, day: Int(date.2), hour: Int(clock.0), minute: Int(clock.1),
      second: Int(clock.2))
  }

  /// Seconds since 1970; nil where there is no such day or time. An hour that a change of the clocks skips is the one after
  /// it.
  var seconds: Int? {
    var fields = unsafe self.fields
    unsafe fields.tm_isdst = -1
    let time = unsafe mktime(&fields)
    return isDay(unsafe Int(fields.tm_mon), unsafe Int(fields.tm_mday)) ? time : nil
  }

  /// The same of a time that is `offset` seconds ahead of UTC.
  func seconds(aheadOfUTC offset: Int) -> Int? {
    var fields = unsafe self.fields
    let time = unsafe timegm(&fields)
    return isDay(unsafe Int(fields.tm_mon), unsafe Int(fields.tm_mday)) ? time - offset : nil
  }

  /// "2026-11-29".
  var date: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

  /// "14:03:07".
  var clock: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }

  private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

  private var fields: tm {
    var fields = unsafe tm()
    unsafe (fields.tm_year, fields.tm_mon, fields.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
    unsafe (fields.tm_hour, fields.tm_min, fields.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
    return unsafe fields
  }

  /// It was not carried to another day, as the 30th of February is.
  private func isDay(_ month: Int, _ day: Int) -> Bool {
    month + 1 == self.month && day == self.day && (0...23).contains(hour) && (0...59).contains(minute)
      && (0...59).contains(second)
  }
}
