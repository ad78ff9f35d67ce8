internal import Commands
internal import Interface
internal import Vocabulary

/// Verbs that are explained on one page.
struct VerbGroup {
  let name: String
  let title: String
  let verbs: [String]

  /// Every verb that people use is in one of these, and on one page.
  static let all = [
    VerbGroup(name: "mdrctl-status", title: "see what there is", verbs: ["status", "list", "show", "cache show"]),
    VerbGroup(
      name: "mdrctl-pair", title: "find, pair, repair and forget headsets",
      verbs: ["scan", "pair", "repair", "fix", "forget"]),
    VerbGroup(
      name: "mdrctl-connect", title: "connect headsets, and say which may",
      verbs: [
        "connect", "disconnect", "take", "send", "yield", "autoconnect", "priority", "policy export", "policy import",
        "trust", "untrust", "block", "unblock", "rename",
      ]),
    VerbGroup(name: "mdrctl-profile", title: "stereo, calls and codecs", verbs: ["profile", "codec", "why"]),
    VerbGroup(name: "mdrctl-doctor", title: "what is wrong on this computer", verbs: ["doctor"]),
    VerbGroup(
      name: "mdrctl-history", title: "what happened on this computer, and a report of it",
      verbs: ["history", "report"]),
    VerbGroup(name: "mdrctl-guide", title: "which keys to press on a headset", verbs: ["guide"]),
    VerbGroup(
      name: "mdrctl-headset", title: "what a Sony headset itself holds",
      verbs: [
        "headset", "headset release", "noise", "eq", "dsee", "speak-to-chat", "pause-on-removal",
        "auto-off", "touch", "buttons", "voice-guidance", "volume", "settings", "backup", "restore", "hosts",
        "power-off", "explain",
      ]),
    VerbGroup(
      name: "mdrctl-adapter", title: "the Bluetooth adapters of this computer",
      verbs: ["adapter list", "adapter power", "adapter select"]),
    VerbGroup(
      name: "mdrctl-monitor", title: "follow what happens, or wait for it",
      verbs: ["monitor", "bar", "menu", "metrics", "wait"]),
    VerbGroup(
      name: "mdrctl-config", title: "configuration, versions and help",
      verbs: ["config", "version", "help", "completion"]),
  ]

  /// The page that has a verb.
  static func page(of verb: Verb) -> String? { all.first { $0.verbs.contains(verb.name) }?.name }
}

extension Manual {
  static var verbPages: [Page] { VerbGroup.all.map(page) }

  private static func page(_ group: VerbGroup) -> Page {
    let verbs = group.verbs.compactMap { name in Verb.visible.first { $0.name == name } }
    let names = verbs.map { "mdrctl-" + $0.name.split(separator: " ").joined(separator: "-") }
    var page = Page(name: group.name, aliases: names.filter { $0 != group.name }, section: 1, title: group.title)
    page.blocks = [.heading("SYNOPSIS")] + verbs.map { .usage("\($0.usage) [OPTION...]") }
    page.blocks.append(.heading("DESCRIPTION"))
    for verb in verbs { page.blocks += blocks(verb) }
    page.blocks += [
      .heading("COMMON OPTIONS"),
      .prose("Every verb also takes " + list(Verb.commonOptions.map(\.longForm)) + "; see mdrctl(1)."),
      .heading("EXIT STATUS"),
      .prose("0 when it is done; mdrctl(1) has the others."),
    ]
    page.blocks += seeAlso("mdrctl(1), mdrctl.conf(5), mdrctld(8)")
    return page
  }

  private static func blocks(_ verb: Verb) -> [Block] {
    var blocks: [Block] = [.subheading(verb.form), .prose(sentence(verb.summary))]
    blocks += [Block](plain: verb.details)
    blocks += verb.ownOptions.map(entry)
    guard !verb.examples.isEmpty else { return blocks }
    return blocks + [.prose("For example:"), .literal(verb.examples.split(separator: "\n").map(String.init))]
  }

  static func entry(_ option: OptionDeclaration) -> Block {
    let letter = option.letter.map { "-\($0), " } ?? ""
    return .entry(letter + option.usage, sentence(option.summary))
  }

  /// With a capital and a full stop.
  static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }

  static func list(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + (words.count > 1 ? " and " : "") + (words.last ?? "")
  }
}
