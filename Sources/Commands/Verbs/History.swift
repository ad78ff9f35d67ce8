internal import Interface

/// What `history` alone takes.
private enum Options {
  private static let time = ValueForm(name: "TIME", kind: .moment)
  static let since = Setting<Moment>(
    "since", value: time, "from when on: 10m, 14:03, yesterday or a date; 24 hours without"
  ) { text throws(EarlyExit) in try Moment(text) }
  static let until = Setting<Moment>("until", value: time, "until when, written alike; now without") {
    text throws(EarlyExit) in try Moment(text)
  }
}

extension Verb {
  static let history = Verb(
    name: "history", summary: "tell what happened, and what mdrctld did by itself and why",
    operands: [.optionalDevice], options: [Options.since, Options.until, Common.adapter],
    details: """
      What users asked for, what mdrctld decided, what BlueZ refused, why links ended, how the sound changed, what was found
      wrong with a bond, and when adapters and bluetoothd came and went; with DEVICE only what concerns that headset and
      the computer. TIME is a time ago (90s, 10m, 2h, 3d, 1w), a time of day (14:03: the last time that it was so late),
      today, yesterday, or a date (2026-11-29, 2026-11-29T14:03:00; with Z in UTC).

      No key, PIN or passkey is recorded, and of devices that are not bonded here neither name nor address. Whoever may
      control sees everything; others see what they asked for, the adapters and bluetoothd. With --json it is an object for
      each event. How much is kept, [History] Size in mdrctl.conf says.
      """,
    examples: """
      mdrctl history --since 10m
      mdrctl history XM4 --since yesterday --until 14:03
      mdrctl --json history | jq -r 'select(.kind == "refused") | .evidence'
      """,
    run: { command throws(EarlyExit) in
      let now = command.context.now()
      let since = (command[Options.since] ?? .ago(86_400)).milliseconds(at: now)
      // The whole of the second that was named.
      let until = command[Options.until].map { $0.milliseconds(at: now) + 999 }
      if let until, until < since {
        throw .usage("The time of --until is before that of --since.", hint: "Usage: \(command.invocation.verb.usage)")
      }
      let told = try command.history(
        Control.HistoryParameters(
          device: command.optionalOperand(0), adapter: command.adapter, since: since, until: until))
      if command.output.isJSON {
        for event in told.events { try command.output.show(event) { _ in "" } }
      } else {
        try command.output.show(text: historyText(told.events, since: since, command.output.style))
      }
      if let damaged = told.damaged {
        command.output.remark("\(damaged) lines of the record could not be read, and were left out")
      }
      if let trouble = told.trouble {
        let words = [trouble.message, trouble.hint].compactMap { $0.map(displayable) }
        command.output.remark(words.joined(separator: " "))
      }
    })
}

extension Command {
  /// What happened, the oldest first: all parts of it that the daemon tells.
  func history(_ wanted: Control.HistoryParameters) throws(EarlyExit) -> Control.HistoryReply {
    var parameters = wanted
    var (events, damaged): ([HistoryEvent], Int) = ([], 0)
    while true {
      let reply = try call(Control.history, parameters)
      events += reply.events
      damaged += reply.damaged ?? 0
      // A daemon that sends the same again would be asked for ever.
      guard let before = reply.before, before != parameters.before else {
        return Control.HistoryReply(
          events: events.reversed(), damaged: damaged == 0 ? nil : damaged, trouble: reply.trouble)
      }
      parameters.before = before
    }
  }
}
