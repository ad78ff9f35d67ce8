internal import EventLoop
internal import Glibc

/// The service manager's end of `sd_notify(3)`: it hears when a daemon is ready.
package final class NotifySocket {
  /// Why nothing can be heard.
  package struct Failure: Error, CustomStringConvertible { package let description: String }

  package let path: String
  private let descriptor: Int32
  private var heard: Set<String> = []

  package init(path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard descriptor >= 0, bytes.count < capacity else { throw Failure(description: "no socket at \(path)") }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, size) }
    }
    guard bound == 0 else { throw Failure(description: "no socket at \(path)") }
  }

  deinit {
    close(descriptor)
    unsafe unlink(path)
  }

  /// Waits until a daemon has said a line such as `READY=1`; false when it has not in time.
  package func wait(for line: String, timeout: Duration) -> Bool {
    let deadline = ContinuousClock.now + timeout
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !heard.contains(line) {
      let left = max(.zero, deadline - .now)
      guard let ready = try? UnixSocket.wait(descriptor, for: .readable, timeout: left), !ready.isEmpty else {
        return false
      }
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      heard.formUnion(String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init))
    }
    return true
  }
}
