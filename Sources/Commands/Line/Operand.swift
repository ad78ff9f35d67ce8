/// A word of the command line that is given by its place.
package struct Operand: Sendable {
  /// "DEVICE", as help shows it.
  package let name: String
  package let kind: WordKind
  package var isOptional = false
  /// Any number of them.
  package var repeats = false

  /// More words than these stand in a verb's own help.
  private static let mostShown = 4

  static let device = Operand(name: "DEVICE", kind: .device)
  static let optionalDevice = Operand(name: "DEVICE", kind: .device, isOptional: true)

  /// It has its own words only, and this is none of them.
  func excludes(_ word: String) -> Bool {
    if case .choice(let words) = kind { !words.contains(word) } else { false }
  }

  /// "DEVICE", "[DEVICE]" or "on|off".
  package var usage: String {
    var usage = name
    if case .choice(let words) = kind, words.count <= Self.mostShown { usage = words.joined(separator: "|") }
    if repeats { usage += "..." }
    return isOptional ? "[\(usage)]" : usage
  }
}
