internal import DBus

// The two sides compare their keys at the first channel that must be secure.
extension Simulator {
  /// Goes on when both hold the same key, or none and the kernel pairs; throws what Connect answers otherwise.
  func checkKey(_ path: ObjectPath, _ profile: Service?) async throws {
    guard let device = devices[path], let controller = controllers[device.adapter],
      let headset = headsets[device.address]
    else { throw BluezError.failed("br-connection-canceled") }
    let theirs = headset.keys[controller.address]
    let ours = kernelKey(device)
    if ours != nil, ours == theirs { return }
    if ours == nil, !device.isBonded { return try pairImplicitly(path, headset, controller) }
    // A bond that the other side does not know. The bond stays, whatever happens now.
    try await pass(timing.staleKey)
    announceRefusal(of: device, hasKey: theirs != nil)
    let end: LinkEnd = theirs == nil ? .authentication : .unspecified
    guard theirs != nil || headset.dropsWithoutKey else {
      if profile == .a2dpSink, version != .v5_87 {
        later(.milliseconds(1)) { $0.dropLink(path, reason: end) }
      } else {
        dropWhenIdle(path, reason: end)
      }
      throw BluezError.keyMissing(version, profile: profile)
    }
    later(.milliseconds(1)) { $0.dropLink(path, reason: end) }
    if version.callsAgainWithStaleKey {
      callAgain(path, after: .milliseconds(100))
      if theirs != nil || version == .v5_66 { callAgain(path, after: .seconds(2)) }
    }
    throw BluezError.keyMismatch(version)
  }

  /// bluetoothd's policy calls a headset again whose link was lost with profiles up, in the end successfully if the
  /// headset is back (`plugins/policy.c`; the second of its attempts, which are seen 6 and 8 s after the loss).
  func reconnectLater(_ path: ObjectPath) {
    later(.seconds(8)) { simulator in
      guard let device = simulator.devices[path], device.isBonded, !device.isConnected,
        !simulator.isUnderway(on: path), simulator.headsets[device.address]?.isReachable == true,
        simulator.controllers[device.adapter]?.isPowered == true
      else { return }
      _ = simulator.begin(.connecting, on: path, for: nil) { try await $0.attemptConnection(path, nil) }
    }
  }

  /// Something on the computer calls a headset again that has hung up over the key, and it hangs up again.
  private func callAgain(_ path: ObjectPath, after delay: Duration) {
    later(delay) { simulator in
      guard let device = simulator.devices[path], device.isBonded,
        let controller = simulator.controllers[device.adapter], controller.isPowered,
        let headset = simulator.headsets[device.address], headset.isReachable
      else { return }
      let theirs = headset.keys[controller.address]
      guard theirs != simulator.kernelKey(device) else { return }
      // The link before this one has not fallen yet.
      guard !device.isConnected, !simulator.isUnderway(on: path) else {
        return simulator.callAgain(path, after: .milliseconds(100))
      }
      simulator.setLink(path)
      simulator.announceRefusal(of: device, hasKey: theirs != nil)
      simulator.later(.milliseconds(20)) { $0.dropLink(path, reason: theirs == nil ? .authentication : .local) }
    }
  }

  /// A profile's channel makes the kernel pair just-works, with half a bond as the result unless it is pairable.
  private func pairImplicitly(_ path: ObjectPath, _ headset: Headset, _ controller: Controller) throws {
    guard headset.isInPairingMode, let device = devices[path] else {
      dropWhenIdle(path)
      throw BluezError.failed("br-connection-refused")
    }
    let key = Headset.LinkKey(number: newNumber())
    headsets[headset.address]?.keys[controller.address] = key
    setKernelKey(key, of: device)
    update(path) { device in
      device.storedKey = controller.isPairable ? key : nil
      device.isPaired = true
    }
  }
}
