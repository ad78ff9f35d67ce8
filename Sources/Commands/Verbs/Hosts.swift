internal import Interface
internal import Vocabulary

extension Verb {
  static let hosts = Verb(
    name: "hosts", summary: "show the hosts that a Sony headset is paired with",
    operands: [.optionalDevice], options: [Common.adapter],
    details: """
      As the headset itself lists them, with their addresses: mind where you show it. Many models do not list them. For
      headsets of the second generation no capture proves that the list is read aright; docs/sony.md says how to send one.
      """,
    run: { command throws(EarlyExit) in
      let parameters = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
      let reply = try command.call(Control.headsetHosts, parameters)
      try command.output.show(reply) { hostsText(reply, $0) }
    })
}

private func hostsText(_ reply: Control.HeadsetHostsReply, _ style: Style) -> String {
  guard !reply.hosts.isEmpty else { return sentence(reply.device, "lists no host.", style) }
  let rows = reply.hosts.map { host in
    var words = [host.connected ? "connected" : "paired"]
    if host.playing { words.append("has the sound") }
    if host.own { words.append("this computer") }
    return [title(of: host.name ?? "", at: host.address), displayable(host.address), commas(words)]
  }
  var text = ""
  for (number, line) in table([["HOST", "ADDRESS", "STATE"]] + rows).enumerated() {
    text += (number == 0 ? style.faint(line) : line) + "\n"
  }
  return text + (reply.reading == .unproven ? "  That this is read aright is unproven.\n" : "")
}
