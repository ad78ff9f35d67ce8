internal import Interface
internal import Vocabulary

/// What `forget` alone takes.
private enum Options {
  static let resetCache = Flag("reset-cache", "also what this computer keeps of it below BlueZ")
  static let powerCycle = Flag("power-cycle", "switch the adapter off and on afterwards")
}

extension Verb {
  static let forget = Verb(
    name: "forget", summary: "remove a device, its low-energy twin and their keys from BlueZ", operands: [.device],
    options: [
      Options.resetCache, Options.powerCycle, Common.force, Common.dryRun, Common.yes, Common.adapter,
    ],
    details: """
      It is disconnected first, and mdrctl makes sure that it is gone. On a terminal it asks before, unless told --yes.
      Ctrl-C does not stop the removal.

      --reset-cache also removes what is kept of it below BlueZ, and shows what was found and removed, layer by layer.
      --power-cycle switches the adapter off and on afterwards, which empties its memory; not while other devices are
      connected, unless told --force. --dry-run says what would be done and what there is, and changes nothing.
      """,
    examples: """
      mdrctl forget XM4
      mdrctl forget XM4 --reset-cache --dry-run
      """,
    farewell: "stopped waiting; mdrctld goes on with the removal",
    run: { command throws(EarlyExit) in
      let output = command.output
      if command[Common.force], !command[Options.powerCycle] {
        throw .usage("--force is only for --power-cycle.", hint: "Usage: \(command.invocation.verb.usage)")
      }
      var parameters = Control.ForgetParameters(
        device: command.operand(0), adapter: command.adapter, resetCache: command.ifGiven(Options.resetCache),
        powerCycle: command.ifGiven(Options.powerCycle), force: command.ifGiven(Common.force))
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
  try command.mustAgree("Forget \(title)?")
}

func forgetText(_ reply: Control.OperationReply, isComplete: Bool, _ style: Style) -> String {
  let removed = reply.removed ?? []
  return (removed.isEmpty ? "Done.\n" : removed.map { sentence($0, "is removed.", style) }.joined())
    + removalText(reply.layers, isComplete: isComplete, style)
}
