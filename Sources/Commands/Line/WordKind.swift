/// What a word of the command line names: an operand, or the value of an option. Completion goes by it.
package enum WordKind: Sendable {
  case device
  case adapter
  /// A codec's name, or ``best``.
  case codec
  /// One of these words and nothing else.
  case choice([String])
  /// A preset of an equalizer, or a band of it with its value.
  case equalizer
  /// A headset's setting with its value.
  case setting
  /// A file of a backup: it ends with ".json", or has a slash in it.
  case file
  /// A time, as ``Moment`` reads it.
  case moment
  /// A value that the headset judges, and that no device is called by.
  case value
  /// Anything: a name, a number.
  case text

  /// Instead of a codec's name: the one that suits the preference best.
  static let best = "best"
  /// The presets that models have; which, each says itself.
  private static let presets = [
    "off", "rock", "pop", "jazz", "dance", "edm", "rnb", "acoustic", "bright", "excited", "mellow", "relaxed", "vocal",
    "treble", "bass", "speech", "heavy", "clear", "hard", "soft", "manual", "user1", "user2", "user3", "user4", "user5",
  ]

  /// The words that it has whatever devices and adapters there are.
  var ownWords: [String] {
    switch self {
    case .choice(let words): words
    case .codec: [Self.best]
    case .equalizer: Self.presets
    case .moment: ["10m", "2h", "today", "yesterday"]
    case .device, .adapter, .setting, .file, .value, .text: []
    }
  }

  /// It can be nothing but this: a word that is not left to an operand before it.
  func claims(_ word: String) -> Bool {
    switch self {
    case .equalizer, .setting: word.contains("=") || ownWords.contains(word)
    case .value: word.first.map { $0.isNumber || $0 == "-" } == true && !word.contains(":") || word.contains(",")
    case .file: word.hasSuffix(".json") || word.utf8.contains(UInt8(ascii: "/"))
    case .device, .adapter, .codec, .choice, .moment, .text: ownWords.contains(word)
    }
  }
}
