internal import Glibc
internal import Interface
internal import Vocabulary

extension Command {
  /// Puts a question of the pairing to the person at the terminal and sends the answer. The daemon takes answers on a
  /// connection of their own, since the first one is busy with the pairing's reports.
  func answer(_ question: Question) throws(EarlyExit) {
    let device = "\(title(of: question.name, at: question.address)) (\(displayable(question.address)))"
    let passkey = displayable(question.passkey ?? "")
    var answer = Control.AnswerParameters(question: question.id, accept: true)
    switch question.kind {
    case .display:
      output.ask("Type \(passkey) on \(device).\n")
      return
    case .confirmation:
      guard let agrees = try agrees("Does \(device) show \(passkey)?") else { return }
      answer.accept = agrees
    case .pin:
      guard let pin = try line("PIN of \(device): ") else { return }
      answer.value = pin
    case .passkey:
      guard let passkey = try line("Passkey that \(device) shows: ") else { return }
      answer.value = passkey
    }
    if answer.value == "" { answer.accept = false }
    do throws(EarlyExit) { _ = try call(Control.answer, answer) } catch {
      // The pairing may be over already; then its own end says more than the answer being too late.
      guard case .failure(let failure) = error else { throw error }
      output.remark(displayable(failure.message))
    }
  }

  /// Before something restarts a headset whose battery nobody knows, the person may know it. What was said meanwhile is
  /// the answer: the daemon waits for the headset, not for this.
  func askAboutBattery(_ awaited: Awaited) throws(EarlyExit) {
    guard awaited.charge == .unknown, context.isInteractive, !output.isJSON, !output.isQuiet else { return }
    guard let isLow = try agrees("May its battery be low?"), isLow else { return }
    output.remark("Charge it first; mdrctl goes on waiting.")
  }

  /// Makes sure that the person agrees; nothing happens otherwise.
  func mustAgree(_ question: String) throws(EarlyExit) {
    guard try agrees(question) == true else {
      throw .failure(Failure(code: ErrorCode.cancelled.rawValue, message: "Nothing was changed.", exit: .failed))
    }
  }

  /// Refuses to ask where nobody can answer.
  func mayAsk(without hint: String) throws(EarlyExit) -> Bool {
    guard invocation[Common.ask] else { return false }
    guard context.inputIsTerminal else { throw .usage("--ask needs a terminal to ask on.", hint: hint) }
    return true
  }

  /// What the person says, in small letters; nothing at the end of the input.
  func answer(to question: String) throws(EarlyExit) -> String { try line(question)?.lowercased() ?? "" }

  /// Nil when the daemon has said more meanwhile.
  func agrees(_ question: String) throws(EarlyExit) -> Bool? {
    try line("\(question) [y/N] ").map { ["y", "yes"].contains($0.lowercased()) }
  }

  /// One line of the standard input, whatever that is; empty at its end.
  func inputLine() throws(EarlyExit) -> String { try line("") ?? "" }

  /// One line from the terminal, without its end; empty at the end of the input, and nil when the daemon has said more
  /// meanwhile: then the question is over.
  private func line(_ prompt: String) throws(EarlyExit) -> String? {
    if !prompt.isEmpty { output.ask(prompt) }
    var bytes: [UInt8] = []
    while true {
      guard try waitForInput() else {
        output.ask("\n")
        // What was typed so far is not for the shell. Without a terminal there is nothing to discard.
        _ = tcflush(context.input, TCIFLUSH)
        return nil
      }
      var byte: UInt8 = 0
      guard unsafe read(context.input, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Waits for the person, or whatever the standard input is; false when the daemon comes first.
  func waitForInput() throws(EarlyExit) -> Bool {
    var entries = [
      pollfd(fd: context.input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: context.interrupts.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: upcoming.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    context.wait(&entries, upcoming.isThere ? .zero : nil)
    if entries[1].revents != 0 { throw context.interrupts.earlyExit() }
    return entries[0].revents != 0
  }
}
