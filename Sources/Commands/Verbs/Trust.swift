internal import Interface

extension Verb {
  static let trust = Verb(
    name: "trust", summary: "let a device connect by itself", operands: [.optionalDevice], options: [Common.adapter],
    run: { command throws(EarlyExit) in try setTrust(true, command) })

  static let untrust = Verb(
    name: "untrust", summary: "do not let a device connect by itself any more", operands: [.optionalDevice],
    options: [Common.adapter],
    run: { command throws(EarlyExit) in try setTrust(false, command) })
}

private func setTrust(_ trusted: Bool, _ command: Command) throws(EarlyExit) {
  let parameters = Control.TrustParameters(
    device: command.optionalOperand(0), adapter: command.adapter, trusted: trusted)
  let reply = try command.call(Control.trust, parameters)
  try command.output.show(reply) {
    sentence(reply.device, trusted ? "is trusted: it may connect by itself." : "is not trusted any more.", $0)
  }
}
