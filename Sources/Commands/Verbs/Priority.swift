internal import Interface
internal import Vocabulary

extension Verb {
  private static let tiers = (1...9).map(String.init)
  private static let ofHeadset = ["sound", "connection", "latency"]

  static let priority = Verb(
    name: "priority", summary: "show or set which headset comes first",
    operands: [.optionalDevice, Operand(name: "VALUE", kind: .choice(tiers + ofHeadset), isOptional: true)],
    options: [Common.yes, Common.adapter],
    details: """
      1 to 9 is a tier: headsets of a lower number are called first, and none is called while its equal, or one that comes
      before it, is connected. All are in tier 5 at first; several may share one. What is done when a headset connects
      that comes before the one in use, [Connection] Better says in mdrctl.conf. Without VALUE the tiers are shown.

      sound, connection and latency are a Sony headset's own setting, as "mdrctl settings" shows it: what its connection is
      chosen for. --yes agrees where the headset asks.
      """,
    examples: """
      mdrctl priority
      mdrctl priority XM5 1
      mdrctl priority XM4 sound
      """,
    run: { command throws(EarlyExit) in
      guard let value = command.optionalOperand(1) else { return try showStandings(command) }
      guard let tier = Int(value) else {
        return try command.changeHeadset(Control.HeadsetChangeParameters(setting: .priority, value: value))
      }
      let parameters = Control.SetConnectionParameters(
        device: command.optionalOperand(0), adapter: command.adapter, tier: tier)
      let reply = try command.call(Control.setConnection, parameters)
      try command.output.show(reply) {
        let owner = reply.device.standing?.user.map { " of \(displayable($0))" } ?? ""
        return sentence(reply.device, "is in tier \(tier)\(owner).", $0) + notStoredText(reply.notStored, $0)
      }
    })
}
