internal import Glibc
internal import Interface
internal import Vocabulary

/// What `menu` alone takes.
private enum Options {
  static let rofi = Flag("rofi", "for rofi's script mode, which calls it again with what was chosen")
  static let lines = Flag("lines", "one line for each choice; with CHOICE, one of them, it is carried out")
}

extension Verb {
  static let menu = Verb(
    name: "menu", summary: "offer what can be done, in the menu of another program",
    operands: [Operand(name: "CHOICE", kind: .text, isOptional: true)], options: [Options.rofi, Options.lines],
    details: """
      The choices are connect, disconnect, take, yield, profile, codec and, of a headset that has lost its key, repair.
      With --lines and CHOICE the choice is carried out; "-" reads it from the standard input. What deletes something is
      not: then a second menu is printed, and the exit code is 4.

      With --rofi it is called by rofi, again for each choice: rofi -modi 'headset:mdrctl menu --rofi' -show headset. A
      choice is carried out behind rofi, which is gone by then; a bar, or "mdrctl status", shows what came of it.
      """,
    examples: """
      mdrctl menu --lines | fuzzel --dmenu | mdrctl menu --lines -
      """,
    run: { command throws(EarlyExit) in
      switch (command[Options.rofi], command[Options.lines]) {
      case (true, false): try Menu(command).answerRofi()
      case (false, true): try Menu(command).answerLine()
      default:
        throw .usage("\"menu\" needs --rofi or --lines, one of them.", hint: "Usage: \(command.invocation.verb.usage)")
      }
    })
}

private struct Menu {
  private let command: Command

  init(_ command: Command) { self.command = command }

  // MARK: Lines

  func answerLine() throws(EarlyExit) {
    guard let choice = try choice() else { return try show(try entries()) }
    // Nothing was chosen.
    guard !choice.isEmpty else { return }
    let entries = try entries()
    if let entry = entries.first(where: { $0.title.utf8.elementsEqual(choice.utf8) }) {
      guard entry.caution != nil else { return try carryOut(entry) }
      try show(entry.confirmation)
      throw .shown(ErrorCode.needsConsent.exitCode)
    }
    let confirmed = entries.flatMap(\.confirmation).first { $0.title.utf8.elementsEqual(choice.utf8) }
    guard let confirmed else {
      throw .usage("There is no choice \"\(displayable(choice))\" now.", hint: "Look again: mdrctl menu --lines")
    }
    try carryOut(confirmed)
  }

  /// nil: none was asked for yet.
  private func choice() throws(EarlyExit) -> String? {
    guard let word = command.optionalOperand(0), word == "-" else { return command.optionalOperand(0) }
    return try command.inputLine()
  }

  private func show(_ entries: [MenuEntry]) throws(EarlyExit) {
    try command.output.show(text: entries.map { $0.title + "\n" }.joined())
  }

  // MARK: rofi

  func answerRofi() throws(EarlyExit) {
    let entries: [MenuEntry]
    do throws(EarlyExit) { entries = try self.entries() } catch {
      // Without a row rofi would just be gone.
      guard case .failure(let failure) = error else { throw error }
      let text = displayable(failure.message) + "\u{0}nonselectable\u{1F}true\n"
      return try command.output.show(text: rofiOption("prompt", "mdrctl") + text)
    }
    let chosen = command.context.variable("ROFI_RETV") == "1" ? command.context.variable("ROFI_INFO") : nil
    guard let chosen else { return try showRows(entries, message: nil) }
    if let entry = entries.first(where: { $0.name == chosen }), let caution = entry.caution {
      return try showRows(entry.confirmation, message: caution)
    }
    guard let entry = (entries + entries.flatMap(\.confirmation)).first(where: { $0.name == chosen }) else { return }
    // rofi reads to the end of the output, and quits where there is none.
    command.context.closeOutput()
    try carryOut(entry)
  }

  private func showRows(_ entries: [MenuEntry], message: String?) throws(EarlyExit) {
    let options = [("prompt", "headset"), ("no-custom", "true"), ("message", message ?? "")]
    let header = options.map { rofiOption($0.0, $0.1) }.joined()
    let none = "No headset is paired.\u{0}nonselectable\u{1F}true\n"
    try command.output.show(text: header + (entries.isEmpty ? none : entries.map(\.row).joined()))
  }

  // MARK: Both

  private func entries() throws(EarlyExit) -> [MenuEntry] {
    let devices = try command.call(Control.status, Control.NoParameters()).devices
    var sounds: [String: Control.AudioReply] = [:]
    for device in devices where device.connected {
      // Without it there is just no choice of its sound.
      let parameters = Control.AudioParameters(device: device.address, adapter: device.adapter)
      sounds[device.key] = try? command.call(Control.audio, parameters)
    }
    return MenuEntry.all(devices, sounds: sounds)
  }

  /// As if it had been typed.
  private func carryOut(_ entry: MenuEntry) throws(EarlyExit) {
    guard !entry.words.isEmpty else { return }
    let invocation = try Invocation(entry.words)
    try invocation.verb.run(Command(invocation, command.output, command.context))
  }
}
