extension JSONValue {
  /// Decodes the value as `Value`; extra names are ignored.
  package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(DecodingError) -> Value {
    try decode(type, reading: nil, longestText: .max)
  }

  /// Decodes the members of an object and refuses one that the type does not know, by name, and a text of more than so
  /// many bytes.
  func decodeStrictly<Value: Decodable>(
    _ type: Value.Type = Value.self, longestText: Int
  ) throws(DecodingError) -> Value {
    let names = Names()
    let value = try decode(type, reading: names, longestText: longestText)
    if !names.tookWhole, let unknown = members?.names.first(where: { !names.read.contains(where: $0.hasSameBytes) }) {
      throw DecodingError.dataCorrupted(.init(codingPath: [MemberName(unknown)], debugDescription: "unknown"))
    }
    return value
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, reading names: Names?, longestText: Int
  ) throws(DecodingError) -> Value {
    do {
      return try TreeDecoder(value: self, codingPath: [], longestText: longestText, names: names).unbox(type)
    } catch let error as DecodingError {
      throw error
    } catch {
      throw .dataCorrupted(.init(codingPath: [], debugDescription: "\(error)", underlyingError: error))
    }
  }
}

/// The names of the outermost object that its type asked for; what it did not ask for, it does not know.
private final class Names {
  var read: [String] = []
  /// The type took the object as a whole, so it knows every name.
  var tookWhole = false
}

/// A member's name that no type declares.
struct MemberName: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) { (stringValue, intValue) = (name, nil) }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
}

private struct TreeDecoder: Decoder, SingleValueDecodingContainer {
  let value: JSONValue
  let codingPath: [any CodingKey]
  /// Bytes.
  let longestText: Int
  /// Set for the outermost value only.
  let names: Names?
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let members = value.members else { throw mismatch(JSONMembers.self, "an object") }
    return KeyedDecodingContainer(
      ObjectDecoder(members: members, codingPath: codingPath, longestText: longestText, names: names))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch([JSONValue].self, "an array") }
    return ArrayDecoder(elements: elements, codingPath: codingPath, longestText: longestText)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value.isNull }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try unbox(type) }
  /// Asked for by types that are made of a single string: one of several values, which is compared with each of them, or
  /// a name, which is looked up. Both are names; what is only a text is a member or an element.
  func decode(_ type: String.Type) throws -> String { try checked(value.name, type, "a name") }

  func unbox<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let names, type is JSONValue.Type || type is any StringKeyed.Type { names.tookWhole = true }
    // Unwrapped first: no leaf at all would pass for a nil of an optional `Value`.
    if let leaf = try leaf(type), let value = leaf as? Value { return value }
    return try Value(from: self)
  }

  /// A value that has no parts. Concrete types on purpose: asking whether a type conforms to a protocol makes the
  /// runtime search every conformance in the program, which a short-lived client would notice.
  private func leaf(_ type: Any.Type) throws -> Any? {
    switch type {
    case is JSONValue.Type: value
    case is String.Type: try string()
    case is Bool.Type: try bool()
    case is Int.Type: try whole(Int.self)
    case is Int8.Type: try whole(Int8.self)
    case is Int16.Type: try whole(Int16.self)
    case is Int32.Type: try whole(Int32.self)
    case is Int64.Type: try whole(Int64.self)
    case is UInt.Type: try whole(UInt.self)
    case is UInt8.Type: try whole(UInt8.self)
    case is UInt16.Type: try whole(UInt16.self)
    case is UInt32.Type: try whole(UInt32.self)
    case is UInt64.Type: try whole(UInt64.self)
    case is Double.Type: try checked(number, type, "a number")
    case is Float.Type: Float(try checked(number, type, "a number"))
    default: nil
    }
  }

  func string() throws -> String {
    let string = try checked(value.string, String.self, "a string")
    guard string.utf8.count <= longestText else {
      throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: "longer than \(longestText)"))
    }
    return string
  }
  func bool() throws -> Bool { try checked(value.bool, Bool.self, "a boolean") }

  private var number: Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  func whole<Whole: FixedWidthInteger>(_ type: Whole.Type) throws -> Whole {
    let whole: Whole? =
      switch value {
      case .integer(let integer): Whole(exactly: integer)
      case .number(let number): Whole(exactly: number)
      default: nil
      }
    return try checked(whole, type, "an integer in the range of \(type)")
  }

  private func checked<Leaf>(_ leaf: Leaf?, _ type: Any.Type, _ expected: String) throws -> Leaf {
    guard let leaf else { throw mismatch(type, expected) }
    return leaf
  }

  private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
    let text = "\(expected) was expected, not \(value.kind)"
    return .typeMismatch(type, .init(codingPath: codingPath, debugDescription: text))
  }
}

/// Dictionaries know every name.
private protocol StringKeyed {}
extension Dictionary: StringKeyed where Key == String {}

private struct ObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: JSONMembers
  let codingPath: [any CodingKey]
  let longestText: Int
  let names: Names?

  var allKeys: [Key] { members.names.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool {
    names?.read.append(key.stringValue)
    return members[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).value.isNull }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try member(key).unbox(type) }
  // The commonest ones, without a question about their type.
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).bool() }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).string() }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).whole(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try member(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { try member(named: MemberName("super")) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try member(named: key) }

  private func member(_ key: Key) throws -> TreeDecoder { try member(named: key) }

  private func member(named key: some CodingKey) throws -> TreeDecoder {
    names?.read.append(key.stringValue)
    guard let value = members[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
    }
    return TreeDecoder(value: value, codingPath: codingPath + [key], longestText: longestText, names: nil)
  }
}

private struct ArrayDecoder: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let codingPath: [any CodingKey]
  let longestText: Int
  var currentIndex = 0

  init(elements: [JSONValue], codingPath: [any CodingKey], longestText: Int) {
    self.elements = elements
    self.codingPath = codingPath
    self.longestText = longestText
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().unbox(type) }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> TreeDecoder {
    let path = codingPath + [MemberName(intValue: currentIndex)].compactMap(\.self)
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(JSONValue.self, .init(codingPath: path, debugDescription: "the array ends"))
    }
    defer { currentIndex += 1 }
    return TreeDecoder(value: elements[currentIndex], codingPath: path, longestText: longestText, names: nil)
  }
}

extension JSONValue: Decodable {
  package init(from decoder: any Decoder) throws {
    self = try decoder.singleValueContainer().decode(JSONValue.self)
  }
}

extension DecodingError {
  /// What does not fit, and where: for people, who know nothing of Swift's types.
  package var words: String {
    let (context, what): (Context, String?) =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context): (context, nil)
      case .keyNotFound(let key, let context): (context, "\"\(key.stringValue)\" is missing")
      case .dataCorrupted(let context): (context, nil)
      @unknown default: (Context(codingPath: [], debugDescription: "it does not fit"), nil)
      }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return (path.isEmpty ? "" : "\(path): ") + (what ?? context.debugDescription)
  }
}

/// What an error says, without the spelling of Swift's types and cases.
package func words(of error: any Error) -> String {
  (error as? DecodingError)?.words ?? "\(error)"
}
