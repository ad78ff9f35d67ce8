// The Manual layer: the pages of the manual, made of what the programs declare. It is run when mdrctl is built, and not
// installed.

/// A page of the manual.
package struct Page: Sendable {
  /// "mdrctl-pair".
  package let name: String
  /// Other names by which it is found.
  package var aliases: [String] = []
  /// 1: commands, 5: files, 7: conventions, 8: commands of the system.
  package let section: Int
  /// One line, as whatis(1) shows it.
  package let title: String
  package var blocks: [Block] = []

  /// "mdrctl-pair.1".
  package var file: String { "\(name).\(section)" }

  /// "mdrctl-pair(1)".
  var reference: String { "\(name)(\(section))" }

  /// What another page is that only leads here.
  func alias(_ name: String) -> (name: String, text: String) {
    ("\(name).\(section)", ".so man\(section)/\(file)\n")
  }
}

/// A piece of a page.
package enum Block: Equatable, Sendable {
  case heading(String)
  case subheading(String)
  case prose(String)
  /// Shown as it stands, line by line.
  case literal([String])
  /// A line that says how something is called, with what is fixed in bold.
  case usage(String)
  /// What is explained, and the explanation.
  case entry(String, String)
}

extension [Block] {
  /// Text as the help of a program has it: paragraphs; a table of two columns; lines that are set in as they stand.
  init(plain text: String) {
    self = []
    for lines in text.split(separator: "\n", omittingEmptySubsequences: false).split(whereSeparator: \.isEmpty) {
      append(paragraph: lines.map(String.init))
    }
  }

  private mutating func append(paragraph lines: [String]) {
    let rows = lines.map(columns)
    if rows.allSatisfy({ $0 != nil }) {
      for case (let term, let text)? in rows { append(.entry(term, text)) }
    } else if lines.allSatisfy({ $0.hasPrefix("  ") }) {
      append(.literal(lines.map { String($0.drop { $0 == " " }) }))
    } else {
      append(.prose(lines.joined(separator: " ")))
    }
  }

  /// A row of a table: what stands before and behind the first gap.
  private func columns(_ line: String) -> (String, String)? {
    let row = Array<Character>(line.drop { $0 == " " })
    guard let gap = row.indices.dropLast().first(where: { row[$0] == " " && row[$0 + 1] == " " }) else { return nil }
    return (String(row[..<gap]), String(row[gap...].drop { $0 == " " }))
  }
}
