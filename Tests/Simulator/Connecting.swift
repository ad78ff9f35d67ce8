internal import DBus

// Device1.Connect and ConnectProfile.
extension Simulator {
  /// Connects every profile that both sides have.
  func connect(_ incoming: Incoming, _ path: ObjectPath) throws -> Answer {
    guard let device = devices[path] else { throw BluezError.doesNotExist }
    guard controllers[device.adapter]?.isPowered == true else { throw BluezError.notPowered }
    if isUnderway([.connecting, .disconnecting, .removing], on: path) { throw BluezError.connectionBusy }
    if isUnderway([.pairing], on: path) {
      throw version.pairExcludesConnect ? BluezError.inProgress : BluezError.connectionBusy
    }
    return begin(.connecting, on: path, for: incoming) { try await $0.attemptConnection(path, nil) }
  }

  /// Connects one profile.
  func connectProfile(_ incoming: Incoming, _ path: ObjectPath) throws -> Answer {
    var body = incoming.call.reader()
    let name = try body.string()
    guard let service = Service(name: name) else {
      // Before 5.80 what is no UUID meant everything.
      guard version.checksProfileNames else { return try connect(incoming, path) }
      throw BluezError.invalidArguments
    }
    guard let device = devices[path] else { throw BluezError.doesNotExist }
    guard controllers[device.adapter]?.isPowered == true else { throw BluezError.notPowered }
    if isUnderway([.connecting, .pairing, .disconnecting], on: path) { throw BluezError.connectionBusy }
    guard device.uuids.contains(service.uuid) else { throw BluezError.nothingToConnect(version) }
    if device.connected.contains(service) { return .done }
    return begin(.connecting, on: path, for: incoming) { try await $0.attemptConnection(path, service) }
  }

  /// Connects all profiles, or one.
  private func attemptConnection(_ path: ObjectPath, _ profile: Service?) async throws {
    setTemporary(path, false)
    let wanted = try profilesToConnect(path, profile)
    let wasConnected = devices[path]?.isConnected == true
    if wanted.isEmpty, wasConnected { return }
    guard let address = devices[path]?.address else { throw BluezError.doesNotExist }
    if !wasConnected { try await page(address) { BluezError.failed("br-connection-page-timeout") } }
    try raiseLink(path)
    try await checkKey(path, profile)
    if devices[path]?.servicesResolved == false {
      try await pass(timing.services)
      guard let headset = headsets[address] else { throw BluezError.failed("br-connection-aborted-by-remote") }
      update(path) { $0.resolve(headset) }
    }
    try await open(wanted, path, asked: profile)
    dropWhenIdle(path)
  }

  /// What both sides have of what is wanted, hands-free first (`profile.c` priorities).
  private func profilesToConnect(_ path: ObjectPath, _ profile: Service?) throws -> [Service] {
    guard let device = devices[path], let headset = headsets[device.address] else {
      throw BluezError.failed("br-connection-page-timeout")
    }
    let offered: [Service] = [.handsFree, .a2dpSink].filter { profile == nil || $0 == profile }
      .filter { headset.services.contains($0) && !device.connected.contains($0) }
    let local = offered.filter { $0 == .a2dpSink ? sound.hasStereo : sound.hasHandsFree }
    guard local.isEmpty, device.connected.isEmpty, headset.bearer != .le else { return local }
    throw offered.isEmpty ? BluezError.nothingToConnect(version) : BluezError.noLocalProfile(version)
  }

  /// The headset and the kernel compare their keys at the first channel that must be secure.
  private func checkKey(_ path: ObjectPath, _ profile: Service?) async throws {
    guard let device = devices[path], let controller = controllers[device.adapter],
      let headset = headsets[device.address]
    else { throw BluezError.failed("br-connection-canceled") }
    let theirs = headset.keys[controller.address]
    if let ours = device.kernelKey, ours == theirs { return }
    if device.kernelKey == nil, !device.isBonded { return try pairImplicitly(path, headset, controller) }
    // A bond that the other side does not know. The bond stays, whatever happens now.
    try await pass(timing.staleKey)
    let hangsUp = theirs != nil || headset.dropsWithoutKey
    let error =
      hangsUp ? BluezError.keyMismatch(version) : BluezError.keyMissing(version, profile: profile)
    let end: LinkEnd = theirs == nil ? .authentication : .remote
    if hangsUp || version == .v5_87 || profile == .a2dpSink {
      later(.milliseconds(1)) { $0.dropLink(path, reason: end) }
    } else {
      dropWhenIdle(path)
    }
    throw error
  }

