internal import CLinux
internal import Glibc

/// Who is at the other end of a Unix stream socket, as the kernel recorded it when the connection was made.
package struct PeerCredentials: Hashable, Sendable {
  /// Process identifier (`SO_PEERCRED`); for logs only, since numbers are used again.
  package let pid: Int32
  /// Effective user identifier (`SO_PEERCRED`).
  package let uid: UInt32
  /// Effective group identifier (`SO_PEERCRED`) followed by the supplementary ones (`SO_PEERGROUPS`).
  package let groups: [UInt32]

  package init(pid: Int32, uid: UInt32, groups: [UInt32]) {
    self.pid = pid
    self.uid = uid
    self.groups = groups
  }
}

/// Unix stream sockets: listening, connecting, accepting, and who is on the other side.
package enum UnixSocket {
  /// Binds, sets the file's mode and listens; the descriptor does not block.
  package static func listen(
    path: String, backlog: Int32 = 128, mode: UInt32
  ) throws(SystemError) -> FileDescriptor {
    FileDescriptor(owning: try SystemError.check(unsafe clinux_listen(path, backlog, mode), "listen on \(path)"))
  }

  /// Connects; the descriptor blocks.
  package static func connect(path: String) throws(SystemError) -> FileDescriptor {
    FileDescriptor(owning: try SystemError.check(unsafe clinux_connect(path, 1), "connect to \(path)"))
  }

  /// Connects without waiting; throws `isWouldBlock` when the listener's queue is full. The descriptor does not block.
  package static func connectAtOnce(path: String) throws(SystemError) -> FileDescriptor {
    FileDescriptor(owning: try SystemError.check(unsafe clinux_connect(path, 0), "connect to \(path)"))
  }

  /// Accepts one connection; the descriptor does not block. Throws `isWouldBlock` when none is waiting.
  package static func accept(_ listener: Int32) throws(SystemError) -> FileDescriptor {
    FileDescriptor(owning: try SystemError.check(clinux_accept(listener), "accept"))
  }

  /// A connected pair; neither end blocks.
  package static func pair() throws(SystemError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let result = unsafe ends.withUnsafeMutableBufferPointer { unsafe clinux_socketpair($0.baseAddress) }
    try SystemError.check(result, "socketpair")
    return (ends[0], ends[1])
  }

  /// Whether a descriptor that was handed to us is a listening Unix stream socket.
  package static func isListener(_ descriptor: Int32) -> Bool { clinux_is_unix_listener(descriptor) == 1 }

  package static func setBlocking(_ descriptor: Int32, _ blocking: Bool) throws(SystemError) {
    try SystemError.check(clinux_set_nonblocking(descriptor, blocking ? 0 : 1), "fcntl")
  }

  /// The peer's user and groups. The kernel took them when the peer connected; they cannot be forged later.
  package static func peer(of descriptor: Int32) throws(SystemError) -> PeerCredentials {
    var peer = clinux_peer()
    try SystemError.check(unsafe clinux_peer_credentials(descriptor, &peer), "SO_PEERCRED")
    var capacity = 32
    while true {
      var groups = [UInt32](repeating: 0, count: capacity)
      let count = unsafe groups.withUnsafeMutableBufferPointer {
        unsafe clinux_peer_groups(descriptor, $0.baseAddress, Int32($0.count))
      }
      // A user may be in 65,536 groups (NGROUPS_MAX).
      if count == -ERANGE, capacity < 65_536 {
        capacity *= 8
        continue
      }
      try SystemError.check(count, "SO_PEERGROUPS")
      return PeerCredentials(pid: peer.pid, uid: peer.uid, groups: [peer.gid] + groups.prefix(Int(count)))
    }
  }

  /// Waits until a blocking reader or writer may go on; an empty set means that the time ran out.
  package static func wait(
    _ descriptor: Int32, for interest: Readiness, timeout: Duration?
  ) throws(SystemError) -> Readiness {
    // Rounded up: a wait that ends early would spin.
    let milliseconds = timeout.map { Int32(clamping: ($0.nanoseconds + 999_999) / 1_000_000) } ?? -1
    let ready = clinux_poll(descriptor, interest.rawValue, milliseconds)
    return Readiness(rawValue: UInt32(try SystemError.check(ready, "poll")))
  }
}
