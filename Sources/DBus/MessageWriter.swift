internal import CBlueZ

/// Appends arguments to a message under construction.
///
/// Appending never throws: the first value that is not allowed on the bus is remembered, and building the message
/// fails with it. A container's contents must match its signature; anything else is a programming error, at which
/// libdbus stops the process.
///
///     try Message(call: "SetDiscoveryFilter", on: path, interface: interface, to: service) { arguments in
///       arguments.properties { $0.entry("Transport") { $0.append("bredr") } }
///     }
@safe package struct MessageWriter: ~Copyable {
  private var iterator = unsafe DBusMessageIter()
  /// The first value that could not be appended.
  private(set) var failure: DBusError?

  init(appendingTo raw: OpaquePointer) { unsafe dbus_message_iter_init_append(raw, &iterator) }

  private init() {}

  // MARK: Basic types

  /// `s`; a text with a NUL inside cannot be sent.
  package mutating func append(_ value: String) {
    guard !value.utf8.contains(0) else { return fail("a string with a NUL inside") }
    text(value, CBLUEZ_TYPE_STRING)
  }
  /// `o`
  package mutating func append(_ value: ObjectPath) { text(value.text, CBLUEZ_TYPE_OBJECT_PATH) }
  /// `g`
  package mutating func append(signature value: String) {
    guard unsafe dbus_signature_validate(value, nil) != 0 else { return fail("not a signature: \"\(value)\"") }
    text(value, CBLUEZ_TYPE_SIGNATURE)
  }
  /// `b`
  package mutating func append(_ value: Bool) { basic(dbus_bool_t(value ? 1 : 0), CBLUEZ_TYPE_BOOLEAN) }
  /// `y`
  package mutating func append(_ value: UInt8) { basic(value, CBLUEZ_TYPE_BYTE) }
  /// `n`
  package mutating func append(_ value: Int16) { basic(value, CBLUEZ_TYPE_INT16) }
  /// `q`
  package mutating func append(_ value: UInt16) { basic(value, CBLUEZ_TYPE_UINT16) }
  /// `i`
  package mutating func append(_ value: Int32) { basic(value, CBLUEZ_TYPE_INT32) }
  /// `u`
  package mutating func append(_ value: UInt32) { basic(value, CBLUEZ_TYPE_UINT32) }
  /// `x`
  package mutating func append(_ value: Int64) { basic(value, CBLUEZ_TYPE_INT64) }
  /// `t`
  package mutating func append(_ value: UInt64) { basic(value, CBLUEZ_TYPE_UINT64) }
  /// `d`
  package mutating func append(_ value: Double) { basic(value, CBLUEZ_TYPE_DOUBLE) }
  /// `h`: the message gets a duplicate of the open descriptor.
  package mutating func append(fileDescriptor value: Int32) { basic(value, CBLUEZ_TYPE_UNIX_FD) }

  // MARK: Containers

  /// `a` with elements of the signature.
  package mutating func array(of signature: String, _ body: (inout MessageWriter) -> Void = { _ in }) {
    container(CBLUEZ_TYPE_ARRAY, signature, body)
  }
  /// `(…)`
  package mutating func structure(_ body: (inout MessageWriter) -> Void) { container(CBLUEZ_TYPE_STRUCT, nil, body) }
  /// `{…}`, inside an array: `body` appends the key and the value.
  package mutating func dictionaryEntry(_ body: (inout MessageWriter) -> Void) {
    container(CBLUEZ_TYPE_DICT_ENTRY, nil, body)
  }
  /// `v` with a value of the signature.
  package mutating func variant(_ signature: String, _ body: (inout MessageWriter) -> Void) {
    container(CBLUEZ_TYPE_VARIANT, signature, body)
  }
  /// `a{sv}`: `body` appends entries with `entry(…)`.
  package mutating func properties(_ body: (inout MessageWriter) -> Void = { _ in }) { array(of: "{sv}", body) }
  /// `a{sa{sv}}`: `body` appends interfaces with ``interface(_:_:)``.
  package mutating func interfaces(_ body: (inout MessageWriter) -> Void = { _ in }) { array(of: "{sa{sv}}", body) }
  /// `a{oa{sa{sv}}}`: `body` appends objects with ``object(_:_:)``.
  package mutating func objects(_ body: (inout MessageWriter) -> Void = { _ in }) { array(of: "{oa{sa{sv}}}", body) }

  /// One object inside ``objects(_:)``; `body` appends its interfaces with ``interface(_:_:)``.
  package mutating func object(_ path: ObjectPath, _ body: (inout MessageWriter) -> Void) {
    dictionaryEntry { entry in
      entry.append(path)
      entry.interfaces(body)
    }
  }
  /// One interface inside ``interfaces(_:)`` or ``object(_:_:)``; `body` appends its properties with `entry(…)`.
  package mutating func interface(_ name: String, _ body: (inout MessageWriter) -> Void = { _ in }) {
    dictionaryEntry { entry in
      entry.append(name)
      entry.properties(body)
    }
  }
  /// One property inside ``properties(_:)``: `body` appends the value that the signature announces.
  package mutating func entry(_ name: String, _ signature: String, _ body: (inout MessageWriter) -> Void) {
    dictionaryEntry { entry in
      entry.append(name)
      entry.variant(signature, body)
    }
  }
  /// A property of type `s`.
  package mutating func entry(_ name: String, _ value: String) { entry(name, "s") { $0.append(value) } }
  /// A property of type `b`.
  package mutating func entry(_ name: String, _ value: Bool) { entry(name, "b") { $0.append(value) } }
  /// A property of type `o`.
  package mutating func entry(_ name: String, _ value: ObjectPath) { entry(name, "o") { $0.append(value) } }
  /// A property of type `y`.
  package mutating func entry(_ name: String, _ value: UInt8) { entry(name, "y") { $0.append(value) } }
  /// A property of type `n`.
  package mutating func entry(_ name: String, _ value: Int16) { entry(name, "n") { $0.append(value) } }
  /// A property of type `q`.
  package mutating func entry(_ name: String, _ value: UInt16) { entry(name, "q") { $0.append(value) } }
  /// A property of type `u`.
  package mutating func entry(_ name: String, _ value: UInt32) { entry(name, "u") { $0.append(value) } }
  /// A property of type `as`.
  package mutating func entry(_ name: String, _ value: [String]) { entry(name, "as") { $0.append(value) } }
  /// `as`
  package mutating func append(_ value: [String]) {
    array(of: "s") { element in
      for text in value { element.append(text) }
    }
  }
  /// `ay`
  package mutating func append(bytes value: [UInt8]) {
    array(of: "y") { element in
      for byte in value { element.append(byte) }
    }
  }

  // MARK: Steps

  private mutating func fail(_ message: String) {
    if failure == nil { failure = .invalidArgument(message) }
  }

  private mutating func basic<Value: BitwiseCopyable>(_ value: Value, _ type: Int) {
    guard failure == nil else { return }
    var value = value
    if unsafe dbus_message_iter_append_basic(&iterator, Int32(type), &value) == 0 { outOfMemory() }
  }

  private mutating func text(_ value: String, _ type: Int) {
    guard failure == nil else { return }
    unsafe value.withCString { start in
      var start: UnsafePointer<CChar>? = unsafe start
      if unsafe dbus_message_iter_append_basic(&iterator, Int32(type), &start) == 0 { outOfMemory() }
    }
  }

  private mutating func container(_ type: Int, _ signature: String?, _ body: (inout MessageWriter) -> Void) {
    guard failure == nil else { return }
    var inner = MessageWriter()
    let opened = unsafe dbus_message_iter_open_container(&iterator, Int32(type), signature, &inner.iterator)
    if opened == 0 { outOfMemory() }
    body(&inner)
    if let failure = inner.failure {
      self.failure = failure
      unsafe dbus_message_iter_abandon_container(&iterator, &inner.iterator)
    } else if unsafe dbus_message_iter_close_container(&iterator, &inner.iterator) == 0 {
      outOfMemory()
    }
  }
}
