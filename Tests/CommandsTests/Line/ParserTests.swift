import Testing

@testable import Commands

/// What a command line is understood as, for comparing.
private func understood(_ words: [String]) -> String {
  do throws(EarlyExit) {
    let invocation = try Invocation(words)
    let options = invocation.scanner.options.sorted { $0.name < $1.name }
    let forms = options.map { $0.value.isEmpty ? "--\($0.name)" : "--\($0.name)=\($0.value)" }
    return ([invocation.verb.name] + invocation.operands + forms).joined(separator: "|")
  } catch {
    guard case .failure(let failure) = error else { return "\(error)" }
    return failure.message
  }
}

@Suite struct ParserTests {
  @Test(arguments: [
    ([], "status"),
    (["list"], "list"),
    (["pair"], "pair"),
    (["pair", "XM4"], "pair|XM4"),
    (["adapter", "power", "on"], "adapter power|on"),
    (["rename", "XM4", ""], "rename|XM4|"),
    (["rename", "--", "-x", "--json"], "rename|-x|--json"),
    (["-j"], "status|--json"),
    (["-jq", "list"], "list|--json|--quiet"),
    (["-aHCI", "list"], "list|--adapter=HCI"),
    (["-jahci0", "list", "--all"], "list|--adapter=hci0|--all|--json"),
    (["list", "--adapter="], "list|--adapter"),
    (["show", "-"], "show|-"),
    (
      ["forget", "x", "--reset-cache", "--power-cycle", "--force", "--dry-run", "-qy"],
      "forget|x|--dry-run|--force|--power-cycle|--quiet|--reset-cache|--yes"
    ),
    (["list", "-a", "hci0", "-ahci1", "--adapter", "hci2"], "list|--adapter=hci2"),
    (["repair", "--all-stale", "--ask"], "repair|--all-stale|--ask"),
    (["--dry-run", "repair", "x", "-t9"], "repair|x|--dry-run|--timeout=9"),
    (["cache", "show", "x"], "cache show|x"),
    (["profile", "x", "stereo", "--once"], "profile|x|stereo|--once"),
    (["codec", "--use", "ldac", "--prefer=latency"], "codec|--prefer=latency|--use=ldac"),
    (["why", "--check"], "why|--check"),
  ])
  func `a command line is taken apart`(words: [String], result: String) {
    #expect(understood(words) == result)
  }

  @Test(
    arguments: [
      (["profile"], nil, nil), (["profile", "auto"], nil, "auto"), (["profile", "xm4"], "xm4", nil),
      (["profile", "auto", "off"], "auto", "off"), (["profile", "--once", "xm4", "call"], "xm4", "call"),
      (["profile", "--", "stereo"], nil, "stereo"), (["codec", "best"], nil, "best"), (["codec", "ldac"], "ldac", nil),
      (["codec", "best", "best"], "best", "best"), (["codec", "xm4", "ldac"], "xm4", "ldac"),
      (["rename", "xm4", "best"], "xm4", "best"), (["why", "stereo"], nil, "stereo"),
      (["why", "stutter", "xm4"], "stutter", "xm4"),
    ] as [([String], String?, String?)])
  func `a device is left out before a word that can only be the next`(
    words: [String], first: String?, second: String?
  ) throws {
    let invocation = try Invocation(words)
    #expect(invocation.operand(0) == first)
    #expect(invocation.operand(1) == second)
  }

  @Test(arguments: Verb.visible.map(\.name))
  func `an option may stand before or after the verb, long or short`(name: String) throws {
    let verb = try #require(Verb.visible.first { $0.name == name })
    let (words, operands) = (verb.typedName, verb.typedOperands)
    for option in verb.accepted where ![Common.help, Common.version].contains(where: { $0.isCalled(option.name) }) {
      let needed = verb.needed.filter { $0.name != option.name }.flatMap { [$0.longForm, $0.sample ?? ""] }
      let long = [option.longForm] + (option.sample.map { [$0] } ?? [])
      let expected = understood(words + operands + needed + long)
      #expect(expected.contains("|\(option.longForm)" + (option.sample.map { "=\($0)" } ?? "")))
      for form in option.forms {
        #expect(understood(form + words + operands + needed) == expected)
        #expect(understood(words + form + operands + needed) == expected)
        #expect(understood(words + operands + needed + form) == expected)
      }
    }
  }

  /// They would mean one thing with one verb and another with the next.
  @Test(arguments: ["A", "S", "i", "c", "n", "f", "F", "o", "P", "p", "R", "u", "V"])
  func `what only one verb takes has no letter`(letter: String) throws {
    let run = try mdrctl(["list", "-\(letter)"])
    #expect(run.code == 2 && run.output.isEmpty)
    #expect(run.errors == "mdrctl: There is no option \"-\(letter)\"; there are: -H, -a, -h, -j, -q, -t, -v, -y.\n")
  }

  @Test(arguments: [
    (["--help"], "help|--help"), (["pair", "--help"], "help|pair|--help"),
    (["-h", "pair", "x", "y"], "help|pair|x|y|--help"),
    (["list", "--version"], "version|--version"), (["--version", "nonsense"], "version|--version"),
  ])
  func `help and version come before everything else`(words: [String], result: String) {
    #expect(understood(words) == result)
  }

