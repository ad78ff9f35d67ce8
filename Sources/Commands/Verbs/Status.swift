internal import Interface

extension Verb {
  static let status = Verb(
    name: "status", summary: "show mdrctld, the adapters and the headsets in use",
    details: "Also what mdrctl does without a verb. Devices that are paired or connected are shown.",
    run: { command throws(Stop) in
      let reply: Control.StatusReply = try command.call(.status, Control.NoParameters())
      command.compare(version: reply.version)
      try command.output.show(reply) { statusText(reply, $0) }
    })
}

func statusText(_ reply: Control.StatusReply, _ style: Style) -> String {
  let daemon = "mdrctld \(displayable(reply.version))"
  guard reply.bluez else {
    return "\(daemon)\n" + style.bad("bluetoothd is not running.") + " Start it: systemctl start bluetooth\n"
  }
  let bluez = reply.bluezVersion.map { " with BlueZ \(displayable($0))" } ?? ""
  return "\(daemon)\(bluez)\n" + table(reply.adapters) + "\n"
    + table(reply.devices, style, none: "No device is paired or connected.")
}
