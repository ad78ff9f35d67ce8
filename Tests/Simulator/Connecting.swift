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
    if let answer = try connectSerial(name, incoming, path) { return answer }
    guard let service = Service(name: name) else {
      // Before 5.80 what is no UUID meant everything.
      guard version.checksProfileNames else { return try connect(incoming, path) }
      throw BluezError.invalidArguments
    }
    guard let device = devices[path] else { throw BluezError.doesNotExist }
    guard controllers[device.adapter]?.isPowered == true else { throw BluezError.notPowered }
    if isUnderway([.connecting, .pairing, .disconnecting], on: path) { throw BluezError.connectionBusy }
    if device.isBlocked { throw BluezError.nothingToConnect(version) }
    guard device.uuids.contains(service.uuid) else { throw BluezError.nothingToConnect(version) }
    if device.connected.contains(service) { return .done }
    return begin(.connecting, on: path, for: incoming) { try await $0.attemptConnection(path, service) }
  }

  /// Connects all profiles, or one.
  func attemptConnection(_ path: ObjectPath, _ profile: Service?) async throws {
    setTemporary(path, false)
    let wanted = try profilesToConnect(path, profile)
    let wasConnected = devices[path]?.isConnected == true
    if wanted.isEmpty, wasConnected { return }
    guard let address = devices[path]?.address else { throw BluezError.doesNotExist }
    if !wasConnected { try await page(path) { BluezError.failed("br-connection-page-timeout") } }
    try raiseLink(path)
    // The kernel lets nothing over the link of a blocked device, which stands until the profiles give up.
    if devices[path]?.isBlocked == true {
      try await pass(timing.blocked)
      throw BluezError.failed("br-connection-timeout")
    }
    try await checkKey(path, profile)
    if devices[path]?.servicesResolved == false {
      try await pass(timing.services)
      guard let headset = headsets[address] else { throw BluezError.failed("br-connection-aborted-by-remote") }
      resolve(path, headset)
    }
    try await open(wanted, path, asked: profile)
    dropWhenIdle(path)
  }

  /// What both sides have of what is wanted, hands-free first (`profile.c` priorities).
  func profilesToConnect(_ path: ObjectPath, _ profile: Service?) throws -> [Service] {
    guard let device = devices[path], let headset = headsets[device.address] else {
      throw BluezError.failed("br-connection-page-timeout")
    }
    let offered: [Service] = [.handsFree, .a2dpSink].filter { profile == nil || $0 == profile }
      .filter { headset.services.contains($0) && !device.connected.contains($0) }
    let local = offered.filter { $0 == .a2dpSink ? sound.hasStereo : sound.hasHandsFree }
    guard local.isEmpty, device.connected.isEmpty, headset.bearer != .le else { return local }
    throw offered.isEmpty ? BluezError.nothingToConnect(version) : BluezError.noLocalProfile(version)
  }

  func open(_ profiles: [Service], _ path: ObjectPath, asked: Service?) async throws {
    guard let address = devices[path]?.address else { throw BluezError.failed("br-connection-canceled") }
    var stereoComes = false
    for profile in profiles {
      try await pass(timing.profile)
      guard let headset = headsets[address], devices[path]?.isConnected == true else {
        throw BluezError.failed("br-connection-canceled")
      }
      if profile == .a2dpSink {
        stereoComes = headset.stereo == .onConnect || (headset.stereo == .onProfile && asked == .a2dpSink)
        if isOutOfStreams || hasSpoiltEndpoints(path) { stereoComes = false }
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

  /// bluetoothd takes the headset's endpoints from its cache file when it is there, and finds none that it can use.
  private func hasSpoiltEndpoints(_ path: ObjectPath) -> Bool {
    guard let device = devices[path] else { return false }
    return entry(of: device.address, on: device.adapter).cache?.hasSpoiltEndpoints == true
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
    cache(.endpoints, of: device)
    update(path) { device in
      device.connected.formUnion([.a2dpSink, .remoteControlTarget])
      device.transport = KnownDevice.Transport(number: device.transports, codec: codec)
      device.transports += 1
    }
  }
}
