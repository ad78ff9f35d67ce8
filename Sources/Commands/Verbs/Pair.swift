internal import Interface

extension Verb {
  static let pair = Verb(
    name: "pair", summary: "pair a headset in pairing mode, trust it and connect it",
    operands: [.optionalDevice],
    options: [Common.adapter, Common.timeout, Common.yes, Common.ask],
    details: """
      Put the headset into pairing mode first. Without DEVICE, the only headset in pairing mode is taken; with a name,
      one that is not paired yet. --timeout says how long to look for it (60 seconds
      otherwise, unless mdrctl config says so; 5 at least).

      Headsets seldom ask anything. Where one does, --yes accepts a comparison of passkeys unseen, and --ask asks on
      this terminal; otherwise the pairing fails with exit code 4. Ctrl-C cancels the pairing.
      """,
    examples: """
      mdrctl pair
      mdrctl pair WH-1000XM4 --timeout 30
      mdrctl pair 94:DB:56:00:00:01
      """,
    farewell: "stopped; mdrctld cancels the pairing",
    run: { command throws(EarlyExit) in
      let mayAsk = try command.mayAsk(without: "Without one, --yes accepts a comparison of passkeys.")
      let parameters = Control.PairParameters(
        device: command.optionalOperand(0), adapter: command.adapter, timeout: command[Common.timeout],
        confirm: command.ifGiven(Common.yes), ask: mayAsk ? true : nil)
      try command.operate(
        Control.pair, parameters, answering: { question throws(EarlyExit) in try command.answer(question) },
        { proofText($0, otherwise: "paired", $1) })
    })
}
