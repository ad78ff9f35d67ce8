internal import CLinux
internal import Glibc

/// Tells when a file appears, without asking again and again (inotify).
///
/// Where the file's directory is not there either, the nearest one above that is there is watched, for the next on the
/// way. It has one inotify instance from beginning to end: a user has few of them, 128 unless the administrator says
/// otherwise, and none may be left when the next is needed. To be used on the loop's thread, and cancelled before it is
/// let go.
package final class FileWatch {
  private let path: String
  private let loop: EventLoop
  private let handler: () -> Void
  private var descriptor: FileDescriptor?
  private var watch: Watch?
  /// The directory that is watched, as the kernel numbers it.
  private var directory: Int32 = -1
  /// What is to appear in it.
  private var awaited = ""

  /// Watches for the file at an absolute path. `handler` is called on the loop's thread each time that the file has
  /// appeared, and once when the way to it cannot be watched any more: then ``isActive`` is false.
  package init(_ path: String, on loop: EventLoop, _ handler: @escaping () -> Void) throws(SystemError) {
    self.path = path
    self.loop = loop
    self.handler = handler
    do throws(SystemError) {
      let number = try SystemError.check(clinux_inotify(), "inotify")
      descriptor = FileDescriptor(owning: number)
      watch = try loop.watch(number, for: .readable) { _ in self.take() }
      try follow()
    } catch {
      cancel()
      throw error
    }
  }

  /// False when it is cancelled, or when the way to the file cannot be watched any more.
  package var isActive: Bool { watch != nil }

  package func cancel() {
    if let watch { loop.cancel(watch) }
    watch = nil
    descriptor = nil
  }

  /// Watches the directory that is nearest to the file now.
  private func follow() throws(SystemError) {
    guard let number = descriptor?.number else { return }
    var next: String
    repeat {
      var (place, name) = Self.split(path)
      var found = unsafe clinux_directory_watch(number, place)
      while found == -ENOENT, place != "/" {
        (place, name) = Self.split(place)
        found = unsafe clinux_directory_watch(number, place)
      }
      try SystemError.check(found, "inotify on \(place)")
      // The same number for the same directory; of one that is gone the kernel has forgotten it.
      if directory >= 0, directory != found { clinux_directory_forget(number, directory) }
      directory = found
      awaited = name
      next = place == "/" ? "/\(name)" : "\(place)/\(name)"
      // What is next on the way may have been made before the directory above it was watched.
    } while next != path && Self.exists(next)
  }

  /// Something on the way has appeared, or the way is another one: the file may be there, or be nearer.
  private func take() {
    guard let number = descriptor?.number, unsafe clinux_directory_has_changed(number, directory, awaited) != 0 else {
      return
    }
    do { try follow() } catch { cancel() }
    if !isActive || Self.exists(path) { handler() }
  }

  private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("/", path) }
    let directory = String(path[..<slash])
    return (directory.isEmpty ? "/" : directory, String(path[path.index(after: slash)...]))
  }
}
