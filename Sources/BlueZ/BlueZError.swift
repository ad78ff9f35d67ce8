package import DBus

/// A call to BlueZ that failed.
package struct BlueZError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of failure it is. BlueZ's names are those of `src/error.c`; "Pair" in a comment means that only pairing
  /// ends so.
  package enum Code: Hashable, Sendable, CaseIterable {
    /// The adapter is off, or not ready for the call.
    case notReady
    case failed
    /// The same thing, or one that excludes it, is under way; often BlueZ itself or the sound server does it.
    case inProgress
    /// The device is bonded already ("Already Exists": bluetoothd knows; "Already Paired": only the kernel does).
    case alreadyExists
    case alreadyConnected
    case notConnected
    /// The object or the thing named does not exist.
    case doesNotExist
    case notAvailable
    case invalidArguments
    case notSupported
    case notAuthorized
    case notPermitted
    /// Pair: anything that is none of the next ones, also a key that the device no longer has.
    case authenticationFailed
    /// Pair: the device does not allow pairing now.
    case authenticationRejected
    /// Pair: the device hung up or cancelled.
    case authenticationCanceled
    /// Pair: the device did not answer in time.
    case authenticationTimeout
    /// Pair: the device could not be reached.
    case connectionAttemptFailed
    /// The radio is switched off by rfkill.
    case blocked
    /// A property change is under way already.
    case busy
    /// No profile can be connected: the device has none that this machine knows, or no sound server is there.
    case profileUnavailable
    /// BlueZ did not answer in time. It may still do what it was asked for.
    case noReply
    /// bluetoothd or the bus is not there, or went away during the call.
    case bluezGone
    /// The task was cancelled. BlueZ may still do what it was asked for.
    case cancelled
    /// The bus or BlueZ refused the caller.
    case accessDenied
    /// Something else; ``BlueZError/name`` tells.
    case other
  }

  package let code: Code
  /// What BlueZ's message says about a connection, where it says it.
  package let reason: ConnectionReason?
  /// The D-Bus name of the error as it came.
  package let name: String
  /// BlueZ's message as it came; empty when there was none.
  package let message: String

  package init(_ code: Code, reason: ConnectionReason? = nil, name: String, message: String) {
    self.code = code
    self.reason = reason
    self.name = name
    self.message = message
  }

  /// Reads what came over the bus.
  package init(_ error: DBusError) {
    let reason = ConnectionReason(message: error.message)
    let code: Code =
      switch error.code {
      case .remote: Self.code(ofRemote: error, reason)
      case .disconnected, .address: .bluezGone
      case .timedOut: .noReply
      case .cancelled: .cancelled
      case .invalidArgument: .invalidArguments
      case .malformed: .other
      }
    self.init(code, reason: reason, name: error.name, message: error.message)
  }

  /// "org.bluez.Error.Failed: br-connection-refused".
  package var description: String { message.isEmpty ? name : "\(name): \(message)" }

  private static func code(ofRemote error: DBusError, _ reason: ConnectionReason?) -> Code {
    if Workaround.meansNoProfile(error, reason) { return .profileUnavailable }
    if let code = codes[error.name] { return code }
    // A service that leaves the bus during a call ends it with the bus's NoReply; nothing else does.
    return error.isNoReply ? .bluezGone : .other
  }

  private static let codes: [String: Code] = [
    "org.bluez.Error.NotReady": .notReady,
    "org.bluez.Error.Failed": .failed,
    "org.bluez.Error.InProgress": .inProgress,
    "org.bluez.Error.AlreadyExists": .alreadyExists,
    "org.bluez.Error.AlreadyConnected": .alreadyConnected,
    "org.bluez.Error.NotConnected": .notConnected,
    "org.bluez.Error.DoesNotExist": .doesNotExist,
    "org.bluez.Error.NoSuchAdapter": .doesNotExist,
    "org.bluez.Error.NotAvailable": .notAvailable,
    "org.bluez.Error.AgentNotAvailable": .notAvailable,
    "org.bluez.Error.InvalidArguments": .invalidArguments,
    "org.bluez.Error.NotSupported": .notSupported,
    "org.bluez.Error.Unsupported": .notSupported,
    "org.bluez.Error.NotAuthorized": .notAuthorized,
    "org.bluez.Error.NotPermitted": .notPermitted,
    "org.bluez.Error.AuthenticationFailed": .authenticationFailed,
    "org.bluez.Error.AuthenticationRejected": .authenticationRejected,
    "org.bluez.Error.AuthenticationCanceled": .authenticationCanceled,
    "org.bluez.Error.AuthenticationTimeout": .authenticationTimeout,
    "org.bluez.Error.ConnectionAttemptFailed": .connectionAttemptFailed,
    "org.bluez.Error.Blocked": .blocked,
    "org.bluez.Error.Busy": .busy,
    ErrorName.serviceUnknown: .bluezGone,
    ErrorName.nameHasNoOwner: .bluezGone,
    ErrorName.accessDenied: .accessDenied,
    ErrorName.unknownObject: .doesNotExist,
    ErrorName.unknownMethod: .notSupported,
    ErrorName.unknownInterface: .notSupported,
    ErrorName.unknownProperty: .notSupported,
    ErrorName.propertyReadOnly: .notSupported,
    ErrorName.invalidArgs: .invalidArguments,
    ErrorName.invalidSignature: .invalidArguments,
  ]
}

/// What a "br-connection-…" or "le-connection-…" message says (`src/error.c`, BlueZ 5.66 to 5.87).
///
/// `Connect` reports the last profile that it tried; see bluez-facts on which profile narrows what.
package enum ConnectionReason: String, Hashable, Sendable, CaseIterable {
  case alreadyConnected = "already-connected"
  /// The device did not answer the page: off or out of range.
  case pageTimeout = "page-timeout"
  case profileUnavailable = "profile-unavailable"
  case createSocket = "create-socket"
  case invalidArgument = "invalid-argument"
  case adapterNotPowered = "adapter-not-powered"
  case notSupported = "not-supported"
  case badSocket = "bad-socket"
  case memoryAllocation = "memory-allocation"
  case busy
  case concurrentConnectionLimit = "concurrent-connection-limit"
  case timeout
  case refused
  case abortedByRemote = "aborted-by-remote"
  case abortedByLocal = "aborted-by-local"
  case protocolError = "lmp-protocol-error"
  /// The device no longer has the key. Since BlueZ 5.69.
  case keyMissing = "key-missing"
  case unknown
  case sdpSearch = "sdp-search"
  case canceled
  case gattBrowsing = "gatt-browsing"

  /// Nil when the message is not of this kind.
  package init?(message: String) {
    for prefix in ["br-connection-", "le-connection-"] where message.hasPrefix(prefix) {
      let word = String(message.dropFirst(prefix.count))
      guard let reason = Self(rawValue: Self.spellings[word] ?? word) else { return nil }
      self = reason
      return
    }
    return nil
  }

  /// The LE table spells some of them differently.
  private static let spellings = [
    "invalid-arguments": "invalid-argument", "abort-by-remote": "aborted-by-remote",
    "abort-by-local": "aborted-by-local", "link-layer-protocol-error": "lmp-protocol-error",
  ]
}
