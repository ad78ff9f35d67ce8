internal import Interface

extension Verb {
  /// What the scripts for shells call: the words that may stand in the last place of a command line, one to a line.
  static let complete: Verb = Verb(
    name: "complete", summary: "print the words that may stand last in a command line",
    operands: [Operand(name: "WORD", kind: .text, isOptional: true, repeats: true)], isHidden: true,
    run: { command throws(EarlyExit) in
      let words = command.invocation.operands
      let before = Array(words.dropLast())
      // A codec is one of the device that is named before it, or of the one that is meant without a name.
      let device = givenOperands(before).dropFirst().first
      // Of another computer nothing is known here, and asking it would take a connection, and maybe a password.
      let isElsewhere = (try? Scanner(before, of: Verb.declared))?.value(of: Common.host.declaration) != nil
      let candidates = completions(before) { kind in isElsewhere ? [] : known(kind, of: device, command) }
      let start = words.last ?? ""
      try command.output.show(text: candidates.filter { $0.hasPrefix(start) }.map { $0 + "\n" }.joined())
    })
}

/// The operands among the words; the last word may be an option that still wants its value.
private func givenOperands(_ words: [String]) -> [String] {
  ((try? Scanner(words, of: Verb.declared)) ?? (try? Scanner(words.dropLast(), of: Verb.declared)))?.operands ?? []
}

/// What may come next after the words; `known` are the names of devices, adapters or codecs that there are.
func completions(_ words: [String], _ known: (WordKind) -> [String]) -> [String] {
  func candidates(_ kind: WordKind) -> [String] {
    switch kind {
    case .device, .adapter, .codec, .file: known(kind) + kind.ownWords
    case .choice, .equalizer, .setting, .moment, .value, .text: kind.ownWords
    }
  }
  let operands = givenOperands(words)
  let (verb, place) = Verb.meant(by: operands)
  if let last = words.last, let value = option(meantBy: last, of: verb)?.value { return candidates(value.kind) }
  guard let word = operands.first else { return Verb.words + longForms(Common.always) }
  guard let verb else { return operands.count == 1 ? Verb.members(of: word) : [] }
  if verb.name == Verb.help.name { return place == 0 ? Verb.words : [] }
  let accepted = longForms(verb.options + Common.always)
  guard let operand = place < verb.operands.count ? verb.operands[place] : verb.operands.last(where: \.repeats) else {
    return accepted
  }
  let group = place == 0 ? Verb.members(of: verb.name) : []
  let next = operand.isOptional && place + 1 < verb.operands.count ? verb.operands[place + 1].kind.ownWords : []
  return group + candidates(operand.kind) + next + accepted
}

/// The option of that name or letter: the verb's own, or anyone's while there is no verb yet.
private func option(meantBy word: String, of verb: Verb?) -> OptionDeclaration? {
  let own = verb.map { $0.options + Common.always } ?? []
  return (own + Verb.declared).first { $0.declaration.isMeant(by: word) }?.declaration
}

private func longForms(_ options: [any Option]) -> [String] { options.map(\.declaration.longForm) }

extension Verb {
  /// The verb that the operands begin with, and how many of its own operands follow; none when there is none yet.
  fileprivate static func meant(by operands: [String]) -> (Verb?, Int) {
    guard let word = operands.first else { return (nil, 0) }
    let longest = members(of: word).isEmpty ? 1 : 2
    for count in stride(from: min(longest, operands.count), through: 1, by: -1) {
      let name = operands.prefix(count).joined(separator: " ")
      if let verb = visible.first(where: { $0.name == name }) { return (verb, operands.count - count) }
    }
    return (nil, operands.count - longest)
  }
}

/// The addresses of devices, the names of adapters or of a device's codecs. Names of devices are left out: they are
/// chosen by strangers, and a shell might take them for more than words.
private func known(_ kind: WordKind, of device: String?, _ command: Command) -> [String] {
  let words: [String]
  switch kind {
  case .codec:
    let reply = try? command.call(Control.audio, Control.AudioParameters(device: device))
    words = reply?.codecs.map(\.name) ?? []
  case .file: words = BackupFile.namesHere()
  default: words = addresses(kind, command)
  }
  return words.filter(isPlain)
}

private func addresses(_ kind: WordKind, _ command: Command) -> [String] {
  guard let status = try? command.call(Control.status, Control.NoParameters()) else { return [] }
  if case .adapter = kind { return status.adapters.map(\.name) }
  // What was not finished can be named although BlueZ does not know it any more.
  let known = status.devices.map(\.address)
  return known + (status.unfinished ?? []).map(\.address).filter { !known.contains($0) }
}

/// A word that no shell takes for more than a word.
func isPlain(_ word: String) -> Bool {
  word.utf8.allSatisfy { byte in
    switch Unicode.Scalar(byte) {
    case "0"..."9", "A"..."Z", "a"..."z", ":", "_", "-", ".": true
    default: false
    }
  }
}
