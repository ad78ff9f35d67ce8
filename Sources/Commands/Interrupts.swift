internal import CLinux
internal import Glibc

/// Signals that end a command, as something to wait for beside the daemon's answer: nothing is lost between a check
/// and a wait, and no code runs in a signal handler.
package struct Interrupts {
  /// Readable when a signal has come, or the output that is watched has nobody any more who reads it.
  package var descriptor: Int32
  /// The number of the signal; SIGPIPE for the output.
  package var take: () -> Int32
  /// From here on the end of the output's reader is an interrupt, too.
  package var watchOutput: () -> Void

  package init(descriptor: Int32, watchOutput: @escaping () -> Void = {}, take: @escaping () -> Int32) {
    self.descriptor = descriptor
    self.watchOutput = watchOutput
    self.take = take
  }

  /// What the interrupt that has come means.
  func earlyExit() -> EarlyExit {
    let number = take()
    return number == SIGPIPE ? .brokenPipe : .signal(number)
  }

  private static let mask: UInt64 = 1 << UInt64(SIGHUP) | 1 << UInt64(SIGINT) | 1 << UInt64(SIGTERM)

  static func process() -> Interrupts {
    let signals = clinux_signalfd(mask)
    let all = clinux_epoll_create()
    _ = clinux_epoll_add(all, signals, UInt32(CLINUX_IN), 0)
    let watchOutput = {
      // A terminal that goes away says so by SIGHUP, which may be ignored; a file has no reader. Of a pipe or a socket
      // epoll tells the end without being asked for anything.
      if isatty(STDOUT_FILENO) == 0 { _ = clinux_epoll_add(all, STDOUT_FILENO, 0, 1) }
    }
    return Interrupts(descriptor: all, watchOutput: watchOutput) {
      let number = clinux_signalfd_read(signals)
      return number < 0 ? SIGPIPE : number
    }
  }

  /// Ends the process by the signal, as if it had never been caught, which is what shells and scripts look at.
  static func die(of signal: Int32) -> Never {
    _ = Glibc.signal(signal, SIG_DFL)
    _ = clinux_signals_unblock(1 << UInt64(signal))
    raise(signal)
    // Only when the signal is ignored all the same.
    exit(128 + signal)
  }
}
