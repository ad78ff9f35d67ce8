/// A command line that has been understood.
struct Invocation {
  let verb: Verb
  /// The words after the verb.
  let operands: [String]
  /// The same words, each in the place of its operand; nil for an optional operand that was left out.
  private let places: [String?]
  private let options: [Option: String]

  init(_ words: [String]) throws(EarlyExit) {
    let scanner = try Scanner(words)
    options = scanner.options
    // Whoever asks for help shall get it, whatever else is wrong.
    if scanner.options[.help] != nil {
      (verb, operands) = (.help, scanner.operands)
      places = operands
    } else if scanner.options[.version] != nil {
      (verb, operands, places) = (.ownVersion, [], [])
    } else {
      (verb, operands) = try Self.verb(scanner.operands)
      places = Self.places(of: operands, in: verb.operands)
      try check()
    }
  }

  subscript(option: Option) -> String? { options[option] }
  func has(_ option: Option) -> Bool { options[option] != nil }

  /// The operand in the given place, or nil for an optional one that was left out.
  func operand(_ index: Int) -> String? { index < places.count ? places[index] : nil }

  /// `--timeout` in whole milliseconds, as the daemon counts.
  func timeout() throws(EarlyExit) -> Int? {
    guard let text = options[.timeout] else { return nil }
    guard let milliseconds = Self.milliseconds(text), milliseconds <= 86_400_000 else {
      throw .usage(
        "\"\(displayable(text))\" is no time-out; it is a number of seconds, such as 30 or 0.5, at most 86400.",
        hint: "It has digits only, with at most three of them behind the point.")
    }
    return milliseconds
  }

  /// "30" or "0.5", and nothing else that a number may look like.
  private static func milliseconds(_ text: String) -> Int? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }),
      parts[0].count <= 8, parts.count == 1 || parts[1].count <= 3
    else { return nil }
    func number(_ digits: some Sequence<UInt8>) -> Int { digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
    var rest = parts.count > 1 ? number(parts[1]) : 0
    for _ in (parts.count > 1 ? parts[1].count : 3)..<3 { rest *= 10 }
    return number(parts[0]) * 1000 + rest
  }

  private static func verb(_ words: [String]) throws(EarlyExit) -> (Verb, [String]) {
    guard let word = words.first else { return (.status, []) }
    if let verb = Verb.all.first(where: { $0.name == word }) { return (verb, Array(words.dropFirst())) }
    let members = Verb.members(of: word)
    guard !members.isEmpty else { throw .unknown("verb", word, accepted: Verb.words) }
    guard words.count > 1 else {
      throw .usage("\"\(word)\" needs one of these after it: \(members.joined(separator: ", ")).")
    }
    guard let verb = Verb.all.first(where: { $0.name == "\(word) \(words[1])" }) else {
      throw .unknown("verb", "\(word) \(words[1])", accepted: members.map { "\(word) \($0)" })
    }
    return (verb, Array(words.dropFirst(2)))
  }

  /// Puts each word in the place of its operand. Where there are fewer words than operands, an optional one is left out
  /// before a word that can only be the next: the policy in "profile stereo".
  private static func places(of words: [String], in operands: [Operand]) -> [String?] {
    var places: [String?] = []
    for word in words {
      let (place, rest) = (places.count, words.count - places.compactMap(\.self).count)
      if place + 1 < operands.count, operands[place].isOptional, rest < operands.count - place,
        operands[place + 1].ownWords.contains(word)
      {
        places.append(nil)
      }
      places.append(word)
    }
    return places
  }

  private func check() throws(EarlyExit) {
    var hint: String { "Usage: \(verb.usage)" }
    let accepted = verb.options + Option.common
    if let stray = options.keys.filter({ !accepted.contains($0) }).min(by: { $0.rawValue < $1.rawValue }) {
      let list = accepted.map { "--\($0.rawValue)" }.joined(separator: ", ")
      throw .usage("\"\(verb.name)\" does not take --\(stray.rawValue); it takes \(list).", hint: hint)
    }
    if operands.count < verb.operands.filter({ !$0.isOptional }).count {
      throw .usage("\"\(verb.name)\" needs \(verb.operands[operands.count].usage).", hint: hint)
    }
    if let missing = verb.needed.first(where: { options[$0] == nil }) {
      throw .usage("\"\(verb.name)\" needs \(missing.usage).", hint: hint)
    }
    if operands.count > verb.operands.count, verb.operands.last?.repeats != true {
      let extra = displayable(operands[verb.operands.count])
      throw .usage("\"\(verb.name)\" does not know what to do with \"\(extra)\".", hint: hint)
    }
    for (operand, word) in zip(verb.operands, places) {
      guard case .choice(let words) = operand.kind, let word, !words.contains(word) else { continue }
      throw .unknown(operand.name.lowercased(), word, accepted: words)
    }
  }
}
