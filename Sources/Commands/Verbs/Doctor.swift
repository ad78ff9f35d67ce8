internal import Interface
internal import Vocabulary

extension Verb {
  static let doctor = Verb(
    name: "doctor", summary: "look at all that headsets need here, and say what is wrong",
    operands: [.optionalDevice], options: [Common.adapter],
    details: """
      Every check has a verdict, what it was seen by, and what to do: ok; note, good to know; warning, which may keep a
      headset from working; broken, which does; unknown, where it could not be looked at, and why. Nothing is changed.
      What is ok is only counted, unless with --verbose, which also says where what others found is known from. With
      DEVICE only that headset is looked at, otherwise all that are paired or connected.

      It exits with 1 when something is broken, and otherwise with 0. It looks at mdrctld, too, and so says what is
      wrong where that does not answer.
      """,
    examples: """
      mdrctl doctor
      mdrctl doctor XM4 --verbose
      mdrctl --json doctor | jq -r '.checks[] | select(.verdict == "broken") | .name'
      """,
    run: { command throws(EarlyExit) in
      var reply = Control.DoctorReply()
      var trouble: Failure?
      do throws(EarlyExit) {
        reply = try command.examine(
          Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter))
      } catch {
        // A daemon that does not answer is what the doctor is for; a device that is not known is the caller's matter.
        guard case .failure(let failure) = error, failure.exit == .noDaemon else { throw error }
        trouble = failure
      }
      let checks = (reply.checks ?? []) + command.ownChecks(version: reply.version, failure: trouble)
      reply.checks = CheckGroup.allCases.flatMap { group in checks.filter { $0.group == group } }
      reply.worst = checks.map(\.verdict).max()
      try command.output.show(reply) { checkText(reply.checks ?? [], $0) }
      if reply.worst == .broken { throw .shown(.failed) }
    })
}

extension Command {
  /// Longer than the daemon gives everything that it asks.
  private static let patience = Duration.seconds(30)

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
