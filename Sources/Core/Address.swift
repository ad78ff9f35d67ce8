/// A Bluetooth device address (BD_ADDR), written "94:DB:56:00:00:01".
package struct Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Upper case, six octets, most significant first.
  package let description: String

  /// Parses six hexadecimal octets with colons, in either case; nothing else is an address.
  package init?(_ text: some StringProtocol) {
    let octets = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard octets.count == 6, octets.allSatisfy({ $0.count == 2 && $0.allSatisfy(Self.isHexDigit) }) else { return nil }
    description = text.uppercased()
  }

  package static func < (left: Address, right: Address) -> Bool { left.description < right.description }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
