/// Names that the D-Bus specification defines.
package enum BusName {
  /// The bus itself: its well-known name, which is also its unique one.
  package static let driver = "org.freedesktop.DBus"
}

/// Interfaces that the D-Bus specification defines.
package enum StandardInterface {
  package static let driver = "org.freedesktop.DBus"
  package static let peer = "org.freedesktop.DBus.Peer"
  package static let properties = "org.freedesktop.DBus.Properties"
  package static let introspectable = "org.freedesktop.DBus.Introspectable"
  package static let objectManager = "org.freedesktop.DBus.ObjectManager"
  static let local = "org.freedesktop.DBus.Local"
}

/// Error names that the D-Bus specification or libdbus defines.
package enum ErrorName {
  package static let failed = "org.freedesktop.DBus.Error.Failed"
  package static let noReply = "org.freedesktop.DBus.Error.NoReply"
  package static let disconnected = "org.freedesktop.DBus.Error.Disconnected"
  package static let cancelled = "org.freedesktop.DBus.Error.Cancelled"
  package static let serviceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown"
  package static let nameHasNoOwner = "org.freedesktop.DBus.Error.NameHasNoOwner"
  package static let accessDenied = "org.freedesktop.DBus.Error.AccessDenied"
  package static let invalidArgs = "org.freedesktop.DBus.Error.InvalidArgs"
  package static let invalidSignature = "org.freedesktop.DBus.Error.InvalidSignature"
  package static let unknownMethod = "org.freedesktop.DBus.Error.UnknownMethod"
  package static let unknownObject = "org.freedesktop.DBus.Error.UnknownObject"
  package static let unknownInterface = "org.freedesktop.DBus.Error.UnknownInterface"
  package static let unknownProperty = "org.freedesktop.DBus.Error.UnknownProperty"
  package static let propertyReadOnly = "org.freedesktop.DBus.Error.PropertyReadOnly"
  package static let badAddress = "org.freedesktop.DBus.Error.BadAddress"
  package static let inconsistentMessage = "org.freedesktop.DBus.Error.InconsistentMessage"
}
