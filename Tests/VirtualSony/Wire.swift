/// Frames as the wire has them. Written apart from the product's own reader on purpose: what both get wrong alike would not
/// be found.
enum Wire {
  static let acknowledgement: UInt8 = 0x01

  struct Frame: Hashable, Sendable {
    let type: UInt8
    let sequence: UInt8
    let payload: [UInt8]

    var bytes: [UInt8] {
      let count = payload.count
      var inner: [UInt8] = [type, sequence, 0, 0, UInt8(count >> 8), UInt8(count & 0xFF)] + payload
      inner.append(inner.reduce(0, &+))
      return [0x3E] + inner.flatMap { (0x3C...0x3E).contains($0) ? [0x3D, $0 - 0x10] : [$0] } + [0x3C]
    }
  }

  /// Takes whole frames out of what has come; what is left begins with a start mark, or is empty. Nil for a broken frame.
  static func take(_ stream: inout [UInt8]) -> [Frame?] {
    var found: [Frame?] = []
    while let start = stream.firstIndex(of: 0x3E) {
      stream.removeFirst(start)
      guard let end = stream.firstIndex(of: 0x3C) else { return found }
      found.append(frame(Array(stream[1..<end])))
      stream.removeFirst(end + 1)
    }
    stream = []
    return found
  }

  private static func frame(_ escaped: [UInt8]) -> Frame? {
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in escaped {
      if byte == 0x3D, !isEscaped {
        isEscaped = true
      } else {
        bytes.append(isEscaped ? byte + 0x10 : byte)
        isEscaped = false
      }
    }
    guard bytes.count >= 7, bytes.dropLast().reduce(0, &+) == bytes.last else { return nil }
    let length = bytes[2...5].reduce(0) { $0 << 8 | Int($1) }
    guard length == bytes.count - 7 else { return nil }
    return Frame(type: bytes[0], sequence: bytes[1], payload: Array(bytes[6..<(bytes.count - 1)]))
  }

  /// The frames in a text of hexadecimal digits.
  static func frames(_ text: String) -> [Frame] {
    let digits = text.utf8.map { $0 & 0x40 == 0 ? $0 & 0xF : ($0 & 0xF) + 9 }
    var bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    return take(&bytes).compactMap(\.self)
  }
}