  @Test(arguments: [
    (["rename", "XM4"], "\"rename\" needs NAME."),
    (["list", "XM4"], "\"list\" does not know what to do with \"XM4\"."),
    (
      ["list", "--ask"],
      "\"list\" does not take --ask; it takes --adapter, --all, --json, --quiet, --verbose, --help, --version, --host."
    ),
    (["adapter"], "\"adapter\" needs one of these after it: list, power, select."),
    (
      ["adapter", "powr"], "There is no verb \"adapter powr\"; there are: adapter list, adapter power, adapter select."
    ),
    (["cache"], "\"cache\" needs one of these after it: show."),
    (["cache", "clear"], "There is no verb \"cache clear\"; there are: cache show."),
    (["rename"], "\"rename\" needs DEVICE."),
    (["profile", "x", "mono"], "There is no policy \"mono\"; there are: stereo, call, auto, off."),
    (["profile", "stereo", "call", "x"], "\"profile\" does not know what to do with \"x\"."),
    (["codec", "x", "ldac", "best"], "\"codec\" does not know what to do with \"best\"."),
    (["why", "x", "stereo"], "There is no question \"x\"; there are: stutter."),
    (["adapter", "power", "up"], "There is no state \"up\"; there are: on, off."),
    (["list", "--json=yes"], "The option --json takes no value."),
    (
      ["list", "--adapter"],
      "The option --adapter ADAPTER needs its value: use this adapter, by name (hci0) or address."
    ),
    (["-t"], "The option --timeout SECONDS needs its value: how long to look or wait; 0 looks once."),
    (["wait", "x"], "\"wait\" needs --for STATE."),
    (
      ["wait", "x", "--for", "ever"],
      "There is no state \"ever\"; there are: connected, disconnected, paired, a2dp."
    ),
    (["list", "-z"], "There is no option \"-z\"; there are: -H, -a, -h, -j, -q, -t, -v, -y."),
  ])
  func `what is not understood is said in one sentence`(words: [String], message: String) throws {
    #expect(understood(words) == message)
    let run = try mdrctl(words)
    #expect(run.code == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("mdrctl: \(message)\n"))
  }

  @Test(arguments: [
    ("sttus", "status"), ("conect", "connect"), ("LIST", "list"), ("disc", "disconnect"), ("trsut", "trust"),
    ("remove", nil), ("x", nil), ("", nil),
  ])
  func `the nearest verb is suggested, but not a far one`(word: String, suggestion: String?) throws {
    let run = try mdrctl([word])
    #expect(run.code == 2)
    #expect(run.errors.contains("Did you mean") == (suggestion != nil))
    if let suggestion { #expect(run.errors.hasSuffix("  Did you mean \"\(suggestion)\"?\n")) }
  }

  @Test(arguments: ["--jsn", "--timout", "--adaptr"])
  func `the nearest option is suggested`(word: String) throws {
    let run = try mdrctl(["list", word])
    #expect(run.errors.contains("Did you mean \"--"))
  }

  @Test(arguments: [
    (["forget", "x", "--force"], "--force is only for --power-cycle."),
    (["repair"], "\"repair\" needs DEVICE or --all-stale."),
    (["repair", "x", "--all-stale"], "\"repair\" takes DEVICE or --all-stale, not both."),
    (["repair", "--all-stale", "-a", "hci0"], "--all-stale is about every adapter; it does not go with --adapter."),
    (["repair", "x", "--ask"], "--ask needs a terminal to ask on."),
    (["profile", "x", "--once"], "--once is only for a policy."),
    (["codec", "x", "ldac", "--use", "sbc"], "\"codec\" takes a codec by its place (\"ldac\") or by --use, not both."),
    (["codec", "--prefer", "speed"], "There is no preference \"speed\"; there are: quality, latency."),
    (
      ["repair", "x", "-t", "soon"],
      "\"soon\" is no time-out; it is a number of seconds, such as 30 or 0.5, at most 86400."
    ),
  ])
  func `options that do not go together are refused before anything is called`(words: [String], message: String) throws
  {
    let run = try mdrctl(words)
    #expect(run.code == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("mdrctl: \(message)\n"))
  }

  @Test(
    arguments: [
      "-1", "x", "nan", "1e9", "inf", "", "0x10", "1e-9", "0.0001", "+5", "5.", ".5", "1.2.3", " 5", "５", "86400.001",
      "99999999999999999999",
    ])
  func `a time-out is a sensible number of seconds`(text: String) throws {
    let run = try mdrctl(["scan", "--timeout=\(text)"])
    #expect(run.code == 2)
    #expect(run.errors.contains("is no time-out"))
  }

  @Test(arguments: [("0", 0), ("2.5", 2500), ("0.001", 1), ("30", 30_000), ("007.10", 7100), ("86400", 86_400_000)])
  func `a time-out is told in whole milliseconds`(text: String, milliseconds: Int) throws {
    #expect(try Invocation(["scan", "-t", text])[Common.timeout] == milliseconds)
  }

  @Test func `a line that is not understood is answered in JSON if it asks for JSON`() throws {
    let run = try mdrctl(["--json", "nonsense"])
    #expect(run.code == 2 && run.errors.isEmpty)
    let object = try #require(try run.objects().first)
    #expect(object.hasPrefix(#"{"error":{"code":"usage","message":"There is no verb"#))
  }

  @Test func `a word from the command line cannot write to the terminal`() throws {
    let run = try mdrctl(["\u{1B}[2Jx"])
    #expect(run.errors.contains("\u{FFFD}[2Jx") && !run.errors.contains("\u{1B}"))
  }
}

extension Flag {
  fileprivate func isCalled(_ name: String) -> Bool { declaration.name == name }
}

extension OptionDeclaration {
  /// The ways to give it that value.
  fileprivate var forms: [[String]] {
    let short = letter.map { "-\($0)" }
    guard let sample else { return [[longForm]] + (short.map { [[$0]] } ?? []) }
    return [[longForm, sample], ["\(longForm)=\(sample)"]] + (short.map { [[$0, sample], [$0 + sample]] } ?? [])
  }
}
