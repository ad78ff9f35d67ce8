internal import CBlueZ

/// One D-Bus message, received or ready to be sent.
///
/// It wraps libdbus's message and decodes nothing by itself: read the header with the properties, the body with
/// ``reader()``. A message never changes once it is built, which makes it safe to hand around.
@safe package final class Message: @unchecked Sendable {
  /// What a message is for.
  package enum Kind: Int32, Sendable {
    case methodCall = 1
    case methodReturn = 2
    case error = 3
    case signal = 4
  }

  let raw: OpaquePointer

  /// Takes over the caller's reference.
  init(owning raw: OpaquePointer) { unsafe self.raw = raw }

  deinit { unsafe dbus_message_unref(raw) }

  // MARK: Header

  /// Nil for a type that a later version of D-Bus may bring; such messages are to be ignored.
  package var kind: Kind? { unsafe Kind(rawValue: dbus_message_get_type(raw)) }
  /// The object that is called or that emits the signal.
  package var path: ObjectPath? { unsafe Self.text(dbus_message_get_path(raw)).map(ObjectPath.init(validated:)) }
  package var interface: String? { unsafe Self.text(dbus_message_get_interface(raw)) }
  package var member: String? { unsafe Self.text(dbus_message_get_member(raw)) }
  /// The unique name of the connection the message came from. The bus writes it; it cannot be forged.
  package var sender: String? { unsafe Self.text(dbus_message_get_sender(raw)) }
  package var destination: String? { unsafe Self.text(dbus_message_get_destination(raw)) }
  /// The types of the body, in D-Bus's notation.
  package var signature: String { unsafe Self.text(dbus_message_get_signature(raw)) ?? "" }
  /// Whether the sender of a call waits for an answer.
  package var wantsReply: Bool { unsafe dbus_message_get_no_reply(raw) == 0 }

  var serial: UInt32 { unsafe dbus_message_get_serial(raw) }
  var replySerial: UInt32 { unsafe dbus_message_get_reply_serial(raw) }

  // Comparisons look at the header in place: most messages are for one reader of many, and a text that is only
  // compared is not worth an allocation. (Handing a `String` to C directly copies it, too; `withCString` does not.)

  /// Whether it is this signal.
  package func isSignal(_ interface: String, _ member: String) -> Bool {
    kind == .signal && hasMember(member) && hasInterface(interface)
  }
  /// Whether it came from this unique name (or from the bus driver).
  package func isFrom(_ sender: String) -> Bool { unsafe Self.equal(dbus_message_get_sender(raw), sender) }

  func hasInterface(_ interface: String) -> Bool { unsafe Self.equal(dbus_message_get_interface(raw), interface) }
  func hasMember(_ member: String) -> Bool { unsafe Self.equal(dbus_message_get_member(raw), member) }

  /// The error that an error message carries; nil for every other kind.
  package var error: DBusError? {
    guard kind == .error else { return nil }
    var reader = reader()
    // By convention the first argument is the text; an error without one is legal.
    let text = try? reader.string(cutTo: MessageReader.longestName)
    return unsafe DBusError(name: Self.text(dbus_message_get_error_name(raw)) ?? ErrorName.failed, message: text ?? "")
  }

  /// A cursor at the first argument.
  package func reader() -> MessageReader { MessageReader(self) }

  /// A message that may be sent: itself the first time, a copy later, since a message keeps its first serial.
  var sendable: Message {
    guard serial != 0 else { return self }
    guard let copy = unsafe dbus_message_copy(raw) else { outOfMemory() }
    return unsafe Message(owning: copy)
  }

  private static func equal(_ pointer: UnsafePointer<CChar>?, _ text: String) -> Bool {
    unsafe isEqual(pointer, text)
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }
}

/// Memory has run out. Swift itself stops the process then, and a half-built message is of no use to anybody.
func outOfMemory() -> Never { preconditionFailure("libdbus is out of memory") }

// MARK: - Building

extension Message {
  /// Builds a method call.
  ///
  /// Throws ``DBusError/Code/invalidArgument`` when a name or an argument is not allowed on the bus.
  package convenience init(
    call member: String, on path: ObjectPath, interface: String, to destination: String, wantsReply: Bool = true,
    _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) throws(DBusError) {
    try Name.busName.check(destination)
    try Name.interface.check(interface)
    try Name.member.check(member)
    guard let raw = unsafe dbus_message_new_method_call(destination, path.text, interface, member) else {
      outOfMemory()
    }
    if !wantsReply { unsafe dbus_message_set_no_reply(raw, 1) }
    // Services are started by their own units; a call must not do it behind the administrator's back.
    unsafe dbus_message_set_auto_start(raw, 0)
    unsafe self.init(owning: raw)
    try write(arguments)
  }

  /// Builds a signal; `destination` nil means everybody who asked for it.
  package convenience init(
    signal member: String, from path: ObjectPath, interface: String, to destination: String? = nil,
    _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) throws(DBusError) {
    try Name.interface.check(interface)
    try Name.member.check(member)
    if let destination { try Name.busName.check(destination) }
    guard let raw = unsafe dbus_message_new_signal(path.text, interface, member) else { outOfMemory() }
    unsafe self.init(owning: raw)
    if let destination, unsafe dbus_message_set_destination(raw, destination) == 0 { outOfMemory() }
    try write(arguments)
  }

  /// Builds the answer to a call.
  package convenience init(
    replyTo call: Message, _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) throws(DBusError) {
    guard let raw = unsafe dbus_message_new_method_return(call.raw) else { outOfMemory() }
    unsafe self.init(owning: raw)
    try write(arguments)
  }

  /// Builds an error as the answer to a call. A name that D-Bus does not allow becomes `…Error.Failed`.
  package convenience init(errorTo call: Message, _ error: DBusError) {
    let name = unsafe dbus_validate_error_name(error.name, nil) != 0 ? error.name : ErrorName.failed
    guard let raw = unsafe dbus_message_new_error(call.raw, name, error.message) else { outOfMemory() }
    unsafe self.init(owning: raw)
  }

  private func write(_ arguments: (inout MessageWriter) -> Void) throws(DBusError) {
    var writer = unsafe MessageWriter(appendingTo: raw)
    arguments(&writer)
    if let failure = writer.failure { throw failure }
  }
}

/// libdbus stops the process when it is given a name that is not allowed, so each is checked before.
private enum Name: String {
  case busName = "bus name"
  case interface = "interface"
  case member = "member"

  func check(_ text: String) throws(DBusError) {
    let isValid =
      switch self {
      case .busName: unsafe dbus_validate_bus_name(text, nil)
      case .interface: unsafe dbus_validate_interface(text, nil)
      case .member: unsafe dbus_validate_member(text, nil)
      }
    guard isValid != 0 else { throw .invalidArgument("not a \(rawValue): \"\(text)\"") }
  }
}
