internal import Glibc
internal import Interface

extension Command {
  /// Puts a question of the pairing to the person at the terminal and sends the answer. The daemon takes answers on a
  /// connection of their own, since the first one is busy with the pairing's reports.
  func answer(_ question: Question) throws(Stop) {
    let device = "\(displayable(question.name)) (\(displayable(question.address)))"
    let passkey = displayable(question.passkey ?? "")
    var answer = Control.AnswerParameters(question: question.id, accept: true)
    switch question.kind {
    case .display:
      output.ask("Type \(passkey) on \(device).\n")
      return
    case .confirmation:
      answer.accept = try agrees("Does \(device) show \(passkey)?")
    case .authorization:
      answer.accept = try agrees("May \(device) connect?")
    case .pin:
      answer.value = try line("PIN of \(device): ")
    case .passkey:
      answer.value = try line("Passkey that \(device) shows: ")
    }
    if answer.value == "" { answer.accept = false }
    do throws(Stop) { let _: Control.NoReply = try call(.answer, answer) } catch {
      // The pairing may be over already; then its own end says more than the answer being too late.
      guard case .failure(let failure) = error else { throw error }
      output.remark(displayable(failure.message))
    }
  }

  private func agrees(_ question: String) throws(Stop) -> Bool {
    ["y", "yes"].contains(try line("\(question) [y/N] ").lowercased())
  }

  /// One line from the terminal, without its end; nothing at the end of the input.
  private func line(_ prompt: String) throws(Stop) -> String {
    output.ask(prompt)
    var bytes: [UInt8] = []
    while true {
      try waitForInput()
      var byte: UInt8 = 0
      guard unsafe read(surroundings.input, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func waitForInput() throws(Stop) {
    var entries = [
      pollfd(fd: surroundings.input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: surroundings.interrupts.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    while unsafe poll(&entries, nfds_t(entries.count), -1) < 0, errno == EINTR {}
    if entries[1].revents != 0 { throw .signal(surroundings.interrupts.take()) }
  }
}
