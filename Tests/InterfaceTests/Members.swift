import Interface

/// A member of an object as it travels: its name, and whether it may be left out.
struct Member: Hashable, CustomStringConvertible {
  let name: String
  let isOptional: Bool
  var description: String { "\(name): \(isOptional ? "?" : "")" }

  /// The members that a type reads, in their order.
  static func read<Value: Decodable>(by type: Value.Type) throws -> [Member] {
    let record = Record()
    _ = try Value(from: Recorder(record))
    return record.members
  }

  /// The members of the list that begins at `text`, which is "(name: type, name: ?type) …".
  static func declared(in text: Substring) -> (members: [Member], rest: Substring) {
    var depth = 0
    var fields = [""]
    for (index, character) in zip(text.indices, text) {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0 { return (fields.compactMap(Member.init(declaration:)), text[text.index(after: index)...]) }
      if character == ",", depth == 1 { fields.append("") } else { fields[fields.count - 1].append(character) }
    }
    return ([], "")
  }

  private init?(declaration: String) {
    let parts = declaration.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    self.init(
      name: String(parts[0].filter { $0.isLetter }), isOptional: parts[1].first { $0 != " " } == "?")
  }

  private init(name: String, isOptional: Bool) {
    self.name = name
    self.isOptional = isOptional
  }

  fileprivate final class Record {
    var members: [Member] = []
    func note(_ key: any CodingKey, isOptional: Bool) {
      members.append(Member(name: key.stringValue, isOptional: isOptional))
    }
  }
}

/// Notes which members a value asks for, and gives it some value of each type. What may be left out is left out.
private struct Recorder: Decoder, SingleValueDecodingContainer {
  let record: Member.Record
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  init(_ record: Member.Record) { self.record = record }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Members(record: record))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoSuchValue() }
  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { true }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try any(type) }
}

private struct NoSuchValue: Error {}

/// Some value of the type.
private func any<Value: Decodable>(_ type: Value.Type) throws -> Value {
  let known: [Any] = ["", 0, false, [String](), [Int]()]
  for value in known { if let value = value as? Value { return value } }
  if let set = type as? any CaseIterable.Type, let value = first(of: set) as? Value { return value }
  return try Value(from: Recorder(Member.Record()))
}

private func first<Set: CaseIterable>(of set: Set.Type) -> Any? { set.allCases.first }

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let record: Member.Record
  let codingPath: [any CodingKey] = []
  let allKeys: [Key] = []

  /// Asked for what may be left out only.
  func contains(_ key: Key) -> Bool {
    record.note(key, isOptional: true)
    return false
  }
  func decodeNil(forKey key: Key) -> Bool { true }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    record.note(key, isOptional: false)
    return try any(type)
  }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw NoSuchValue() }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NoSuchValue() }
  func superDecoder() throws -> any Decoder { throw NoSuchValue() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw NoSuchValue() }
}
