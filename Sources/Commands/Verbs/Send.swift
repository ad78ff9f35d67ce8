internal import Interface

/// What `send` alone takes.
private enum Options {
  static let to = Setting<String>(
    "to", value: ValueForm(name: "HOST", kind: .text), isNeeded: true,
    "the computer, as ssh takes it: HOST or USER@HOST", meaning: sshHost)
}

extension Verb {
  static let send = Verb(
    name: "send", summary: "hand a headset over to another computer", operands: [.optionalDevice],
    options: [Options.to, Common.adapter],
    details: """
      The headset is let go here and connected on the other computer, by ssh and the mdrctl there; both must be paired with
      it. When that fails this computer takes it back, also when it is cut off from the other one or mdrctl is killed:
      nobody has the headset for at most some ten seconds. "mdrctl take --from" is the same from the other end. Who may
      control is decided at each end; -H has more about ssh.
      """,
    examples: """
      mdrctl send --to desk
      mdrctl send XM4 --to anna@desk
      """,
    farewell: "stopped",
    run: { command throws(EarlyExit) in try HandOver.send(to: command.needed(Options.to), command) })
}
