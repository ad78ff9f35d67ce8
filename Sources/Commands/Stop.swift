internal import Interface

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
  var exit: ExitCode
}

/// What ends a command before its time.
enum Stop: Error, Equatable {
  case failure(Failure)
  /// Failures that have been shown already; the first one's exit code.
  case shown(ExitCode)
  /// The user, or somebody else, ended it by a signal.
  case signal(Int32)
  /// Nobody reads the output any more; there is nobody to tell.
  case brokenPipe

  /// A command line that cannot be understood: what was wrong and what is accepted.
  static func usage(_ message: String, hint: String? = nil) -> Stop {
    .failure(Failure(code: "usage", message: message, hint: hint, exit: .usage))
  }

  /// Words instead of which nothing is accepted but `accepted`; the nearest one is suggested.
  static func unknown(_ what: String, _ word: String, accepted: [String]) -> Stop {
    let hint = nearest(to: word, among: accepted).map { "Did you mean \"\($0)\"?" }
    let list = accepted.joined(separator: ", ")
    return usage("There is no \(what) \"\(displayable(word))\"; there are: \(list).", hint: hint)
  }
}

/// The candidate that is most like the word, if any is like it at all.
func nearest(to word: String, among candidates: [String]) -> String? {
  let word = word.lowercased()
  if word.count > 1, let longer = candidates.first(where: { $0.hasPrefix(word) }) { return longer }
  let distances = candidates.map { (candidate: $0, distance: distance(word, $0)) }
  let best = distances.min { $0.distance < $1.distance }
  return best.flatMap { $0.distance <= max(1, $0.candidate.count / 3) ? $0.candidate : nil }
}

/// How many letters must be added, dropped, changed or swapped with their neighbour to turn one word into the other.
private func distance(_ first: String, _ second: String) -> Int {
  let (first, second) = (Array(first), Array(second))
  var rows = [Array(0...second.count)]
  for row in 1..<(first.count + 1) {
    var current = [row]
    for column in 1..<(second.count + 1) {
      let change = first[row - 1] == second[column - 1] ? 0 : 1
      var best = min(rows[row - 1][column] + 1, current[column - 1] + 1, rows[row - 1][column - 1] + change)
      if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
        best = min(best, rows[row - 2][column - 2] + 1)
      }
      current.append(best)
    }
    rows.append(current)
  }
  return rows[first.count][second.count]
}
