/// Finds the lines of values in a text that has been parsed, and so is well-formed JSON: parsed trees keep no places.
struct Lines {
  private let bytes: [UInt8]
  private var index = 0

  /// The line of an offset in bytes, from 1.
  static func number(of offset: Int, in bytes: [UInt8]) -> Int {
    1 + bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") }
  }

  /// The line on which the value at the end of the path begins, or the last one on the way that was found.
  static func number(of path: [Step], in bytes: [UInt8]) -> Int {
    var lines = Lines(bytes: bytes)
    return number(of: lines.offset(of: path), in: bytes)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func offset(of path: [Step]) -> Int {
    skipSpace()
    var offset = index
    for step in path {
      guard enter(step) else { return offset }
      skipSpace()
      offset = index
    }
    return offset
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") { index += 1 }
  }

  /// Moves from the start of an array or object to the start of one of its values.
  private mutating func enter(_ step: Step) -> Bool {
    index += 1
    skipSpace()
    var count = 0
    while let byte = current, byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}") {
      switch step {
      case .element(let wanted):
        if count == wanted { return true }
      case .member(let name):
        let start = index + 1
        skipString()
        let isWanted = bytes[start..<max(start, index - 1)].elementsEqual(name.utf8)
        skipSpace()
        if isWanted { return true }
      }
      skipValue()
      skipSpace()
      count += 1
    }
    return false
  }

  private mutating func skipString() {
    index += 1
    while let byte = current, byte != UInt8(ascii: "\"") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
    index += 1
  }

  private mutating func skipValue() {
    var depth = 0
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        skipString()
        if depth == 0 { return }
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        index += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        // The end of what this value stands in.
        if depth == 0 { return }
        depth -= 1
        index += 1
        if depth == 0 { return }
      case UInt8(ascii: ","):
        if depth == 0 { return }
        index += 1
      default: index += 1
      }
    }
  }
}
