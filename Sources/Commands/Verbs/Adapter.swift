internal import Interface

extension Verb {
  static let adapterList = Verb(
    name: "adapter list", summary: "list the adapters",
    run: { command throws(EarlyExit) in
      let reply = try command.call(Control.status, Control.NoParameters())
      command.compare(version: reply.version)
      try command.output.show(AdapterList(adapters: reply.adapters)) { adapterText(reply, $0) }
    })

  static let adapterPower = Verb(
    name: "adapter power", summary: "switch an adapter on or off",
    operands: [Operand(name: "STATE", kind: .choice(["on", "off"]))], options: [Common.adapter],
    run: { command throws(EarlyExit) in
      let parameters = Control.PowerParameters(adapter: command.adapter, powered: command.operand(0) == "on")
      let reply = try command.call(Control.power, parameters)
      try command.output.show(reply) { "\($0.bold(displayable(reply.adapter.name))) is \(reply.adapter.state).\n" }
    })

  static let adapterSelect = Verb(
    name: "adapter select", summary: "choose the adapter that is used when none is named",
    operands: [Operand(name: "ADAPTER", kind: .adapter)],
    run: { command throws(EarlyExit) in
      let parameters = Control.SelectAdapterParameters(adapter: command.operand(0))
      let reply = try command.call(Control.selectAdapter, parameters)
      try command.output.show(reply) {
        "\($0.bold(displayable(reply.adapter.name))) is used from now on.\n" + notStoredText(reply.notStored, $0)
      }
    })
}

private struct AdapterList: Encodable {
  let adapters: [Adapter]
}
