internal import Interface
internal import Vocabulary

extension Verb {
  static let fix = Verb(
    name: "fix", summary: "bring a headset back, from the gentlest means to the last", operands: [.device],
    options: [Common.yes, Common.ask, Common.dryRun, Common.force, Common.timeout, Common.adapter],
    details: """
      It looks at what is wrong, and then tries one thing after the other until the headset is connected and sounds:
      its audio profile anew; connecting it anew; a restart, which you do; pairing it anew; its factory settings, which
      you set. It says before each what it does and costs, and leaves out what cannot help. --dry-run shows the ladder for
      what is wrong now. --timeout says how long you may take at the headset (120 seconds otherwise, unless mdrctl config
      says so; 5 at least).

      Pairing it anew deletes this computer's pairing, so somebody must agree: --yes agrees at once, and to a comparison
      of passkeys too; --ask asks on this terminal when it comes to that. Without either it ends there, with 4. Nothing
      agrees to anything at the headset: what is done there, you do. The factory settings are advised at most three times
      in 24 hours and ten minutes apart, unless told --force. Ctrl-C stops it; run it again to go on.
      """,
    examples: """
      mdrctl fix XM4 --dry-run
      mdrctl fix XM4 --yes
      """,
    farewell: "stopped; run it again to go on",
    run: { command throws(EarlyExit) in
      let mayAsk = try command.mayAsk(without: "Without one, --yes agrees to what --dry-run shows.")
      var parameters = Control.FixParameters(
        device: command.operand(0), adapter: command.adapter, timeout: command[Common.timeout],
        force: command.ifGiven(Common.force))
      if command[Common.dryRun] {
        let wanted = Control.PlanFixParameters(
          device: parameters.device, adapter: parameters.adapter, force: parameters.force)
        let plan = try command.call(Control.planFix, wanted)
        return try command.output.show(plan) { ladderText(plan.ladder ?? [], $0) }
      }
      if command[Common.yes] { (parameters.consent, parameters.confirm) = (true, true) }
      do throws(EarlyExit) { try climb(parameters, command) } catch {
        guard mayAsk, parameters.consent != true, case .failure(let failure) = error,
          failure.code == ErrorCode.needsConsent.rawValue
        else { throw error }
        command.output.remark(displayable(failure.message))
        if let evidence = failure.evidence { command.output.remark(displayable(evidence)) }
        try command.mustAgree("Delete this computer's pairing, and pair it anew?")
        (parameters.consent, parameters.ask) = (true, true)
        try climb(parameters, command)
      }
    })
}

private func climb(_ parameters: Control.FixParameters, _ command: Command) throws(EarlyExit) {
  try command.operate(
    Control.fix, parameters, answering: { question throws(EarlyExit) in try command.answer(question) },
    { reply, style in
      proofText(reply, otherwise: "connected", style) + cureText(reply.ladder ?? [], style)
        + removalText(reply.layers, isComplete: style.isVerbose, style)
    })
}
