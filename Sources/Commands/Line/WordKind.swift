/// What a word of the command line names: an operand, or the value of an option. Completion goes by it.
package enum WordKind: Sendable {
  case device
  case adapter
  /// A codec's name, or ``best``.
  case codec
  /// One of these words and nothing else.
  case choice([String])
  /// Anything: a name, a number.
  case text

  /// Instead of a codec's name: the one that suits the preference best.
  static let best = "best"

  /// The words that it has whatever devices and adapters there are.
  var ownWords: [String] {
    switch self {
    case .choice(let words): words
    case .codec: [Self.best]
    case .device, .adapter, .text: []
    }
  }
}
