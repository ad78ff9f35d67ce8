internal import EventLoop
internal import Glibc

/// Small files in the state directory: each is replaced in one step, so that a crash of the daemon never leaves it half
/// written.
///
/// What must not be lost is written durably, which waits for the disk, and with it everything that the loop does: only
/// the journal promises that much. All else is written without waiting. A loss of power may then cost the changes of the
/// last half minute (the kernel's write-back, `vm.dirty_expire_centisecs`). ext4 brings the new content to the disk before
/// its name (`auto_da_alloc`, ext4(5)), so the file is the old or the new one; other file systems promise less, and it may
/// be empty, which is told at the next start as a file that cannot be read.
struct StateFile: Sendable {
  let path: String
  /// Waits until a descriptor's content is on the disk: `fsync(2)`; returns 0, or -1 with `errno`.
  var sync: @Sendable (Int32) -> Int32 = { fsync($0) }

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

  /// Replaces the file, without waiting for the disk.
  func write(_ bytes: [UInt8]) throws(SystemError) { try replace(bytes, isDurable: false) }

  /// Replaces the file. When it returns, the new content survives a loss of power.
  func writeDurably(_ bytes: [UInt8]) throws(SystemError) {
    try replace(bytes, isDurable: true)
    try syncDirectory()
  }

  private func replace(_ bytes: [UInt8], isDurable: Bool) throws(SystemError) {
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
      if isDurable { try SystemError.check(sync(file.number) < 0 ? -errno : 0, "fsync \(temporary)") }
      try SystemError.check(unsafe rename(temporary, path) < 0 ? -errno : 0, "rename \(temporary)")
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
  }

  /// Removes the file, if there is one, without waiting for the disk.
  func remove() throws(SystemError) { _ = try unlinkIfThere() }

  /// Removes the file, if there is one. When it returns, a loss of power does not bring it back.
  func removeDurably() throws(SystemError) { if try unlinkIfThere() { try syncDirectory() } }

  private func unlinkIfThere() throws(SystemError) -> Bool {
    let result = unsafe unlink(path)
    if result < 0, errno == ENOENT { return false }
    try SystemError.check(result < 0 ? -errno : 0, "unlink \(path)")
    return true
  }

  /// Puts whatever is there out of the way, as a file for people, named with ".bad".
  func setAside() throws(SystemError) {
    try SystemError.check(unsafe rename(path, "\(path).bad") < 0 ? -errno : 0, "rename \(path)")
  }

  /// Whether something has this name.
  static func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The names of what lies in a folder, in their order; none where it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func syncDirectory() throws(SystemError) {
    let end = path.lastIndex(of: "/") ?? path.startIndex
    let folder = end == path.startIndex ? "/" : String(path[..<end])
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let directory = FileDescriptor(
      owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(folder)"))
    try SystemError.check(sync(directory.number) < 0 ? -errno : 0, "fsync \(folder)")
  }
}
