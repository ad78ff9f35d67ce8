internal import CLinux
internal import Glibc

/// What a run of mdrctl has to do with, as given by the process or by a test.
package struct Surroundings {
  /// Without the program's name.
  package var arguments: [String]
  /// The value of an environment variable.
  package var variable: (String) -> String?
  package var results: Channel
  package var remarks: Channel
  /// Where answers to questions come from.
  package var input: Int32
  package var inputIsTerminal: Bool
  package var interrupts: Interrupts
  /// For what the daemon knows by itself: it has hung when it does not tell by then.
  package var patience: Duration
  /// The wall clock, in seconds since 1970.
  package var now: () -> Int

  package init(
    arguments: [String], variable: @escaping (String) -> String?, results: Channel, remarks: Channel, input: Int32,
    inputIsTerminal: Bool, interrupts: Interrupts, patience: Duration = .seconds(10),
    now: @escaping () -> Int = { time(nil) }
  ) {
    self.arguments = arguments
    self.variable = variable
    self.results = results
    self.remarks = remarks
    self.input = input
    self.inputIsTerminal = inputIsTerminal
    self.interrupts = interrupts
    self.patience = patience
    self.now = now
  }

  /// A person sees the results and can answer.
  var isInteractive: Bool { inputIsTerminal && results.isTerminal }

  /// Those of this process. From here on SIGHUP, SIGINT and SIGTERM are only seen through ``interrupts``; one that was
  /// ignored when the process was started stays ignored.
  static func process() -> Surroundings {
    // Else results could be written to the daemon's connection.
    _ = clinux_occupy_standard_descriptors()
    let variable = { (name: String) in unsafe getenv(name).map { unsafe String(cString: $0) } }
    let channel = { (descriptor: Int32) in
      Channel(descriptor: descriptor, isTerminal: isatty(descriptor) == 1, variable: variable)
    }
    return Surroundings(
      arguments: Array(CommandLine.arguments.dropFirst()), variable: variable,
      results: channel(STDOUT_FILENO), remarks: channel(STDERR_FILENO),
      input: STDIN_FILENO, inputIsTerminal: isatty(STDIN_FILENO) == 1, interrupts: .process())
  }
}

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
  func stop() -> Stop {
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
