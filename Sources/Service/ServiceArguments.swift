internal import Glibc

/// The command line of a service: it has no options but those that ask about it, and whatever else is said is refused
/// rather than overheard.
package struct ServiceArguments: Sendable {
  package let program: String
  private let version: String
  /// Paragraphs, and under "Environment:" a line for each variable: its name, two blanks or more, what it is.
  package let help: String
  package let others: [String]

  /// What every service answers.
  package let questions = ["--help", "--version"]

  /// `help` says what the program is for, and what of its environment it reads. `others` are words that it sees to itself.
  package init(program: String, version: String, others: [String] = [], help: String) {
    (self.program, self.version, self.others, self.help) = (program, version, others, help)
  }

  /// What is answered, and the exit status: 0, or 2 for what is not understood. Nil when there is nothing to answer.
  package func answer(to words: some Collection<String>) -> (text: String, status: Int32)? {
    let usage = "usage: \(program) [\((questions + others).joined(separator: " | "))]"
    guard let first = words.first, words.count > 1 || !others.contains(first) else { return nil }
    switch first {
    case "--help", "-h": return ("\(usage)\n\n\(help)\n", 0)
    case "--version": return ("\(program) \(version)\n", 0)
    default: return ("\(program): it takes no such argument; it is a service.\n\(usage)\n", 2)
    }
  }

  /// Ends the process where its command line asks something.
  package func answerAndExit() {
    guard let (text, status) = answer(to: CommandLine.arguments.dropFirst()) else { return }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe write(status == 0 ? 1 : 2, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      bytes = bytes.dropFirst(count)
    }
    exit(status)
  }
}
