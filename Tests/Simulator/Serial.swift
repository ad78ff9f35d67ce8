internal import EventLoop
internal import DBus

/// A serial service (RFCOMM) of a headset.
package struct SerialService: Sendable {
  /// As BlueZ writes it, in lower case.
  package let uuid: String
  /// Takes the headset's end of a connection, which is its own from then on; false when it turns the connection down,
  /// and then the descriptor is closed.
  package let accept: @Sendable (Int32) -> Bool

  package init(uuid: String, accept: @escaping @Sendable (Int32) -> Bool) {
    self.uuid = uuid
    self.accept = accept
  }
}

/// The profiles that clients have registered for serial services, and the connections that bluetoothd holds a descriptor of.
struct SerialTable {
  struct Profile {
    let client: String
    let path: ObjectPath
    let uuid: String
  }
  struct Connection {
    let device: ObjectPath
    let uuid: String
    let client: String
    let watch: Watch
  }

  var profiles: [Profile] = []
  /// By the number of bluetoothd's own descriptor.
  var connections: [Int32: Connection] = [:]
  /// Who waits for one to end.
  var awaited: [Latch] = []
}

// ProfileManager1, and ConnectProfile of a serial service.
extension Simulator {
  /// A headset offers a service, from now on, whether or not its records say so.
  package func serve(_ service: SerialService, at address: String) {
    serialServices[address.uppercased(), default: []].append(service)
  }

  /// Whether a serial connection to the headset is up.
  package func hasSerialConnection(_ address: String) -> Bool {
    serial.connections.values.contains { devices[$0.device]?.address == address.uppercased() }
  }

  /// Waits until no serial connection to the headset is up.
  package func waitForSerialEnd(_ address: String) async throws {
    while hasSerialConnection(address) {
      let latch = Latch(loop)
      serial.awaited.append(latch)
      try await latch.wait()
    }
  }

  /// RegisterProfile and UnregisterProfile.
  func manageProfile(_ call: MethodCall) throws -> Answer {
    var body = call.reader()
    let path = try body.objectPath()
    if call.member == "UnregisterProfile" {
      guard serial.profiles.contains(where: { $0.client == call.sender && $0.path == path }) else {
        throw BluezError.doesNotExist
      }
      serial.profiles.removeAll { $0.client == call.sender && $0.path == path }
      return .done
    }
    let uuid = try body.string().lowercased()
    guard !serial.profiles.contains(where: { $0.client == call.sender && $0.path == path }) else {
      throw BluezError.alreadyExists
    }
    // The first one has it (`src/profile.c`).
    guard !serial.profiles.contains(where: { $0.uuid == uuid }) else { throw BluezError.uuidRegistered }
    serial.profiles.append(SerialTable.Profile(client: call.sender, path: path, uuid: uuid))
    return .done
  }

  /// The client's profiles end with it, and with them its connections.
  func removeProfiles(of client: String) {
    serial.profiles.removeAll { $0.client == client }
    for (number, connection) in serial.connections where connection.client == client { endSerial(number) }
  }

  /// Nil when the name is none of a serial service's that a client has registered or the device lists.
  func connectSerial(_ name: String, _ incoming: Incoming, _ path: ObjectPath) throws -> Answer? {
    let uuid = name.lowercased()
    guard Service(name: name) == nil, let device = devices[path] else { return nil }
    guard device.uuids.contains(uuid) || serial.profiles.contains(where: { $0.uuid == uuid }) else { return nil }
    guard controllers[device.adapter]?.isPowered == true else { throw BluezError.notPowered }
    if isUnderway([.connecting, .pairing, .disconnecting], on: path) { throw BluezError.connectionBusy }
    guard device.uuids.contains(uuid), let profile = serial.profiles.first(where: { $0.uuid == uuid }) else {
      throw BluezError.nothingToConnect(version)
    }
    if serial.connections.values.contains(where: { $0.device == path && $0.uuid == uuid }) { return .done }
    return begin(.connecting, on: path, for: incoming) { try await $0.openSerial(profile, path) }
  }

  private func openSerial(_ profile: SerialTable.Profile, _ path: ObjectPath) async throws {
    try await pass(timing.profile)
    guard let device = devices[path], device.isConnected else { throw BluezError.failed("br-connection-page-timeout") }
    guard let service = serialServices[device.address]?.first(where: { $0.uuid == profile.uuid }) else {
      throw BluezError.nothingToConnect(version)
    }
    let (near, far) = try UnixSocket.pair()
    guard service.accept(far) else {
      for end in [near, far] { _ = FileDescriptor(owning: end) }
      throw BluezError.failed("br-connection-refused")
    }
    let watch = try loop.watch(near, for: []) { [weak self] _ in self?.assumeIsolated { $0.endSerial(near) } }
    serial.connections[near] = SerialTable.Connection(
      device: path, uuid: profile.uuid, client: profile.client, watch: watch)
    do {
      let call = try Message(
        call: "NewConnection", on: profile.path, interface: Bluez.profile, to: profile.client
      ) { arguments in
        arguments.append(path)
        arguments.append(fileDescriptor: near)
        arguments.properties()
      }
      flush()
      guard let bus else { throw BluezError.failed("br-connection-canceled") }
      try await bus.call(call, timeout: timing.agent / timing.speed)
    } catch {
      endSerial(near)
      throw BluezError.failed("br-connection-refused")
    }
  }

  /// A connection is over; bluetoothd lets its descriptor go.
  private func endSerial(_ number: Int32) {
    guard let connection = serial.connections.removeValue(forKey: number) else { return }
    loop.cancel(connection.watch)
    FileDescriptor(owning: number).shutDown()
    for latch in serial.awaited { latch.assumeIsolated { $0.open() } }
    serial.awaited = []
  }

  /// Everything serial of a device ends with its link.
  func endSerial(of path: ObjectPath, uuid: String? = nil) {
    for (number, connection) in serial.connections
    where connection.device == path && (uuid == nil || connection.uuid == uuid) { endSerial(number) }
  }

  func endAllSerial() {
    for number in serial.connections.keys { endSerial(number) }
    serial.profiles = []
  }
}
