internal import Interface

extension Verb {
  static let config = Verb(
    name: "config", summary: "show what mdrctld is configured to, and by which file",
    details: """
      Every key of mdrctl.conf with the value that is in force. What is changed in /etc/mdrctl/mdrctl.conf, or in a file
      NAME.conf in /etc/mdrctl/mdrctl.conf.d, is in force after: sudo systemctl reload mdrctld
      """,
    run: { command throws(EarlyExit) in
      let reply = try command.call(Control.configuration, Control.NoParameters())
      try command.output.show(reply) { configurationText(reply, $0) }
    })
}

func configurationText(_ reply: Control.ConfigurationReply, _ style: Style) -> String {
  let rows = reply.settings.map { setting in
    [
      displayable(setting.group), displayable(setting.key), setting.value.isEmpty ? "-" : displayable(setting.value),
      setting.from,
    ]
  }
  var lines = table([["GROUP", "KEY", "VALUE", "FROM"]] + rows)
  lines[0] = style.faint(lines[0])
  guard let trouble = reply.trouble else { return text(lines) }
  let faults = reply.faults.map { fault in
    let place = fault.line.map { "\(fault.file):\($0)" } ?? fault.file
    return "  \(displayable(place)): \(displayable(fault.message))"
  }
  let hint = trouble.hint.map { ["  \(displayable($0))"] } ?? []
  return text(lines + ["", style.bad(displayable(trouble.message))] + faults + hint)
}

extension ConfigurationEntry {
  fileprivate var from: String {
    switch origin {
    case .byDefault: "default"
    case .file: displayable(place ?? "a file")
    case .environment: "environment: \(displayable(place ?? ""))"
    case .caution: "caution: the configuration is not acceptable"
    }
  }
}
