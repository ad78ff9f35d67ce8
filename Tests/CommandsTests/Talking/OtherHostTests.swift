import Interface
import Testing

@testable import Commands

@Suite struct OtherHostTests {
  private static func words(_ line: [String], isInteractive: Bool = true, mayAsk: Bool = true) throws -> [String] {
    let invocation = try Invocation(line)
    return OtherHost(try #require(invocation[Common.host])).sshWords(
      running: invocation.scanner.words(without: Common.host.declaration), isInteractive: isInteractive,
      mayAsk: mayAsk, hasColour: true)
  }

  private static func command(_ words: String) -> String {
    "exec sh -c 'trap : HUP INT TERM; MDRCTL_ENDS_WITH_OUTPUT=1 mdrctl \"$@\"; exit $?' mdrctl" + words
  }

  @Test(arguments: [
    (["-H", "desk"], ""), (["-H", "desk", "status"], " -- status"),
    (["--json", "connect", "XM4", "--host=desk", "-t5"], " --json '--timeout=5' -- connect XM4"),
    (["-Hdesk", "rename", "XM4", "--", "-a 'b'"], " -- rename XM4 '-a '\\''b'\\'''"),
    (["-H", "desk", "rename", "XM4", ""], " -- rename XM4 ''"),
    (["-H", "desk", "rename", "XM4", "a\\b"], " -- rename XM4 'a'\\\\'b'"),
    (["-H", "desk", "pair", "--help"], " --help -- pair"),
  ])
  func `the command line goes to the other computer as one word, without the host`(line: [String], rest: String) throws
  {
    #expect(
      try Self.words(line) == ["ssh", "-t", "-o", "LogLevel=ERROR", "desk", Self.command(rest)])
  }

  @Test func `ssh gets a terminal only between terminals, and asks only where one of the streams is one`() throws {
    #expect(try Self.words(["-H", "desk"], isInteractive: false).dropLast() == ["ssh", "-T", "desk"])
    #expect(
      try Self.words(["-H", "desk"], isInteractive: false, mayAsk: false).dropLast()
        == ["ssh", "-T", "-o", "BatchMode=yes", "desk"])
  }

  @Test(arguments: ["desk", "anna@desk.example.org", "anna@[fe80::1%eth0]", "ssh://anna@desk:2222", "büro", "a@b@desk"])
  func `what ssh takes for a host is taken`(host: String) throws {
    #expect(try Invocation(["-H", host])[Common.host] == host)
  }

  @Test(arguments: [
    "", "-oProxyCommand=x", "anna@-oProxyCommand=x", "anna@", "@desk", "ssh://-x", "a/b", "a b", "desk;id", "$(id)",
    "`id`", "desk\n",
    "'x'",
    String(repeating: "x", count: 321),
  ])
  func `what could be an option or more than a host is refused before ssh sees it`(host: String) throws {
    let run = try mdrctl(["--host=\(host)", "status"])
    #expect(run.code == 2)
    #expect(run.errors.contains("is no host"))
  }

  @Test func `a command line that is not understood stays here`() throws {
    #expect(try mdrctl(["-H", "desk", "conect"]).code == 2)
  }

  @Test func `completion asks nobody about another computer's devices`() async throws {
    let daemon = FakeDaemon([.status: try .replies(Samples.status)])
    let run = try await daemon.serve { try mdrctl(["complete", "--", "-H", "desk", "connect", ""], socket: $0) }
    #expect(run.output.contains("--timeout"))
    #expect(daemon.events.isEmpty)
  }
}
