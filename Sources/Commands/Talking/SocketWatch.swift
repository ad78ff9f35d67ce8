internal import CLinux
internal import Glibc

/// Tells when a socket may have appeared at its path, without asking again and again (inotify).
///
/// Where its directory is not there either, the nearest one above that is there is watched, for the next on the way. It is
/// made anew for each wait that may be long: a user has few inotify instances.
struct SocketWatch: ~Copyable {
  /// Readable when something has appeared; negative where nothing can be watched.
  let descriptor: Int32
  private let watch: Int32
  private let name: String

  /// From here on nothing that appears is missed.
  init(_ path: String) {
    var parts = path.split(separator: "/")
    let number = clinux_inotify()
    var found = -ENOENT
    var awaited = ""
    while number >= 0, found == -ENOENT, let last = parts.popLast() {
      awaited = String(last)
      found = unsafe clinux_directory_watch(number, "/" + parts.joined(separator: "/"))
    }
    (descriptor, watch, name) = (found < 0 ? -1 : number, found, awaited)
    if found < 0, number >= 0 { _ = clinux_close(number) }
  }

  deinit { if descriptor >= 0 { _ = clinux_close(descriptor) } }

  /// Takes what has happened: true when what is awaited has appeared, or the directory is another one.
  func take() -> Bool { unsafe clinux_directory_has_changed(descriptor, watch, name) != 0 }
}

extension Command {
  /// Waits until something has come to the way of the daemon's socket: true; or so much time has passed. Without a time it
  /// waits as long as it takes.
  func wait(for watch: borrowing SocketWatch, atMost time: Duration?) throws(EarlyExit) -> Bool {
    let end = time.map { context.clock() + $0 }
    while true {
      var entries = [
        pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: context.interrupts.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      context.wait(&entries, end.map { max(.zero, $0 - context.clock()) })
      if entries[1].revents != 0 { throw context.interrupts.earlyExit() }
      if entries[0].revents != 0, watch.take() { return true }
      if let end, context.clock() >= end { return false }
    }
  }
}
