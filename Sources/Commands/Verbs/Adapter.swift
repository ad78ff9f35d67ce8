internal import Interface
internal import Vocabulary

/// What `adapter power` alone takes.
private enum Options {
  static let unblock = Flag("unblock", "with on: take the block of its rfkill switch away first")
}

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
    operands: [Operand(name: "STATE", kind: .choice(["on", "off"]))], options: [Options.unblock, Common.adapter],
    details: """
      An rfkill switch keeps an adapter off whatever Bluetooth's own programs want; a key for aeroplanes and power savers set
      it. --unblock takes its block away, which whoever sits at the computer may, and root. One that only a hand can move
      it leaves alone, and says so.
      """,
    examples: """
      mdrctl adapter power on
      mdrctl adapter power on --unblock
      """,
    run: { command throws(EarlyExit) in
      let isOn = command.operand(0) == "on"
      if command[Options.unblock] {
        guard isOn else { throw .usage("\"--unblock\" goes with \"on\" only.") }
        try command.unblock()
      }
      let parameters = Control.PowerParameters(adapter: command.adapter, powered: isOn)
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

extension Command {
  /// Takes the block of the adapter that is meant away, where it has one.
  fileprivate func unblock() throws(EarlyExit) {
    let adapters = try call(Control.status, Control.NoParameters()).adapters
    let meant = adapters.filter { adapter in
      guard let wanted = self.adapter else { return adapter.selected || adapters.count == 1 }
      return adapter.name == wanted || Address(written: wanted)?.description == adapter.address
    }
    for name in meant.filter(\.blocked).map(\.name) {
      do throws(RfkillSwitch.Obstacle) { try context.unblock(name) } catch { throw .failure(.blocked(name, error)) }
    }
  }
}

extension Failure {
  fileprivate static func blocked(_ adapter: String, _ obstacle: RfkillSwitch.Obstacle) -> Failure {
    func made(_ code: ErrorCode, _ message: String, _ evidence: String?, _ hint: String) -> Failure {
      Failure(code: code.rawValue, message: message, evidence: evidence, hint: hint, exit: code.exitCode)
    }
    return switch obstacle {
    case .missing:
      made(
        .adapterBlocked, "The rfkill switch of \(adapter) is not to be seen.", nil, "Look at: rfkill list bluetooth.")
    case .hard:
      made(
        .adapterBlocked, "A switch of the computer itself blocks \(adapter).", "Its rfkill switch is blocked hard.",
        "Use the computer's wireless switch or key, or its firmware's setup.")
    case .refused(let reason):
      made(
        .notAuthorized, "The rfkill switch of \(adapter) cannot be set.", reason,
        "sudo mdrctl adapter power on --unblock --adapter \(adapter)")
    }
  }
}
