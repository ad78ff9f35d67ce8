import Foundation
import Interface
import Testing
import Vocabulary

@testable import Commands

/// What `why stutter` makes of what the daemon and this program see.
@Suite(.timeLimit(.minutes(5))) struct StutterTests {
  private static let quiet = Check(
    group: .rivals, name: "discovery", subject: "hci0", verdict: .ok,
    message: "Nobody searches for devices on hci0 through bluetoothd.")
  private static let search = Check(
    group: .rivals, name: "discovery", subject: "hci0", verdict: .warning,
    message: "scanner.py (process 4711, rival.service), as it seems, keeps a search on.\u{7}",
    evidence: "It began 40 s ago.", hint: "Stop it (kill 4711).")
  private static let alone = Check(
    group: .rivals, name: "streams", subject: "hci0", verdict: .ok, message: "No more than one headset plays.")
  /// Of what is no cause, or of another adapter.
  private static let others = [
    Check(group: .rivals, name: "discovery", subject: "hci1", verdict: .warning, message: "Elsewhere."),
    Check(group: .device, name: "bond", subject: Samples.headset.address, verdict: .broken, message: "No bond."),
  ]

  private func run(
    _ words: [String], _ checks: [Check], connected: Bool = true, in terminal: Terminal = Terminal()
  ) async throws -> Run {
    var device = Samples.headset
    device.connected = connected
    let sound = Control.AudioReply(device: device, audio: Samples.stereo, codecs: [])
    let reply = Control.DoctorReply(checks: checks + Self.others, worst: .broken, version: Control.version)
    let daemon = try FakeDaemon([.audio: .replies(sound), .doctor: .replies(reply)])
    return try await daemon.serve { try mdrctl(words, socket: $0, in: terminal) }
  }

  @Test func `what is found comes first, and what was looked at besides is named`() async throws {
    let run = try await run(["why", "stutter"], [Self.search, Self.alone])
    #expect(run.code == 0)
    #expect(
      run.output == """
        scanner.py (process 4711, rival.service), as it seems, keeps a search on.\u{FFFD}
          Seen by: It began 40 s ago.
          Stop it (kill 4711).
        Looked at, and as it should be: other headsets that play, the strength of the link, how busy the computer is.

        """)
  }

  @Test func `where nothing is found it says what it looked at`() async throws {
    let run = try await run(["why", "stutter", "xm4", "--check"], [Self.quiet, Self.alone])
    #expect(run.code == 0)
    #expect(
      run.output == """
        Nothing was found that makes WH-1000XM4 stutter now.
        Looked at, and as it should be: a search for devices, other headsets that play, the strength of the link, \
        how busy the computer is.

        """)
  }

  @Test(arguments: [(-5, CheckVerdict.ok), (-6, .warning), (-30, .warning), (4, .ok)])
  func `a link at the lower end of what is heard is weak`(rssi: Int, verdict: CheckVerdict) async throws {
    let link = LinkReading(rssi: rssi, quality: 200)
    let run = try await run(
      ["why", "stutter", "--check", "--json"], [Self.quiet, Self.alone], in: Terminal(link: .success(link)))
    let findings = try JSONDecoder().decode(StutterFindings.self, from: Data(try #require(try run.objects().last).utf8))
    #expect(findings.checks.map(\.name) == ["discovery", "streams", "link", "load"])
    #expect(findings.checks[2].verdict == verdict && findings.worst == verdict)
    #expect(findings.checks[2].evidence?.contains("200 of 255") == true)
    #expect(findings.checks[2].hint?.contains("Its codec is ldac") == (verdict == .warning ? true : nil))
    #expect(run.code == (verdict == .warning ? 1 : 0))
  }

  @Test func `what nobody tells is not known, and no finding`() async throws {
    let terminal = Terminal(link: .failure(.init("hci0 does not tell of its link: No such device.")), pressure: nil)
    let run = try await run(["why", "stutter", "--check"], [Self.quiet, Self.alone], in: terminal)
    #expect(run.code == 0)
    #expect(run.output.contains("How strong the link is, is not known.\n  Seen by: hci0 does not tell"))
    #expect(run.output.contains("Whether the computer is too busy is not known."))
  }

  @Test func `a busy computer is told with what was seen`() async throws {
    let run = try await run(["why", "stutter", "--check"], [Self.quiet, Self.alone], in: Terminal(pressure: 61))
    #expect(run.code == 1)
    #expect(run.output.contains("For 61% of the last ten seconds"))
  }

  @Test func `of a headset that is not connected nothing stutters`() async throws {
    let run = try await run(["why", "stutter"], [], connected: false)
    #expect(run.ending == .exit(.failed))
    #expect(run.errors.contains("is not connected"))
  }

  @Test(arguments: [
    ("some avg10=12.90 avg60=1.00 avg300=0.00 total=1\nfull avg10=99.00 avg60=0 avg300=0 total=0\n", 12 as Int?),
    ("full avg10=99.00\n", nil), ("some avg10=x\n", nil), ("some avg10=101\n", nil), ("", nil),
  ])
  func `how busy the computer is stands in the line of whatever waits`(text: String, percent: Int?) {
    #expect(ProcessorPressure.parse(text) == percent)
  }

  @Test func `a link of an adapter that is not there is not known, and why`() {
    guard case .failure(let obstacle) = LinkReading.read("hci250", "94:DB:56:00:00:01") else {
      Issue.record("There is no such adapter.")
      return
    }
    #expect(obstacle.sentence.hasPrefix("hci250 does not tell of its link: "))
  }
}
