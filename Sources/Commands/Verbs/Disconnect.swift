internal import Interface

extension Verb {
  static let disconnect = Verb(
    name: "disconnect", summary: "disconnect a device", operands: [.optionalDevice], options: [Common.adapter],
    run: { command throws(EarlyExit) in
      let parameters = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
      try command.operate(Control.disconnect, parameters) { sentence($0.device, "is disconnected.", $1) }
    })
}
