internal import DBus
internal import EventLoop

// Adapter1.RemoveDevice.
extension Simulator {
  /// Disconnects a device if need be, and removes it with its key.
  func removeDevice(_ incoming: Incoming, on adapter: String) throws -> Answer {
    var body = incoming.call.reader()
    let path = try body.objectPath()
    guard controllers[adapter]?.isPowered == true else { throw BluezError.notReady }
    guard let device = devices[path], device.adapter == adapter else { throw BluezError.doesNotExist }
    if isUnderway([.removing], on: path) { throw BluezError.inProgress }
    return begin(.removing, on: path, for: incoming) { try await $0.carryOutRemoval(incoming.call, path) }
  }

  private func carryOutRemoval(_ call: MethodCall, _ path: ObjectPath) async throws {
    guard let device = devices[path] else { return }
    cancelUndertakings([.pairing], on: path, because: BluezError.authenticationCanceled)
    cancelUndertakings([.connecting], on: path, because: BluezError.failed("br-connection-canceled"))
    setTemporary(path, true)
    if device.isConnected {
      let isDual = headsets[device.address]?.bearer == .dual
      try await takeDown(path)
      // The first bearer is down, the second is not: it stays, bonded, until it has been temporary for long enough.
      if isDual, version.keepsDualBearerDevices { return }
    } else {
      try await pass(timing.removal)
    }
    loop.spawn { await self.discard(path) }
  }

  /// Takes the device away after the answer. A discovery that is running finds it again.
  private func discard(_ path: ObjectPath) {
    guard let device = devices[path] else { return }
    removeStored(device)
    vanish(path)
    becomeVisible(device.address)
  }
}
