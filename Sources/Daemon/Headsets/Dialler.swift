internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop

extension SonyService {
  /// The object that BlueZ calls; one for each, since BlueZ does not say which service a socket belongs to.
  var path: ObjectPath {
    switch self {
    case .v2: "/org/mdrctl/headset/v2"
    case .v1: "/org/mdrctl/headset/v1"
    }
  }
}

/// Has BlueZ connect the control channel of headsets. The services are registered at the first need, and anew after a
/// restart of bluetoothd or of the bus.
actor Dialler: LoopActor {
  /// Why there is no channel.
  enum Failure: Error {
    case refused(BlueZError)
    /// BlueZ says that it is connected already, and hands nothing over: it has not noticed the last one's end yet.
    case ghost
    case noBus
  }

  nonisolated let loop: EventLoop
  private let tree: ObjectTree
  private var profiles: [SonyService: SerialProfile] = [:]
  /// Sockets that BlueZ handed over while somebody was waiting for them.
  private var sockets: [ObjectPath: Int32] = [:]
  private var waiting: Set<ObjectPath> = []
  private var onEnd: @Sendable (ObjectPath) -> Void = { _ in }

  init(tree: ObjectTree) {
    self.tree = tree
    loop = tree.loop
  }

  /// Whom to tell that BlueZ wants a device's channel closed; on the loop.
  func onEnd(_ handler: @escaping @Sendable (ObjectPath) -> Void) { onEnd = handler }

  /// Connects a device's channel and returns the socket, which is the caller's. One attempt for a device at a time.
  func dial(_ service: SonyService, device: ObjectPath) async throws(Failure) -> FileDescriptor {
    guard let connection = bus else { throw .noBus }
    let profile = profile(service, on: connection)
    waiting.insert(device)
    defer {
      waiting.remove(device)
      if let unused = sockets.removeValue(forKey: device) { FileDescriptor(owning: unused).shutDown() }
    }
    do throws(BlueZError) {
      try await profile.register()
      try await tree.connectProfile(service.rawValue, device: device)
    } catch { throw .refused(error) }
    if let socket = sockets.removeValue(forKey: device) { return FileDescriptor(owning: socket) }
    try? await tree.disconnectProfile(service.rawValue, device: device)
    throw .ghost
  }

  private var bus: Connection? { tree.assumeIsolated { $0.connection } }

  private func profile(_ service: SonyService, on connection: Connection) -> SerialProfile {
    if let profile = profiles[service], profile.connection === connection { return profile }
    let profile = SerialProfile(
      service.rawValue, path: service.path, on: connection,
      onSocket: { [weak self] device, socket in
        guard let self else { return FileDescriptor(owning: socket).shutDown() }
        assumeIsolated { $0.take(socket, of: device) }
      },
      onEnd: { [weak self] device in self?.assumeIsolated { $0.onEnd(device) } })
    profiles[service] = profile
    return profile
  }

  /// One that nobody waits for is closed.
  private func take(_ socket: Int32, of device: ObjectPath) {
    guard waiting.contains(device), sockets[device] == nil else {
      FileDescriptor(owning: socket).shutDown()
      return
    }
    sockets[device] = socket
  }
}
