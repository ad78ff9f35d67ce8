// The Commands layer: mdrctl as a library. It knows the interface and the blocking client, and no policy: what a word
// means is decided by the daemon. Everything is synchronous; there is no event loop and no task.

/// The options of the command line. The raw value is the long name.
package enum Option: String, CaseIterable, Sendable {
  case adapter
  case all
  case allStale = "all-stale"
  case ask
  case check
  case dryRun = "dry-run"
  case `for`
  case force
  case help
  case json
  case once
  case powerCycle = "power-cycle"
  case prefer
  case quiet
  case resetCache = "reset-cache"
  case timeout
  case use
  case verbose
  case version
  case yes

  /// The one-letter form.
  var short: Character {
    switch self {
    case .adapter: "a"
    case .all: "A"
    case .allStale: "S"
    case .ask: "i"
    case .check: "c"
    case .dryRun: "n"
    case .for: "f"
    case .force: "F"
    case .help: "h"
    case .json: "j"
    case .once: "o"
    case .powerCycle: "P"
    case .prefer: "p"
    case .quiet: "q"
    case .resetCache: "R"
    case .timeout: "t"
    case .use: "u"
    case .verbose: "v"
    case .version: "V"
    case .yes: "y"
    }
  }

  /// What its value is called, for an option that takes one.
  var argument: String? {
    switch self {
    case .adapter: "ADAPTER"
    case .for: "STATE"
    case .prefer: "PREFERENCE"
    case .timeout: "SECONDS"
    case .use: "CODEC"
    case .all, .allStale, .ask, .check, .dryRun, .force, .help, .json, .once, .powerCycle, .quiet, .resetCache,
      .verbose, .version, .yes:
      nil
    }
  }

  var summary: String {
    switch self {
    case .adapter: "use this adapter, by name (hci0) or address"
    case .all: "also devices that are neither paired nor connected"
    case .allStale: "every device whose bond is known to be stale"
    case .ask: "ask on this terminal: whether to go on, for a PIN, a passkey or a confirmation"
    case .check: "exit with 1 when it is not in stereo"
    case .dryRun: "only say what would be done"
    case .for: "the state to wait for: connected, disconnected, paired or a2dp"
    case .force: "even while other devices are connected"
    case .help: "show help"
    case .json: "print JSON, one object for each result; errors too"
    case .once: "only this once; the policy stays as it is"
    case .powerCycle: "switch the adapter off and on afterwards"
    case .prefer: "what \"best\" is to mean from now on: quality or latency"
    case .quiet: "no progress and no warnings"
    case .resetCache: "also what this computer keeps of it below BlueZ"
    case .timeout: "how long to look or wait; 0 looks once"
    case .use: "switch to this codec, or to \"best\""
    case .verbose: "every detail; with --json also the progress"
    case .version: "print the version"
    case .yes: "agree without being asked, also to a comparison of passkeys"
    }
  }

  /// Understood with every verb.
  static let common: [Option] = [.json, .quiet, .verbose, .help, .version]

  /// "--timeout SECONDS", as help shows it.
  var usage: String { "--\(rawValue)" + (argument.map { " \($0)" } ?? "") }
}
