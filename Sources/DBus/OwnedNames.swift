/// How a connection asks for a well-known name (D-Bus specification, `RequestName`).
package struct NameFlags: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Another connection may take the name away later.
  package static let allowReplacement = Self(rawValue: 1)
  /// Take the name from an owner that allows it.
  package static let replaceExisting = Self(rawValue: 2)
  /// Fail instead of waiting in line.
  package static let doNotQueue = Self(rawValue: 4)
}

/// What came of asking for a name.
package enum NameRequest: UInt32, Sendable {
  case primaryOwner = 1
  case inQueue = 2
  /// Somebody else has it, and ``NameFlags/doNotQueue`` was given.
  case exists = 3
  case alreadyOwner = 4
}

extension Connection {
  /// Asks the bus for a well-known name; the connection keeps it until it ends or calls ``releaseName(_:)``.
  @discardableResult
  package func requestName(
    _ name: String, _ flags: NameFlags = .doNotQueue
  ) async throws(DBusError) -> NameRequest {
    var body = try await callDriver("RequestName") { arguments in
      arguments.append(name)
      arguments.append(flags.rawValue)
    }.reader()
    let result = try body.uint32()
    guard let request = NameRequest(rawValue: result) else { throw .malformed("RequestName answered \(result)") }
    return request
  }

  /// Gives a name back, or leaves the line for it.
  package func releaseName(_ name: String) async throws(DBusError) {
    try await callDriver("ReleaseName") { $0.append(name) }
  }
}
