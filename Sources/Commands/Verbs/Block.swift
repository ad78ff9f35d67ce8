internal import Interface

extension Verb {
  static let block = Verb(
    name: "block", summary: "keep this computer off a device", operands: [.device], options: [Common.adapter],
    details: "It is disconnected, not called any more, and its own calls are refused. It stays paired.",
    run: { command throws(EarlyExit) in try setBlocked(true, command) })

  static let unblock = Verb(
    name: "unblock", summary: "do not keep this computer off a device any more", operands: [.device],
    options: [Common.adapter],
    run: { command throws(EarlyExit) in try setBlocked(false, command) })
}

private func setBlocked(_ blocked: Bool, _ command: Command) throws(EarlyExit) {
  let parameters = Control.BlockParameters(device: command.operand(0), adapter: command.adapter, blocked: blocked)
  let reply = try command.call(Control.block, parameters)
  try command.output.show(reply) {
    sentence(reply.device, blocked ? "is blocked: this computer keeps off it." : "is not blocked any more.", $0)
  }
}
