internal import CLinux
internal import Glibc

/// Tells when a file appears, without asking again and again (inotify).
///
/// Where the file's directory is not there either, the nearest one above that is there is watched, for the next on the
/// way. To be used on the loop's thread, and cancelled before it is let go.
package final class FileWatch {
  private let path: String
  private let loop: EventLoop
  private let handler: () -> Void
  private var descriptor: FileDescriptor?
  private var watch: Watch?

  /// Watches for the file at an absolute path. `handler` is called on the loop's thread each time that the file has
  /// appeared.
  package init(_ path: String, on loop: EventLoop, _ handler: @escaping () -> Void) throws(SystemError) {
    self.path = path
    self.loop = loop
    self.handler = handler
    try start()
  }

  /// False when it is cancelled, or when the way to the file cannot be watched any more.
  package var isActive: Bool { watch != nil }

  package func cancel() {
    if let watch { loop.cancel(watch) }
    watch = nil
    descriptor = nil
  }

  private func start() throws(SystemError) {
    var next: String
    repeat {
      cancel()
      var (directory, name) = Self.split(path)
      var number = unsafe clinux_directory_watch(directory)
      while number == -ENOENT, directory != "/" {
        (directory, name) = Self.split(directory)
        number = unsafe clinux_directory_watch(directory)
      }
      try SystemError.check(number, "inotify on \(directory)")
      descriptor = FileDescriptor(owning: number)
      let awaited = name
      watch = try loop.watch(number, for: .readable) { _ in
        if unsafe clinux_directory_has_changed(number, awaited) != 0 { self.look() }
      }
      next = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
      // What is next on the way may have been made before the directory above it was watched.
    } while next != path && Self.exists(next)
  }

  /// Something on the way has appeared, or the way is another one: the file may be there, or be nearer.
  private func look() {
    do { try start() } catch { cancel() }
    if Self.exists(path) { handler() }
  }

  private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("/", path) }
    let directory = String(path[..<slash])
    return (directory.isEmpty ? "/" : directory, String(path[path.index(after: slash)...]))
  }
}
