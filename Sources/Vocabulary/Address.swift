/// A Bluetooth device address (BD_ADDR), written "94:DB:56:00:00:01".
package struct Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The 48 bits, the first octet in the highest place.
  package let bits: UInt64

  /// The address with these 48 bits, the first octet in the highest place.
  package init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }

  /// An address as people write it: with colons, with dashes, or twelve digits without either.
  package init?(written text: some StringProtocol) {
    var digits: [UInt8] = []
    var separator: UInt8?
    for byte in text.utf8 {
      guard digits.count < 17 else { return nil }
      if byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":") {
        guard separator == nil || separator == byte else { return nil }
        separator = byte
        digits.append(UInt8(ascii: ":"))
      } else {
        digits.append(byte)
      }
    }
    if separator == nil, digits.count == 12 {
      digits = (0..<17).map { $0 % 3 == 2 ? UInt8(ascii: ":") : digits[$0 - $0 / 3] }
    }
    self.init(String(decoding: digits, as: UTF8.self))
  }

  /// Parses six hexadecimal octets with colons, in either case; nothing else is an address.
  package init?(_ text: some StringProtocol) {
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
    var text: [UInt8] = []
    text.reserveCapacity(17)
    for place in stride(from: UInt64(44), through: 0, by: -4) {
      let digit = UInt8(bits >> place & 0xF)
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
      if place % 8 == 0, place > 0 { text.append(UInt8(ascii: ":")) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  package static func < (left: Address, right: Address) -> Bool { left.bits < right.bits }

  private static func value(ofHexDigit byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    default: nil
    }
  }
}

extension Address: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let address = Self(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no address"))
    }
    self = address
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
