internal import CBlueZ
internal import Glibc

/// What match rules look at in a signal, read once for all of them and compared in place.
@safe struct SignalView {
  /// Keeps what the pointers point at.
  let message: Message
  private let interface: UnsafePointer<CChar>?
  private let member: UnsafePointer<CChar>?
  private let path: UnsafePointer<CChar>?
  private let sender: UnsafePointer<CChar>?
  /// Null when it is no string.
  private let firstArgument: UnsafePointer<CChar>?

  init(_ message: Message) {
    self.message = message
    unsafe interface = dbus_message_get_interface(message.raw)
    unsafe member = dbus_message_get_member(message.raw)
    unsafe path = dbus_message_get_path(message.raw)
    unsafe sender = dbus_message_get_sender(message.raw)
    unsafe firstArgument = Self.firstText(of: message)
  }

  private static func firstText(of message: Message) -> UnsafePointer<CChar>? {
    var iterator = unsafe DBusMessageIter()
    var pointer: UnsafePointer<CChar>?
    guard unsafe dbus_message_iter_init(message.raw, &iterator) != 0,
      unsafe dbus_message_iter_get_arg_type(&iterator) == CBLUEZ_TYPE_STRING
    else { return nil }
    unsafe dbus_message_iter_get_basic(&iterator, &pointer)
    return unsafe pointer
  }

  func hasInterface(_ text: String) -> Bool { unsafe isEqual(interface, text) }
  func hasMember(_ text: String) -> Bool { unsafe isEqual(member, text) }
  func hasPath(_ text: ObjectPath) -> Bool { unsafe isEqual(path, text.text) }
  func isFrom(_ text: String) -> Bool { unsafe isEqual(sender, text) }

  /// Whether the first argument is this string.
  func beginsWith(_ text: String) -> Bool { unsafe isEqual(firstArgument, text) }

  /// Whether it is about the object or one below.
  func hasPath(atOrBelow ancestor: ObjectPath) -> Bool {
    guard ancestor != "/", let start = unsafe path else { return ancestor == "/" }
    return unsafe ancestor.text.withCString { prefix in
      let count = ancestor.text.utf8.count
      guard unsafe strncmp(start, prefix, count) == 0 else { return false }
      let next = unsafe start[count]
      return next == 0 || next == CChar(bitPattern: UInt8(ascii: "/"))
    }
  }
}

/// Whether a C string of a message is this text. (Handing a `String` to C directly copies it first; this does not.)
func isEqual(_ pointer: UnsafePointer<CChar>?, _ text: String) -> Bool {
  guard let pointer = unsafe pointer else { return false }
  return unsafe text.withCString { unsafe strcmp(pointer, $0) == 0 }
}
