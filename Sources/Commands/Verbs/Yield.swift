internal import Interface

/// What `yield` alone takes.
private enum Options {
  static let time = Setting<Int>(
    "for", value: ValueForm(name: "TIME", kind: .text), "how long: 90s, 10m or 2h; until it is taken back without",
    meaning: span)
}

extension Verb {
  static let yield = Verb(
    name: "yield", summary: "let a headset go, so that another host can have it", operands: [.optionalDevice],
    options: [Options.time, Common.adapter],
    details: """
      It is disconnected and not called, also not at a login, until the time is over, somebody connects it here, or it
      calls by itself. When the time is over it is called again.
      """,
    examples: """
      mdrctl yield --for 10m
      mdrctl yield XM4
      """,
    farewell: "stopped waiting; mdrctld goes on with it",
    run: { command throws(EarlyExit) in
      let time = command[Options.time]
      let parameters = Control.YieldParameters(
        device: command.optionalOperand(0), adapter: command.adapter, time: time)
      try command.operate(Control.yield, parameters) { reply, style in
        guard let device = reply.device else { return "" }
        let end = time.map { "for \(spanText($0))" } ?? "until it is taken back"
        return sentence(device, "is let go \(end).", style) + notStoredText(reply.notStored, style)
      }
    })
}

/// "90", "90s", "10m" or "2h", in milliseconds.
private func span(_ text: String) throws(EarlyExit) -> Int {
  let units: [UInt8: Int] = [UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600]
  let unit = text.utf8.last.flatMap { units[$0] } ?? 1
  let digits = text.utf8.last.flatMap { units[$0] } == nil ? text.utf8[...] : text.utf8.dropLast()
  guard (1...5).contains(digits.count),
    digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(String(digits) ?? ""),
    (1...86_400).contains(number * unit)
  else {
    throw .usage(
      "\"\(displayable(text))\" is no time to let a headset go for.",
      hint: "It is a whole number with its unit, such as 90s, 10m or 2h, at most 24h.")
  }
  return number * unit * 1000
}

private func spanText(_ milliseconds: Int) -> String {
  let seconds = milliseconds / 1000
  if seconds % 3600 == 0 { return "\(seconds / 3600) h" }
  return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
}
