extension JSONValue {
  /// How deep arrays and objects may nest. Parsing recurses, so this bounds the stack.
  package static let maximumDepth = 64

  /// Parses one whole JSON text; nothing but white space may follow it.
  ///
  /// Stricter than the RFC asks where a lenient reading would let two programs see different things: a name may
  /// stand only once in an object, surrogates come in pairs, and `\u0000` is refused because C would cut there. Names
  /// are as ``isName(_:)`` says, and a number is no longer than any that can be told from its neighbours.
  package init(parsing bytes: some Collection<UInt8>) throws(JSONSyntaxError) {
    self = try Self.parse(inPlace: ContiguousArray(bytes))
  }

  /// The same without a copy: each byte is asked of `bytes` itself, so a test can count how often.
  package static func parse<Bytes: RandomAccessCollection<UInt8>>(
    inPlace bytes: Bytes
  ) throws(JSONSyntaxError) -> JSONValue where Bytes.Index == Int {
    var parser = JSONParser(bytes: bytes)
    return try parser.document()
  }
}

private struct JSONParser<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
  let bytes: Bytes
  let end: Int
  var index: Int
  var depth = 0

  init(bytes: Bytes) {
    self.bytes = bytes
    (index, end) = (bytes.startIndex, bytes.endIndex)
  }

  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard index == end else { throw error("text after the value") }
    return value
  }

  private var current: UInt8? { index < end ? bytes[index] : nil }

  private func error(_ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(reason: reason, offset: index - bytes.startIndex)
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    index += 1
    return true
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
    case nil: throw error("the text ends too early")
    default: throw error("unexpected character")
    }
  }

  private mutating func nested(
    _ body: (inout Self) throws(JSONSyntaxError) -> JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    guard depth < JSONValue.maximumDepth else { throw error("nested too deeply") }
    depth += 1
    index += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONValue {
    var members: [JSONMembers.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .emptyObject }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("a name is missing") }
      let name = try string()
      guard JSONValue.isName(name) else { throw error("a name is too long, or not ASCII") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("a colon is missing") }
      members.append(JSONMembers.Member(name: name, value: try value()))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("an object is not closed") }
    guard let members = JSONMembers(unordered: members) else { throw error("a name stands twice") }
    return .object(members)
  }

  private mutating func array() throws(JSONSyntaxError) -> JSONValue {
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error("an array is not closed") }
    return .array(elements)
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    for byte in "\(word)".utf8 {
      guard take(byte) else { throw error("unexpected character") }
    }
    return value
  }

  // MARK: Numbers

  /// Seventeen digits tell every `Double` from its neighbours; some programs write more.
  private static var longestNumber: Int { 64 }

  private mutating func digits() throws(JSONSyntaxError) {
    let start = index
    while let byte = current, isDigit(byte) { index += 1 }
    guard index > start else { throw error("a digit is missing") }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = index
    var isWhole = true
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if let byte = current, isDigit(byte) { throw error("a number starts with 0") }
    } else {
      try digits()
    }
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      try digits()
    }
    guard index - start <= Self.longestNumber else { throw error("a number is too long") }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error("a number is out of range") }
    return .number(number)
  }

  // MARK: Strings

  private mutating func string() throws(JSONSyntaxError) -> String {
    index += 1
    let start = index
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
    if current == UInt8(ascii: "\"") {
      defer { index += 1 }
      return try text(bytes[start..<index])
    }
    return try escapedString(from: start)
  }

  private func text(_ slice: some Collection<UInt8>) throws(JSONSyntaxError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else { throw error("a string is not UTF-8") }
    return text
  }

  /// The slow path: a string with escapes is copied piece by piece.
  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var copy = ContiguousArray(bytes[start..<index])
    while let byte = current {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(copy)
      case UInt8(ascii: "\\"): try escape(into: &copy)
      case 0..<0x20: throw error("a control character in a string")
      default: copy.append(byte)
      }
    }
    throw error("a string is not closed")
  }

  private mutating func escape(into copy: inout ContiguousArray<UInt8>) throws(JSONSyntaxError) {
    guard let byte = current else { throw error("a string is not closed") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): copy.append(byte)
    case UInt8(ascii: "b"): copy.append(0x08)
    case UInt8(ascii: "f"): copy.append(0x0C)
    case UInt8(ascii: "n"): copy.append(0x0A)
    case UInt8(ascii: "r"): copy.append(0x0D)
    case UInt8(ascii: "t"): copy.append(0x09)
    case UInt8(ascii: "u"):
      copy.append(contentsOf: UTF8.encode(try escapedScalar()) ?? UTF8.encodedReplacementCharacter)
    default: throw error("an unknown escape")
    }
  }

  private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code) {
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error("half a surrogate pair") }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard code != 0 else { throw error("a string holds U+0000") }
    guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("a hexadecimal digit is missing")
      }
      code = code << 4 | UInt32(digit)
      index += 1
    }
    return code
  }
}
