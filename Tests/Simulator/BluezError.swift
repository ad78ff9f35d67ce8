package import DBus

/// What bluetoothd answers when it does not do something: names and texts as `src/error.c` and `gdbus/object.c` have
/// them.
package enum BluezError {
  package static let alreadyExists = make("AlreadyExists", "Already Exists")
  /// The kernel's word for it: it holds a key that bluetoothd does not know of.
  package static let alreadyPaired = make("AlreadyExists", "Already Paired")
  static let uuidRegistered = make("NotPermitted", "UUID already registered")
  package static let doesNotExist = make("DoesNotExist", "Does Not Exist")
  package static let inProgress = make("InProgress", "In Progress")
  package static let operationInProgress = make("InProgress", "Operation already in progress")
  package static let connectionBusy = make("InProgress", "br-connection-busy")
  package static let notReady = make("NotReady", "Resource Not Ready")
  package static let notPowered = make("NotReady", "br-connection-adapter-not-powered")
  package static let noDiscovery = make("Failed", "No discovery started")
  package static let invalidArguments = make("InvalidArguments", "Invalid arguments in method call")
  package static let notConnected = make("NotConnected", "Not Connected")
  package static let notAuthorized = make("NotAuthorized", "Operation Not Authorized")
  /// Another change of the same property is under way.
  package static let busy = make("Busy", "")
  /// An rfkill switch is on.
  package static let blocked = make("Blocked", "Blocked through rfkill")

  package static let pageTimeout = make("ConnectionAttemptFailed", "Page Timeout")
  package static let authenticationFailed = make("AuthenticationFailed", "Authentication Failed")
  package static let authenticationCanceled = make("AuthenticationCanceled", "Authentication Canceled")
  package static let authenticationRejected = make("AuthenticationRejected", "Authentication Rejected")
  package static let authenticationTimeout = make("AuthenticationTimeout", "Authentication Timeout")

  /// `org.bluez.Error.Failed` with one of the `br-connection-…` texts, or any other.
  package static func failed(_ text: String) -> DBusError { make("Failed", text) }

  /// Nothing is left to connect: the first of the three ways of saying "no profile".
  static func nothingToConnect(_ version: BluezVersion) -> DBusError {
    switch version {
    case .v5_66, .v5_82: make("NotAvailable", "br-connection-profile-unavailable")
    case .v5_87: make("BREDR.ProfileUnavailable", "No more profiles to connect to")
    }
  }

  /// No sound server has registered the local half: the second and the third way.
  static func noLocalProfile(_ version: BluezVersion) -> DBusError {
    failed(version == .v5_87 ? "br-connection-unknown" : "br-connection-profile-unavailable")
  }

  /// The headset does not hold the key any more (HCI 0x06).
  static func keyMissing(_ version: BluezVersion, profile: Service?) -> DBusError {
    switch version {
    case .v5_66: failed("br-connection-unknown")
    case .v5_82: failed(profile == .a2dpSink ? "br-connection-key-missing" : "br-connection-refused")
    case .v5_87: failed("br-connection-key-missing")
    }
  }

  /// The headset holds another key (HCI 0x05), or hangs up over the missing one.
  static func keyMismatch(_ version: BluezVersion) -> DBusError {
    failed(version == .v5_87 ? "br-connection-key-missing" : "br-connection-canceled")
  }

  /// What the kernel says of an authentication that came to this; nil when it says nothing.
  static func kernelStatus(of error: any Error) -> Int? {
    switch error as? DBusError {
    case authenticationFailed: KernelStatus.authenticationFailed
    case authenticationRejected: KernelStatus.rejected
    default: nil
    }
  }

  /// The answer of libdbus to a method that nobody handled. The text ends in a line feed there as well.
  static func unhandled(_ call: MethodCall, objectExists: Bool) -> DBusError {
    let text =
      "Method \"\(call.member)\" with signature \"\(call.message.signature)\" on interface "
      + "\"\(call.interface ?? "(null)")\" doesn't exist\n"
    return DBusError(name: objectExists ? ErrorName.unknownMethod : ErrorName.unknownObject, message: text)
  }

  /// Of Get, GetAll and Set on an interface that the object does not have.
  static func noSuchInterface(_ name: String) -> DBusError {
    DBusError(name: ErrorName.invalidArgs, message: "No such interface '\(name)'")
  }
  /// `Get` says InvalidArgs, `Set` says UnknownProperty.
  static func noSuchProperty(_ name: String, setting: Bool) -> DBusError {
    let error = setting ? ErrorName.unknownProperty : ErrorName.invalidArgs
    return DBusError(name: error, message: "No such property '\(name)'")
  }
  /// Of Set on a property that only bluetoothd changes.
  static func readOnly(_ name: String) -> DBusError {
    DBusError(name: ErrorName.propertyReadOnly, message: "Property '\(name)' is not writable")
  }
  /// Of Set with a value of another type.
  static func invalidSignature(_ name: String) -> DBusError {
    DBusError(name: ErrorName.invalidSignature, message: "Invalid signature for '\(name)'")
  }

  private static func make(_ name: String, _ text: String) -> DBusError {
    DBusError(name: "org.bluez.Error.\(name)", message: text)
  }
}
