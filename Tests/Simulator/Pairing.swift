internal import DBus

// Device1.Pair and CancelPairing.
extension Simulator {
  /// Begins to bond, unless there is a bond or something else in the way.
  func pair(_ incoming: Incoming, _ path: ObjectPath) throws -> Answer {
    guard let device = devices[path] else { throw BluezError.doesNotExist }
    if device.isBonded { throw BluezError.alreadyExists }
    if isUnderway([.pairing, .removing], on: path) { throw BluezError.inProgress }
    if version.pairExcludesConnect, isUnderway([.connecting], on: path) { throw BluezError.inProgress }
    guard controllers[device.adapter]?.isPowered == true else { throw BluezError.authenticationFailed }
    if kernelKey(device) != nil {
      // The kernel's refusal is a pairing that failed.
      if !device.isConnected, !device.isPaired, !device.isTrusted { setTemporary(path, true) }
      throw BluezError.alreadyPaired
    }
    setTemporary(path, false)
    let client = incoming.call.sender
    return begin(.pairing, on: path, for: incoming) { simulator in
      try await simulator.attemptPairing(path, for: client)
    }
  }

  /// Ends a bonding; without one it destroys the kernel's key and says that there was none.
  func cancelPairing(_ path: ObjectPath) throws -> Answer {
    guard isUnderway([.pairing], on: path) else {
      // Not asked for, and done all the same: the kernel's key is destroyed (`device.c cancel_pairing`).
      if let device = devices[path] { setKernelKey(nil, of: device) }
      if devices[path]?.isConnected == true { dropLink(path, reason: .local) }
      throw BluezError.doesNotExist
    }
    cancelUndertakings([.pairing], on: path, because: BluezError.authenticationCanceled)
    return .done
  }

  private func attemptPairing(_ path: ObjectPath, for client: String) async throws {
    let life = life
    do {
      try await carryOutPairing(path, for: client)
    } catch {
      guard self.life == life, let device = devices[path] else { throw error }
      // The answer goes out before the link goes down.
      if device.isConnected { later(timing.disconnectLink) { $0.dropLink(path, reason: .local) } }
      if !device.isPaired, !device.isTrusted { setTemporary(path, true) }
      throw error
    }
  }

  private func carryOutPairing(_ path: ObjectPath, for client: String) async throws {
    try await page(path) { BluezError.pageTimeout }
    try raiseLink(path)
    try await pass(timing.authentication)
    let key: Headset.LinkKey
    do { key = try await authenticate(path, for: client) } catch {
      if let status = BluezError.kernelStatus(of: error) {
        announce(.authenticationFailed(status), of: devices[path])
      }
      throw error
    }
    try settleBond(path, key)
    try await pass(timing.services)
    try announcePairing(path)
  }

  /// Looks for the headset over the air; throws what `failure` says when it does not answer.
  func page(_ path: ObjectPath, orThrow failure: () -> DBusError) async throws {
    let address = devices[path]?.address ?? ""
    if headsets[address]?.isReachable == true {
      try await pass(timing.page)
      if headsets[address]?.isReachable == true { return }
    } else {
      try await pass(timing.pageTimeout)
    }
    announce(.connectFailed(KernelStatus.connectFailed), of: devices[path])
    throw failure()
  }

  /// The link is up.
  func raiseLink(_ path: ObjectPath) throws {
    guard devices[path] != nil else { throw BluezError.authenticationCanceled }
    setLink(path)
  }

  /// The link of a device that bluetoothd has is up.
  func setLink(_ path: ObjectPath) {
    guard let device = devices[path], !device.isConnected else { return }
    change(remnantsOf: device.address, on: device.adapter) { $0.isInInquiryCache = true }
    announce(.connected, of: device)
    update(path) { $0.isConnected = true }
    flush()
  }

  /// The services are read; what bluetoothd learns it also caches.
  func resolve(_ path: ObjectPath, _ headset: Headset) {
    guard let device = devices[path] else { return }
    if headset.bearer != .le { cache(.serviceRecords, of: device) }
    if headset.bearer != .bredr { cache(.attributes, of: device) }
    update(path) { $0.resolve(headset) }
  }

  /// The two sides settle on a key, or one of them does not want to.
  private func authenticate(_ path: ObjectPath, for client: String) async throws -> Headset.LinkKey {
    guard let address = devices[path]?.address, let headset = headsets[address] else {
      throw BluezError.authenticationFailed
    }
    switch headset.pairing {
    case .refused: throw BluezError.authenticationRejected
    case .authenticationFailed: throw BluezError.authenticationFailed
    case .cancelled: throw BluezError.authenticationCanceled
    case .timedOut: throw BluezError.authenticationTimeout
    case .vanishes:
      headsets[address]?.isInRange = false
      try await pass(timing.supervision)
      dropLink(path, reason: .timeout)
      throw BluezError.authenticationCanceled
    case .silent:
      try await pass(timing.bonding)
      throw BluezError.authenticationTimeout
    case .asItIs, .notPairedAfterAll, .asksForAuthorization:
      guard headset.isInPairingMode else { throw BluezError.authenticationRejected }
    }
    try await associate(path, headset, agents[client] ?? agents.defaultAgent)
    guard headsets[address]?.isInRange == true else { throw BluezError.authenticationCanceled }
    return Headset.LinkKey(number: newNumber())
  }

  /// Both sides hold the key; it is stored here only if the adapter is pairable, and the bond is half of one otherwise.
  private func settleBond(_ path: ObjectPath, _ key: Headset.LinkKey) throws {
    guard let device = devices[path], let controller = controllers[device.adapter] else {
      throw BluezError.authenticationCanceled
    }
    change(device.address) { headset in
      headset.keys[controller.address] = key
      // A headset leaves pairing mode when it has found its partner; its twin goes on advertising.
      headset.isInPairingMode = headset.bearer == .le
    }
    setKernelKey(key, of: device)
    update(path) { device in
      if controller.isPairable { device.storedKey = key }
    }
    flush()
  }

  /// `Paired` is announced when the services are known (`device.c device_svc_resolved`).
  private func announcePairing(_ path: ObjectPath) throws {
    guard let device = devices[path], let headset = headsets[device.address] else {
      throw BluezError.authenticationCanceled
    }
    if headset.pairing == .notPairedAfterAll { throw BluezError.failed("Not paired") }
    resolve(path, headset)
    flush()
    update(path) { $0.isPaired = true }
    flush()
    dropWhenIdle(path)
  }
}
