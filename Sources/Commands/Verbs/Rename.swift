internal import Interface

extension Verb {
  static let rename = Verb(
    name: "rename", summary: "give a device another name on this computer",
    operands: [.device, Operand(name: "NAME", kind: .text)], options: [Common.adapter],
    details: "An empty NAME (\"\") restores the name that the device gives itself.",
    examples: """
      mdrctl rename XM4 "Desk"
      """,
    run: { command throws(EarlyExit) in
      let parameters = Control.RenameParameters(
        device: command.operand(0), adapter: command.adapter, alias: command.operand(1))
      let reply = try command.call(Control.rename, parameters)
      try command.output.show(reply) { "\(reply.device.address) is now called \($0.bold(reply.device.title)).\n" }
    })
}
