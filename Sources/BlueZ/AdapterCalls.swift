package import DBus

/// Which devices a discovery looks for (`Adapter1.SetDiscoveryFilter`).
package struct DiscoveryFilter: Hashable, Sendable {
  /// Only BR/EDR, where audio is.
  package static let classic = Self(transport: "bredr", pattern: "")

  /// BlueZ's word for which radio to use.
  let transport: String
  /// Only devices whose name or address begins with it. BlueZ applies the patterns of all clients that discover, and
  /// passes over a client without one; an empty one admits every device, whatever the others' say
  /// (`src/adapter.c device_is_discoverable`).
  let pattern: String
}

/// What can be asked of an adapter. Success means that BlueZ took it; the tree tells when it has happened.
extension ObjectTree {
  /// Returns when the tree has all that BlueZ has told of an adapter that has just appeared: its devices come after it,
  /// and an answer comes after every signal that preceded it (`gdbus/object.c g_dbus_send_message`).
  package func catchUp(adapter path: ObjectPath) async throws(BlueZError) {
    try await call("Get", on: path, StandardInterface.properties) { arguments in
      arguments.append(BlueZInterface.adapter)
      arguments.append(AdapterProperty.address)
    }
  }

  /// Powers an adapter. Throws ``BlueZError/Code/blocked`` when rfkill holds the radio, ``BlueZError/Code/busy`` when a
  /// change is under way.
  package func setPowered(_ on: Bool, adapter path: ObjectPath) async throws(BlueZError) {
    try await set(AdapterProperty.powered, of: path, BlueZInterface.adapter, "b") { $0.append(on) }
  }

  /// Lets devices bond. Without it a pairing leaves no key (seen on 5.82).
  package func setPairable(_ on: Bool, adapter path: ObjectPath) async throws(BlueZError) {
    try await set(AdapterProperty.pairable, of: path, BlueZInterface.adapter, "b") { $0.append(on) }
  }

  /// Sets the name that devices see; an empty one restores the host's.
  package func setAlias(_ alias: String, adapter path: ObjectPath) async throws(BlueZError) {
    try await set(AdapterProperty.alias, of: path, BlueZInterface.adapter, "s") { $0.append(alias) }
  }

  /// Sets this connection's wishes for the next discoveries; BlueZ merges those of all clients.
  package func setDiscoveryFilter(_ filter: DiscoveryFilter, adapter path: ObjectPath) async throws(BlueZError) {
    try await call("SetDiscoveryFilter", on: path, BlueZInterface.adapter) { arguments in
      arguments.properties { entries in
        entries.entry("Transport", filter.transport)
        entries.entry("Pattern", filter.pattern)
      }
    }
  }

  /// Starts to look for devices. The discovery is this connection's and ends with it at the latest; a second one is
  /// ``BlueZError/Code/inProgress``.
  package func startDiscovery(adapter path: ObjectPath) async throws(BlueZError) {
    try await call("StartDiscovery", on: path, BlueZInterface.adapter)
  }

  /// Ends this connection's discovery; those of others go on.
  package func stopDiscovery(adapter path: ObjectPath) async throws(BlueZError) {
    try await call("StopDiscovery", on: path, BlueZInterface.adapter)
  }

  /// Forgets a device with its key. The answer does not prove that it is gone: watch the tree. A connected one takes
  /// about 2 s.
  package func removeDevice(_ device: ObjectPath, adapter path: ObjectPath) async throws(BlueZError) {
    try await call("RemoveDevice", on: path, BlueZInterface.adapter, timeout: CallTimeout.disconnect) {
      $0.append(device)
    }
  }
}
