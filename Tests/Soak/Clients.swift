import EventLoop
import Glibc
import Support

/// A command that runs, and what it has said.
final class Client {
  let words: [String]
  private let process: Int32
  private let end: FileDescriptor
  private let started = ContinuousClock.now
  private(set) var output = ""
  /// The exit status, once it has ended.
  private(set) var status: Int32?
  /// It was killed, or told to stop, by the soak.
  var isLeft = false

  init(_ program: String, _ words: [String], environment: [String: String]) throws {
    self.words = words
    let (near, far) = try UnixSocket.pair()
    defer { close(far) }
    end = FileDescriptor(owning: near)
    try UnixSocket.setBlocking(far, true)
    process = try Spawning.spawn(
      [program] + words, environment: environment, input: far, output: far, error: far)
  }

  var age: Duration { .now - started }
  var description: String { "mdrctl \(words.joined(separator: " "))" }

  func signal(_ number: Int32) { kill(process, number) }

  /// Waits for its end, up to a time; true when it has ended.
  func ends(within limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while status == nil {
      guard let ready = try? UnixSocket.wait(end.number, for: .readable, timeout: max(.zero, deadline - .now)),
        !ready.isEmpty
      else { return false }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      // A client that was killed with something unread resets the connection.
      let count = (try? end.read(into: &chunk)) ?? 0
      guard count > 0 else {
        status = Spawning.wait(for: process)
        break
      }
      output += String(decoding: chunk[..<count], as: UTF8.self)
    }
    return true
  }
}
