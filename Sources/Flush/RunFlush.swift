internal import EventLoop
internal import Glibc
internal import Interface
package import Service
internal import Varlink

// The Flush layer: the privileged helper. It looks at and removes what this computer's Bluetooth layers hold of one
// device, for the daemon alone, and ends with the daemon's connection.

/// What `mdrctl-flush` takes on its command line, and says of itself.
package var flushArguments: ServiceArguments {
  ServiceArguments(
    program: "mdrctl-flush", version: Control.version,
    help: """
      The privileged helper of mdrctl: looks at and removes what this computer holds of one device below BlueZ, for
      mdrctld alone. It is started by its socket:

        systemctl enable --now mdrctl-flush.socket
      """
  )
}

/// Runs `mdrctl-flush` on the connection that the service manager passed, then ends the process.
package func runFlush() -> Never {
  // Without /dev/null there is nowhere to complain to either.
  try? ProcessAttributes.occupyStandardDescriptors()
  flushArguments.answerAndExit()
  let log = Log()
  let loop = EventLoop()
  loop.spawn { exit(await serveCaller(on: loop, log)) }
  loop.run()
  preconditionFailure("the loop ended before the helper")
}

/// The system user whose daemon may ask; nobody else may, root neither.
private let caller = "mdrctl"

/// Returns the exit status.
private func serveCaller(on loop: EventLoop, _ log: Log) async -> Int32 {
  func failure(_ sentence: String) -> Int32 {
    log.error("mdrctl-flush: \(sentence)")
    return 1
  }
  do throws(SystemError) {
    try ProcessAttributes.forbidDumps()
    guard let number = ServiceManager.listeners().first, !UnixSocket.isListener(number) else {
      return failure("no connection was passed; mdrctl-flush.socket starts this program")
    }
    let socket = FileDescriptor(owning: number)
    // systemd passes it blocking.
    try UnixSocket.setBlocking(number, false)
    let peer = try UnixSocket.peer(of: number)
    guard let permitted = userIdentifier(named: caller) else { return failure("there is no user \(caller)") }
    guard peer.uid == permitted else {
      return failure("user \(peer.uid) was turned away; only \(caller) may ask")
    }
    let service = FlushService(loop: loop, log: log)
    let server = flushServer(service, for: permitted, on: loop)
    if try UnixSocket.wait(number, for: .readable, timeout: .zero).isEmpty { service.prepare() }
    await server.serve(socket, peer: peer)
    await server.waitUntilEmpty()
    await service.close()
    return 0
  } catch {
    return failure("the connection cannot be served: \(error)")
  }
}

/// A server for one caller.
func flushServer(_ service: FlushService, for user: UInt32, on loop: EventLoop) -> VarlinkServer {
  var limits = VarlinkLimits()
  limits.messageSize = 4096
  limits.connections = 1
  limits.connectionsPerUser = 1
  limits.unreadReplies = 64 * 1024
  limits.idleTime = .seconds(30)
  let methods = Dictionary(uniqueKeysWithValues: Flush.Method.allCases.map { ($0.fullName, ()) })
  return VarlinkServer(
    loop: loop,
    identity: ServiceIdentity(
      vendor: "mdrctl", product: "mdrctl-flush", version: Control.version,
      url: "file:///usr/share/doc/mdrctl/README.md"),
    interfaces: [service.interface], authoriser: AuthorisationTable(methods) { peer, _ in peer.uid == user },
    limits: limits)
}

private func userIdentifier(named name: String) -> UInt32? {
  var entry = unsafe passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16_384)
  let size = buffer.count
  let status = unsafe getpwnam_r(name, &entry, &buffer, size, &found)
  return unsafe status == 0 && found != nil ? entry.pw_uid : nil
}
