/// A Bluetooth device address, written as BlueZ writes it: "94:DB:56:00:00:01".
package struct BluetoothAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The 48 bits, the first octet in the highest place.
  package let bits: UInt64

  /// The address with these 48 bits, the first octet in the highest place.
  package init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }

  /// Parses six hexadecimal octets with colons, in either case; nothing else is an address.
  package init?(_ text: String) {
    var bits: UInt64 = 0
    var count = 0
    for byte in text.utf8 {
      if count % 3 == 2 {
        guard byte == UInt8(ascii: ":") else { return nil }
      } else {
        guard let digit = Self.value(ofHexDigit: byte) else { return nil }
        bits = bits << 4 | digit
      }
      count += 1
      guard count <= 17 else { return nil }
    }
    guard count == 17 else { return nil }
    self.bits = bits
  }

  /// Upper case, with colons.
  package var description: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for place in stride(from: UInt64(44), through: 0, by: -4) {
      text.append(digits[Int(bits >> place & 0xF)])
      if place % 8 == 0, place > 0 { text.append(UInt8(ascii: ":")) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  package static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }

  private static func value(ofHexDigit byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    default: nil
    }
  }
}
