package import EventLoop
internal import Foundation
internal import Glibc
package import Varlink

/// Lets everybody do everything, but for the methods named.
package struct AllowEveryone: Authoriser {
  private let except: Set<String>
  package init(except: Set<String> = []) { self.except = except }
  package func permits(_ peer: PeerCredentials, _ method: String) -> Bool { !except.contains(method) }
  package func covers(_ method: String) -> Bool { true }
}

/// A server that runs on a loop of its own, and the means to be its clients.
package struct VarlinkHarness: Sendable {
  package let loop: EventLoop
  package let server: VarlinkServer

  /// A new client, connected by a socket pair. It is this process, unless the test says who it shall be. A message
  /// that is given has been sent before the server sees the connection.
  package func connect(as peer: PeerCredentials? = nil, sending message: String? = nil) async throws -> VarlinkPeer {
    let (near, far) = try UnixSocket.pair()
    let credentials = try peer ?? UnixSocket.peer(of: far)
    let client = try VarlinkPeer(near)
    if let message { client.send(message) }
    await server.serve(FileDescriptor(owning: far), peer: credentials)
    return client
  }
}

/// Starts a server, runs `body` off its loop, and shuts the server down.
package func withVarlinkServer<Value>(
  _ interfaces: [VarlinkInterface], authoriser: any Authoriser = AllowEveryone(), limits: VarlinkLimits = .init(),
  hasPriority: @escaping @Sendable (PeerCredentials) -> Bool = { $0.uid == 0 },
  identity: ServiceIdentity = .init(vendor: "Tests", product: "Harness", version: "1", url: "https://example.org"),
  _ body: (VarlinkHarness) async throws -> Value
) async throws -> Value {
  try await Turn.take {
    let loop = EventLoop()
    let thread = Thread { loop.run() }
    thread.start()
    defer { loop.stop() }
    let server = VarlinkServer(
      loop: loop, identity: identity, interfaces: interfaces, authoriser: authoriser, limits: limits,
      hasPriority: hasPriority)
    let value: Value
    do { value = try await body(VarlinkHarness(loop: loop, server: server)) } catch {
      await server.shutDown(grace: .zero)
      throw error
    }
    await server.shutDown(grace: .zero)
    return value
  }
}

/// The raw end of a connection: bytes in, messages out. It blocks, so it belongs off the loop; ten seconds without
/// an answer count as the end of the stream.
package final class VarlinkPeer {
  package let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isOpen = true
  /// Nothing came in time.
  package private(set) var hasTimedOut = false

  /// Takes ownership of a connected socket.
  package init(_ descriptor: Int32) throws {
    self.descriptor = descriptor
    try UnixSocket.setBlocking(descriptor, true)
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
  }

  deinit { close() }

  package func close() {
    if isOpen { _ = Glibc.close(descriptor) }
    isOpen = false
  }

  /// Ends the sending half only.
  package func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Sends bytes as they are; false when the server has closed the connection.
  @discardableResult
  package func send(bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Sends a message and its NUL.
  @discardableResult
  package func send(_ message: String) -> Bool { send(bytes: Array(message.utf8) + [0]) }

  /// The next message without its NUL; nil at the end of the stream.
  package func receive() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0) {
        defer { buffer.removeFirst(end + 1) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      var chunk = [UInt8](repeating: 0, count: 65536)
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EAGAIN { hasTimedOut = true }
      guard count > 0 else { return nil }
      buffer.append(contentsOf: chunk[..<count])
    }
  }

  /// Sends a message and returns the next one that comes back.
  package func exchange(_ message: String) -> String? {
    send(message)
    return receive()
  }
}
