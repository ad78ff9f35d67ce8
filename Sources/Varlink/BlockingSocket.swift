internal import EventLoop
internal import Glibc

/// What a program without an event loop does with a Unix socket.
enum BlockingSocket {
  /// Connects, waiting at most `timeout` for a listener whose queue is full (`EAGAIN` afterwards). Sending on the
  /// descriptor waits as long at most.
  static func connect(path: String, timeout: Duration) throws(SystemError) -> FileDescriptor {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = FileDescriptor(owning: try check(socket(AF_UNIX, type, 0), "socket"))
    let milliseconds = max(1, timeout.nanoseconds / 1_000_000)
    var patience = timeval(tv_sec: Int(milliseconds / 1000), tv_usec: Int(milliseconds % 1000 * 1000))
    let size = socklen_t(MemoryLayout<timeval>.size)
    try check(unsafe setsockopt(descriptor.number, SOL_SOCKET, SO_SNDTIMEO, &patience, size), "SO_SNDTIMEO")
    var address = try address(of: path)
    let result = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe Glibc.connect(descriptor.number, address, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try check(result, "connect to \(path)")
    return descriptor
  }

  private static func address(of path: String) throws(SystemError) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      // One byte stays for the NUL.
      guard path.utf8.count < room.count else { return false }
      unsafe room.copyBytes(from: path.utf8)
      return true
    }
    guard fits else { throw SystemError(call: "connect to \(path)", errno: ENAMETOOLONG) }
    return address
  }

  /// Tells the peer that nothing more will be sent; false when it has gone.
  static func finishSending(_ descriptor: Int32) -> Bool { shutdown(descriptor, Int32(SHUT_WR)) == 0 }

  /// What ended a wait.
  enum Event {
    case readable
    case interrupted
    case timedOut
  }

  /// Waits until the socket can be read or has ended, or something arrives on the descriptor `interrupt` (none if
  /// negative).
  static func wait(
    _ descriptor: Int32, orFor interrupt: Int32, until deadline: ContinuousClock.Instant?
  ) throws(SystemError) -> Event {
    var entries = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      // Rounded up: a wait that ends early would spin.
      let left = deadline.map { Int32(clamping: (max(.zero, $0 - .now).nanoseconds + 999_999) / 1_000_000) } ?? -1
      let count = unsafe poll(&entries, nfds_t(entries.count), left)
      if count < 0, errno == EINTR { continue }
      try check(count, "poll")
      if entries[1].revents != 0 { return .interrupted }
      return count == 0 ? .timedOut : .readable
    }
  }

  @discardableResult
  private static func check(_ result: Int32, _ call: @autoclosure () -> String) throws(SystemError) -> Int32 {
    guard result < 0 else { return result }
    let code = errno
    throw SystemError(call: call(), errno: code)
  }
}

extension SystemError {
  /// The peer has closed its end.
  var isHangup: Bool { errno == EPIPE || errno == ECONNRESET }
}
