/// Why a payload could not be read. It is told as unknown then, never guessed.
package enum PayloadFault: Error, Hashable, Sendable {
  /// It ends before it is complete.
  case short
  /// It goes on after it should have ended.
  case long
  /// A byte that means nothing in its place.
  case value(UInt8)
  /// A host's address that is none.
  case address
}

/// Reads a payload from its beginning; every byte is asked for, and every value has its range.
struct PayloadReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) { rest = ArraySlice(Array(bytes)) }

  var count: Int { rest.count }

  mutating func byte() throws(PayloadFault) -> UInt8 {
    guard let byte = rest.popFirst() else { throw .short }
    return byte
  }

  mutating func byte(in range: ClosedRange<UInt8>) throws(PayloadFault) -> UInt8 {
    let byte = try byte()
    guard range.contains(byte) else { throw .value(byte) }
    return byte
  }

  /// One of a closed set of values.
  mutating func value<Value: RawRepresentable<UInt8>>(
    _ type: Value.Type = Value.self
  ) throws(PayloadFault) -> Value {
    let byte = try byte()
    guard let value = Value(rawValue: byte) else { throw .value(byte) }
    return value
  }

  /// 0 or 1, where `on` is one of them: V1 says 1 for on, V2 mostly 0.
  mutating func flag(on: UInt8) throws(PayloadFault) -> Bool { try byte(in: 0...1) == on }

  mutating func signed(in range: ClosedRange<Int8>) throws(PayloadFault) -> Int8 {
    let byte = try byte()
    let value = Int8(bitPattern: byte)
    guard range.contains(value) else { throw .value(byte) }
    return value
  }

  mutating func big16() throws(PayloadFault) -> UInt16 {
    let high = try byte()
    return UInt16(high) << 8 | UInt16(try byte())
  }

  mutating func bytes(_ count: Int) throws(PayloadFault) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .short }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func remaining() -> ArraySlice<UInt8> {
    defer { rest = [] }
    return rest
  }

  /// A length byte, then so many bytes of text; nil for a text that cannot be shown.
  mutating func text() throws(PayloadFault) -> String? {
    let count = try byte()
    return Self.shown(try bytes(Int(count)))
  }

  /// A count, then so many bytes; more than `longest` are refused.
  mutating func list(longest: UInt8) throws(PayloadFault) -> ArraySlice<UInt8> {
    let count = try byte(in: 0...longest)
    return try bytes(Int(count))
  }

  func end() throws(PayloadFault) {
    guard rest.isEmpty else { throw .long }
  }

  /// UTF-8 without anything that acts on a terminal or turns the order of letters; nil for everything else.
  static func shown(_ bytes: ArraySlice<UInt8>) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isClean = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x061C: false
      default: true
      }
    }
    return isClean ? text : nil
  }
}
