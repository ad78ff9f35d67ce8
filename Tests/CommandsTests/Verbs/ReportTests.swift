import EventLoop
import Foundation
import Interface
import Support
import Testing
import Vocabulary

@testable import Commands

/// A report of a fault: what is in it, what is not, and that nobody finds it written who did not want it.
@Suite(.timeLimit(.minutes(5))) struct ReportTests {
  private let directory: TemporaryDirectory
  private var path: String { "\(directory.path)/report.txt" }

  init() throws { directory = try TemporaryDirectory() }

  private static let own: Device = {
    var device = Samples.headset
    (device.name, device.alias) = ("Erika's \"Ohr\"\u{1B}", "Schreibtisch")
    return device
  }()

  private static let events = [
    HistoryEvent(
      time: 1_000_000_060_000, uptime: 1, kind: .asked, address: own.address, name: own.alias, user: "erika", uid: 1000,
      verb: "Connect")
  ]

  private func daemon() throws -> FakeDaemon {
    var adapter = Samples.adapter
    adapter.alias = "lap"
    let status = Control.StatusReply(
      version: Control.version, bluez: true, bluezVersion: "5.82", adapters: [adapter],
      devices: [Self.own, Samples.stranger])
    let check = Check(
      group: .device, name: "bond", subject: Self.own.address, verdict: .broken, message: "Schreibtisch is lost.",
      evidence: "11:22:33:44:55:66 called.", hint: "mdrctl repair \(Self.own.address)")
    return FakeDaemon([
      .status: try .replies(status),
      .list: try .replies(Control.ListReply(devices: [Self.own, Samples.stranger])),
      .show: try .replies(Control.DeviceReply(device: Self.own)),
      .audio: try .replies(Control.AudioReply(device: Self.own, audio: Samples.stereo, codecs: [])),
      .configuration: try .replies(
        Control.ConfigurationReply(
          settings: [
            ConfigurationEntry(group: "Control", key: "Users", value: "otto", standard: "", origin: .byDefault)
          ], files: [])),
      .doctor: try .replies(Control.DoctorReply(checks: [check], worst: .broken, version: Control.version)),
      .history: try .replies(Control.HistoryReply(events: Self.events)),
    ])
  }

  private var terminal: Terminal {
    var terminal = Terminal()
    terminal.variables = ["USER": "heidi"]
    terminal.journal = [
      "2026-11-29T15:38:33+00:00 bluetoothd[1]: connect to AC:80:0A:11:22:33 of Buds at 11:22:33:44:55:66: Host is down",
      "2026-11-29T15:38:34+00:00 bluetoothd[1]: key 0123456789ABCDEF0123456789ABCDEF of SCHREIBTISCH on lap",
    ]
    return terminal
  }

  private func report(_ words: [String], in terminal: Terminal) async throws -> Run {
    try await daemon().serve { try mdrctl(["report"] + words, socket: $0, in: terminal) }
  }

  @Test func `everything is in it, under other names`() async throws {
    let run = try await report(["-", "-q"], in: terminal)
    #expect(run.ending == .exit(.ok))
    let titles = run.output.split(separator: "\n").filter { $0.hasPrefix("====") }
    #expect(
      titles == [
        "==== Versions ====", "==== Doctor ====", "==== Status ====", "==== Devices ====", "==== Sound ====",
        "==== Configuration ====", "==== History of a week ====", "==== Journal of a day ====",
      ])
    let expected = [
      "mdrctl \(Control.version)", "BlueZ 5.82", "Linux 6.12", "Debian GNU/Linux 13", "headset 1 is lost.",
      "mdrctl repair AA:AA:AA:00:00:01", "user-2 asked to connect headset 1.", "usb:v054Cp0D58d0203",
      "connect to AA:AA:AA:00:00:01 of a stranger at XX:XX:XX:XX:XX:XX: Host is down",
      "key (removed) of headset 1 on adapter 1",
    ]
    for text in expected { #expect(run.output.contains(text), "\(text)\n\(run.output)") }
  }

  @Test func `nothing in it tells whose it is`() async throws {
    let run = try await report(["-", "-q"], in: terminal)
    let secrets = [
      "AC:80:0A", "AC_80_0A", "00:11:22:33:44:55", "11:22:33:44:55:66", "Erika", "Ohr", "Schreibtisch", "Buds", "erika",
      "heidi", "anna", "otto", "lap", "example.org", "0123456789ABCDEF",
    ]
    for secret in secrets {
      #expect(run.output.range(of: secret, options: .caseInsensitive) == nil, "\(secret)\n\(run.output)")
    }
  }

  @Test func `without agreement nothing is written, and what it would have is shown`() async throws {
    let run = try await report([path, "-q"], in: terminal)
    #expect(run.code == ExitCode.needsPerson.rawValue)
    #expect(run.output.hasPrefix("The report has:\n  Versions"))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a person may read it first`() async throws {
    var terminal = terminal
    (terminal.isTerminal, terminal.input) = (true, "s\ny\n")
    let run = try await report([path, "-q"], in: terminal)
    #expect(run.ending == .exit(.ok), "\(run.errors)")
    let written = try String(contentsOfFile: path, encoding: .utf8)
    #expect(run.output.contains(written))
    #expect(run.output.hasSuffix("It is in \(path).\n"))
    terminal.input = "\n"
    let refused = try await report(["\(path).2", "-q"], in: terminal)
    #expect(refused.code == 1 && refused.errors.contains("Nothing was written."))
    #expect(!FileManager.default.fileExists(atPath: "\(path).2"))
  }

  @Test func `a file that is there is replaced only by whoever says so`() async throws {
    try Data("mine".utf8).write(to: URL(filePath: path))
    let refused = try await report([path, "--yes", "-q"], in: terminal)
    #expect(refused.code == 1 && refused.errors.contains("is there already"))
    var terminal = terminal
    (terminal.isTerminal, terminal.input) = (true, "n\n")
    let asked = try await report([path, "-q"], in: terminal)
    #expect(asked.errors.contains("\(path) is there already. Replace it? [y/N, s shows it] ") && asked.code == 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    #expect(try await report([path, "--yes", "--force", "-q"], in: self.terminal).code == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("A report of mdrctl"))
  }

  @Test func `in JSON it tells the file and its parts`() async throws {
    let run = try await report([path, "--yes", "--json"], in: terminal)
    let object = try #require(try run.objects().first)
    #expect(object.contains("\"file\":\"\(path)\"") && object.contains("{\"lines\":5,\"title\":\"Versions\"}"))
    #expect(try await report(["-", "--json"], in: terminal).code == 2)
  }

  @Test func `without a daemon there is what can be told, and no journal with names that nobody knows`() throws {
    let run = try mdrctl(["report", "-", "-q"], in: terminal)
    #expect(run.ending == .exit(.ok))
    #expect(run.output.contains("mdrctld does not answer") && run.output.contains("It could not be had: "))
    #expect(run.output.contains("without mdrctld nobody knows") && !run.output.contains("SCHREIBTISCH"))
  }
}
