internal import Interface
internal import Knowledge
internal import KnowledgeFiles

extension Verb {
  static let help: Verb = Verb(
    name: "help", summary: "show help, in general or for a verb",
    operands: [Operand(name: "VERB", kind: .text, isOptional: true, repeats: true)],
    run: { command throws(EarlyExit) in
      let words = command.invocation.operands
      guard let word = words.first else { return try command.output.show(text: overview()) }
      // The words of a whole command line are fine too: "mdrctl pair XM4 --help".
      let pair = words.prefix(2).joined(separator: " ")
      let isVerb = Verb.visible.contains { $0.name == word } && !Verb.visible.contains { $0.name == pair }
      let name = isVerb || Verb.members(of: word).isEmpty ? word : pair
      let verbs = Verb.visible.filter { $0.name == name || $0.name.hasPrefix(name + " ") }
      guard !verbs.isEmpty else { throw .unknown("verb", name, accepted: Verb.words) }
      try command.output.show(text: verbs.map(helpText).joined(separator: "\n"))
    })
}

/// Help without a verb.
func overview() -> String {
  """
  Usage: mdrctl [VERB] [OPERAND...] [OPTION...]

  \(Overview.introduction)

  Verbs:
  \(text(table(Verb.visible.map { ["  " + $0.form, $0.summary] })))
  Options, before or after the verb:
  \(optionTable(Verb.declared.map(\.declaration).sorted { $0.name < $1.name }))
  Exit codes: 0 done, 1 failed, 2 not understood, 3 timed out, 4 a person must act, 5 not permitted, 6 not found, 7 busy,
  8 mdrctld is not running, 9 no BlueZ, adapter or session, 10 the bond is stale. Ended by a signal: as the signal ends
  a program.

  Variables:
  \(text(table(Overview.variables.map { ["  " + $0.name, $0.purpose] })))
  """
}

/// What help and the manual say of mdrctl as a whole.
package enum Overview {
  /// What mdrctl is, and how a device is named.
  package static let introduction = """
    Controls Bluetooth headsets by way of mdrctld. Without a verb it shows the status. DEVICE is an address, a name, or an
    unambiguous part of a name; where it may be left out, the headset that is connected is meant, or the only paired one.
    """

  /// The variables of the environment that mdrctl looks at.
  package static var variables: [(name: String, purpose: String)] {
    [
      (Control.socketVariable, "the socket of mdrctld (\(Control.socketPath) otherwise)"),
      (Catalogue.directoryVariable, "where models of headsets are added (\(Catalogue.directory) otherwise)"),
      ("NO_COLOR", "turns colour off"),
      (OtherHost.variable, "ends a command whose output nobody reads any more; --host sets it"),
    ]
  }
}

/// Help for one verb.
func helpText(_ verb: Verb) -> String {
  let summary = verb.summary.prefix(1).uppercased() + verb.summary.dropFirst() + "."
  let details = verb.details.isEmpty ? "" : "\n\(verb.details)\n"
  let lines = verb.examples.split(separator: "\n").enumerated().map { number, line in
    [number == 0 ? "For example:" : "", String(line)]
  }
  let examples = lines.isEmpty ? "" : "\n\(text(table(lines)))"
  return """
    Usage: \(verb.usage) [OPTION...]

    \(summary)
    \(details)\(examples)
    Options:
    \(optionTable(verb.accepted))
    """
}

/// A line for each option, once where it means the same with several verbs.
private func optionTable(_ options: [OptionDeclaration]) -> String {
  let rows = options.map { option in
    ["  " + (option.letter.map { "-\($0), " } ?? "    ") + option.usage, option.summary]
  }
  return text(unique(table(rows)))
}
