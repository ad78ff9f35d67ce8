import Foundation
import Interface
import Testing
import Vocabulary

@testable import Commands

/// What a new verb, option or method must not be without.
@Suite(.timeLimit(.minutes(5))) struct CompletenessTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  // MARK: Verbs

  /// One file for a verb, with its opposite (`trust`, `untrust`), or for a group (`adapter list`, `adapter power`).
  @Test func `the files of the verbs declare the verbs that there are, each under its name`() throws {
    let folder = "Sources/Commands/Verbs"
    var declared: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: folder).path) {
      let text = try Self.text(of: "\(folder)/\(file)")
      let names = text.matches(of: /= Verb\(\s*name: "([^"]+)"/).map { String($0.1) }
      // Those of one setting of a headset each are made by one function, and stand together.
      let ofSettings = text.matches(of: /= setting\(\s*\.\w+, "([^"]+)"/).map { String($0.1) }
      #expect(ofSettings.isEmpty == (file != "Setting.swift"))
      declared.formUnion(ofSettings)
      if !ofSettings.isEmpty { continue }
      #expect(!names.isEmpty, "\(file) declares no verb")
      let subject = file.replacing(".swift", with: "").lowercased()
      for name in names {
        let word = name.prefix { $0 != " " }.filter { $0 != "-" }
        #expect(word == subject || word == "un" + subject, "\(name) is declared in \(file)")
      }
      declared.formUnion(names)
    }
    #expect(declared == Set(Verb.all.map(\.name)))
    #expect(declared.count == Verb.all.count)
  }

  @Test func `README lists the verbs that there are, in the order of the help`() throws {
    let readme = try Self.text(of: "README.md")
    let list = try #require(readme.split(separator: "\n\n").first { $0.hasPrefix("The verbs are ") })
    let sentence = list.prefix { $0 != "." }
    #expect(sentence.matches(of: /`([a-z -]+)`/).map { String($0.1) } == Verb.visible.map(\.name))
  }

  /// A line of an example, with what stands behind "mdrctl" up to a comment or another command.
  private static var command: Regex<(Substring, Substring?)> {
    #/\ {4}(?:\$\ )?mdrctl(\ [^\#|&;>]*)?(?:[\#|&;>].*)?/#
  }

  @Test func `every command that README and the documentation show is understood`() throws {
    let documents = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path)
      .filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    var count = 0
    for document in ["README.md"] + documents {
      for line in try Self.text(of: document).split(separator: "\n") {
        guard let command = line.wholeMatch(of: Self.command) else { continue }
        let words = (command.1 ?? "").replacing("\"", with: "").split(separator: " ").map(String.init)
        #expect(throws: Never.self, "\(line)") { try Invocation(words) }
        count += 1
      }
    }
    #expect(count > 20)
  }

  // MARK: Options

  /// What has a closed set of values, and the set.
  private static let closedSets: [String: [String]] = [
    "adapter power STATE": ["on", "off"],
    "autoconnect VALUE": ["on", "off"],
    "auto-off VALUE": ["never", "taken-off", "5min", "15min", "30min", "60min", "180min"],
    "dsee VALUE": ["on", "off"],
    "noise MODE": ["off", "cancel", "wind", "ambient"],
    "pause-on-removal VALUE": ["on", "off"],
    "priority VALUE": (1...9).map(String.init) + ["sound", "connection", "latency"],
    "speak-to-chat VALUE": ["on", "off"],
    "touch VALUE": ["on", "off"],
    "voice-guidance VALUE": ["on", "off"],
    "bar --format": ["waybar", "polybar", "i3status-rs", "i3blocks", "eww"],
    "codec --prefer": CodecPreference.allCases.map(\.rawValue),
    "completion SHELL": ["bash", "zsh", "fish"],
    "why QUESTION": ["stutter"],
    "guide PROCEDURE": ["pair", "reset", "initialize", "power-off"],
    "profile POLICY": AudioPolicy.allCases.map(\.rawValue),
    "wait --for": WaitState.allCases.map(\.rawValue),
  ]

  @Test func `what is one of a closed set of values is completed to exactly that set, and nothing else is accepted`() {
    var found: [String: [String]] = [:]
    for verb in Verb.visible {
      for option in verb.accepted {
        guard case .choice(let values)? = option.value?.kind else { continue }
        found["\(verb.name) \(option.longForm)"] = completions(verb.typedName + [option.longForm]) { _ in ["a device"] }
        for value in values { #expect(refusal(verb, [option.longForm, value]) == nil) }
        #expect(refusal(verb, [option.longForm, values[0] + "x"])?.contains(values.joined(separator: ", ")) == true)
      }
      for (place, operand) in verb.operands.enumerated() {
        guard case .choice = operand.kind else { continue }
        let before = verb.operands.prefix(place).map { _ in "x" }
        found["\(verb.name) \(operand.name)"] = completions(verb.typedName + before) { _ in ["a device"] }
          .filter { !$0.hasPrefix("--") }
      }
    }
    #expect(found == Self.closedSets)
  }

  /// What the verb says to these words beside the operands that it needs.
  private func refusal(_ verb: Verb, _ words: [String]) -> String? {
    do throws(EarlyExit) { _ = try Invocation(verb.typedName + verb.typedOperands + words) } catch {
      guard case .failure(let failure) = error else { return "\(error)" }
      return failure.message
    }
    return nil
  }

  @Test func `an option that a verb does not declare is refused by it`() throws {
    for verb in Verb.visible {
      let accepted = verb.accepted.map(\.name)
      for option in Verb.declared.map(\.declaration) where !accepted.contains(option.name) {
        let typed = [option.longForm] + (option.sample.map { [$0] } ?? [])
        let run = try mdrctl(verb.typedName + verb.typedOperands + typed)
        #expect(run.code == 2 && run.output.isEmpty)
        #expect(run.errors.hasPrefix("mdrctl: \"\(verb.name)\" does not take \(option.longForm); it takes --"))
      }
    }
  }

  @Test func `the letters are those of options that many verbs take, each of one`() {
    var named: [Character: Set<String>] = [:]
    for option in Verb.declared.map(\.declaration) {
      if let letter = option.letter { named[letter, default: []].insert(option.name) }
    }
    #expect(
      named == [
        "a": ["adapter"], "h": ["help"], "H": ["host"], "j": ["json"], "q": ["quiet"], "t": ["timeout"],
        "v": ["verbose"], "y": ["yes"],
      ])
  }

  /// It may stand before the verb, where nobody knows yet whose it is.
  @Test func `an option takes a value with every verb that has it, or with none`() {
    let named = Dictionary(grouping: Verb.declared.map(\.declaration)) { $0.name }
    for (name, options) in named { #expect(Set(options.map { $0.value != nil }).count == 1, "\(name)") }
  }

  @Test func `no two verbs have a name, and no verb takes an option twice`() {
    #expect(Set(Verb.all.map(\.name)).count == Verb.all.count)
    for verb in Verb.all { #expect(Set(verb.accepted.map(\.name)).count == verb.accepted.count, "\(verb.name)") }
  }

  // MARK: Methods

  /// The methods that no verb is for, and why.
  private static let internalMethods: [Control.Method: String] = [
    .answer: "it is the answer to a question that pair or repair puts on the way",
    .reloadConfiguration: "it is for the service manager, which calls mdrctld --reload",
  ]

  @Test(arguments: Control.Method.allCases)
  func `each method has a verb that calls it`(method: Control.Method) {
    let callers = Example.all.filter { $0.call.method == method }
    #expect(callers.isEmpty == (Self.internalMethods[method] != nil), "\(method)")
  }
}
