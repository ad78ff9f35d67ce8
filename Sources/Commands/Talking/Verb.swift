/// One thing that mdrctl does. Parser, help and completion know nothing but this description.
package struct Verb: Sendable {
  /// One word, or two for a verb of a group: "adapter power".
  package let name: String
  /// One line for the list of verbs.
  let summary: String
  var operands: [Operand] = []
  /// Those it understands besides the common ones.
  var options: [Option] = []
  /// Those of them without which it cannot do anything.
  var needed: [Option] = []
  /// Paragraphs for its own help.
  var details = ""
  /// Left out of help; for programs.
  var isHidden = false
  /// What to say when a signal ends it.
  var farewell = "stopped"
  /// What it tells is of use only as it comes, so it ends when nobody reads any more, even while there is nothing to say.
  var endsWithOutput = false
  let run: @Sendable (Command) throws(EarlyExit) -> Void

  /// "mdrctl rename DEVICE NAME".
  var usage: String { "mdrctl " + form }

  /// "rename DEVICE NAME".
  var form: String { ([name] + operands.map(\.usage) + needed.map(\.usage)).joined(separator: " ") }

  /// Every verb, in the order of the help.
  package static let all: [Verb] = [
    .status, .list, .show, .scan, .pair, .connect, .disconnect, .profile, .codec, .why, .trust, .untrust, .block,
    .unblock, .rename, .forget, .repair, .cacheShow, .adapterList, .adapterPower, .adapterSelect, .monitor, .wait,
    .version, .help,
    .completion, .complete,
  ]

  static var visible: [Verb] { all.filter { !$0.isHidden } }

  /// The first words of all verbs, each once.
  static var words: [String] {
    visible.reduce(into: []) { words, verb in
      let word = String(verb.name.prefix { $0 != " " })
      if !words.contains(word) { words.append(word) }
    }
  }

  /// The verbs of a group: "list", "power" and "select" of "adapter".
  static func members(of group: String) -> [String] {
    all.filter { $0.name.hasPrefix(group + " ") }.map { String($0.name.dropFirst(group.count + 1)) }
  }
}
