internal import CLinux
internal import Glibc

/// Tells when a file appears, without asking again and again (inotify).
///
/// Where the file's directory is not there either, the nearest one above that is there is watched, for the next on the
/// way. So the handler is told that something has appeared on the way to the file, or that the way is another one: look,
/// and make a new watch. To be used on the loop's thread, and cancelled before it is let go.
package final class FileWatch {
  private let loop: EventLoop
  private let descriptor: FileDescriptor
  private var watch: Watch?

  /// Watches for the file at an absolute path. `handler` is called on the loop's thread, perhaps more than once.
  package init(_ path: String, on loop: EventLoop, _ handler: @escaping () -> Void) throws(SystemError) {
    self.loop = loop
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
      if unsafe clinux_directory_has_changed(number, awaited) != 0 { handler() }
    }
  }

  package func cancel() {
    if let watch { loop.cancel(watch) }
    watch = nil
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("/", path) }
    let directory = String(path[..<slash])
    return (directory.isEmpty ? "/" : directory, String(path[path.index(after: slash)...]))
  }
}
