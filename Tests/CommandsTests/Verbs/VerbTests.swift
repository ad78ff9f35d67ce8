import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

extension Example {
  static let all = looking + doctor + histories + changing + policies + bonds + sound + headsets
}

@Suite(.timeLimit(.minutes(5))) struct VerbTests {
  @Test(arguments: Example.all)
  func `a verb calls its method and prints the result`(_ example: Example) async throws {
    let daemon = FakeDaemon([example.call.method: example.script])
    let run = try await daemon.serve { try mdrctl(example.words + ["-q"], socket: $0) }
    #expect(daemon.events == [example.call])
    #expect(run.ending == .exit(.ok))
    #expect(run.output == example.text)
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: Example.all)
  func `a verb prints its result as JSON`(_ example: Example) async throws {
    let daemon = FakeDaemon([example.call.method: example.script])
    let run = try await daemon.serve { try mdrctl(example.words + ["--json"], socket: $0) }
    #expect(try run.objects() == example.objects.map(\.text))
    #expect(run.errors.isEmpty)
  }

  @Test func `every verb that needs the daemon has an example`() throws {
    let shown = Set(try Example.all.map { try Invocation($0.words).verb.name })
    // What "guide" prints is no reply of the daemon's; "bar" does not end with the daemon, "menu" asks several times, and
    // "report" asks for everything; "send" needs another computer, too.
    let withoutDaemon = ["help", "completion", "complete", "version", "guide", "bar", "menu", "report", "send"]
    #expect(shown.union(withoutDaemon) == Set(Verb.all.map(\.name)))
  }

  @Test func `an operation in JSON reports its progress when asked to`() async throws {
    let daemon = FakeDaemon([.connect: try .replies(Control.OperationReply.onItsWay, Control.OperationReply.headset)])
    let run = try await daemon.serve { try mdrctl(["connect", "x", "--json", "--verbose"], socket: $0) }
    let objects = try run.objects()
    #expect(objects.count == 2)
    #expect(objects.first == tree(Control.OperationReply.onItsWay).text)
  }

  @Test func `what has not become of a pairing is told even without a reason`() {
    let reply = Control.OperationReply(
      device: Samples.headset, proofs: [Proof(what: .servicesResolved, proven: false)])
    #expect(
      proofText(reply, otherwise: "paired", Style()) == "WH-1000XM4 (AC:80:0A:11:22:33) is paired.\n  not ready\n")
  }

  @Test func `monitor tells what changes, and only that`() async throws {
    var silent = Samples.headset
    silent.transports = []
    silent.battery = 79
    var off = Samples.adapter
    off.powered = false
    let daemon = FakeDaemon([
      .monitor: try .replies(
        Control.MonitorReply(event: .state, adapters: [Samples.adapter], devices: [Samples.headset]),
        Control.MonitorReply(event: .deviceChanged, device: Samples.headset),
        Control.MonitorReply(event: .deviceChanged, device: silent),
        Control.MonitorReply(event: .adapterChanged, adapter: off),
        Control.MonitorReply(event: .soundChanged, device: silent, card: Samples.mono.card),
        Control.MonitorReply(event: .deviceAdded, device: Samples.stranger),
        Control.MonitorReply(event: .deviceRemoved, device: Samples.stranger),
        Control.MonitorReply(event: .bluezVanished), Control.MonitorReply(event: .bluezAppeared))
    ])
    let (text, json) = try await daemon.serve {
      (try mdrctl(["monitor"], socket: $0), try mdrctl(["monitor", "-j"], socket: $0))
    }
    #expect(
      text.output == """
        hci0  00:11:22:33:44:55  on, ready for audio, selected
        DEVICE      ADDRESS            AUDIO      BATTERY  STATE
        WH-1000XM4  AC:80:0A:11:22:33  A2DP LDAC  80%      connected
        WH-1000XM4 (AC:80:0A:11:22:33) has no audio; battery at 79%.
        hci0 is off, selected.
        WH-1000XM4 (AC:80:0A:11:22:33) is in mono with its microphone (mSBC).
        Buds (11:22:33:44:55:66) is not paired.
        Buds (11:22:33:44:55:66) has gone.
        bluetoothd has stopped.
        bluetoothd is running.

        """)
    #expect(try json.objects().count == 9)
  }
}
