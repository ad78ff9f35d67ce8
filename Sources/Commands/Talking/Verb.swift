/// One thing that mdrctl does. Parser, help and completion know nothing but this description.
package struct Verb: Sendable {
  /// One word, or two for a verb of a group: "adapter power".
  package let name: String
  /// One line for the list of verbs.
  package let summary: String
  package let operands: [Operand]
  private let declareOptions: @Sendable () -> [any Option]
  /// Paragraphs for its own help.
  package let details: String
  /// Command lines that show its use, one to a line.
  package let examples: String
  /// Left out of help; for programs.
  let isHidden: Bool
  /// What to say when a signal ends it.
  let farewell: String
  /// What it tells is of use only as it comes, so it ends when nobody reads any more, even while there is nothing to say.
  let endsWithOutput: Bool
  /// Its device is one that is known already, and a person may choose it from a list.
  var picksDevice: Bool {
    operands.contains { $0.name == Operand.device.name } && name != "pair" && !endsWithOutput
  }
  let run: @Sendable (Command) throws(EarlyExit) -> Void

  /// The options are made when they are asked for: a run has a use for those of one verb, and all of them would be a
  /// tenth of what `status` has to do.
  init(
    name: String, summary: String, operands: [Operand] = [],
    options: @autoclosure @escaping @Sendable () -> [any Option] = [], details: String = "", examples: String = "",
    isHidden: Bool = false, farewell: String = "stopped", endsWithOutput: Bool = false,
    run: @escaping @Sendable (Command) throws(EarlyExit) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    declareOptions = options
    self.details = details
    self.examples = examples
    self.isHidden = isHidden
    self.farewell = farewell
    self.endsWithOutput = endsWithOutput
    self.run = run
  }

  /// Those it understands besides the ones that are always understood. No others can be given to it, or read by it.
  var options: [any Option] { declareOptions() }

  /// The same, as they are declared.
  package var ownOptions: [OptionDeclaration] { options.map(\.declaration) }

  /// "mdrctl rename DEVICE NAME".
  package var usage: String { "mdrctl " + form }

  /// "rename DEVICE NAME".
  package var form: String { ([name] + operands.map(\.usage) + needed.map(\.usage)).joined(separator: " ") }

  /// The options without which it cannot do anything.
  var needed: [OptionDeclaration] { options.map(\.declaration).filter(\.isNeeded) }

  /// Every option that may be given to it.
  var accepted: [OptionDeclaration] { (options + Common.always).map(\.declaration) }

  /// The options that every verb understands.
  package static var commonOptions: [OptionDeclaration] { Common.always.map(\.declaration) }

  /// The options of all verbs, one that several take as often.
  static var declared: [any Option] { all.reduce(into: Common.always) { $0 += $1.options } }

  /// Every verb, in the order of the help.
  package static let all: [Verb] = [
    .status, .list, .show, .scan, .pair, .connect, .disconnect, .take, .send, .yield,
    .autoconnect, .priority, .policyExport, .policyImport, .profile, .codec, .why, .doctor, .history, .report, .trust,
    .untrust, .block,
    .unblock, .rename, .forget, .repair, .fix, .guide, .headset, .headsetRelease, .noise, .equalizer, .dsee,
    .speakToChat, .pauseOnRemoval, .autoOff, .touch, .buttons, .voiceGuidance, .volume, .settings, .backup,
    .restore, .hosts, .powerOff, .explain,
    .cacheShow, .adapterList, .adapterPower, .adapterSelect, .monitor,
    .bar, .menu, .metrics, .wait, .config, .version, .help, .completion, .complete,
  ]

  /// Those that people use, in the order of the help.
  package static var visible: [Verb] { all.filter { !$0.isHidden } }

  /// The first words of all verbs, each once.
  static var words: [String] { unique(visible.map { String($0.name.prefix { $0 != " " }) }) }

  /// The verbs of a group: "list", "power" and "select" of "adapter".
  static func members(of group: String) -> [String] {
    all.filter { $0.name.hasPrefix(group + " ") }.map { String($0.name.dropFirst(group.count + 1)) }
  }
}
