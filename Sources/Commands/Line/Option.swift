// The Commands layer: mdrctl as a library. It knows the interface and the blocking client, and no policy: what a word
// means is decided by the daemon. Everything is synchronous; there is no event loop and no task.

/// An option that a verb declares, and by which the verb reads what was given: a ``Flag`` or a ``Setting``.
protocol Option: Sendable {
  var declaration: OptionDeclaration { get }

  /// Refuses a value that means nothing.
  func check(_ value: String) throws(EarlyExit)
}

/// What the command line, help and completion know of an option.
package struct OptionDeclaration: Sendable {
  /// The long name, without its dashes.
  package let name: String
  /// The one-letter form. Only what many verbs take has one, so that a letter means the same with each of them.
  package let letter: Character?
  /// What its value is, for an option that takes one.
  package let value: ValueForm?
  /// Without it the verb cannot do anything.
  package var isNeeded = false
  /// What it does, in a few words for help.
  package let purpose: String

  /// "--timeout".
  package var longForm: String { "--\(name)" }

  /// "--timeout SECONDS", as help shows it.
  package var usage: String { longForm + (value.map { " \($0.name)" } ?? "") }

  /// What it does, with the values that it may have where these are known.
  package var summary: String {
    guard let value, case .choice(let words) = value.kind else { return purpose }
    return "\(purpose): \(alternatives(words))"
  }

  /// Whether a word of the command line is this option, long or short, without a value.
  func isMeant(by word: String) -> Bool { word == longForm || letter.map { word == "-\($0)" } == true }
}

/// What the value of an option is.
package struct ValueForm: Sendable {
  /// "SECONDS", as help shows it.
  package let name: String
  package let kind: WordKind
}

/// An option without a value: it is there or not.
struct Flag: Option {
  let declaration: OptionDeclaration

  init(_ name: String, letter: Character? = nil, _ purpose: String) {
    declaration = OptionDeclaration(name: name, letter: letter, value: nil, purpose: purpose)
  }

  func check(_ value: String) {}
}

/// An option with a value, which is told as a `Value`.
struct Setting<Value: Sendable>: Option {
  let declaration: OptionDeclaration
  /// What a text means as its value; throws what is wrong with it.
  let meaning: @Sendable (String) throws(EarlyExit) -> Value

  init(
    _ name: String, letter: Character? = nil, value: ValueForm, isNeeded: Bool = false, _ purpose: String,
    meaning: @escaping @Sendable (String) throws(EarlyExit) -> Value
  ) {
    declaration = OptionDeclaration(name: name, letter: letter, value: value, isNeeded: isNeeded, purpose: purpose)
    self.meaning = meaning
  }

  func check(_ value: String) throws(EarlyExit) { _ = try meaning(value) }
}

extension Setting<String> {
  /// One whose value the daemon judges.
  init(_ name: String, letter: Character? = nil, value: ValueForm, _ purpose: String) {
    self.init(name, letter: letter, value: value, purpose) { text throws(EarlyExit) in text }
  }
}

extension Setting where Value: CaseIterable & RawRepresentable<String> {
  /// One whose value is of a closed set; help calls it `valueName`.
  init(_ name: String, oneOf valueName: String, isNeeded: Bool = false, _ purpose: String) {
    let words = Value.allCases.map(\.rawValue)
    declaration = OptionDeclaration(
      name: name, letter: nil, value: ValueForm(name: valueName, kind: .choice(words)), isNeeded: isNeeded,
      purpose: purpose)
    meaning = { word throws(EarlyExit) in
      guard let value = Value(rawValue: word) else {
        throw .unknown(valueName.lowercased(), word, accepted: Value.allCases.map(\.rawValue))
      }
      return value
    }
  }
}
