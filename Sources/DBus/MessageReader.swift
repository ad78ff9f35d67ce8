package import EventLoop
internal import CBlueZ
internal import Glibc

/// A cursor over the arguments of a message.
///
/// Each read checks the type that is really there, so a message of another shape ends in
/// ``DBusError/Code/malformed`` and nothing else; the cursor then stays where it was. Only what is read is decoded:
/// skipping costs no allocation. A container is entered by taking a second cursor, which is independent of the first.
///
///     var body = reply.reader()
///     var objects = try body.array()
///     while !objects.atEnd {
///       var entry = try objects.dictionaryEntry()
///       let path = try entry.objectPath()
///     }
@safe package struct MessageReader {
  private let message: Message  // keeps the bytes alive
  private var iterator = unsafe DBusMessageIter()
  /// Whether the element that `iterator` is at has been passed. Going on can be dear (libdbus walks through a variant to
  /// find its end), so it waits until somebody wants the next element.
  private var isPassed = false
  /// The type of the element that `iterator` is at, once asked for.
  private var type: Int?

  init(_ message: Message) {
    self.message = message
    unsafe dbus_message_iter_init(message.raw, &iterator)
  }

  private init(inside parent: inout Self) {
    message = parent.message
    unsafe dbus_message_iter_recurse(&parent.iterator, &iterator)
  }

  /// Whether nothing is left at this level.
  package var atEnd: Bool {
    var copy = self
    return copy.settle() == CBLUEZ_TYPE_INVALID
  }

  /// The type code of what is next, 0 at the end: `UInt8(ascii: "s")` for a string.
  package var nextType: UInt8 {
    var copy = self
    return UInt8(truncatingIfNeeded: copy.settle())
  }

  /// Passes one element of any type.
  package mutating func skip() { if settle() != CBLUEZ_TYPE_INVALID { isPassed = true } }

  /// Goes to the next element if there is reason to, and returns its type.
  @discardableResult
  private mutating func settle() -> Int {
    if isPassed {
      unsafe dbus_message_iter_next(&iterator)
      isPassed = false
    } else if let type {
      return type
    }
    let found = unsafe Int(dbus_message_iter_get_arg_type(&iterator))
    type = found
    return found
  }

  // MARK: Basic types

  /// `s`
  package mutating func string() throws(DBusError) -> String { try text(CBLUEZ_TYPE_STRING) }

  /// Bytes of the longest name of an interface, a member or a bus (D-Bus specification, Valid Names).
  package static var longestName: Int { 255 }

  /// `s`, of which no more than so many bytes are looked at: what is longer is cut between two characters, and an
  /// ellipsis says so. D-Bus lets a string have 64 megabytes, and to compare two can cost more than their length.
  package mutating func string(cutTo bytes: Int) throws(DBusError) -> String {
    try require(CBLUEZ_TYPE_STRING)
    guard let start = unsafe start() else { throw .malformed("a string without bytes") }
    isPassed = true
    let text = unsafe UnsafeRawBufferPointer(start: start, count: strnlen(start, bytes + 1))
    guard text.count > bytes else { return unsafe String(decoding: text, as: UTF8.self) }
    let ellipsis = "\u{2026}"
    var end = bytes - ellipsis.utf8.count
    while end > 0, UTF8.isContinuation(unsafe text[end]) { end -= 1 }
    return unsafe String(decoding: text[..<end], as: UTF8.self) + ellipsis
  }
  /// `o`
  package mutating func objectPath() throws(DBusError) -> ObjectPath {
    ObjectPath(validated: try text(CBLUEZ_TYPE_OBJECT_PATH))
  }
  /// `g`
  package mutating func signature() throws(DBusError) -> String { try text(CBLUEZ_TYPE_SIGNATURE) }
  /// `b`
  package mutating func bool() throws(DBusError) -> Bool { try basic(CBLUEZ_TYPE_BOOLEAN, dbus_bool_t(0)) != 0 }
  /// `y`
  package mutating func byte() throws(DBusError) -> UInt8 { try basic(CBLUEZ_TYPE_BYTE, 0) }
  /// `n`
  package mutating func int16() throws(DBusError) -> Int16 { try basic(CBLUEZ_TYPE_INT16, 0) }
  /// `q`
  package mutating func uint16() throws(DBusError) -> UInt16 { try basic(CBLUEZ_TYPE_UINT16, 0) }
  /// `i`
  package mutating func int32() throws(DBusError) -> Int32 { try basic(CBLUEZ_TYPE_INT32, 0) }
  /// `u`
  package mutating func uint32() throws(DBusError) -> UInt32 { try basic(CBLUEZ_TYPE_UINT32, 0) }
  /// `x`
  package mutating func int64() throws(DBusError) -> Int64 { try basic(CBLUEZ_TYPE_INT64, 0) }
  /// `t`
  package mutating func uint64() throws(DBusError) -> UInt64 { try basic(CBLUEZ_TYPE_UINT64, 0) }
  /// `d`
  package mutating func double() throws(DBusError) -> Double { try basic(CBLUEZ_TYPE_DOUBLE, 0) }

  /// `h`: a duplicate, the caller's own. The message closes its copy when it goes away.
  package mutating func fileDescriptor() throws(DBusError) -> FileDescriptor {
    let number: Int32 = try basic(CBLUEZ_TYPE_UNIX_FD, -1)
    guard number >= 0 else { throw .malformed("the descriptor could not be received") }
    return FileDescriptor(owning: number)
  }

  // MARK: Containers

  /// `a…`: a cursor over the elements, at whose end ``atEnd`` is true.
  package mutating func array() throws(DBusError) -> Self { try enter(CBLUEZ_TYPE_ARRAY) }
  /// `(…)`
  package mutating func structure() throws(DBusError) -> Self { try enter(CBLUEZ_TYPE_STRUCT) }
  /// `{…}`, an element of an array: first the key, then the value.
  package mutating func dictionaryEntry() throws(DBusError) -> Self { try enter(CBLUEZ_TYPE_DICT_ENTRY) }
  /// `v`: a cursor at the value inside.
  package mutating func variant() throws(DBusError) -> Self { try enter(CBLUEZ_TYPE_VARIANT) }

  /// `a{s…}`: calls `body` with each key and a cursor at its value. What `body` does not read is skipped.
  package mutating func forEachEntry(
    _ body: (String, inout Self) throws(DBusError) -> Void
  ) throws(DBusError) {
    var entries = try array()
    while entries.settle() != CBLUEZ_TYPE_INVALID {
      var entry = try entries.dictionaryEntry()
      let key = try entry.string(cutTo: Self.longestName)
      try body(key, &entry)
    }
  }

  /// `a{sv}`: calls `body` with each name and a cursor at the value inside its variant. What `body` does not read is
  /// skipped.
  package mutating func forEachProperty(
    _ body: (String, inout Self) throws(DBusError) -> Void
  ) throws(DBusError) {
    var entries = try array()
    while entries.settle() != CBLUEZ_TYPE_INVALID {
      var entry = try entries.dictionaryEntry()
      let name = try entry.string(cutTo: Self.longestName)
      var value = try entry.variant()
      try body(name, &value)
    }
  }

  /// `as`, each cut as by ``string(cutTo:)``: names, and the like.
  package mutating func strings() throws(DBusError) -> [String] {
    var elements = try array()
    var strings: [String] = []
    while elements.settle() != CBLUEZ_TYPE_INVALID { strings.append(try elements.string(cutTo: Self.longestName)) }
    return strings
  }

  /// `ay`
  package mutating func bytes() throws(DBusError) -> [UInt8] {
    var elements = try array()
    var bytes: [UInt8] = []
    while elements.settle() != CBLUEZ_TYPE_INVALID { bytes.append(try elements.byte()) }
    return bytes
  }

  // MARK: Steps

  private mutating func require(_ expected: Int) throws(DBusError) {
    let found = settle()
    guard found == expected else {
      throw .malformed("expected '\(Self.code(expected))', found '\(Self.code(found))'")
    }
  }

  private static func code(_ type: Int) -> String {
    type == CBLUEZ_TYPE_INVALID ? "end" : String(Unicode.Scalar(UInt8(truncatingIfNeeded: type)))
  }

  private mutating func basic<Value: BitwiseCopyable>(_ type: Int, _ initial: Value) throws(DBusError) -> Value {
    try require(type)
    var value = initial
    unsafe dbus_message_iter_get_basic(&iterator, &value)
    isPassed = true
    return value
  }

  private mutating func text(_ type: Int) throws(DBusError) -> String {
    try require(type)
    // libdbus has validated the bytes as UTF-8; a message that it did not validate never comes here.
    guard let start = unsafe start(), let text = unsafe String(validatingCString: start) else {
      throw .malformed("a string that is not UTF-8")
    }
    isPassed = true
    return text
  }

  /// The bytes of the string that comes next.
  private mutating func start() -> UnsafePointer<CChar>? {
    var pointer: UnsafePointer<CChar>?
    unsafe dbus_message_iter_get_basic(&iterator, &pointer)
    return unsafe pointer
  }

  private mutating func enter(_ type: Int) throws(DBusError) -> Self {
    try require(type)
    isPassed = true
    return Self(inside: &self)
  }
}
