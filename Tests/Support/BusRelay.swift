internal import DBus
internal import EventLoop
internal import Foundation
internal import Glibc

/// A way to a bus that passes everything on, but for the answers of a bus that has stalled: on the first connections,
/// nothing comes back any more from the first message on that has a given word in it.
package final class BusRelay: Sendable {
  package struct Failure: Error { package let description: String }

  /// Where to go for the bus.
  package let address: String
  private let listener: Int32

  /// Listens in a directory of the bus's; `stalls` is how many connections stall at the word.
  package init(to bus: PrivateBus, stallsAt word: String, connections stalls: Int = 1) throws {
    let path = "\(bus.directory)/relay"
    address = "unix:path=\(path)"
    unsafe listener = try Self.socket(path) { unsafe bind($0, $1, $2) }
    guard listen(listener, 8) == 0 else { throw Failure(description: "nobody can come to \(path)") }
    // Of the relay itself the thread keeps nothing: it ends when the relay is let go.
    let (accepting, bus, word, left) = (listener, "\(bus.directory)/bus", Array(word.utf8), Locked(stalls))
    Thread.detachNewThread {
      while case let client = accept(accepting, nil, nil), client >= 0 {
        let stalls = left.withLock { count in
          defer { count = max(0, count - 1) }
          return count > 0
        }
        Self.pass(client, to: bus, stallsAt: stalls ? word : nil)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    unsafe unlink(String(address.dropFirst("unix:path=".count)))
  }

  /// Passes on what two ends say to each other, until one of them hangs up.
  private static func pass(_ client: Int32, to bus: String, stallsAt word: [UInt8]?) {
    guard let server = unsafe try? Self.socket(bus, { unsafe connect($0, $1, $2) }) else {
      close(client)
      return
    }
    let isStalled = Locked(false)
    Thread.detachNewThread {
      Self.copy(client, server) { bytes in
        if let word, bytes.contains(word) { isStalled.withLock { $0 = true } }
        return true
      }
      shutdown(server, Int32(SHUT_RDWR))
    }
    Thread.detachNewThread {
      Self.copy(server, client) { _ in !isStalled.withLock { $0 } }
      shutdown(client, Int32(SHUT_RDWR))
      close(client)
      close(server)
    }
  }

  /// Copies what comes, as long as `passes` says so of it; the rest is read and dropped.
  private static func copy(_ from: Int32, _ to: Int32, _ passes: (ArraySlice<UInt8>) -> Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = unsafe read(from, &buffer, buffer.count), count > 0 {
      guard passes(buffer[..<count]) else { continue }
      var sent = 0
      while sent < count {
        let part = unsafe buffer.withUnsafeBytes { bytes in
          unsafe Glibc.send(to, bytes.baseAddress.map { unsafe $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
        }
        guard part > 0 else { return }
        sent += part
      }
    }
  }

  private static func socket(
    _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> Int32 {
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(100)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe use(descriptor, $0, size) }
    }
    guard descriptor >= 0, result == 0 else { throw Failure(description: "no socket at \(path)") }
    return descriptor
  }
}
