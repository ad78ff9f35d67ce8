internal import Interface

extension Verb {
  static let forget = Verb(
    name: "forget", summary: "remove a device, its low-energy twin and their keys from BlueZ", operands: [.device],
    options: [.adapter],
    details: "It is disconnected first, and mdrctl makes sure that it is gone. Ctrl-C does not stop the removal.",
    farewell: "stopped waiting; mdrctld goes on with the removal",
    run: { command throws(Stop) in
      let parameters = Control.DeviceParameters(device: command.operand(0), adapter: command.adapter)
      try command.operate(.forget, parameters) { forgetText($0, $1) }
    })
}

func forgetText(_ reply: Control.OperationReply, _ style: Style) -> String {
  let removed = reply.removed ?? []
  return removed.isEmpty ? "Done.\n" : removed.map { sentence($0, "is removed.", style) }.joined()
}
