import Foundation
import Interface
import Testing
import Vocabulary

@testable import Commands

/// What the client makes of the doctor's checks, and what it adds.
@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
  private static func reply(_ checks: [Check] = Example.found, version: String = Control.version) -> Control.DoctorReply
  {
    Control.DoctorReply(checks: checks, worst: checks.map(\.verdict).max(), version: version)
  }

  private func run(
    _ words: [String] = ["doctor"], _ reply: Control.DoctorReply = reply(), version: String = Control.version,
    in terminal: Terminal = Terminal()
  ) async throws -> Run {
    let script = try FakeDaemon.Script.replies(Control.DoctorReply(looking: .bluez), reply)
    return try await FakeDaemon(version: version, [.doctor: script]).serve {
      try mdrctl(words, socket: $0, in: terminal)
    }
  }

  private func checks(_ run: Run) throws -> [Check] {
    try #require(try run.reply().checks)
  }

  @Test func `a socket that is not open to everybody is told with its mode`() async throws {
    let run = try await FakeDaemon([.doctor: try .replies(Self.reply())]).serve {
      #expect(unsafe chmod($0, 0o600) == 0)
      return try mdrctl(["doctor", "--json"], socket: $0)
    }
    let check = try #require(try checks(run).first { $0.name == "socket" })
    #expect(check.verdict == .warning)
    #expect(check.evidence?.hasSuffix("has the mode 0600, not 0666.") == true)
  }

  @Test func `with verbose all is told, and from where it is known`() async throws {
    let run = try await run(["doctor", "-q", "--verbose"])
    #expect(run.output.contains("  ok       bluetoothd runs, and answers.\n"))
    #expect(run.output.contains("           Source: https://example.org/1 (so)\n"))
    #expect(run.output.contains("What Privacy is cannot be seen."))
  }

  @Test func `it exits with 1 when something is broken, and says the same in JSON`() async throws {
    let broken = Check(group: .sound, name: "seat", verdict: .broken, message: "No sound.", hint: "Log in.")
    let run = try await run(["doctor", "--json"], Self.reply(Example.found + [broken]))
    #expect(run.ending == .exit(.failed))
    let reply = try run.reply()
    #expect(reply.worst == .broken)
    #expect(reply.checks?.contains(broken) == true)
    #expect(
      try checks(run).map(\.group)
        == (try checks(run)).map(\.group).sorted { left, right in
          let all = CheckGroup.allCases
          return (all.firstIndex(of: left) ?? 0) < (all.firstIndex(of: right) ?? 0)
        })
    #expect(try checks(run).count { $0.group == .installation } == 3)
  }

  @Test func `a daemon that is not there is what the doctor tells, with what it sees by itself`() throws {
    let run = try mdrctl(["doctor", "--json"])
    #expect(run.ending == .exit(.failed))
    let found = Dictionary(uniqueKeysWithValues: try checks(run).map { ($0.name, $0) })
    #expect(found["daemon"]?.verdict == .broken)
    #expect(found["daemon"]?.hint == "Start it: systemctl start mdrctld.socket")
    #expect(found["socket"]?.verdict == .broken)
    #expect(found["version"]?.verdict == .unknown)
    #expect(found["kernel-modules"]?.verdict == .ok)
    #expect(found.count == 4)
  }

  @Test func `a daemon of another version is told`() async throws {
    let run = try await run(["doctor", "--json", "-q"], Self.reply(version: "0.0.9"), version: "0.0.9")
    let check = try #require(try checks(run).first { $0.name == "version" })
    #expect(check.verdict == .warning)
    #expect(check.evidence == "mdrctl \(Control.version), mdrctld 0.0.9.")
  }

  @Test(arguments: [(true, CheckVerdict.ok), (false, .note), (nil, .unknown)] as [(Bool?, CheckVerdict)])
  func `the modules of the kernel that runs are there, gone, or not to be seen`(
    areThere: Bool?, verdict: CheckVerdict
  ) async throws {
    let modules = KernelModules(release: "6.12.1", areThere: areThere)
    let run = try await run(["doctor", "--json"], in: Terminal(modules: modules))
    #expect(try checks(run).first { $0.name == "kernel-modules" }?.verdict == verdict)
  }

  @Test func `a device that is not known is the caller's matter`() async throws {
    let daemon = FakeDaemon([.doctor: .error(.deviceNotFound, Control.ErrorParameters(message: "No."))])
    let run = try await daemon.serve { try mdrctl(["doctor", "x"], socket: $0) }
    #expect(run.ending == .exit(.notFound))
  }

  @Test(arguments: [40, 120])
  func `on a terminal no line is wider than it is`(columns: Int) async throws {
    let run = try await run(["doctor", "-q", "-v"], in: Terminal(isTerminal: true, columns: columns))
    let lines = run.output.split(separator: "\n").map(String.init)
    // A word that is longer than the line, a path, is not cut: it is to be copied.
    for line in lines where line.count > columns { #expect(!line.dropFirst(11).contains(" "), "\(line)") }
  }

  @Test func `every group and verdict has its words`() {
    #expect(Set(CheckGroup.allCases.map(\.title)).count == CheckGroup.allCases.count)
    let all = CheckVerdict.allCases.map { Check(group: .bluez, name: $0.rawValue, verdict: $0, message: "It is so.") }
    #expect(checkText(all, Style()).hasSuffix("\n1 broken, 1 warning, 1 note, 1 unknown, 1 ok.\n"))
  }
}

extension Run {
  /// The one object that was printed.
  fileprivate func reply() throws -> Control.DoctorReply {
    try JSONDecoder().decode(Control.DoctorReply.self, from: Data(try #require(try objects().last).utf8))
  }
}
