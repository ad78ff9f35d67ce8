/// A version as Debian's packages have it, in the order of Debian's policy (section 5.6.12): an epoch, an upstream version
/// and a revision; digits by their number, `~` before everything, and letters before other signs.
///
/// Upstream versions of plain numbers, "5.87" or "1.6.9", stand in the same order.
package struct PackageVersion: Comparable, Sendable {
  /// As it was written.
  package let text: String
  private let epoch: ArraySlice<UInt8>
  private let upstreamBytes: ArraySlice<UInt8>
  private let revision: ArraySlice<UInt8>

  package init(_ text: String) {
    self.text = text
    var rest = Array(text.utf8)[...]
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
      epoch = rest[..<colon]
      rest = rest[(colon + 1)...]
    } else {
      epoch = []
    }
    if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
      upstreamBytes = rest[..<dash]
      revision = rest[(dash + 1)...]
    } else {
      upstreamBytes = rest
      revision = []
    }
  }

  /// Without epoch and revision.
  package var upstream: String { String(decoding: upstreamBytes, as: UTF8.self) }

  package static func == (left: Self, right: Self) -> Bool { left.order(right) == 0 }
  package static func < (left: Self, right: Self) -> Bool { left.order(right) < 0 }

  private func order(_ other: Self) -> Int {
    for (left, right) in [
      (epoch, other.epoch), (upstreamBytes, other.upstreamBytes), (revision, other.revision),
    ] {
      let order = Self.order(left, right)
      if order != 0 { return order }
    }
    return 0
  }

  /// Stretches without digits and numbers by turns.
  private static func order(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    var (left, right) = (left, right)
    while !left.isEmpty || !right.isEmpty {
      while left.first.map({ !isDigit($0) }) == true || right.first.map({ !isDigit($0) }) == true {
        let order = weight(left.first) - weight(right.first)
        if order != 0 { return order }
        left = left.dropFirst()
        right = right.dropFirst()
      }
      let (one, other) = (number(&left), number(&right))
      if one.count != other.count { return one.count - other.count }
      if !one.elementsEqual(other) { return one.lexicographicallyPrecedes(other) ? -1 : 1 }
    }
    return 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Takes the number at the start, without its leading zeros.
  private static func number(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = rest.prefix(while: isDigit)
    rest = rest[digits.endIndex...]
    return digits.drop { $0 == UInt8(ascii: "0") }
  }

  /// The place of a byte that is no digit; the end, and a digit, stand for nothing.
  private static func weight(_ byte: UInt8?) -> Int {
    guard let byte, !isDigit(byte) else { return 0 }
    if byte == UInt8(ascii: "~") { return -1 }
    let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    return isLetter ? Int(byte) : Int(byte) + 256
  }
}
