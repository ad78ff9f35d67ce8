internal import Interface
internal import Vocabulary

extension Verb {
  static let powerOff = Verb(
    name: "power-off", summary: "switch a Sony headset off", operands: [.optionalDevice],
    options: [Common.yes, Common.adapter],
    details: "Only its own button switches it on again. On a terminal it asks before, unless told --yes.",
    run: { command throws(EarlyExit) in
      var parameters = Control.HeadsetPowerOffParameters(
        device: command.optionalOperand(0), adapter: command.adapter,
        consent: command.ifGiven(Common.yes))
      if parameters.consent != true, command.context.isInteractive {
        try command.mustAgree("Switch \(displayable(parameters.device ?? "the headset")) off?")
        parameters.consent = true
      }
      let reply = try command.call(Control.headsetPowerOff, parameters)
      try command.output.show(reply) { sentence(reply.device, "is switched off.", $0) }
    })
}
