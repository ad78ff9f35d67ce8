internal import EventLoop
internal import Glibc

/// Small files in the state directory: each is replaced in one step and durably, so that it is never half written and
/// never lost once a write has returned.
struct StateFile: Sendable {
  let path: String

  /// More than any of our files holds; a longer one is not ours.
  static let longest = 4 << 20

  /// The whole file; nil when there is none.
  func read() throws(SystemError) -> [UInt8]? {
    // Not blocking: what lies there need not be a file, and a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if descriptor < 0, errno == ENOENT { return nil }
    let file = FileDescriptor(owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(path)"))
    var status = stat()
    try SystemError.check(unsafe fstat(file.number, &status) < 0 ? -errno : 0, "stat \(path)")
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.longest else {
      throw SystemError(call: "read \(path)", errno: EINVAL)
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = try file.read(into: &chunk)
      guard count > 0 else { return bytes }
      bytes += chunk.prefix(count)
    }
  }

  /// Replaces the file. When it returns, the new content survives a loss of power.
  func write(_ bytes: [UInt8]) throws(SystemError) {
    let temporary = "\(path).new"
    do throws(SystemError) {
      let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
      let file = FileDescriptor(
        owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(temporary)"))
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file.number, $0.baseAddress, $0.count) }
        rest = rest.dropFirst(try SystemError.check(count < 0 ? -Int(errno) : count, "write \(temporary)"))
      }
      try SystemError.check(fsync(file.number) < 0 ? -errno : 0, "fsync \(temporary)")
      try SystemError.check(unsafe rename(temporary, path) < 0 ? -errno : 0, "rename \(temporary)")
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
    try syncDirectory()
  }

  /// Removes the file, if there is one. When it returns, a loss of power does not bring it back.
  func remove() throws(SystemError) {
    let result = unsafe unlink(path)
    if result < 0, errno == ENOENT { return }
    try SystemError.check(result < 0 ? -errno : 0, "unlink \(path)")
    try syncDirectory()
  }

  private func syncDirectory() throws(SystemError) {
    let end = path.lastIndex(of: "/") ?? path.startIndex
    let folder = end == path.startIndex ? "/" : String(path[..<end])
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let directory = FileDescriptor(
      owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(folder)"))
    try SystemError.check(fsync(directory.number) < 0 ? -errno : 0, "fsync \(folder)")
  }
}
