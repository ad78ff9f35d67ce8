internal import Interface

/// What `take` alone takes.
private enum Options {
  static let from = Setting<String>(
    "from", value: ValueForm(name: "HOST", kind: .text),
    "have this computer let it go first, by ssh: HOST or USER@HOST", meaning: sshHost)
}

extension Verb {
  static let take = Verb(
    name: "take", summary: "connect a headset here now, and let the others here go", operands: [.optionalDevice],
    options: [Options.from, Common.adapter, Common.timeout, restartSound],
    details: """
      As connect, whatever the headset was left alone for; once it is connected, the other headsets of this computer are
      disconnected, so that it has the sound.

      With --from the computer HOST lets it go first, by ssh and the mdrctl there. When it cannot be connected here within
      a few seconds HOST takes it back, also when it is cut off from this computer or mdrctl is killed: nobody has the
      headset for at most some ten seconds. --timeout can only shorten that. "mdrctl send" is the same from the other end. Who
      may control is decided at each end; -H has more about ssh.
      """,
    examples: """
      mdrctl take XM5
      mdrctl take XM5 --from desk
      """,
    farewell: "stopped; mdrctld cancels the attempt",
    run: { command throws(EarlyExit) in
      if let host = command[Options.from] {
        guard !command[restartSound] else {
          throw .usage(
            "It is --from or --restart-sound, not both.", hint: "Restarting takes longer than a hand-over may.")
        }
        guard command[Common.timeout] != 0 else { throw .usage("With --from there is a time to connect it in.") }
        return try HandOver.take(from: host, command)
      }
      let parameters = Control.ConnectParameters(
        device: command.optionalOperand(0), adapter: command.adapter, timeout: command[Common.timeout],
        restartSound: command[restartSound] ? true : nil)
      try command.operate(Control.take, parameters) { proofText($0, otherwise: "connected", $1) }
    })
}
