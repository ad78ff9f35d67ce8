internal import EventLoop
internal import Glibc

/// A program that ends when whoever started it lets go of it, or goes away, however that happens.
///
/// A shell stands between: it waits for the program, and ends it with SIGTERM when its leash, a socket to this process,
/// is closed. Program and shell are a process group of their own, so that Ctrl-C at a terminal does not reach them.
package final class LeashedProcess {
  /// Why the program could not be started.
  package struct Failure: Error, CustomStringConvertible { package let description: String }

  /// The program's process.
  package let processID: Int32
  private let shell: Int32
  private let leash: Int32
  private var status: Int32?

  /// Starts a program with its arguments in an environment. Its standard output goes to our standard error, or with
  /// `logPath` both go to that file.
  package init(_ words: [String], environment: [String: String], logPath: String? = nil) throws {
    let script = """
      exec 3<&0 </dev/null
      log=$1
      shift
      if [ -n "$log" ]; then exec 2>"$log"; fi
      "$@" 3<&- >&2 &
      child=$!
      echo $child
      { read -r ended <&3; kill -TERM $child; } >/dev/null 2>&1 &
      reader=$!
      exec 3<&-
      wait $child
      status=$?
      kill $reader 2>/dev/null
      exit $status
      """
    let (near, far) = try UnixSocket.pair()
    defer { Glibc.close(far) }
    for end in [near, far] { try UnixSocket.setBlocking(end, true) }
    leash = near
    shell = try Spawning.spawn(
      ["/bin/sh", "-c", script, "leash", logPath ?? ""] + words, environment: environment, input: far, output: far,
      ownGroup: true)
    guard let process = Self.line(from: near).flatMap({ Int32($0) }) else {
      Glibc.close(near)
      throw Failure(description: "cannot start \(words.first ?? "nothing")")
    }
    processID = process
  }

  deinit { stop() }

  /// Whether the program has ended by itself.
  package var hasEnded: Bool {
    status != nil || (try? UnixSocket.wait(leash, for: .readable, timeout: .zero))?.isEmpty == false
  }

  /// Ends the program and waits until it has gone; one that does not heed SIGTERM in time is killed.
  ///
  /// Returns its exit status, 128 and the signal's number where a signal ended it.
  @discardableResult
  package func stop(patience: Duration = .seconds(5)) -> Int32 {
    if let status { return status }
    // Half of the leash is enough to be felt, and the other half tells when the shell has gone.
    shutdown(leash, Int32(SHUT_WR))
    if (try? UnixSocket.wait(leash, for: .readable, timeout: patience))?.isEmpty != false { kill(processID, SIGKILL) }
    return wait()
  }

  /// Waits until the program has ended by itself.
  @discardableResult
  package func wait() -> Int32 {
    if let status { return status }
    let status = Spawning.wait(for: shell)
    Glibc.close(leash)
    self.status = status
    return status
  }

  /// Sends a signal to the program.
  package func signal(_ number: Int32) { kill(processID, number) }

  private static func line(from descriptor: Int32) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(descriptor, &byte, 1) == 1 {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}
