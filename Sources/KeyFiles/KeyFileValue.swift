/// A value of a key file as it stands there, and what GLib's functions make of it.
package struct KeyFileValue: Hashable, Sendable {
  /// Without the blanks before it, and with those behind it.
  package let bytes: ArraySlice<UInt8>
  /// Its line in the file, from 1.
  package let line: Int

  /// `g_key_file_get_string`: with its escapes (`\s`, `\n`, `\t`, `\r`, `\\`) undone. Nil for one that GLib refuses: with
  /// another escape, or not in UTF-8.
  package var string: String? { pieces(separator: nil)?.first }

  /// `g_key_file_get_string_list`: what stands between semicolons, of which `\;` is none and one at the end may be left
  /// out. Nothing is taken off around them.
  package var list: [String]? {
    guard var pieces = pieces(separator: UInt8(ascii: ";")) else { return nil }
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    return pieces
  }

  /// `g_key_file_get_integer`: see ``integer(_:)``.
  package var integer: Int32? { Self.integer(bytes.span) }

  /// A number in decimal, as `strtol(3)` has it, with nothing or a blank behind it; whatever comes after the blank is not
  /// looked at. Nil for what is none, or needs more than 32 bits.
  package static func integer(_ bytes: Span<UInt8>) -> Int32? {
    var place = 0
    // Here the vertical tab is a blank, too.
    while place < bytes.count, KeyFileScanner.isSpace(bytes[place]) || bytes[place] == 0x0B { place += 1 }
    var isNegative = false
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
      isNegative = bytes[place] == UInt8(ascii: "-")
      place += 1
    }
    var (number, hasDigits): (Int64, Bool) = (0, false)
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
      // Beyond 32 bits it does not matter how far.
      number = min(number * 10 + Int64(bytes[place] - UInt8(ascii: "0")), 1 << 40)
      hasDigits = true
      place += 1
    }
    guard hasDigits, place == bytes.count || KeyFileScanner.isSpace(bytes[place]) else { return nil }
    return Int32(exactly: isNegative ? -number : number)
  }

  /// The pieces between separators, with the escapes undone; the last one may be empty.
  private func pieces(separator: UInt8?) -> [String]? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var pieces: [String] = []
    var piece: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst() else { return nil }
        switch escaped {
        case UInt8(ascii: "s"): piece.append(UInt8(ascii: " "))
        case UInt8(ascii: "n"): piece.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "t"): piece.append(UInt8(ascii: "\t"))
        case UInt8(ascii: "r"): piece.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "\\"): piece.append(escaped)
        case let other where other == separator: piece.append(other)
        default: return nil
        }
      case let other where other == separator:
        pieces.append(String(decoding: piece, as: UTF8.self))
        piece = []
      default: piece.append(byte)
      }
    }
    return pieces + [String(decoding: piece, as: UTF8.self)]
  }
}
