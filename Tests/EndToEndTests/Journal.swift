import EventLoop
import Foundation
import Glibc

/// The daemon's journal as it lies on the disk.
struct JournalFolder: Sendable {
  let path: String

  /// The journal was not as it should be in time.
  struct Timeout: Error { let files: [String: String] }

  /// The files by their names.
  var files: [String: String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.reduce(into: [:]) { $0[$1] = (try? String(contentsOfFile: "\(path)/\($1)", encoding: .utf8)) ?? "" }
  }

  /// Waits until the files are as they should be, which is looked at whenever one of them changes.
  func wait(
    within limit: Duration = .seconds(20), until isDone: @escaping @Sendable ([String: String]) -> Bool
  ) async throws {
    try await offPool {
      let changes = FileDescriptor(owning: inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)))
      let mask = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE)
      guard unsafe inotify_add_watch(changes.number, path, mask) >= 0 else { throw Timeout(files: [:]) }
      let deadline = ContinuousClock.now + limit
      while !isDone(files) {
        guard .now < deadline else { throw Timeout(files: files) }
        _ = try UnixSocket.wait(changes.number, for: .readable, timeout: deadline - .now)
        var events = [UInt8](repeating: 0, count: 4_096)
        _ = try? changes.read(into: &events)
      }
    }
  }

  /// Waits until nothing is left to be finished.
  func waitUntilEmpty() async throws { try await wait { $0.isEmpty } }
}

extension Programs {
  var journal: JournalFolder { JournalFolder(path: "\(statePath)/journal") }
}
