package import EventLoop
internal import Glibc

/// Why a server cannot listen at a path.
package enum ServerSocketError: Error, Hashable, Sendable {
  /// Somebody answers there, or is about to.
  case alreadyRunning
  /// The path is a file, a directory or the like, which is nobody's to remove.
  case notASocket
  case system(SystemError)
}

/// A listening socket at a path of its own, for a server that was not given one by the service manager.
///
/// A socket left behind by a server that died is replaced. Two servers that start at once are kept apart by a lock on
/// a file beside the socket, which is held until the process ends and never removed.
package struct ServerSocket: ~Copyable {
  private let path: String
  private let lock: FileDescriptor
  private let listener: FileDescriptor

  private static let patience = Duration.milliseconds(500)

  private init(path: String, lock: consuming FileDescriptor, listener: consuming FileDescriptor) {
    self.path = path
    self.lock = lock
    self.listener = listener
  }

  /// Listens at `path`; the file gets the mode.
  package static func listen(at path: String, mode: UInt32) throws(ServerSocketError) -> ServerSocket {
    let lock = try lock(path + ".lock")
    try makeRoom(at: path)
    return ServerSocket(path: path, lock: lock, listener: try bind(path, mode))
  }

  /// The listening socket; open as long as this value lives.
  package var descriptor: Int32 { listener.number }

  /// Takes the socket out of the file system, so that clients learn at once that nobody is there.
  package consuming func remove() { _ = unsafe unlink(path) }

  private static func lock(_ path: String) throws(ServerSocketError) -> FileDescriptor {
    let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw failure("open \(path)") }
    let lock = FileDescriptor(owning: number)
    guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? .alreadyRunning : failure("lock \(path)")
    }
    return lock
  }

  /// Removes a socket that nobody answers on.
  private static func makeRoom(at path: String) throws(ServerSocketError) {
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else {
      guard errno == ENOENT else { throw failure("stat \(path)") }
      return
    }
    guard information.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket }
    guard try !isAnswered(path) else { throw .alreadyRunning }
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("unlink \(path)") }
  }

  private static func isAnswered(_ path: String) throws(ServerSocketError) -> Bool {
    do throws(SystemError) {
      _ = try BlockingSocket.connect(path: path, timeout: patience)
      return true
    } catch {
      // A full queue belongs to somebody who is merely slow.
      if error.isWouldBlock { return true }
      guard error.isRefused || error.isNotFound else { throw .system(error) }
      return false
    }
  }

  private static func bind(_ path: String, _ mode: UInt32) throws(ServerSocketError) -> FileDescriptor {
    do throws(SystemError) { return try UnixSocket.listen(path: path, mode: mode) } catch {
      throw error.isAddressInUse ? .alreadyRunning : .system(error)
    }
  }

  private static func failure(_ call: @autoclosure () -> String) -> ServerSocketError {
    let code = errno
    return .system(SystemError(call: call(), errno: code))
  }
}
