package import DBus
package import Vocabulary

/// How much BlueZ holds of a device.
package enum DevicePresence: Hashable, Sendable {
  /// BlueZ has no object for it.
  case absent
  /// BlueZ has seen it and holds nothing that lasts.
  case inSight
  /// BlueZ holds it; the property that says so, such as "Bonded".
  case held(String)
}

extension Connection {
  /// Asks BlueZ how much it holds of a device, without a mirror of its objects.
  ///
  /// Throws when no answer can be trusted: BlueZ does not run, does not know the adapter (yet), or leaves out one of the
  /// properties that decide. Each question may take `timeout`.
  package func presence(
    of device: Address, at adapter: String, with adapterAddress: Address, timeout: Duration
  ) async throws(BlueZError) -> DevicePresence {
    do throws(DBusError) {
      guard let adapterPath = ObjectPath.adapter(adapter), let path = ObjectPath.device(device, of: adapter) else {
        throw DBusError(.invalidArgument, name: ErrorName.invalidArgs, message: "\(adapter) is no adapter's name")
      }
      // A bluetoothd that has only just started knows no adapters, and so no devices either.
      let address = try await bluezProperties(of: adapterPath, BlueZInterface.adapter, timeout) { name, value in
        name == AdapterProperty.address ? try? value.text() : nil
      }
      guard address[AdapterProperty.address].flatMap({ Address($0) }) == adapterAddress else {
        throw DBusError(.malformed, name: ErrorName.inconsistentMessage, message: "\(adapter) is another adapter there")
      }
      let deciding = [
        DeviceProperty.paired, DeviceProperty.bonded, DeviceProperty.trusted, DeviceProperty.blocked,
        DeviceProperty.connected,
      ]
      let flags: [String: Bool]
      do throws(DBusError) {
        flags = try await bluezProperties(of: path, BlueZInterface.device, timeout) { name, value in
          deciding.contains(name) ? try? value.bool() : nil
        }
      } catch {
        if error.name == ErrorName.unknownObject { return .absent }
        throw error
      }
      if let missing = deciding.first(where: { flags[$0] == nil }) {
        throw DBusError(.malformed, name: ErrorName.inconsistentMessage, message: "the property \(missing) is missing")
      }
      return deciding.first { flags[$0] == true }.map { .held($0) } ?? .inSight
    } catch { throw BlueZError(error) }
  }

  /// The properties that `read` takes an interest in.
  private func bluezProperties<Value: Sendable>(
    of path: ObjectPath, _ interface: String, _ timeout: Duration,
    _ read: (String, inout MessageReader) -> Value?
  ) async throws(DBusError) -> [String: Value] {
    let reply = try await call(
      try Message(call: "GetAll", on: path, interface: StandardInterface.properties, to: BlueZName.service) {
        $0.append(interface)
      }, timeout: timeout)
    var body = reply.reader()
    var values: [String: Value] = [:]
    try body.forEachProperty { name, value throws(DBusError) in values[name] = read(name, &value) }
    return values
  }
}
