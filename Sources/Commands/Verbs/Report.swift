internal import Interface
internal import Vocabulary

extension Verb {
  static let report = Verb(
    name: "report", summary: "gather what a report of a fault needs, without your names",
    operands: [Operand(name: "FILE", kind: .text, isOptional: true)], options: [Common.yes, Common.force],
    details: """
      One text file: versions, what the doctor found, status, devices and their sound, the configuration, the history of
      a week, and what the journal says of Bluetooth as far as you may read it. Headsets, adapters, users and this computer
      have other names throughout ("headset 1", AA:AA:AA:00:00:01); keys are never in it, and devices that are not paired
      here are removed.

      First it shows what it has. On a terminal it asks then, and shows the text when told "s"; elsewhere it needs --yes,
      and exits with 4 without. FILE is mdrctl-report-DATE-TIME.txt in this directory unless it is named; "-" is standard
      output. A FILE that is there is replaced only when you agree to that, or with --force. Read it before you give it
      away: what people wrote into names that mdrctl does not know stays.
      """,
    examples: """
      mdrctl report
      mdrctl report - | less
      mdrctl report fault.txt --yes
      """,
    run: { command throws(EarlyExit) in
      let path = command.optionalOperand(0)
      if path == "-", command.output.isJSON { throw .usage("A report is text; --json has a use only with a FILE.") }
      let sources = try command.gather()
      let aliases = Aliases(command.known(sources))
      let parts = command.parts(sources, aliases)
      let time = LocalTime(command.context.now())
      let report = reportText(parts, at: time)
      if path == "-" { return try command.output.show(text: report) }
      let file = path ?? "mdrctl-report-\(time.date)-\(time.clock.split(separator: ":").joined()).txt"
      if !command.output.isJSON { try command.output.show(text: contentText(parts, aliases)) }
      let replaces = try command.mayWrite(report, to: file)
      try NewFile.write(Array(report.utf8), to: file, replaces: replaces)
      let written = ReportWritten(file: file, parts: parts.map { .init(title: $0.title, lines: $0.lines) })
      try command.output.show(written) { _ in "It is in \(displayable(file)).\n" }
    })
}

/// What became of a report, for programs.
private struct ReportWritten: Encodable {
  struct Part: Encodable {
    let title: String
    let lines: Int
  }
  let file: String
  let parts: [Part]
}

extension Command {
  /// Makes sure that the file may be written; whether it replaces one that is there.
  fileprivate func mayWrite(_ report: String, to file: String) throws(EarlyExit) -> Bool {
    let isThere = NewFile.isThere(file)
    if self[Common.yes] {
      guard !isThere || self[Common.force] else {
        throw NewFile.failure(
          "\(displayable(file)) is there already, and was left alone.", hint: "To replace it, add --force.")
      }
      return isThere
    }
    guard context.isInteractive, !output.isJSON else {
      throw .failure(
        Failure(
          code: ErrorCode.needsConsent.rawValue, message: "Nothing was written: nobody has agreed to it.",
          hint: "Agree with --yes, or read it first: mdrctl report -", exit: ErrorCode.needsConsent.exitCode))
    }
    let name = displayable(file)
    let deed = isThere ? "\(name) is there already. Replace it" : "Write it to \(name)"
    while true {
      switch try answer(to: "\(deed)? [y/N, s shows it] ") {
      case "s", "show": try output.show(text: report)
      case "y", "yes": return isThere
      default:
        throw .failure(Failure(code: ErrorCode.cancelled.rawValue, message: "Nothing was written.", exit: .failed))
      }
    }
  }
}

/// The whole report.
private func reportText(_ parts: [ReportPart], at time: LocalTime) -> String {
  let head = """
    A report of mdrctl, made on \(time.date) at \(time.clock). Names and addresses in it stand for others.

    """
  return head + parts.map { "\n==== \($0.title) ====\n\n\($0.text)" }.joined()
}

/// What is in it.
private func contentText(_ parts: [ReportPart], _ aliases: Aliases) -> String {
  let rows = parts.map { [$0.title, "\($0.lines) \($0.lines == 1 ? "line" : "lines")"] }
  return "The report has:\n" + text(table(rows).map { "  \($0)" })
    + "\(aliases.count) names and addresses are replaced. No key is in it, and no device that is not paired here.\n"
}
