internal import Interface
internal import Vocabulary

private let file = Operand(name: "FILE", kind: .file, isOptional: true)

extension Verb {
  static let policyExport = Verb(
    name: "policy export", summary: "write down what you wish of headsets, for another computer",
    operands: [file], options: [Common.force, Common.adapter],
    details: """
      Of every headset of which something was wished: whether it is called by itself (autoconnect), its tier (priority), how
      its sound is to be (profile), and which codec is best (codec --prefer). They are your own wishes where you have a login
      session and any, otherwise everybody's, and so are root's; those of other users are their own to carry. FILE is
      written as JSON, with the addresses and names of the headsets; --force replaces one that is there. Without FILE it is
      the standard output.

      No pairing is carried: a headset is paired with each computer by itself.
      """,
    examples: """
      mdrctl policy export wishes.json
      mdrctl policy export | mdrctl -H desk policy import --yes
      """,
    run: { command throws(EarlyExit) in
      let policy = try command.call(Control.exportPolicy, .init(adapter: command.adapter))
      let text = PolicyFile.text(policy)
      guard let path = command.optionalOperand(0) else { return try command.output.show(policy) { _ in text } }
      try NewFile.write(Array(text.utf8), to: path, replaces: command[Common.force])
      let devices = policy.devices.count
      try command.output.show(policy) { _ in
        "The wishes of \(devices) device\(devices == 1 ? "" : "s") are written to \(displayable(path)).\n"
      }
    })

  static let policyImport = Verb(
    name: "policy import", summary: "take over what was wished of headsets on another computer",
    operands: [file], options: [Common.yes, Common.dryRun, Common.adapter],
    details: """
      FILE is what "policy export" wrote; without it the standard input is read. First it shows what would change, what is so
      already, and what cannot be taken over and why. On a terminal it asks then, unless told --yes; elsewhere it needs
      --yes, and exits with 4 without. --dry-run does no more than show.

      The wishes become your own where you have a login session, otherwise everybody's. They are for the adapter that is used
      here, or the one of -a; the address of the other computer's adapter plays no part. A headset need not be paired yet.
      What the file does not name stays. A file that is not whole, or of a newer version, changes nothing.
      """,
    examples: """
      mdrctl policy import wishes.json --dry-run
      mdrctl policy import wishes.json
      """,
    farewell: "stopped waiting; mdrctld goes on with it",
    run: { command throws(EarlyExit) in
      let path = command.optionalOperand(0)
      guard path != nil || !command.context.inputIsTerminal else {
        throw .usage("\"policy import\" needs a FILE, or one at its standard input.", hint: "mdrctl help policy import")
      }
      let devices = try PolicyFile.read(path, by: command)
      let parameters = Control.ImportPolicyParameters(adapter: command.adapter, devices: devices)
      if command[Common.dryRun] || !command[Common.yes] {
        let plan = try command.call(Control.planImportPolicy, parameters)
        try command.output.show(plan) { importText(plan, isPlan: true, $0) }
        guard !command[Common.dryRun], plan.steps.contains(where: { $0.state == .planned }) else { return }
        guard command.context.isInteractive else {
          throw .failure(
            Failure(
              code: ErrorCode.needsConsent.rawValue, message: "Nothing was changed: nobody has agreed to it.",
              hint: "Agree with --yes.", exit: ErrorCode.needsConsent.exitCode))
        }
        try command.mustAgree("Do this?")
      }
      let reply = try command.call(Control.importPolicy, parameters)
      try command.output.show(reply) { importText(reply, isPlan: false, $0) }
    })
}
