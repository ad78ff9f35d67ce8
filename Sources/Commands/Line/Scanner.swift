/// The words of a command line, sorted into options and operands by the conventions of GNU's getopt_long: options may
/// stand anywhere, `--name=value` and `--name value`, `-jq` for `-j -q`, `-t5` for `-t 5`, and `--` ends them.
///
/// Only whole names are taken. An abbreviation would change its meaning with the next option that is added.
struct Scanner {
  struct Given {
    /// The option's long name.
    let name: String
    /// Nothing for an option that takes none.
    let value: String
    /// As one word of a command line.
    let word: String
  }

  private(set) var options: [Given] = []
  private(set) var operands: [String] = []

  /// Since an option may stand before the verb, it is recognised whichever verb declares it: `declared` are all.
  init(_ words: some Collection<String>, of declared: [any Option]) throws(EarlyExit) {
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      } else if word.hasPrefix("--") {
        try takeLong(word.dropFirst(2), &rest, declared)
      } else if word.hasPrefix("-"), word.count > 1 {
        try takeShort(word.dropFirst(), &rest, declared)
      } else {
        operands.append(word)
      }
    }
  }

  /// What was given to an option, if that was given.
  func value(of option: OptionDeclaration) -> String? { options.first { $0.name == option.name }?.value }

  /// The same command line without an option: every option in front, in its long form.
  func words(without option: OptionDeclaration) -> [String] {
    options.filter { $0.name != option.name }.map(\.word) + (operands.isEmpty ? [] : ["--"] + operands)
  }

  private mutating func takeLong(
    _ word: Substring, _ rest: inout ArraySlice<String>, _ declared: [any Option]
  ) throws(EarlyExit) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = declared.first(where: { $0.declaration.name == parts[0] })?.declaration else {
      let accepted = unique(declared.map { $0.declaration.longForm }).sorted()
      throw .unknown("option", "--\(parts[0])", accepted: accepted)
    }
    if option.value != nil {
      try take(option, parts.dropFirst().first, &rest)
    } else if parts.count > 1 {
      throw .usage("The option \(option.longForm) takes no value.")
    } else {
      note(option, "")
    }
  }

  private mutating func takeShort(
    _ letters: Substring, _ rest: inout ArraySlice<String>, _ declared: [any Option]
  ) throws(EarlyExit) {
    var letters = letters
    while let letter = letters.popFirst() {
      guard let option = declared.first(where: { $0.declaration.letter == letter })?.declaration else {
        // No letter is nearer to it than another, so none is suggested.
        let list = commas(unique(declared.compactMap { $0.declaration.letter.map { "-\($0)" } }).sorted())
        throw .usage("There is no option \"\(displayable("-\(letter)"))\"; there are: \(list).")
      }
      guard option.value == nil else { return try take(option, letters.isEmpty ? nil : String(letters), &rest) }
      note(option, "")
    }
  }

  private mutating func take(
    _ option: OptionDeclaration, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(EarlyExit) {
    guard let value = attached ?? rest.popFirst() else {
      throw .usage("The option \(option.usage) needs its value: \(option.summary).")
    }
    note(option, value)
  }

  /// Of an option that is given twice the last one counts.
  private mutating func note(_ option: OptionDeclaration, _ value: String) {
    options.removeAll { $0.name == option.name }
    let word = option.value == nil ? option.longForm : "\(option.longForm)=\(value)"
    options.append(Given(name: option.name, value: value, word: word))
  }
}
