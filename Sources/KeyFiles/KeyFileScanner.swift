// The KeyFiles layer: the dialect of BlueZ's files, which is GLib's GKeyFile (`glib/gkeyfile.c`), and with it that of our
// own configuration. Whatever GLib does is right; a test compares the two.

/// What a line of a key file says, as places in the file.
package enum KeyFileLine: Hashable, Sendable {
  /// The name of the group that begins, or goes on.
  case group(Range<Int>)
  /// The key may have a language at its end: "Name[de]". The value is as it stands in the file: see ``KeyFileValue``.
  case pair(key: Range<Int>, value: Range<Int>)
}

/// Goes over a key file line by line, in place: it copies nothing, takes time in proportion to the file's length, and
/// keeps nothing but where it is.
package enum KeyFileScanner {
  /// Hands each line that says something to `take`, with its number from 1, until the first that GLib refuses. What was
  /// handed out before is what GLib's object has then, too.
  package static func scan(_ bytes: Span<UInt8>, _ take: (KeyFileLine, Int) -> Void) throws(KeyFileError) {
    var (start, number) = (0, 0)
    var first: Range<Int>?
    var current: Range<Int>?
    while start < bytes.count {
      number += 1
      var end = start
      while end < bytes.count, bytes[end] != lineFeed { end += 1 }
      let next = end + 1
      // Only before a line feed: at the end of the file it belongs to the value.
      if end < bytes.count, end > start, bytes[end - 1] == carriageReturn { end -= 1 }
      let line: KeyFileLine?
      do throws(Refusal) { line = try parse(bytes, start..<end, hasGroup: current != nil) } catch {
        throw KeyFileError(line: number, error.problem)
      }
      switch line {
      case .group(let name)?:
        first = first ?? name
        current = name
      case .pair(let key, let value)?:
        // GLib looks at the whole line here, and elsewhere no further than to a NUL.
        if let first, let current, equal(bytes, first, current), isEncoding(bytes, key),
          !isUTF8(bytes, value.lowerBound..<end)
        {
          throw KeyFileError(line: number, .encoding)
        }
      case nil: break
      }
      if let line { take(line, number) }
      start = next
    }
  }

  private struct Refusal: Error { let problem: KeyFileError.Problem }

  /// GLib's lines are C strings: a NUL ends them.
  private static func parse(
    _ bytes: Span<UInt8>, _ line: Range<Int>, hasGroup: Bool
  ) throws(Refusal) -> KeyFileLine? {
    var end = line.lowerBound
    while end < line.upperBound, bytes[end] != 0 { end += 1 }
    let begin = skipSpace(bytes, line.lowerBound..<end)
    guard begin < end, bytes[begin] != UInt8(ascii: "#") else { return nil }
    if let name = group(bytes, begin..<end) {
      // The name's end is looked for from the end of the line, also behind a NUL.
      guard find(closing, bytes, end..<line.upperBound) == nil, isGroupName(bytes, name) else {
        throw Refusal(problem: .groupName)
      }
      return .group(name)
    }
    guard let sign = find(UInt8(ascii: "="), bytes, begin..<end), sign > begin else {
      throw Refusal(problem: .notALine)
    }
    guard hasGroup else { throw Refusal(problem: .noGroup) }
    var keyEnd = sign
    while isSpace(bytes[keyEnd - 1]) { keyEnd -= 1 }
    guard isKeyName(bytes, begin..<keyEnd) else { throw Refusal(problem: .keyName) }
    return .pair(key: begin..<keyEnd, value: skipSpace(bytes, sign + 1..<end)..<end)
  }

  // MARK: Groups

  /// The name in a line that is "[name]", with nothing but blanks behind.
  private static func group(_ bytes: Span<UInt8>, _ text: Range<Int>) -> Range<Int>? {
    guard bytes[text.lowerBound] == opening else { return nil }
    guard let bracket = find(closing, bytes, text.lowerBound + 1..<text.upperBound) else { return nil }
    var place = nextCharacter(bytes, bracket, text.upperBound)
    while place < text.upperBound, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\t") {
      place = nextCharacter(bytes, place, text.upperBound)
    }
    return place == text.upperBound ? text.lowerBound + 1..<bracket : nil
  }

  private static func isGroupName(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
    for place in name where bytes[place] == opening || bytes[place] < 0x20 || bytes[place] == 0x7F { return false }
    return !name.isEmpty
  }

  // MARK: Keys

  /// Whether a name without blanks around has no bracket, but for a language at its end.
  private static func isKeyName(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
    var place = name.lowerBound
    while place < name.upperBound, bytes[place] != opening, bytes[place] != closing { place += 1 }
    guard place > name.lowerBound, bytes[place - 1] != UInt8(ascii: " ") else { return false }
    guard place < name.upperBound else { return true }
    guard bytes[place] == opening else { return false }
    place += 1
    while place < name.upperBound, isOfLanguage(scalar(bytes, place..<name.upperBound)) {
      place = nextCharacter(bytes, place, name.upperBound)
    }
    return place + 1 == name.upperBound && bytes[place] == closing
  }

  private static func isOfLanguage(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    switch scalar {
    case "-", "_", ".", "@": return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  /// The character that begins there; nil where it is not UTF-8.
  private static func scalar(_ bytes: Span<UInt8>, _ text: Range<Int>) -> Unicode.Scalar? {
    let lead = bytes[text.lowerBound]
    if lead < 0x80 { return Unicode.Scalar(lead) }
    let (length, least): (Int, UInt32)
    switch lead {
    case 0xC2...0xDF: (length, least) = (2, 0x80)
    case 0xE0...0xEF: (length, least) = (3, 0x800)
    case 0xF0...0xF4: (length, least) = (4, 0x1_0000)
    default: return nil
    }
    guard text.count >= length else { return nil }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for place in text.lowerBound + 1..<text.lowerBound + length {
      guard isContinuation(bytes[place]) else { return nil }
      value = value << 6 | UInt32(bytes[place] & 0x3F)
    }
    return value < least ? nil : Unicode.Scalar(value)
  }

  // MARK: The encoding

  private static func isEncoding(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool { equal(bytes, key, "Encoding") }

  private static func isUTF8(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
    guard value.count == 5 else { return false }
    for (place, byte) in zip(value, "utf-8".utf8) {
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[place])
      if (isUpper ? bytes[place] | 0x20 : bytes[place]) != byte { return false }
    }
    return true
  }

  // MARK: Bytes

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let opening = UInt8(ascii: "[")
  private static let closing = UInt8(ascii: "]")

  /// `g_ascii_isspace`, which leaves out the vertical tab.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  private static func skipSpace(_ bytes: Span<UInt8>, _ text: Range<Int>) -> Int {
    var place = text.lowerBound
    while place < text.upperBound, isSpace(bytes[place]) { place += 1 }
    return place
  }

  /// `g_utf8_find_next_char`: over the bytes that continue a character, also over those that continue none.
  private static func nextCharacter(_ bytes: Span<UInt8>, _ place: Int, _ end: Int) -> Int {
    var next = place + 1
    while next < end, isContinuation(bytes[next]) { next += 1 }
    return next
  }

  private static func find(_ byte: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    for place in range where bytes[place] == byte { return place }
    return nil
  }

  private static func equal(_ bytes: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
    guard left.count == right.count else { return false }
    for (one, other) in zip(left, right) where bytes[one] != bytes[other] { return false }
    return true
  }

  /// Whether the text in a range is the given one.
  package static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
    guard range.count == text.utf8.count else { return false }
    for (place, byte) in zip(range, text.utf8) where bytes[place] != byte { return false }
    return true
  }
}
