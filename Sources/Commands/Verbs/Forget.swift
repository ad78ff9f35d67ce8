internal import Interface
internal import Vocabulary

/// What `forget` alone takes.
private enum Options {
  static let resetCache = Flag("reset-cache", "also what this computer keeps of it below BlueZ")
  static let bothSides = Flag("both-sides", "have a Sony headset forget this computer, too")
  static let powerCycle = Flag("power-cycle", "switch the adapter off and on afterwards")
}

extension Verb {
  static let forget = Verb(
    name: "forget", summary: "remove a device, its low-energy twin and their keys from BlueZ", operands: [.device],
    options: [
      Options.resetCache, Options.powerCycle, Options.bothSides, Common.force, Common.dryRun, Common.yes,
      Common.adapter,
    ],
    details: """
      It is disconnected first, and mdrctl makes sure that it is gone. On a terminal it asks before, unless told --yes.
      Ctrl-C does not stop the removal. What is wished of it (autoconnect, priority, profile, codec --prefer) and its backups
      are kept for when it is paired again.

      --reset-cache also removes what is kept of it below BlueZ, and shows what was found and removed, layer by layer.
      --power-cycle switches the adapter off and on afterwards, which empties its memory; not while other devices are
      connected, unless told --force.

      --both-sides first has the headset forget this computer, while it is connected and can be told; where it lists no
      such function, or its control channel cannot be had, that is said and nothing is done. That it works is unproven: no
      capture of a real headset shows it. --dry-run says what would be done and what there is, and changes nothing.
      """,
    examples: """
      mdrctl forget XM4
      mdrctl forget XM4 --reset-cache --dry-run
      mdrctl forget XM6 --both-sides
      """,
    farewell: "stopped waiting; mdrctld goes on with the removal",
    run: { command throws(EarlyExit) in
      let output = command.output
      if command[Common.force], !command[Options.powerCycle] {
        throw .usage("--force is only for --power-cycle.", hint: "Usage: \(command.invocation.verb.usage)")
      }
      var parameters = Control.ForgetParameters(
        device: command.operand(0), adapter: command.adapter, resetCache: command.ifGiven(Options.resetCache),
        powerCycle: command.ifGiven(Options.powerCycle), force: command.ifGiven(Common.force),
        bothSides: command.ifGiven(Options.bothSides))
      if command[Common.dryRun] {
        let plan = try command.call(Control.planForget, parameters)
        return try output.show(plan) { planText(plan, $0) }
      }
      if !command[Common.yes], command.context.isInteractive { try askToForget(&parameters, command) }
      let isComplete = command[Options.resetCache] || output.isVerbose
      try command.operate(Control.forget, parameters) { forgetText($0, isComplete: isComplete, $1) }
    })
}

/// Asks, and makes sure that what is forgotten is what was asked about.
private func askToForget(_ parameters: inout Control.ForgetParameters, _ command: Command) throws(EarlyExit) {
  var title = displayable(parameters.device)
  do throws(EarlyExit) {
    let wanted = Control.DeviceParameters(device: parameters.device, adapter: parameters.adapter)
    let device = try command.call(Control.show, wanted).device
    title = device.title
    // Without the adapter that was not named: of two bonds of one headset mdrctld takes neither.
    parameters.device = device.address
  } catch {
    // Of a device that BlueZ does not know there may still be something below BlueZ.
    guard case .failure(let failure) = error, failure.code == ErrorCode.deviceNotFound.rawValue else { throw error }
  }
  let both = parameters.bothSides == true
  try command.mustAgree(both ? "Forget \(title), and have it forget this computer?" : "Forget \(title)?")
}

func forgetText(_ reply: Control.OperationReply, isComplete: Bool, _ style: Style) -> String {
  let removed = reply.removed ?? []
  return (removed.isEmpty ? "Done.\n" : removed.map { sentence($0, "is removed.", style) }.joined())
    + sideText(reply.headsetSide) + removalText(reply.layers, isComplete: isComplete, style)
}

private func sideText(_ side: HeadsetSide?) -> String {
  switch side {
  case nil: ""
  case .removed: "  The headset says that it has forgotten this computer.\n"
  case .absent: "  The headset did not list this computer.\n"
  case .unknown:
    "  The headset was told to forget this computer, and did not say that it has; look at its own list of devices.\n"
  }
}
