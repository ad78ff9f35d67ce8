// The Commands layer: mdrctl as a library. It knows the interface and the blocking client, and no policy: what a word
// means is decided by the daemon. Everything is synchronous; there is no event loop and no task.

/// The options of the command line. The raw value is the long name.
package enum Option: String, CaseIterable, Sendable {
  case adapter
  case all
  case ask
  case `for`
  case help
  case json
  case quiet
  case timeout
  case verbose
  case version
  case yes

  /// The one-letter form.
  var short: Character {
    switch self {
    case .adapter: "a"
    case .all: "A"
    case .ask: "i"
    case .for: "f"
    case .help: "h"
    case .json: "j"
    case .quiet: "q"
    case .timeout: "t"
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
    case .timeout: "SECONDS"
    case .all, .ask, .help, .json, .quiet, .verbose, .version, .yes: nil
    }
  }

  var summary: String {
    switch self {
    case .adapter: "use this adapter, by name (hci0) or address"
    case .all: "also devices that are neither paired nor connected"
    case .ask: "ask on this terminal for a PIN, a passkey or a confirmation"
    case .for: "the state to wait for: connected, disconnected, paired or a2dp"
    case .help: "show help"
    case .json: "print JSON, one object for each result; errors too"
    case .quiet: "no progress and no warnings"
    case .timeout: "how long to look or wait"
    case .verbose: "every detail; with --json also the progress"
    case .version: "print the version"
    case .yes: "accept a comparison of passkeys without asking"
    }
  }

  /// Understood with every verb.
  static let common: [Option] = [.json, .quiet, .verbose, .help, .version]

  /// "--timeout SECONDS", as help shows it.
  var usage: String { "--\(rawValue)" + (argument.map { " \($0)" } ?? "") }
}
