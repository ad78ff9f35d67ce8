internal import Interface

/// Something that an interface defines, with the comment before it.
struct Definition {
  /// "type", "method" or "error".
  let kind: String
  let name: String
  /// A line for each paragraph.
  let comment: String
  let lines: [String]
}

/// What a `.varlink` file says.
struct InterfaceFile {
  /// What it says of the interface as a whole.
  private(set) var introduction = ""
  private(set) var definitions: [Definition] = []

  init(_ text: String) {
    var comment: [String] = []
    var open: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let words = line.split { " (".contains($0) }.map(String.init)
      if !open.isEmpty {
        open.append(line)
      } else if line.hasPrefix("#") {
        comment.append(String(line.dropFirst().drop { $0 == " " }))
        continue
      } else if words.first == "interface" {
        introduction = comment.joined(separator: "\n")
      } else if words.count > 1, ["type", "method", "error"].contains(words[0]) {
        open = [line]
      }
      if Self.isComplete(open) {
        let words = open[0].split { " (".contains($0) }.map(String.init)
        definitions.append(
          Definition(kind: words[0], name: words[1], comment: comment.joined(separator: " "), lines: open))
        open = []
      }
      if open.isEmpty { comment = [] }
    }
  }

  /// Whether as many parentheses are closed as were opened.
  private static func isComplete(_ lines: [String]) -> Bool {
    guard !lines.isEmpty else { return false }
    let code = lines.joined(separator: "\n").split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
    return code.joined().reduce(0) { $0 + ($1 == "(" ? 1 : $1 == ")" ? -1 : 0) } == 0
  }
}

extension Manual {
  static var interfacePage: Page {
    let file = InterfaceFile(Control.description)
    var page = Page(name: Control.interface, section: 7, title: "the interface of mdrctld for other programs")
    page.blocks = [
      .heading("SYNOPSIS"), .usage("varlinkctl introspect \(Control.socketPath) \(Control.interface)"),
      .usage("varlinkctl call --more \(Control.socketPath) \(Control.interface).METHOD PARAMETERS"),
      .heading("DESCRIPTION"),
    ]
    page.blocks += [Block](plain: file.introduction)
    let protocolNote = "in the protocol of Varlink (https://varlink.org)"
    page.blocks.append(.prose("It is spoken at \(Control.socketPath), \(protocolNote)."))
    for (kind, title) in [("method", "METHODS"), ("type", "TYPES")] {
      page.blocks.append(.heading(title))
      for definition in file.definitions where definition.kind == kind {
        page.blocks += [.subheading(definition.name), .prose(definition.comment + rights(definition))]
        page.blocks.append(.literal(definition.lines.flatMap(wrapped)))
      }
    }
    page.blocks += [
      .heading("ERRORS"),
      .prose("Each has a message, the evidence for it where there is any, and a hint what to do next."),
    ]
    page.blocks += file.definitions.filter { $0.kind == "error" }.map { .entry($0.name, $0.comment) }
    page.blocks += seeAlso("mdrctl(1), mdrctld(8)")
    return page
  }

  private static func rights(_ definition: Definition) -> String {
    guard let signature = Control.signatures.first(where: { $0.method.rawValue == definition.name }) else { return "" }
    return signature.role == .read ? " Everybody may call it." : " For those who may control."
  }

  /// A line in pieces that fit a terminal, parted behind commas.
  private static func wrapped(_ line: String) -> [String] {
    let longest = 66
    guard line.count > longest else { return [line] }
    let indent = String(line.prefix { $0 == " " })
    if line.drop(while: { $0 == " " }).hasPrefix("#") { return words(line, indent: indent + "# ", longest) }
    return words(line, indent: indent + "  ", longest)
  }

  private static func words(_ line: String, indent: String, _ longest: Int) -> [String] {
    var lines: [String] = []
    for word in line.split(separator: " ") {
      if let last = lines.last, last.count + word.count < longest {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append((lines.isEmpty ? String(line.prefix { $0 == " " }) : indent) + word)
      }
    }
    return lines
  }
}