  /// A profile's channel makes the kernel pair just-works, with half a bond as the result unless it is pairable.
  private func pairImplicitly(_ path: ObjectPath, _ headset: Headset, _ controller: Controller) throws {
    guard headset.isInPairingMode else {
      dropWhenIdle(path)
      throw BluezError.failed("br-connection-refused")
    }
    let key = Headset.LinkKey(number: newNumber())
    headsets[headset.address]?.keys[controller.address] = key
    update(path) { device in
      device.kernelKey = key
      device.storedKey = controller.isPairable ? key : nil
      device.isPaired = true
    }
  }

  private func open(_ profiles: [Service], _ path: ObjectPath, asked: Service?) async throws {
    guard let address = devices[path]?.address else { throw BluezError.failed("br-connection-canceled") }
    var stereoComes = false
    for profile in profiles {
      try await pass(timing.profile)
      guard let headset = headsets[address], devices[path]?.isConnected == true else {
        throw BluezError.failed("br-connection-canceled")
      }
      if profile == .a2dpSink {
        stereoComes = headset.stereo == .onConnect || (headset.stereo == .onProfile && asked == .a2dpSink)
        if !stereoComes || isOutOfStreams { stereoComes = false }
        if !stereoComes, asked == .a2dpSink { throw BluezError.failed("br-connection-unknown") }
        continue
      }
      update(path) { device in
        device.connected.formUnion([profile, .remoteControlTarget])
        device.battery = headset.battery
      }
    }
    if stereoComes { try await raiseStereo(path) }
    guard devices[path]?.connected.isEmpty == false || profiles.isEmpty || stereoComes else {
      throw BluezError.failed("br-connection-unknown")
    }
  }

  private var isOutOfStreams: Bool {
    guard let streams = sound.streams else { return false }
    return devices.values.count { $0.transport != nil } >= streams
  }

  /// The transport comes a little before Connect's answer, or a little after it.
  private func raiseStereo(_ path: ObjectPath) async throws {
    guard let address = devices[path]?.address, let headset = headsets[address] else { return }
    guard headset.transportDelay <= .zero else {
      return later(headset.transportDelay) { $0.addTransport(path, headset.codec) }
    }
    addTransport(path, headset.codec)
    flush()
    try await pass(.zero - headset.transportDelay)
  }

  private func addTransport(_ path: ObjectPath, _ codec: UInt8) {
    guard let device = devices[path], device.isConnected, device.transport == nil else { return }
    update(path) { device in
      device.connected.formUnion([.a2dpSink, .remoteControlTarget])
      device.transport = KnownDevice.Transport(number: device.transports, codec: codec)
      device.transports += 1
    }
  }

  // MARK: The headset calls

  /// A headset connects by itself: it needs a key, and the default agent's leave unless it is trusted.
  func admit(_ address: String, over adapter: String) async throws {
    guard let path = devicePath(address, on: adapter), let headset = headsets[address], let device = devices[path],
      controllers[adapter]?.isPowered == true, device.kernelKey != nil,
      headset.keys[controllers[adapter]?.address ?? ""] == device.kernelKey
    else { return }
    try raiseLink(path)
    dropWhenIdle(path)
    try await pass(timing.services)
    update(path) { $0.resolve(headset) }
    if !device.isTrusted {
      guard let agent = agents.defaultAgent else { return }
      _ = try await ask(agent, "AuthorizeService") { question in
        question.append(path)
        question.append(Service.handsFree.uuid)
      }
    }
    try await open(try profilesToConnect(path, nil), path, asked: nil)
  }
}
