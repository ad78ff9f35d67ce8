extension JSONValue {
  /// The tree that an `Encodable` value describes. An optional that is nil leaves its name out.
  package init(encoding value: some Encodable) throws {
    let slot = Slot()
    try value.encode(to: TreeEncoder(slot: slot, codingPath: []))
    self = slot.tree
  }
}

/// A place in the growing tree. A class, since containers of one object may be filled in turns.
private final class Slot {
  var value = JSONValue.null
  private var elements: [Slot]?
  private var members: [(name: String, slot: Slot)]?

  var count: Int { elements?.count ?? 0 }

  var tree: JSONValue {
    if let elements { return .array(elements.map(\.tree)) }
    guard let members else { return value }
    let trees = members.map { JSONMembers.Member(name: $0.name, value: $0.slot.tree) }
    // A type that encodes a name twice has changed its mind.
    return .object(JSONMembers(unordered: trees) ?? trees.reduce(into: JSONMembers()) { $0[$1.name] = $1.value })
  }

  func becomeObject() { members = members ?? [] }
  func becomeArray() { elements = elements ?? [] }

  func member(_ name: String) -> Slot {
    let slot = Slot()
    members?.append((name, slot))
    return slot
  }

  func element() -> Slot {
    let slot = Slot()
    elements?.append(slot)
    return slot
  }

  /// Concrete types on purpose, as in decoding.
  func set(_ encoded: some Encodable, _ codingPath: [any CodingKey]) throws {
    switch encoded {
    case let encoded as JSONValue: value = encoded
    case let encoded as String: value = .string(encoded)
    case let encoded as Bool: value = .bool(encoded)
    case let encoded as Double: value = .number(encoded)
    case let encoded as Float: value = .number(Double(encoded))
    case let encoded as Int: value = .integer(Int64(encoded))
    case let encoded as Int8: value = .integer(Int64(encoded))
    case let encoded as Int16: value = .integer(Int64(encoded))
    case let encoded as Int32: value = .integer(Int64(encoded))
    case let encoded as Int64: value = .integer(encoded)
    case let encoded as UInt: set(UInt64(encoded))
    case let encoded as UInt8: value = .integer(Int64(encoded))
    case let encoded as UInt16: value = .integer(Int64(encoded))
    case let encoded as UInt32: value = .integer(Int64(encoded))
    case let encoded as UInt64: set(encoded)
    default: try encoded.encode(to: TreeEncoder(slot: self, codingPath: codingPath))
    }
  }

  /// Beyond Int64, other programs would read an approximate number in any case.
  private func set(_ encoded: UInt64) {
    value = Int64(exactly: encoded).map { .integer($0) } ?? .number(Double(encoded))
  }
}

private struct TreeEncoder: Encoder {
  let slot: Slot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.becomeObject()
    return KeyedEncodingContainer(ObjectEncoder(slot: slot, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.becomeArray()
    return ArrayEncoder(slot: slot, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ValueEncoder(slot: slot, codingPath: codingPath)
  }
}

private struct ObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: Slot
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { slot.member(key.stringValue).value = .null }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try slot.member(key.stringValue).set(value, codingPath + [key])
  }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    nested(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { TreeEncoder(slot: slot.member("super"), codingPath: codingPath) }
  func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

  private func nested(_ key: Key) -> TreeEncoder {
    TreeEncoder(slot: slot.member(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct ArrayEncoder: UnkeyedEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]
  var count: Int { slot.count }

  func encodeNil() { slot.element().value = .null }
  func encode<Value: Encodable>(_ value: Value) throws { try slot.element().set(value, codingPath) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    nested.container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested.unkeyedContainer() }
  func superEncoder() -> any Encoder { nested }

  private var nested: TreeEncoder { TreeEncoder(slot: slot.element(), codingPath: codingPath) }
}

private struct ValueEncoder: SingleValueEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]

  func encodeNil() { slot.value = .null }
  func encode<Value: Encodable>(_ value: Value) throws { try slot.set(value, codingPath) }
}

extension JSONValue: Encodable {
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .integer(let value): try value.encode(to: encoder)
    case .number(let value): try value.encode(to: encoder)
    case .string(let value): try value.encode(to: encoder)
    case .array(let value): try value.encode(to: encoder)
    case .object(let members):
      var container = encoder.container(keyedBy: MemberName.self)
      for member in members { try container.encode(member.value, forKey: MemberName(member.name)) }
    }
  }
}
