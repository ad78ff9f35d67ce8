internal import Interface

extension Verb {
  static let take = Verb(
    name: "take", summary: "connect a headset here now, and let the others here go", operands: [.optionalDevice],
    options: [Common.adapter, Common.timeout, restartSound],
    details: """
      As connect, whatever the headset was left alone for; once it is connected, the other headsets of this computer are
      disconnected, so that it has the sound.
      """,
    examples: """
      mdrctl take XM5
      """,
    farewell: "stopped; mdrctld cancels the attempt",
    run: { command throws(EarlyExit) in
      let parameters = Control.ConnectParameters(
        device: command.optionalOperand(0), adapter: command.adapter, timeout: command[Common.timeout],
        restartSound: command[restartSound] ? true : nil)
      try command.operate(Control.take, parameters) { proofText($0, otherwise: "connected", $1) }
    })
}
