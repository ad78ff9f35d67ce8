internal import CLinux
internal import Glibc
internal import Interface
internal import Vocabulary

/// Another computer, on which a command line is run by ssh instead of here.
struct OtherHost {
  let host: String

  /// Set there, so that a command ends when this one has gone: without a terminal, sshd only closes its streams.
  static let variable = "MDRCTL_ENDS_WITH_OUTPUT"

  init(_ host: String) { self.host = host }

  /// Runs the command line there, on this process's own streams, and ends as it did.
  func run(_ invocation: Invocation, _ context: ProcessContext) throws(EarlyExit) -> Ending {
    let words = sshWords(
      running: invocation.scanner.words(without: Common.host.declaration), isInteractive: context.isInteractive,
      mayAsk: mayAsk(context), hasColour: (context.variable("NO_COLOR") ?? "").isEmpty)
    let (status, interrupt) = try Self.wait(for: Self.start(words), context.interrupts)
    if interrupt == SIGPIPE { throw .brokenPipe }
    // ssh ends with 255 by a signal that it catches, and for nothing else than a connection that failed; mdrctl never.
    if status == 255, let interrupt { return .signal(interrupt) }
    if status > 256 { return .signal(status - 256) }
    if [SIGHUP, SIGINT, SIGPIPE, SIGTERM].contains(status - 128) { return .signal(status - 128) }
    if let code = ExitCode(rawValue: status) { return .exit(code) }
    throw .failure(failure(status, mayAsk: mayAsk(context)))
  }

  /// ssh asks on the terminal of the session, whatever its streams are. Where none of them is a terminal nobody watches,
  /// and it shall fail instead of waiting for an answer.
  func mayAsk(_ context: ProcessContext) -> Bool {
    context.inputIsTerminal || context.results.isTerminal || context.remarks.isTerminal
  }

  /// ssh's command line. It is given one word as the command, which the other computer's shell, whichever that is, takes
  /// apart into the words that were given here.
  func sshWords(running words: [String], isInteractive: Bool, mayAsk: Bool, hasColour: Bool) -> [String] {
    // A shell of its own turns the end by a signal into an exit status, which ssh hands on.
    let script = "trap : HUP INT TERM; \(hasColour ? "" : "NO_COLOR=1 ")\(Self.variable)=1 mdrctl \"$@\"; exit $?"
    // On a terminal ssh would say in the end that the connection was closed.
    let terminal = isInteractive ? ["-t", "-o", "LogLevel=ERROR"] : ["-T"]
    return sshWords(terminal, mayAsk: mayAsk, script, words)
  }

  /// The same for any script of the shell there, which gets the words as its parameters.
  func sshWords(_ options: [String], mayAsk: Bool, _ script: String, _ words: [String]) -> [String] {
    let command = (["exec", "sh", "-c", script, "mdrctl"] + words).map(quoted).joined(separator: " ")
    return ["ssh"] + options + (mayAsk ? [] : ["-o", "BatchMode=yes"]) + [host, command]
  }

  /// Starts ssh, on this process's own streams, or on one of its own.
  static func start(_ words: [String], on stream: Int32 = -1) throws(EarlyExit) -> Int32 {
    let bytes: [UInt8] = words.map { Array($0.utf8) + [0] }.reduce([], +)
    let process = unsafe bytes.withUnsafeBytes { unsafe clinux_spawn($0.baseAddress, $0.count, stream) }
    guard process < 0 else { return process }
    let isMissing = process == -ENOENT
    let reason = unsafe String(cString: strerror(-process))
    throw .failure(
      Failure(
        code: "no-ssh", message: isMissing ? "ssh is not installed here." : "ssh cannot be run: \(reason).",
        hint: isMissing ? "Install it; Debian's package is openssh-client." : nil, exit: .failed))
  }

  /// The exit status, and the signal that this process got meanwhile, which is handed on. ssh would notice the end of its
  /// output's reader only when it writes.
  private static func wait(for process: Int32, _ interrupts: Interrupts) -> (status: Int32, interrupt: Int32?) {
    var interrupt: Int32?
    let end = clinux_process_descriptor(process)
    defer { _ = clinux_close(end) }
    while end >= 0 {
      // The end of the output's reader would be told again and again.
      let signals = interrupt == SIGPIPE ? -1 : interrupts.descriptor
      var entries = [
        pollfd(fd: end, events: Int16(POLLIN), revents: 0), pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
      ]
      ProcessContext.poll(&entries, atMost: nil)
      if entries[1].revents != 0 {
        let number = interrupts.take()
        interrupt = number
        _ = kill(process, number == SIGPIPE ? SIGTERM : number)
      }
      if entries[0].revents != 0 { break }
    }
    return (clinux_process_wait(process), interrupt)
  }

  /// What it means that ssh, or the shell there, ended with this status.
  func failure(_ status: Int32, mayAsk: Bool) -> Failure {
    let name = displayable(host)
    if status == 126 || status == 127 {
      return Failure(
        code: "no-mdrctl", message: "\(name) has no mdrctl, or not where a command by ssh looks for it.",
        evidence: "exit status \(status) of its shell", hint: "Install it there, and look: ssh \(name) mdrctl version",
        exit: .noDaemon)
    }
    let key = mayAsk ? "" : " Without a terminal ssh asks for nothing, so that it needs a key: ssh-copy-id \(name)"
    return Failure(
      code: "no-connection", message: "The connection to \(name) failed, or broke off.",
      evidence: "exit status \(status) of ssh", hint: "Look: ssh \(name) mdrctl version.\(key)", exit: .noDaemon)
  }
}

/// A word as sh, bash, zsh, dash and fish all read it: fish knows escapes between single quotes, so that the two
/// characters which it would take for one stand outside of them.
func quoted(_ word: String) -> String {
  if !word.isEmpty, isPlain(word) { return word }
  var text = "'"
  for scalar in word.unicodeScalars {
    switch scalar {
    case "'", "\\": text += "'\\\(scalar)'"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "'"
}
