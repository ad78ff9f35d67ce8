internal import DBus

/// How bluetoothd treats a headset that it has a bond with and that wants to pair again (main.conf
/// `JustWorksRepairing`).
package enum Repairing: String, CaseIterable, Codable, Sendable {
  case never, confirm, always
}

// A headset calls the computer.
extension Simulator {
  /// A headset connects by itself. It gets no answer unless the adapter knows it or can be found; it gets on when both
  /// hold the same key, and the default agent gives leave unless it is trusted.
  func admit(_ address: String, over adapter: String) async throws {
    guard bus != nil, let controller = controllers[adapter], controller.isPluggedIn, controller.isPowered,
      let path = devicePath(address, on: adapter), let headset = headsets[address], headset.isInRange,
      devices[path]?.isBlocked != true
    else { return }
    if devices[path]?.isTemporary != false {
      guard controller.isDiscoverable else { return }
      return try admitStranger(headset, path, on: adapter)
    }
    setLink(path)
    // It is busy until its profiles are there, or are not to be.
    defer { dropWhenIdle(path) }
    guard let device = devices[path] else { return }
    let theirs = headset.keys[controller.address]
    switch (kernelKey(device), theirs) {
    case (let ours?, let theirs?) where ours == theirs: break
    case (.some, nil):
      guard try await pairAgain(path, headset, controller) else { return }
    case (nil, nil): return
    default:
      announce(.authenticationFailed(KernelStatus.authenticationFailed), of: device)
      return dropLink(path, reason: .unspecified)
    }
    try await pass(timing.services)
    resolve(path, headset)
    if !device.isTrusted {
      guard let agent = agents.defaultAgent else { return }
      _ = try await ask(agent, "AuthorizeService") { question in
        question.append(path)
        question.append(Service.handsFree.uuid)
      }
    }
    try await open(try profilesToConnect(path, nil), path, asked: nil)
  }

  /// One that bluetoothd does not know shows up for as long as its link lasts.
  private func admitStranger(_ headset: Headset, _ path: ObjectPath, on adapter: String) throws {
    if devices[path] == nil {
      devices[path] = KnownDevice(path: path, adapter: adapter, headset: headset)
      publish(path)
    }
    setLink(path)
    dropWhenIdle(path, reason: .remote)
  }

  /// A headset that has lost its key wants to pair again; whether it may. The agent is asked only with `confirm`, and
  /// what D-Bus shows of the bond does not change in any case (`device.c device_confirm_passkey`).
  private func pairAgain(_ path: ObjectPath, _ headset: Headset, _ controller: Controller) async throws -> Bool {
    try await pass(timing.authentication)
    var status: Int? = controller.isPairable ? nil : KernelStatus.rejected
    if status == nil { status = try await isRepairingAllowed(path) ? nil : KernelStatus.authenticationFailed }
    guard status == nil, let device = devices[path] else {
      if let status { announce(.authenticationFailed(status), of: devices[path]) }
      return false
    }
    let key = Headset.LinkKey(number: newNumber())
    headsets[headset.address]?.keys[controller.address] = key
    setKernelKey(key, of: device)
    update(path) { $0.storedKey = key }
    return true
  }

  private func isRepairingAllowed(_ path: ObjectPath) async throws -> Bool {
    switch repairing {
    case .never: return false
    case .always: return true
    case .confirm:
      guard let agent = agents.defaultAgent else { return false }
      do { _ = try await ask(agent, "RequestAuthorization") { $0.append(path) } } catch is DBusError { return false }
      return true
    }
  }
}
