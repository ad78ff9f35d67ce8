internal import Interface

extension Verb {
  static let connect = Verb(
    name: "connect", summary: "connect a paired device and its audio", operands: [.optionalDevice],
    options: [Common.adapter, Common.timeout],
    farewell: "stopped; mdrctld cancels the attempt",
    run: { command throws(EarlyExit) in
      let parameters = Control.ConnectParameters(
        device: command.optionalOperand(0), adapter: command.adapter, timeout: command[Common.timeout])
      try command.operate(Control.connect, parameters) { proofText($0, otherwise: "connected", $1) }
    })
}
