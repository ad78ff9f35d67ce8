internal import Interface
internal import Vocabulary

/// What `restore` alone takes.
private enum Options {
  static let only = Setting<String>(
    "only", value: ValueForm(name: "ITEM[,ITEM]", kind: .text), "these alone, of whatever model the backup is")
  static let number = Setting<Int>(
    "number", value: ValueForm(name: "NUMBER", kind: .text), "the kept backup of that number",
    meaning: backupNumber)
}

extension Verb {
  static let restore = Verb(
    name: "restore", summary: "put back what was saved of a Sony headset",
    operands: [.optionalDevice, Operand(name: "FILE", kind: .file, isOptional: true)],
    options: [Options.only, Options.number, Common.yes, Common.dryRun, Common.adapter],
    details: """
      Without FILE it is the newest backup that mdrctld keeps of this headset, or the one of --number, as "backup --list"
      counts. First it shows what would be set, what is so already and is left alone, and what cannot be set and why. On a
      terminal it asks then, unless told --yes, which also agrees where the headset asks, as before it disconnects;
      elsewhere it needs --yes, and exits with 4 without. --dry-run does no more than show.

      Each setting is done when the headset says so, and all are read again in the end. It stops at the first that the
      headset refuses, and says what stands. Settings of another model are set only when they are named: --only. ITEM is a
      setting, "noise" or "equalizer".
      """,
    examples: """
      mdrctl restore --dry-run
      mdrctl restore XM4 xm4.json
      mdrctl restore XM5 xm4.json --only equalizer,dsee
      """,
    farewell: "stopped waiting; mdrctld goes on with it",
    run: { command throws(EarlyExit) in
      let path = command.optionalOperand(1)
      if path != nil, command[Options.number] != nil {
        throw .usage("It is FILE or --number, not both.", hint: "Usage: \(command.invocation.verb.usage)")
      }
      var parameters = Control.RestoreParameters(
        device: command.optionalOperand(0), adapter: command.adapter, number: command[Options.number],
        items: try command[Options.only].map { text throws(EarlyExit) in try items(text) })
      if let path { parameters.backup = try BackupFile.read(path) }
      if command[Common.dryRun] || !command[Common.yes] {
        let plan = try command.call(Control.planRestore, parameters)
        try command.output.show(plan) { restoreText(plan, isPlan: true, now: command.context.now(), $0) }
        guard !command[Common.dryRun], plan.steps.contains(where: { $0.state == .planned }) else { return }
        guard command.context.isInteractive else {
          throw .failure(
            Failure(
              code: ErrorCode.needsConsent.rawValue, message: "Nothing was changed: nobody has agreed to it.",
              hint: "Agree with --yes.", exit: ErrorCode.needsConsent.exitCode))
        }
        try command.mustAgree("Do this?")
      }
      parameters.confirm = true
      try command.follow(Control.restore, parameters) { (reply: Control.RestoreReply, isLast: Bool) throws(EarlyExit) in
        if let step = reply.steps.last, !isLast { command.output.progress.update("\(step.item.word) is put back") }
        if isLast || (command.output.isJSON && command.output.isVerbose) {
          try command.output.show(reply) {
            isLast ? restoreText(reply, isPlan: false, now: command.context.now(), $0) : ""
          }
        }
      }
    })
}

/// "dsee,voice-guidance".
private func items(_ text: String) throws(EarlyExit) -> [HeadsetItem] {
  var items: [HeadsetItem] = []
  for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
    guard let item = HeadsetItem.allCases.first(where: { $0.word == word }) else {
      throw .unknown("item", word, accepted: HeadsetItem.allCases.map(\.word))
    }
    items.append(item)
  }
  return items
}

private func backupNumber(_ text: String) throws(EarlyExit) -> Int {
  guard let number = Int(text), (1...99).contains(number) else {
    throw .usage("\"\(displayable(text))\" is no number of a backup; the newest is 1.")
  }
  return number
}
