internal import Glibc

/// All pages of the manual.
package enum Manual {
  /// When the words of the pages that stand here were revised last; not when they are made, so that the same sources give
  /// the same pages.
  static let date = "2026-11-29"

  /// Every page, in the order of the sections.
  package static let pages = [overviewPage] + verbPages + servicePages + [configurationPage, interfacePage]

  /// Every file: its name, and what it is in the language of man(7). A page that has more names has a file for each.
  package static var files: [(name: String, text: String)] {
    pages.flatMap { page in
      [(page.file, Roff(page).text)] + page.aliases.map { page.alias($0) }
    }
  }

  /// What else there is to read, for the end of a page.
  static func seeAlso(_ others: String...) -> [Block] {
    [.heading("SEE ALSO"), .prose(others.joined(separator: ", "))]
  }

}

/// Runs `mdrctl-manual`: without an argument it prints the names of all files, with one it prints that file. Ends the
/// process.
package func runManual() -> Never {
  let words = CommandLine.arguments.dropFirst()
  guard let word = words.first else {
    for file in Manual.files { print(file.name) }
    exit(0)
  }
  guard words.count == 1, let file = Manual.files.first(where: { $0.name == word }) else {
    print("usage: mdrctl-manual [FILE], where FILE is one of those that it lists")
    exit(2)
  }
  print(file.text, terminator: "")
  exit(0)
}
