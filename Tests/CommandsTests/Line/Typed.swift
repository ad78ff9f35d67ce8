@testable import Commands

// How verbs and options are typed, for tests that are about all of them.

extension Verb {
  /// The words of its name.
  var typedName: [String] { name.split(separator: " ").map(String.init) }

  /// A word for each operand that it cannot do without.
  var typedOperands: [String] { operands.prefix { !$0.isOptional }.map { $0.kind.ownWords.first ?? "x" } }
}

extension OptionDeclaration {
  /// A value that it takes, if it takes one.
  var sample: String? { value.map { $0.kind.ownWords.first ?? "1" } }
}
