/// The words of a command line, sorted into options and operands by the conventions of GNU's getopt_long: options may
/// stand anywhere, `--name=value` and `--name value`, `-jq` for `-j -q`, `-t5` for `-t 5`, and `--` ends them.
///
/// Only whole names are taken. An abbreviation would change its meaning with the next option that is added.
struct Scanner {
  private(set) var options: [Option: String] = [:]
  private(set) var operands: [String] = []

  init(_ words: some Collection<String>) throws(EarlyExit) {
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      } else if word.hasPrefix("--") {
        try takeLong(word.dropFirst(2), &rest)
      } else if word.hasPrefix("-"), word.count > 1 {
        try takeShort(word.dropFirst(), &rest)
      } else {
        operands.append(word)
      }
    }
  }

  private mutating func takeLong(_ word: Substring, _ rest: inout ArraySlice<String>) throws(EarlyExit) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = Option(rawValue: parts[0]) else {
      throw .unknown("option", "--\(parts[0])", accepted: Option.allCases.map { "--\($0.rawValue)" })
    }
    if option.argument != nil {
      try take(option, parts.dropFirst().first, &rest)
    } else if parts.count > 1 {
      throw .usage("The option --\(option.rawValue) takes no value.")
    } else {
      options[option] = ""
    }
  }

  private mutating func takeShort(_ letters: Substring, _ rest: inout ArraySlice<String>) throws(EarlyExit) {
    var letters = letters
    while let letter = letters.popFirst() {
      guard let option = Option.allCases.first(where: { $0.short == letter }) else {
        throw .unknown("option", "-\(letter)", accepted: Option.allCases.map { "-\($0.short)" })
      }
      guard option.argument == nil else { return try take(option, letters.isEmpty ? nil : String(letters), &rest) }
      options[option] = ""
    }
  }

  private mutating func take(
    _ option: Option, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(EarlyExit) {
    guard let value = attached ?? rest.popFirst() else {
      throw .usage("The option \(option.usage) needs its value: \(option.summary).")
    }
    options[option] = value
  }
}
