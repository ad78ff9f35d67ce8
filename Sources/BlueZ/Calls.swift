internal import DBus

/// How long BlueZ may take. libdbus's usual 25 s are too short for some calls: `Pair` waits up to 120 s for the whole
/// bonding (`src/adapter.c BONDING_TIMEOUT`), `Connect` pages once for each profile.
enum CallTimeout {
  static let pair: Duration = .seconds(180)
  static let connect: Duration = .seconds(60)
  static let disconnect: Duration = .seconds(30)
  static let stop: Duration = .seconds(60)
  static let other: Duration = .seconds(10)
}

extension ObjectTree {
  /// Calls a method of one of BlueZ's objects.
  @discardableResult
  func call(
    _ method: String, on path: ObjectPath, _ interface: String, timeout: Duration = CallTimeout.other,
    _ arguments: @Sendable (inout MessageWriter) -> Void = { _ in }
  ) async throws(BlueZError) -> Message {
    do throws(DBusError) {
      return try await bluez.call(
        try Message(call: method, on: path, interface: interface, to: BlueZName.service, arguments), timeout: timeout)
    } catch { throw BlueZError(error) }
  }

  /// Sets a property.
  func set(
    _ property: String, of path: ObjectPath, _ interface: String, _ signature: String,
    _ value: @Sendable (inout MessageWriter) -> Void
  ) async throws(BlueZError) {
    do throws(DBusError) {
      try await bluez.call(
        try .setProperty(property, of: path, interface: interface, at: BlueZName.service, signature, value),
        timeout: CallTimeout.other)
    } catch { throw BlueZError(error) }
  }

  /// Returns when bluetoothd has answered, or has gone, or does neither for long. One that is being stopped removes its
  /// objects after it has ceased to answer, and gives up its name last (`src/main.c`); on a busy computer with forty
  /// endpoints that took more than ten seconds (laboratory, 5.87).
  package func ping() async {
    _ = try? await call("Ping", on: BlueZName.root, StandardInterface.peer, timeout: CallTimeout.stop)
  }

  /// The connection to call through.
  private var bluez: Connection {
    get throws(DBusError) {
      guard let connection else {
        throw DBusError(.disconnected, name: ErrorName.disconnected, message: "there is no connection to the bus")
      }
      return connection
    }
  }
}
