internal import Interface
internal import Vocabulary

extension Verb {
  static let autoconnect = Verb(
    name: "autoconnect", summary: "show or set whether mdrctld connects a headset by itself",
    operands: [.optionalDevice, Operand(name: "VALUE", kind: .choice(["on", "off"]), isOptional: true)],
    options: [Common.adapter],
    details: """
      On, as it is at first, a headset is called at a login, when the adapter, bluetoothd or the sound server is back, after
      the computer has slept, and when it went out of range: then after three minutes, in which bluetoothd itself calls
      it, and with growing pauses for two hours. One that was disconnected by hand, that hung up or refused is left alone;
      until when, [Connection] Remember says in mdrctl.conf. Off, it is never called; it may still call, which "mdrctl
      untrust" ends.

      Who sets it in a login session sets his own, which holds for his sessions; root, and who has no session, sets it for
      everybody. Without VALUE it shows what was decided last for each headset, and what comes next.
      """,
    examples: """
      mdrctl autoconnect
      mdrctl autoconnect XM4 off
      """,
    run: { command throws(EarlyExit) in
      guard let value = command.optionalOperand(1) else { return try showStandings(command) }
      let parameters = Control.SetConnectionParameters(
        device: command.optionalOperand(0), adapter: command.adapter, autoConnect: value == "on")
      let reply = try command.call(Control.setConnection, parameters)
      try command.output.show(reply) {
        sentence(reply.device, value == "on" ? "is connected by itself." : "is not connected by itself.", $0)
          + (reply.device.standing.map { "  \(displayable($0.message))\n" } ?? "")
          + notStoredText(reply.notStored, $0)
      }
    })
}

/// Of one headset, or of all in their order.
func showStandings(_ command: Command) throws(EarlyExit) {
  if let device = command.optionalOperand(0) {
    let reply = try command.call(Control.show, Control.DeviceParameters(device: device, adapter: command.adapter))
    return try command.output.show(reply) { standingTable([reply.device], $0) }
  }
  let reply = try command.call(Control.list, Control.ListParameters(adapter: command.adapter))
  try command.output.show(reply) { standingTable(reply.devices, $0) }
}
