internal import Interface
internal import Vocabulary

private enum Options {
  static let fix = Flag("fix", "offer what mdrctl can do about it, one by one")
}

extension Verb {
  static let doctor = Verb(
    name: "doctor", summary: "look at all that headsets need here, and say what is wrong",
    operands: [.optionalDevice], options: [Options.fix, Common.yes, Common.adapter],
    details: """
      Every check has a verdict, what it was seen by, and what to do: ok; note, good to know; warning, which may keep a
      headset from working; broken, which does; unknown, where it could not be looked at, and why. Nothing is changed.
      What is ok is only counted, unless with --verbose, which also says where what others found is known from. With
      DEVICE only that headset is looked at, otherwise all that are paired or connected.

      It exits with 1 when something is broken, and otherwise with 0. It looks at mdrctld, too, and so says what is
      wrong where that does not answer.

      With --fix it offers what mdrctl itself can do about it, one by one, and with what each is undone: the adapter is
      switched on, or its rfkill switch is let go; a headset is trusted, unblocked, asked for stereo. Nothing is lost by
      any of them, and history tells of each. Then it looks again. Without a terminal it wants --yes, which agrees to all.
      """,
    examples: """
      mdrctl doctor
      mdrctl doctor XM4 --verbose
      mdrctl doctor --fix
      mdrctl --json doctor | jq -r '.checks[] | select(.verdict == "broken") | .name'
      """,
    run: { command throws(EarlyExit) in
      if command[Options.fix], !command[Common.yes], !command.context.isInteractive || command.output.isJSON {
        throw .usage("--fix asks before each thing it does, and needs a terminal for that.", hint: "Or --yes.")
      }
      var reply = try command.examineAll()
      if command[Options.fix] {
        // In JSON each thing that is done is an object of its own, and what is the case at the end is the last one.
        if !command.output.isJSON { try command.output.show(reply) { checkText(reply.checks ?? [], $0) } }
        let isDone = try command.cure(reply.checks ?? [])
        if isDone { reply = try command.examineAll() }
        if isDone || command.output.isJSON { try command.output.show(reply) { checkText(reply.checks ?? [], $0) } }
      } else {
        try command.output.show(reply) { checkText(reply.checks ?? [], $0) }
      }
      if reply.worst == .broken { throw .shown(.failed) }
    })
}

extension Command {
  /// Longer than the daemon gives everything that it asks.
  private static let patience = Duration.seconds(30)

  /// What the daemon finds, and what the client looks at itself.
  fileprivate func examineAll() throws(EarlyExit) -> Control.DoctorReply {
    var reply = Control.DoctorReply()
    var trouble: Failure?
    do throws(EarlyExit) {
      reply = try examine(Control.DeviceParameters(device: optionalOperand(0), adapter: adapter))
    } catch {
      // A daemon that does not answer is what the doctor is for; a device that is not known is the caller's matter.
      guard case .failure(let failure) = error, failure.exit == .noDaemon else { throw error }
      trouble = failure
    }
    let checks = (reply.checks ?? []) + ownChecks(version: reply.version, failure: trouble)
    reply.checks = CheckGroup.allCases.flatMap { group in checks.filter { $0.group == group } }
    reply.worst = checks.map(\.verdict).max()
    return reply
  }

  /// What the daemon's part of the doctor finds.
  func examine(_ parameters: Control.DeviceParameters) throws(EarlyExit) -> Control.DoctorReply {
    var result = Control.DoctorReply()
    try follow(Control.doctor, parameters, patience: Self.patience) { reply, isLast in
      if let group = reply.looking { output.progress.prepare("Looking at: \(group.title)") }
      if isLast { result = reply }
    }
    return result
  }
}
