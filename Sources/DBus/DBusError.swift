/// What went wrong on the bus: an error somebody answered with, kept exactly as it came, or a failure on this side.
package struct DBusError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Who failed.
  package enum Code: Hashable, Sendable {
    /// The peer or the bus driver answered with an error; ``DBusError/name`` tells which.
    case remote
    /// There is no connection, or it was lost before the answer came.
    case disconnected
    /// The deadline of the call passed without an answer. The peer may still act on the call.
    case timedOut
    /// The task that waited for the answer was cancelled. The peer may still act on the call.
    case cancelled
    /// An answer or a signal does not have the expected shape.
    case malformed
    /// A name, path or address that D-Bus does not allow was to be sent.
    case invalidArgument
    /// The bus cannot be reached at its address, or turned the connection down.
    case address
  }

  package let code: Code
  /// The D-Bus name of the error. Failures on this side use the names that libdbus uses for the same things.
  package let name: String
  /// The text that came with the error; empty when there was none.
  package let message: String

  package init(_ code: Code, name: String, message: String) {
    self.code = code
    self.name = name
    self.message = message
  }

  /// An error to answer a method call with. A name that D-Bus does not allow is sent as `…Error.Failed`.
  package init(name: String, message: String) { self.init(.remote, name: name, message: message) }

  /// "org.bluez.Error.Failed: br-connection-refused".
  package var description: String { message.isEmpty ? name : "\(name): \(message)" }

  /// Whether no answer came in time, be it this side's deadline or the bus that says the peer went away.
  package var isNoReply: Bool { name == ErrorName.noReply || code == .timedOut }
}

extension DBusError {
  static func disconnected(_ message: String = "the connection to the bus is closed") -> Self {
    Self(.disconnected, name: ErrorName.disconnected, message: message)
  }
  static func timedOut(_ timeout: Duration) -> Self {
    Self(.timedOut, name: ErrorName.noReply, message: "no answer within \(timeout)")
  }
  static let cancelled = Self(.cancelled, name: ErrorName.cancelled, message: "the call was cancelled")
  static func malformed(_ message: String) -> Self {
    Self(.malformed, name: ErrorName.inconsistentMessage, message: message)
  }
  static func invalidArgument(_ message: String) -> Self {
    Self(.invalidArgument, name: ErrorName.invalidArgs, message: message)
  }
  static func address(_ message: String) -> Self {
    Self(.address, name: ErrorName.badAddress, message: message)
  }

  /// The standard answer to a method that an object does not have.
  package static func unknownMethod(_ call: MethodCall) -> Self {
    Self(
      name: ErrorName.unknownMethod,
      message: "Method \"\(call.member)\" on interface \"\(call.interface ?? "")\" doesn't exist")
  }
  /// The standard answer to a call of an object that is not there.
  package static func unknownObject(_ path: ObjectPath) -> Self {
    Self(name: ErrorName.unknownObject, message: "No such object path '\(path)'")
  }
  /// The standard answer to a question about an interface that an object does not have.
  package static func unknownInterface(_ interface: String) -> Self {
    Self(name: ErrorName.unknownInterface, message: "No such interface '\(interface)'")
  }
  /// The standard answer to a question about a property that an interface does not have.
  package static func unknownProperty(_ property: String) -> Self {
    Self(name: ErrorName.unknownProperty, message: "No such property '\(property)'")
  }
  /// The standard answer to arguments that make no sense.
  package static func invalidArguments(_ message: String) -> Self {
    Self(name: ErrorName.invalidArgs, message: message)
  }
}
