import Interface
import Testing
import Vocabulary

@testable import Commands

@Suite struct TextTests {
  @Test(arguments: [
    ("WH-1000XM4", "WH-1000XM4"), ("Kopfhörer 日本 😀", "Kopfhörer 日本 😀"), ("a\nb\tc\r", "a�b�c�"),
    ("\u{1B}[31mred", "�[31mred"), ("\u{9B}31m\u{7F}", "�31m�"), ("abc\u{202E}cba", "abc�cba"),
    ("\u{2066}x\u{2069}", "�x�"), ("zero\u{200B}width\u{FEFF}", "zero�width�"), ("e\u{301}", "e\u{301}"),
    ("\u{E0041}tag", "�tag"), ("soft\u{AD}hyphen", "soft�hyphen"), ("\u{2028}\u{2029}", "��"), ("", ""),
  ])
  func `what could deceive on a terminal is replaced visibly`(text: String, shown: String) {
    #expect(displayable(text) == shown)
  }

  @Test(arguments: [
    ("abc", 3), ("ö", 1), ("e\u{301}", 1), ("日本", 4), ("한글", 4), ("😀", 2), ("⚡", 2), ("❤️", 2), ("Ａ", 2), ("�", 1),
    ("", 0),
  ])
  func `the width of a text is what a terminal makes of it`(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test func `the columns of a table line up whatever the script`() {
    #expect(table([["日本", "x", "end"], ["abc", "yy"]]) == ["日本  x   end", "abc   yy"])
    #expect(table([[String]]()).isEmpty)
  }

  @Test(arguments: [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("x", 0, "…")])
  func `a line is cut to the terminal`(text: String, columns: Int, cut: String) {
    #expect(truncated(text, to: columns) == cut)
  }

  private static let long: Device = {
    var device = Samples.headset
    device.alias = String(repeating: "x", count: 60)
    return device
  }()

  @Test func `the name in a table is cut to a terminal, and nowhere else`() {
    let devices = [Self.long, Samples.other]
    func lines(_ columns: Int?) -> [Substring] {
      table(devices, of: ["hci0"], now: 0, Style(columns: columns), none: "").split(separator: "\n")
    }
    #expect(lines(100).allSatisfy { displayWidth(String($0)) <= 100 })
    #expect(lines(100)[1].contains("xxx…  AC:80:0A:11:22:33"))
    // Below that a name would not tell anything.
    #expect(lines(20)[1].hasPrefix("xxxxxxxxxxx…  AC"))
    #expect(lines(nil)[1].hasPrefix(Self.long.alias))
    #expect(lines(nil)[0].contains("ADAPTER") == false)
  }

  @Test func `devices are told with their adapters as soon as there are two`() {
    let text = table([Samples.headset], of: ["hci0", "hci1"], now: 0, Style(), none: "")
    #expect(text.hasPrefix("DEVICE      ADDRESS            ADAPTER  AUDIO"))
    #expect(text.contains("AC:80:0A:11:22:33  hci0     A2DP LDAC"))
    var log = MonitorLog()
    let both = [Samples.adapter, Adapter.named("hci1")]
    _ = log.text(for: Control.MonitorReply(event: .state, adapters: both, devices: [Samples.headset]), now: 0, Style())
    let gone = log.text(for: Control.MonitorReply(event: .deviceRemoved, device: Samples.headset), now: 0, Style())
    #expect(gone == "WH-1000XM4 (AC:80:0A:11:22:33) on hci0 has gone.\n")
  }

  @Test(arguments: ["", " ", "\u{3164}", "\u{2800}\u{2800}", "\u{301}"])
  func `what shows nothing is called by its address`(name: String) {
    var device = Samples.headset
    device.alias = name
    #expect(device.title == device.address)
    #expect(sentence(device, "is here.", Style()) == "AC:80:0A:11:22:33 is here.\n")
  }

  @Test(
    arguments: [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
      as [([String], String)])
  func `words make a list`(words: [String], text: String) {
    #expect(list(words) == text)
  }

  @Test(arguments: [("status", "status"), ("statsu", "status"), ("sta", "status"), ("zzz", nil)])
  func `the nearest word is found`(word: String, nearest expected: String?) {
    #expect(nearest(to: word, among: ["list", "status"]) == expected)
  }
}

@Suite struct HelpTests {
  @Test func `the overview names every verb, option and exit code`() throws {
    let text = try mdrctl(["help"]).output
    for verb in Verb.visible { #expect(text.contains("  \(verb.form) ")) }
    for option in Verb.declared.map(\.declaration) {
      let letter = option.letter.map { "-\($0), " } ?? "    "
      let lines = text.split(separator: "\n").filter { $0.hasPrefix("  \(letter)\(option.usage) ") }
      #expect(lines.count == 1 && lines[0].hasSuffix(" \(option.summary)"), "\(option.name)")
    }
    for code in 0...10 { #expect(text.contains("\(code) ")) }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test(arguments: Verb.visible.map(\.name))
  func `each verb has help, asked for in any way`(name: String) throws {
    let verb = try #require(Verb.visible.first { $0.name == name })
    let words = name.split(separator: " ").map(String.init)
    let run = try mdrctl(["help"] + words)
    #expect(run.ending == .exit(.ok))
    #expect(run.output.hasPrefix("Usage: mdrctl \(verb.form) [OPTION...]\n\n"))
    for option in verb.accepted { #expect(run.output.contains(option.usage) && run.output.contains(option.summary)) }
    #expect(try mdrctl(words + ["--help"]).output == run.output)
    #expect(try mdrctl(["-h"] + words + ["what", "ever"]).output == run.output)
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func `help for a group shows its verbs`() throws {
    let text = try mdrctl(["help", "adapter"]).output
    #expect(text.contains("mdrctl adapter list") && text.contains("mdrctl adapter power on|off"))
  }

  @Test func `help for nothing that exists is a usage error`() throws {
    #expect(try mdrctl(["help", "nonsense"]).code == 2)
  }

  @Test func `--version tells the version without a daemon`() throws {
    let run = try mdrctl(["--version"])
    #expect(run.output == "mdrctl 0.1.0\n" && run.ending == .exit(.ok))
    #expect(try mdrctl(["--version", "--json"]).objects() == [#"{"mdrctl":"0.1.0"}"#])
  }

  @Test func `version tells of the daemon too, if there is one`() async throws {
    #expect(try mdrctl(["version"]).output == "mdrctl 0.1.0\nmdrctld does not answer\nBlueZ unknown\n")
    let daemon = FakeDaemon([.status: try .replies(Samples.status)])
    let run = try await daemon.serve { try mdrctl(["version"], socket: $0) }
    #expect(run.output == "mdrctl 0.1.0\nmdrctld 0.1.0\nBlueZ 5.66\n")
  }
}

extension Adapter {
  fileprivate static func named(_ name: String) -> Self {
    var adapter = Samples.adapter
    adapter.name = name
    return adapter
  }
}
