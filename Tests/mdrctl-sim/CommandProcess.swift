import EventLoop
import Glibc
import Support

/// The command, and the signals that are meant for it.
///
/// At a terminal the command is in the same process group as this program, so that Ctrl-C reaches it by itself;
/// otherwise it leads a group of its own, which is ended with it.
final class CommandProcess: Sendable {
  private struct State {
    var process: Int32?
    var isCancelled = false
  }

  /// How long a command may take to heed SIGTERM.
  private static let patience = Duration.seconds(5)

  private let loop: EventLoop
  private let isInForeground: Bool
  private let state = Locked(State())

  init(on loop: EventLoop) {
    self.loop = loop
    isInForeground = isatty(0) == 1 && tcgetpgrp(0) == getpgrp()
  }

  /// Starts the command and waits for its end; its exit status. A command that was cancelled before is not started.
  func run(_ words: [String], environment: [String: String]) throws -> Int32 {
    let process = try state.withLock { state throws -> Int32? in
      guard !state.isCancelled else { return nil }
      state.process = try Spawning.spawn(words, environment: environment, ownGroup: !isInForeground)
      return state.process
    }
    guard let process else { return 128 + SIGINT }
    defer { state.withLock { $0.process = nil } }
    return Spawning.wait(for: process)
  }

  /// Passes a signal on; the command is killed when it does not end of it. Runs on the loop.
  func forward(_ signal: Signal) {
    let hasReachedIt = signal == .interrupt && isInForeground
    let process = state.withLock { state in
      state.isCancelled = true
      return state.process
    }
    guard process != nil else { return }
    if !hasReachedIt { send(signal.rawValue) }
    guard signal != .interrupt else { return }
    loop.schedule(after: Self.patience) { self.send(SIGKILL) }
  }

  private func send(_ signal: Int32) {
    guard let process = state.withLock({ $0.process }) else { return }
    kill(isInForeground ? process : -process, signal)
  }
}
