package import DBus
package import EventLoop

/// A serial service of remote devices (RFCOMM), which BlueZ connects for us and hands over (`org.bluez.Profile1`, in the
/// client's role).
///
/// BlueZ asks the device for the channel and connects it when `Device1.ConnectProfile` is called with the UUID on the same
/// bus connection; the socket comes before that call's answer. So this process opens no Bluetooth socket itself. BlueZ
/// connects it for nobody else and never by itself (`AutoConnect` is false, `src/profile.c`).
///
/// BlueZ keeps a descriptor of its own of each socket: who is done with one has to shut it down.
/// Only bluetoothd itself is listened to. It stays registered until the end of the connection, or of bluetoothd.
package actor SerialProfile: LoopActor {
  package nonisolated let loop: EventLoop
  package nonisolated let uuid: String
  package nonisolated let path: ObjectPath
  /// The bus connection that it belongs to; on no other can the service be connected.
  package nonisolated let connection: Connection
  /// Whether BlueZ knows of it. False again once bluetoothd has gone away.
  package private(set) var isRegistered = false

  private let onSocket: @Sendable (ObjectPath, Int32) -> Void
  private let onEnd: @Sendable (ObjectPath) -> Void
  private var owner: String?
  private var isWatching = false

  /// `onSocket` is called on the loop with a device and an open descriptor, which is its own from then on; `onEnd` when
  /// BlueZ wants the device's socket closed.
  package init(
    _ uuid: String, path: ObjectPath, on connection: Connection,
    onSocket: @escaping @Sendable (ObjectPath, Int32) -> Void, onEnd: @escaping @Sendable (ObjectPath) -> Void
  ) {
    self.uuid = uuid
    self.path = path
    self.connection = connection
    self.onSocket = onSocket
    self.onEnd = onEnd
    loop = connection.loop
  }

  /// Makes the service known to BlueZ, unless it is.
  ///
  /// Throws ``BlueZError/Code/notPermitted`` when another program has registered the same UUID: the first one has it.
  package func register() async throws(BlueZError) {
    if isRegistered { return }
    do throws(DBusError) {
      if !isWatching {
        _ = try await connection.watchOwner(of: BlueZName.service) { [weak self] owner in
          self?.assumeIsolated { $0.ownerChanged(to: owner) }
        }
        isWatching = true
      }
      await connection.export(path) { call in self.assumeIsolated { $0.answer(call) } }
      let message = try Message(
        call: "RegisterProfile", on: BlueZName.manager, interface: BlueZInterface.profileManager,
        to: BlueZName.service
      ) { [path, uuid] arguments in
        arguments.append(path)
        arguments.append(uuid)
        arguments.properties {
          $0.entry("Role", "client")
          $0.entry("AutoConnect", false)
        }
      }
      try await connection.call(message, timeout: CallTimeout.other)
    } catch {
      let error = BlueZError(error)
      // Of this path and this connection there is one already: ours, whose answer was not waited for.
      guard error.code == .alreadyExists else { throw error }
    }
    isRegistered = true
  }

  private func ownerChanged(to owner: String?) {
    if owner != self.owner { isRegistered = false }
    self.owner = owner
  }

  private func answer(_ call: MethodCall) -> Answer {
    guard let owner, call.sender == owner else {
      return .error(DBusError(name: ErrorName.accessDenied, message: "only bluetoothd may call"))
    }
    guard call.interface == nil || call.interface == BlueZInterface.profile else { return .unknownMethod }
    do throws(DBusError) { return try dispatch(call) } catch { return .error(.invalidArguments(error.message)) }
  }

  private func dispatch(_ call: MethodCall) throws(DBusError) -> Answer {
    var body = call.reader()
    switch call.member {
    case "NewConnection":
      let device = try body.objectPath()
      onSocket(device, try body.fileDescriptor().take())
      return .done
    case "RequestDisconnection":
      onEnd(try body.objectPath())
      return .done
    case "Release":
      isRegistered = false
      return .done
    default: return .unknownMethod
    }
  }
}
