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

  // MARK: What can be done about it

  private static let curable: [Check] = [
    Check(
      group: .adapter, name: "adapter-power", subject: "hci1", verdict: .broken, message: "It is off.", cure: .power,
      adapter: "hci1"),
    Check(
      group: .device, name: "trust", subject: "AC:80:0A:11:22:33", verdict: .warning, message: "It is not trusted.",
      cure: .trust, adapter: "hci0"),
    Check(
      group: .device, name: "blocked", subject: "AC:80:0A:11:22:33", verdict: .ok, message: "It is not blocked.",
      cure: .unblock, adapter: "hci0"),
  ]

  /// Returns the run and what was asked of the daemon besides to look.
  private func cure(
    _ words: [String], _ terminal: Terminal = Terminal(isTerminal: true), _ checks: [Check] = curable
  ) async throws -> (run: Run, deeds: [FakeDaemon.Event]) {
    let daemon = FakeDaemon([
      .doctor: try .replies(Self.reply(checks)), .power: try .replies(Control.AdapterReply(adapter: Samples.adapter)),
      .trust: try .replies(Control.DeviceReply(device: Samples.headset)),
    ])
    let run = try await daemon.serve { try mdrctl(["doctor", "--fix", "-v"] + words, socket: $0, in: terminal) }
    return (run, daemon.events.filter { $0.method != .doctor && $0.method != .status })
  }

  private static let power = FakeDaemon.Event.call(Control.power, .init(adapter: "hci1", powered: true))
  private static let trust = FakeDaemon.Event.call(
    Control.trust, .init(device: "AC:80:0A:11:22:33", adapter: "hci0", trusted: true))

  @Test func `each thing is shown with what undoes it, and done when the person agrees`() async throws {
    let (run, deeds) = try await cure([], Terminal(isTerminal: true, input: "n\ny\n"))
    #expect(deeds == [Self.trust])
    #expect(run.errors.contains("mdrctl adapter power on --adapter=hci1; undone by: mdrctl adapter power off"))
    #expect(run.errors.contains("Trust it? [y/N]"))
    #expect(!run.errors.contains("unblock"))
    // It looked again, and something is still broken.
    #expect(run.ending == .exit(.failed))
    #expect(run.output.components(separatedBy: "mdrctl itself").count == 3)
  }

  @Test func `with --yes all of it is done, also for programs`() async throws {
    #expect(try await cure(["--yes"], Terminal()).deeds == [Self.power, Self.trust])
    let (run, deeds) = try await cure(["--yes", "--json"], Terminal())
    #expect(deeds == [Self.power, Self.trust])
    #expect(try run.reply().worst == .broken)
  }

  @Test func `nobody is asked where nobody can answer`() async throws {
    for (words, terminal) in [([], Terminal()), (["--json"], Terminal(isTerminal: true))] as [([String], Terminal)] {
      let (run, deeds) = try await cure(words, terminal)
      #expect(run.ending == .exit(.usage))
      #expect(deeds.isEmpty)
    }
  }

  @Test(arguments: ["--help", "AC:80:0A:11:22:33 --yes", "", "hci0;reboot"])
  func `what is no address and no adapter becomes no command`(subject: String) {
    for cure in CheckCure.allCases {
      let ofDevice = Check(
        group: .device, name: "x", subject: subject, verdict: .broken, message: "", cure: cure, adapter: "hci0")
      if ![.power, .unblockAdapter].contains(cure) { #expect(Cure(ofDevice) == nil) }
      let ofAdapter = Check(
        group: .adapter, name: "x", subject: "AC:80:0A:11:22:33", verdict: .broken, message: "", cure: cure,
        adapter: "h \(subject)")
      #expect(Cure(ofAdapter) == nil)
    }
  }

  @Test func `every cure is a command line that is understood, and so is what undoes it`() throws {
    for deed in CheckCure.allCases {
      let check = Check(
        group: .device, name: "x", subject: "AC:80:0A:11:22:33", verdict: .warning, message: "", cure: deed,
        adapter: "hci0")
      let cure = try #require(Cure(check))
      for words in [cure.words, cure.undo].compactMap(\.self) { #expect(throws: Never.self) { try Invocation(words) } }
    }
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
