internal import Interface

extension Verb {
  static let status = Verb(
    name: "status", summary: "show mdrctld, the adapters and the headsets in use",
    details: "Also what mdrctl does without a verb. Devices that are paired or connected are shown.",
    examples: """
      mdrctl
      mdrctl --json status | jq -r '.devices[] | select(.connected) | .alias'
      """,
    run: { command throws(EarlyExit) in
      let reply = try command.call(Control.status, Control.NoParameters())
      command.compare(version: reply.version)
      let now = command.context.now()
      try command.output.show(reply) { statusText(reply, now: now, $0) }
    })
}

func statusText(_ reply: Control.StatusReply, now: Int, _ style: Style) -> String {
  let daemon = "mdrctld \(displayable(reply.version))"
  let configuration =
    (reply.access.map { accessText($0, style) } ?? "")
    + (reply.configuration.map { troubleText($0, style) + "\n" } ?? "")
  guard reply.bluez else {
    let trouble = reply.trouble.map { troubleText($0, style) }
    let usual = style.bad("bluetoothd is not running.") + " Start it: systemctl start bluetooth\n"
    return "\(daemon)\n" + configuration + (trouble ?? usual) + leftoverText(reply, style)
  }
  let bluez = reply.bluezVersion.map { " with BlueZ \(displayable($0))" } ?? ""
  return "\(daemon)\(bluez)\n" + configuration + adapterText(reply, style) + "\n"
    + table(reply.devices, of: reply.adapters.map(\.name), now: now, style, none: "No device is paired or connected.")
    + verdictText(reply.devices, now: now, style) + leftoverText(reply, style)
}

/// Who asks, and what that allows him.
private func accessText(_ access: Access, _ style: Style) -> String {
  guard !access.control else { return style.faint(displayable(access.message)) + "\n" }
  return displayable(access.message) + "\n" + (access.hint.map { "  \(displayable($0))\n" } ?? "")
}

/// The adapters, or why there is none.
func adapterText(_ reply: Control.StatusReply, _ style: Style) -> String {
  reply.trouble.map { troubleText($0, style) } ?? table(reply.adapters)
}

/// What keeps something from working: what it is, what it was seen by, and what to do.
private func troubleText(_ trouble: Trouble, _ style: Style) -> String {
  style.bad(displayable(trouble.message)) + "\n"
    + [trouble.evidence, trouble.hint].compactMap { $0.map { "  \(displayable($0))\n" } }.joined()
}

/// What has gone, and what is to be finished: below everything else, and only when there is something.
private func leftoverText(_ reply: Control.StatusReply, _ style: Style) -> String {
  var text = ""
  if let lost = reply.lost, !lost.isEmpty {
    text += "\n" + style.bad("No longer paired, although nobody forgot them:") + "\n"
    for device in lost {
      text += "  \(style.bold(device.title)) (\(displayable(device.address)))"
      text += device.verdict.map { ": \(displayable($0.message))\n    \(displayable($0.hint))" } ?? ""
      text += "\n"
    }
  }
  if let unfinished = reply.unfinished, !unfinished.isEmpty {
    text += "\n" + style.bad("Begun and not finished:") + "\n"
    for removal in unfinished {
      text += "  \(removal.operation.title) \(style.bold(removal.title)) (\(displayable(removal.address))): "
      text += "\(displayable(removal.message))\n    \(displayable(removal.hint))\n"
    }
  }
  return text
}
