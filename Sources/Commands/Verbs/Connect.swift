internal import Interface

/// Of `connect` and `take`.
let restartSound = Flag(
  "restart-sound", "where no sound server has registered with BlueZ, have the session restart its own")

extension Verb {
  static let connect = Verb(
    name: "connect", summary: "connect a paired device and its audio", operands: [.optionalDevice],
    options: [Common.adapter, Common.timeout, restartSound],
    farewell: "stopped; mdrctld cancels the attempt",
    run: { command throws(EarlyExit) in
      let parameters = Control.ConnectParameters(
        device: command.optionalOperand(0), adapter: command.adapter, timeout: command[Common.timeout],
        restartSound: command[restartSound] ? true : nil)
      try command.operate(Control.connect, parameters) { proofText($0, otherwise: "connected", $1) }
    })
}
