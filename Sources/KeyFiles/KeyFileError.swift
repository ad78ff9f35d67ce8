/// The first line of a key file that GLib refuses, and with it the whole file.
package struct KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Problem: CaseIterable, Sendable {
    /// Neither a comment, nor a group, nor a key with "=".
    case notALine
    case groupName
    case keyName
    /// A key before the first group.
    case noGroup
    /// `Encoding` in the first group is not UTF-8.
    case encoding
    /// Longer than ``KeyFile/longest``; GLib would read it.
    case tooLong
  }

  /// From 1.
  package let line: Int
  package let problem: Problem

  package init(line: Int, _ problem: Problem) {
    self.line = line
    self.problem = problem
  }

  /// A sentence without the line.
  package var description: String {
    switch problem {
    case .notALine: "This is no comment, no [group] and no key with \"=\"."
    case .groupName: "A group's name is not empty, and has no bracket and no control character."
    case .keyName: "A key's name has no brackets, but for a language at its end."
    case .noGroup: "A key stands before the first [group]."
    case .encoding: "The file says that it is not in UTF-8."
    case .tooLong: "The file is longer than \(KeyFile.longest) bytes."
    }
  }
}
