import Foundation
import Interface
import Support
import Testing
import Vocabulary

@testable import Commands
@testable import Daemon
@testable import Manual

/// The pages hold what is declared, each thing in its place, and nothing else.
@Suite struct ManualTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

  private func page(_ file: String) throws -> Page { try #require(Manual.pages.first { $0.file == file }, "\(file)") }

  /// The blocks behind a heading, up to the next of its kind or above.
  private func part(_ heading: Block, of page: Page) throws -> ArraySlice<Block> {
    let start = try #require(page.blocks.firstIndex(of: heading), "\(page.file) has no \(heading)")
    let rest = page.blocks[(start + 1)...]
    return rest.prefix { block in
      switch (block, heading) {
      case (.heading, _), (.subheading, .subheading): false
      default: true
      }
    }
  }

  private func terms(_ blocks: some Sequence<Block>) -> [String] {
    blocks.compactMap { block -> String? in if case .entry(let term, _) = block { term } else { nil } }
  }

  private func literals(_ blocks: some Sequence<Block>) -> [String] {
    blocks.flatMap { block -> [String] in if case .literal(let lines) = block { lines } else { [] } }
  }

  @Test func `there is a page for each program, for the configuration and for the interface`() {
    let others = Manual.pages.map(\.file).filter { !$0.hasPrefix("mdrctl-") || $0 == "mdrctl-session.1" }
    #expect(
      others == ["mdrctl.1", "mdrctl-session.1", "mdrctld.8", "mdrctl.conf.5", "org.mdrctl.Control.7"])
    #expect(Manual.pages.contains { $0.file == "mdrctl-flush.8" })
  }

  @Test func `no two files have a name, and each verb is found by its name`() {
    let names = Manual.files.map(\.name)
    #expect(Set(names).count == names.count)
    for verb in Verb.visible {
      #expect(names.contains("mdrctl-\(verb.name.replacing(" ", with: "-")).1"), "\(verb.name)")
    }
    #expect(!names.contains("mdrctl-complete.1"))
  }

  @Test func `every verb has its place on one page, and nothing that is no verb has one`() {
    let placed = VerbGroup.all.flatMap(\.verbs)
    #expect(placed.sorted() == Verb.visible.map(\.name).sorted())
    let parts = Manual.pages.filter { page in VerbGroup.all.contains { $0.name == page.name } }.flatMap(\.blocks)
      .compactMap { block -> String? in if case .subheading(let title) = block { title } else { nil } }
    #expect(parts.sorted() == Verb.visible.map(\.form).sorted())
    let overview = try? part(.heading("VERBS"), of: page("mdrctl.1"))
    #expect(overview.map(terms) == Verb.visible.map(\.form))
  }

  @Test(arguments: Verb.visible.map(\.name))
  func `a verb has its options, its explanation and its examples, and no other's`(name: String) throws {
    let verb = try #require(Verb.visible.first { $0.name == name })
    let page = try page("\(try #require(VerbGroup.page(of: verb))).1")
    let part = try part(.subheading(verb.form), of: page)
    #expect(part.contains(.prose(Manual.sentence(verb.summary))))
    let options = terms(part).filter { $0.hasPrefix("-") }
    #expect(options == verb.ownOptions.map { ($0.letter.map { "-\($0), " } ?? "") + $0.usage })
    #expect(literals(part).filter { $0.hasPrefix("mdrctl") } == verb.examples.split(separator: "\n").map(String.init))
  }

  @Test func `every example is a command line that mdrctl understands`() throws {
    let words = Verb.visible.flatMap { verb in
      verb.examples.split(separator: "\n").map { ($0.prefix { !"|>&;".contains($0) }, verb) }
    }
    #expect(words.count > 20)
    for (line, verb) in words {
      let given = line.replacing("\"", with: "").split(separator: " ").map(String.init)
      #expect(given.first == "mdrctl")
      #expect(try Invocation(Array(given.dropFirst())).verb.name == verb.name, "\(line)")
    }
  }

  @Test func `options that every verb takes, exit codes and variables are on the first page`() throws {
    let page = try page("mdrctl.1")
    #expect(terms(try part(.heading("OPTIONS"), of: page)).count == Common.always.count)
    #expect(terms(try part(.heading("EXIT STATUS"), of: page)) == ExitCode.allCases.map { "\($0.rawValue)" })
    #expect(terms(try part(.heading("ENVIRONMENT"), of: page)) == Overview.variables.map(\.name))
  }

  @Test func `README's table has the exit codes in the words of the manual`() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    for code in ExitCode.allCases { #expect(readme.contains("\n| \(code.rawValue) | \(code.meaning) |\n"), "\(code)") }
  }

  @Test func `every key of the configuration is in its group, with its bounds and its default`() throws {
    let page = try page("mdrctl.conf.5")
    for group in Set(ConfigurationKey.allCases.map(\.group)) {
      let keys = ConfigurationKey.allCases.filter { $0.group == group }
      let part = try part(.heading("[\(group)]"), of: page)
      #expect(terms(part) == keys.map { "\($0.name)=" })
      for (key, block) in zip(keys, part) {
        guard case .entry(_, let text) = block else { continue }
        #expect(text.contains(key.requirement))
        #expect(key.standard.isEmpty || text.hasSuffix("\(key.standard) by default."))
      }
    }
  }

  @Test func `the example of the configuration is acceptable`() throws {
    let lines = literals(try part(.heading("EXAMPLES"), of: page("mdrctl.conf.5")))
    let directory = try TemporaryDirectory()
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(directory.path)/mdrctl.conf"))
    let reading = ConfigurationReading(directory: directory.path)
    #expect(reading.faults.isEmpty && reading.origins.count == 2)
  }

  @Test func `methods, types and errors are those of the interface's file, each with comment and definition`() throws {
    let page = try page("org.mdrctl.Control.7")
    func names(_ kind: String) -> [String] {
      Control.description.split(separator: "\n").filter { $0.hasPrefix("\(kind) ") }
        .map { String($0.dropFirst(kind.count + 1).prefix { $0.isLetter }) }
    }
    func subheadings(_ heading: String) throws -> [String] {
      try part(.heading(heading), of: page).compactMap { block -> String? in
        if case .subheading(let name) = block { name } else { nil }
      }
    }
    #expect(try subheadings("METHODS") == names("method"))
    #expect(try subheadings("TYPES") == names("type"))
    #expect(terms(try part(.heading("ERRORS"), of: page)) == names("error"))
    // Nothing of a definition is lost where its lines are wrapped.
    let told = literals(page.blocks).joined().filter { !$0.isWhitespace && $0 != "#" }
    for line in Control.description.split(separator: "\n") where line.hasPrefix("  ") {
      let words = line.filter { !$0.isWhitespace && $0 != "#" }
      #expect(told.contains(words), "\(line)")
    }
    for case .entry(let name, let text) in page.blocks { #expect(!text.isEmpty, "\(name)") }
  }

  @Test func `the pages are plain ASCII, and no line of text is taken for a request`() {
    let requests = [".TH", ".SH", ".SS", ".PP", ".RS", ".RE", ".EX", ".EE", ".TP", ".br", ".so", ".\\\""]
    for (name, text) in Manual.files {
      #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(name)")
      for line in text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(requests.contains { line.hasPrefix($0) }, "\(name): \(line)")
      }
    }
  }
}
