internal import Interface
internal import Vocabulary

/// Why a command did not do what it was told.
package struct Failure: Error, Equatable, Sendable {
  /// Stable; `code` of an error in `--json`.
  package var code: String
  /// One sentence: what happened.
  package var message: String
  /// What it was seen by.
  package var evidence: String?
  /// What to do next.
  package var hint: String?
  package var candidates: [String]?
  /// The operation that is in the way.
  package var operation: String?
  /// The device that it is about, of a command that is about several.
  package var device: String?
  /// Nobody is at the daemon's socket; who is there later makes it anew.
  var isAbsence = false
  var exit: ExitCode
}

/// Why a command ends before it has done all that it was told.
enum EarlyExit: Error, Equatable {
  case failure(Failure)
  /// Failures that have been shown already; the first one's exit code.
  case shown(ExitCode)
  /// The user, or somebody else, ended it by a signal.
  case signal(Int32)
  /// Nobody reads the output any more; there is nobody to tell.
  case brokenPipe

  /// A command line that cannot be understood: what was wrong and what is accepted.
  static func usage(_ message: String, hint: String? = nil) -> EarlyExit {
    .failure(Failure(code: "usage", message: message, hint: hint, exit: .usage))
  }

  /// A word that is none of those that are accepted; the nearest of them is suggested.
  static func unknown(_ what: String, _ word: String, accepted: [String]) -> EarlyExit {
    let hint = nearest(to: word, among: accepted).map { "Did you mean \"\($0)\"?" }
    let list = accepted.joined(separator: ", ")
    return usage("There is no \(what) \"\(displayable(word))\"; there are: \(list).", hint: hint)
  }
}
