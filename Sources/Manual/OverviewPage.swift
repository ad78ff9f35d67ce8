internal import Commands
internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Vocabulary

extension Manual {
  static var overviewPage: Page {
    var page = Page(name: "mdrctl", section: 1, title: "control Bluetooth headphones")
    page.blocks = [.heading("SYNOPSIS"), .usage("mdrctl [VERB] [OPERAND...] [OPTION...]"), .heading("DESCRIPTION")]
    page.blocks += [Block](plain: Overview.introduction)
    page.blocks += [
      .prose(
        """
        An address is written with colons, dashes or neither. With several adapters --adapter says which is meant; \
        without it that is the one with the connected bond of the headset, or its only bond, and then the selected \
        adapter.
        """),
      .prose("Everybody on the computer may look. Who may control is said in mdrctl.conf(5); mdrctl status tells you."),
      .heading("VERBS"),
    ]
    page.blocks += Verb.visible.map { verb in
      let place = VerbGroup.page(of: verb).map { " See \($0)(1)." } ?? ""
      return .entry(verb.form, sentence(verb.summary) + place)
    }
    page.blocks += [.heading("OPTIONS"), .prose("Options may stand before or behind the verb. Every verb takes:")]
    page.blocks += Verb.commonOptions.map(entry)
    page.blocks.append(.heading("EXIT STATUS"))
    page.blocks += ExitCode.allCases.map { .entry("\($0.rawValue)", sentence($0.meaning)) }
    page.blocks += [
      .prose("Ended by a signal (Ctrl-C) it cancels what it had begun, and ends as by that signal."),
      .heading("ENVIRONMENT"),
    ]
    page.blocks += Overview.variables.map { .entry($0.name, sentence($0.purpose)) }
    page.blocks += [
      .heading("FILES"),
      .entry(Control.socketPath, "The socket of mdrctld, which speaks Varlink; see org.mdrctl.Control(7)."),
      .entry("\(Catalogue.directory)/*.json", "Models of headsets that are added to those that mdrctl knows."),
    ]
    page.blocks += seeAlso(
      VerbGroup.all.map { "\($0.name)(1)" }.joined(separator: ", "), "mdrctl-session(1)", "mdrctl.conf(5)",
      "org.mdrctl.Control(7)", "mdrctld(8)", "mdrctl-flush(8)")
    return page
  }
}

extension ExitCode {
  /// What it says, in the words of README's table, which a test holds to these.
  package var meaning: String {
    switch self {
    case .ok: "done"
    case .failed: "failed"
    case .usage: "the command line is not acceptable"
    case .timedOut: "timed out: not found, not answering, or not in time"
    case .needsPerson: "a person must act: put the headset into pairing mode, confirm, agree to a repair"
    case .notAuthorized: "not authorised"
    case .notFound: "no such device or adapter"
    case .busy: "busy: another operation is running"
    case .noDaemon: "the daemon is not running, or the other computer cannot be reached"
    case .unavailable:
      "BlueZ, the adapter or a login session with a sound server is unavailable: missing, off, or blocked"
    case .staleBond: "stale bond: the headset has lost its key, or holds another; `mdrctl repair` helps"
    }
  }
}
