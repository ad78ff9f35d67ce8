internal import Interface

/// A page in the language of man(7), which groff and mandoc read.
struct Roff {
  private(set) var text: String

  /// What came last; a heading begins a paragraph by itself.
  private var last: Block?

  init(_ page: Page) {
    text = ".\\\" Made when mdrctl is built, of what its programs declare.\n"
    text += ".TH \(argument(page.name.uppercased())) \(page.section) \(Manual.date) "
    text += "\(argument("mdrctl \(Control.version)")) \(argument("Manual of mdrctl"))\n.SH NAME\n"
    let names = ([page.name] + page.aliases).map(typed)
    text += lines(names.dropLast().map { "\($0)," } + names.suffix(1) + ["\\-"] + prose(page.title))
    for block in page.blocks {
      add(block)
      last = block
    }
  }

  private mutating func add(_ block: Block) {
    switch block {
    case .heading(let title): text += ".SH \(argument(title))\n"
    case .subheading(let title): text += ".SS \(argument(title))\n"
    case .prose(let words): text += paragraph + lines(prose(words))
    case .literal(let lines):
      text += paragraph + ".RS 4\n.EX\n" + lines.map { guarded(typed($0)) + "\n" }.joined() + ".EE\n.RE\n"
    case .usage(let line):
      if case .usage? = last { text += ".br\n" }
      text += guarded(usage(line)) + "\n"
    case .entry(let term, let words): text += ".TP\n" + guarded(usage(term)) + "\n" + lines(prose(words))
    }
  }

  /// The beginning of a paragraph.
  private var paragraph: String {
    switch last {
    case .heading, .subheading: ""
    default: ".PP\n"
    }
  }

  /// Words that a person types, with what he replaces set apart: capitals, as in "--timeout SECONDS".
  private func usage(_ line: String) -> String {
    line.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let letters = word.filter(\.isLetter)
      let isPlace = word.first != "-" && !letters.isEmpty && letters.allSatisfy(\.isUppercase) && !word.contains("_")
      let shown = typed(String(word))
      return isPlace ? "\\fI\(shown)\\fR" : "\\fB\(shown)\\fR"
    }.joined(separator: " ")
  }

  /// The words of a paragraph. A dash that a person would type is no hyphen, so that it can be copied.
  private func prose(_ words: String) -> [String] {
    words.split { $0 == " " || $0 == "\n" }.map { word in
      let isCompound = word.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { part in
        part.first?.isLetter == true && part.allSatisfy { $0.isLetter || ".,;:!?)".contains($0) }
      }
      let isName = word.contains("mdrctl") || word.contains("_")
      let shown = isCompound && !isName ? String(word).exchanging("-", for: "\u{0}") : String(word)
      return typed(shown.filter { $0 != "`" }).exchanging("\u{0}", for: "-")
    }
  }

  /// Lines of at most 76 characters.
  private func lines(_ words: [String]) -> String {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.utf8.count + word.utf8.count < 76 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(word)
      }
    }
    return lines.map { guarded($0) + "\n" }.joined()
  }

  /// Characters that mean themselves.
  private func typed(_ text: String) -> String {
    var shown = ""
    for character in text {
      switch character {
      case "\\": shown += "\\e"
      case "-": shown += "\\-"
      case "'": shown += "\\(aq"
      case "`": shown += "\\(ga"
      case "^": shown += "\\(ha"
      case "~": shown += "\\(ti"
      case "…": shown += "..."
      default: shown.append(character)
      }
    }
    return shown
  }

  /// A line that does not look like a request.
  private func guarded(_ line: String) -> String { line.hasPrefix(".") ? "\\&\(line)" : line }

  /// One argument of a request.
  private func argument(_ text: String) -> String {
    let shown = typed(text).exchanging("\"", for: "\\(dq")
    return "\"\(shown)\""
  }
}

extension String {
  /// With each occurrence of a character in place of another text. (The standard library's own brings regular
  /// expressions along.)
  fileprivate func exchanging(_ character: Character, for text: String) -> String {
    reduce(into: "") { $0 += $1 == character ? text : String($1) }
  }
}
