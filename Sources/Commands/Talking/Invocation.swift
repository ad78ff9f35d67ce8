/// A command line that has been understood.
struct Invocation {
  let verb: Verb
  /// The words after the verb.
  private(set) var operands: [String]
  /// The same words, each in the place of its operand; nil for an optional operand that was left out.
  private var places: [String?]
  let scanner: Scanner
  /// What is wrong where nothing but the device is missing.
  private(set) var lacking: EarlyExit?

  init(_ words: [String]) throws(EarlyExit) {
    // Most command lines have no option, and then nobody needs to know all that there are.
    scanner = try Scanner(words, of: words.contains { $0.hasPrefix("-") } ? Verb.declared : [])
    // Whoever asks for help shall get it, whatever else is wrong.
    if scanner.value(of: Common.help.declaration) != nil {
      (verb, operands) = (.help, scanner.operands)
      places = operands
    } else if scanner.value(of: Common.version.declaration) != nil {
      (verb, operands, places) = (.ownVersion, [], [])
    } else {
      (verb, operands) = try Self.verb(scanner.operands)
      places = Self.places(of: operands, in: verb.operands)
      try check()
    }
  }

  /// Whether the flag was given.
  subscript(flag: Flag) -> Bool { text(of: flag.declaration) != nil }

  /// What the setting was given; it has been checked to mean something.
  subscript<Value>(setting: Setting<Value>) -> Value? {
    guard let text = text(of: setting.declaration) else { return nil }
    do throws(EarlyExit) { return try setting.meaning(text) } catch { return nil }
  }

  private func text(of option: OptionDeclaration) -> String? {
    // Else it would be refused whenever it is given.
    assert(verb.accepted.contains { $0.name == option.name }, "\(verb.name) reads \(option.name) and must declare it")
    return scanner.value(of: option)
  }

  /// The operand in the given place, or nil for an optional one that was left out.
  func operand(_ index: Int) -> String? { index < places.count ? places[index] : nil }

  /// The place of the device among the operands.
  private var devicePlace: Int? {
    verb.operands.firstIndex { if case .device = $0.kind { true } else { false } }
  }

  /// The device that was named, if one was.
  var givenDevice: String? { devicePlace.flatMap(operand) }

  /// The same with a device, in the place of the one that was named.
  func naming(_ device: String) -> Self {
    guard let place = devicePlace else { return self }
    var other = self
    other.lacking = nil
    while other.places.count <= place { other.places.append(nil) }
    other.places[place] = device
    other.operands = other.places.compactMap(\.self)
    return other
  }

  private static func verb(_ words: [String]) throws(EarlyExit) -> (Verb, [String]) {
    guard let word = words.first else { return (.status, []) }
    // A verb may lead a group as well: "headset", and "headset release".
    if words.count > 1, let verb = Verb.all.first(where: { $0.name == "\(word) \(words[1])" }) {
      return (verb, Array(words.dropFirst(2)))
    }
    if let verb = Verb.all.first(where: { $0.name == word }) { return (verb, Array(words.dropFirst())) }
    let members = Verb.members(of: word)
    guard !members.isEmpty else { throw .unknown("verb", word, accepted: Verb.words) }
    guard words.count > 1 else {
      throw .usage("\"\(word)\" needs one of these after it: \(members.joined(separator: ", ")).")
    }
    throw .unknown("verb", "\(word) \(words[1])", accepted: members.map { "\(word) \($0)" })
  }

  /// Puts each word in the place of its operand. Where there are fewer words than operands, an optional one is left out
  /// before a word that can only be the next: the policy in "profile stereo", the device in "guide XM4".
  private static func places(of words: [String], in operands: [Operand]) -> [String?] {
    var places: [String?] = []
    for word in words {
      let (place, rest) = (places.count, words.count - places.compactMap(\.self).count)
      let isShort = rest < operands.count - place || operands.last?.repeats == true
      if place + 1 < operands.count, operands[place].isOptional, isShort,
        operands[place + 1].kind.claims(word) || operands[place].excludes(word)
      {
        places.append(nil)
      }
      places.append(word)
    }
    return places
  }

  private mutating func check() throws(EarlyExit) {
    var hint: String { "Usage: \(verb.usage)" }
    if !scanner.options.isEmpty {
      let accepted = verb.accepted
      let strays = scanner.options.map(\.name).filter { name in !accepted.contains { $0.name == name } }
      if let stray = strays.min() {
        let list = commas(accepted.map(\.longForm))
        throw .usage("\"\(verb.name)\" does not take --\(stray); it takes \(list).", hint: hint)
      }
    }
    let needed = verb.operands.filter { !$0.isOptional }.count
    if operands.count < needed {
      let failure = EarlyExit.usage("\"\(verb.name)\" needs \(verb.operands[operands.count].usage).", hint: hint)
      guard operands.count == needed - 1, operands.count == devicePlace else { throw failure }
      lacking = failure
    }
    let options = verb.options
    for option in options where option.declaration.isNeeded && scanner.value(of: option.declaration) == nil {
      throw .usage("\"\(verb.name)\" needs \(option.declaration.usage).", hint: hint)
    }
    if operands.count > verb.operands.count, verb.operands.last?.repeats != true {
      let extra = displayable(operands[verb.operands.count])
      throw .usage("\"\(verb.name)\" does not know what to do with \"\(extra)\".", hint: hint)
    }
    for (operand, word) in zip(verb.operands, places) {
      guard case .choice(let words) = operand.kind, let word, !words.contains(word) else { continue }
      throw .unknown(operand.name.lowercased(), word, accepted: words)
    }
    for option in options + Common.always {
      if let value = scanner.value(of: option.declaration) { try option.check(value) }
    }
  }
}
