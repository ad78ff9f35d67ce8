/// A word that an operand stands for.
struct Operand: Sendable {
  enum Kind: Sendable {
    case device
    case adapter
    case text
    /// A codec's name, or ``best``.
    case codec
    /// One of these words.
    case choice([String])
  }
  let name: String
  let kind: Kind
  var isOptional = false
  /// Any number of them.
  var repeats = false

  static let device = Operand(name: "DEVICE", kind: .device)
  static let optionalDevice = Operand(name: "DEVICE", kind: .device, isOptional: true)
  /// Instead of a codec's name: the one that suits the preference best.
  static let best = "best"

  /// The words that can mean this operand alone, so that an optional one before it may be left out.
  var ownWords: [String] {
    switch kind {
    case .choice(let words): words
    case .codec: [Self.best]
    case .device, .adapter, .text: []
    }
  }

  /// "DEVICE", "[DEVICE]" or "on|off".
  var usage: String {
    var usage = name
    if case .choice(let words) = kind { usage = words.joined(separator: "|") }
    if repeats { usage += "..." }
    return isOptional ? "[\(usage)]" : usage
  }
}
