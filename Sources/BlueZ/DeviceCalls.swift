package import DBus

/// What can be asked of a device.
extension ObjectTree {
  /// Connects every profile that BlueZ finds sensible.
  ///
  /// Never call it on a device that is not bonded: the device is paired by the way and left half bonded. Success means
  /// that *some* profile is up.
  package func connect(device path: ObjectPath) async throws(BlueZError) {
    do throws(BlueZError) {
      try await call("Connect", on: path, BlueZInterface.device, timeout: CallTimeout.connect)
    } catch { throw explained(error, device: path) }
  }

  /// Disconnects all profiles, then the link, about 2 s later. Ends a connecting under way.
  package func disconnect(device path: ObjectPath) async throws(BlueZError) {
    try await call("Disconnect", on: path, BlueZInterface.device, timeout: CallTimeout.disconnect)
  }

  /// Connects the profile of a remote role, given as a full UUID; see `AudioService`.
  package func connectProfile(_ uuid: String, device path: ObjectPath) async throws(BlueZError) {
    guard Workaround.isFullUUID(uuid) else { throw .notAUUID(uuid) }
    do throws(BlueZError) {
      try await call("ConnectProfile", on: path, BlueZInterface.device, timeout: CallTimeout.connect) {
        $0.append(uuid)
      }
    } catch { throw explained(error, device: path) }
  }

  /// Disconnects the profile of a remote role, given as a full UUID. One that is not connected is no error; the link
  /// stays.
  package func disconnectProfile(_ uuid: String, device path: ObjectPath) async throws(BlueZError) {
    guard Workaround.isFullUUID(uuid) else { throw .notAUUID(uuid) }
    try await call("DisconnectProfile", on: path, BlueZInterface.device, timeout: CallTimeout.disconnect) {
      $0.append(uuid)
    }
  }

  /// Pairs and bonds. Questions go to the agent of the tree's connection, else to the default agent.
  ///
  /// Only ``Device/bonded`` proves success. The pairing dies with the connection; cancelling the task does not end it,
  /// ``cancelPairing(device:)`` does.
  package func pair(device path: ObjectPath) async throws(BlueZError) {
    try await call("Pair", on: path, BlueZInterface.device, timeout: CallTimeout.pair)
  }

  /// Ends a pairing under way.
  ///
  /// **Never call it otherwise**: without a pairing under way BlueZ deletes the kernel's key and keeps its own
  /// (`src/device.c cancel_pairing`, all versions), which makes a bond that looks good and cannot connect.
  package func cancelPairing(device path: ObjectPath) async throws(BlueZError) {
    try await call("CancelPairing", on: path, BlueZInterface.device)
  }

  /// Lets the device connect its services without asking an agent.
  package func setTrusted(_ on: Bool, device path: ObjectPath) async throws(BlueZError) {
    try await set(DeviceProperty.trusted, of: path, BlueZInterface.device, "b") { $0.append(on) }
  }

  /// Refuses the device any connection.
  package func setBlocked(_ on: Bool, device path: ObjectPath) async throws(BlueZError) {
    try await set(DeviceProperty.blocked, of: path, BlueZInterface.device, "b") { $0.append(on) }
  }

  /// Names the device; an empty alias gives it its own name back.
  package func setAlias(_ alias: String, device path: ObjectPath) async throws(BlueZError) {
    try await set(DeviceProperty.alias, of: path, BlueZInterface.device, "s") { $0.append(alias) }
  }

  /// Tells "no sound server" apart where BlueZ's own answer does not.
  private func explained(_ error: BlueZError, device path: ObjectPath) -> BlueZError {
    let adapter = devices[path].flatMap { adapters[$0.adapter] }
    guard Workaround.hidesNoSoundServer(error, version: version, adapter: adapter) else { return error }
    return BlueZError(.profileUnavailable, reason: error.reason, name: error.name, message: error.message)
  }
}

extension BlueZError {
  fileprivate static func notAUUID(_ text: String) -> Self {
    Self(.invalidArguments, name: ErrorName.invalidArgs, message: "not a full UUID: \"\(text)\"")
  }
}
