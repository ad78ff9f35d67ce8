import Interface
import Testing
import Vocabulary

@testable import Commands

/// What the table says of each cause: when certain, and when probable.
private let words: [Verdict.Cause: (String, String)] = [
  .headsetLostKey: ("stale bond", "probably a stale bond"),
  .headsetOtherKey: ("stale bond: another key", "probably a stale bond: another key"),
  .hostLostKey: ("without its key on this computer", "probably without its key on this computer"),
  .kernelOnlyKey: ("key that only the kernel has", "probably a key that only the kernel has"),
  .pairedNotBonded: ("pairing that does not last", "probably a pairing that does not last"),
  .headsetRefuses: ("not in pairing mode at the last try", "probably not in pairing mode at the last try"),
  .unreachable: (
    "off or out of range at the last try", "probably off or out of range at the last try"
  ),
  .noSoundServer: ("without a sound server", "probably without a sound server"),
  .busy: (
    "busy with another program at the last try", "probably busy with another program at the last try"
  ),
  .adapterTrouble: ("trouble with the adapter", "probably trouble with the adapter"),
  .repairingRefused: ("stale bond that BlueZ does not renew", "probably a stale bond that BlueZ does not renew"),
  .keyTypeBug: ("stale bond by a bug of BlueZ", "probably a stale bond by a bug of BlueZ"),
  .dualBoot: ("stale bond by another system", "probably a stale bond by another system"),
  .adapterChanged: ("bond with another adapter address", "probably a bond with another adapter address"),
]

@Suite(.timeLimit(.minutes(5))) struct VerdictTests {
  @Test(arguments: Verdict.Cause.allCases)
  func `each cause has its words, by how sure it is`(cause: Verdict.Cause) throws {
    let (certain, probable) = try #require(words[cause])
    #expect(Samples.verdict(cause, .certain).title == certain)
    #expect(Samples.verdict(cause, .probable).title == probable)
    #expect(Samples.verdict(cause, .possible).title == "possibly" + probable.dropFirst("probably".count))
  }

  @Test(arguments: [
    (0, "just now"), (59, "just now"), (-5, "just now"), (60, "1 minute ago"), (200, "3 minutes ago"),
    (3_599, "59 minutes ago"), (3_600, "1 hour ago"), (86_399, "23 hours ago"), (86_400, "1 day ago"),
    (864_000, "10 days ago"),
  ])
  func `an age is told in words`(seconds: Int, text: String) {
    #expect(age(of: Samples.now - seconds, now: Samples.now) == text)
  }

  @Test(arguments: Verdict.Cause.allCases)
  func `what nobody can tell the end of is told with the time of the last try`(cause: Verdict.Cause) {
    var verdict = Samples.verdict(cause, .certain)
    verdict.since = Samples.now - 300
    let isOfTry = [.unreachable, .busy, .headsetRefuses].contains(cause)
    #expect(verdict.account(now: Samples.now) == verdict.message + (isOfTry ? " Last try: 5 minutes ago." : ""))
  }

  @Test(
    arguments: [
      (true, nil, "ready for audio"), (true, true, "ready for audio"), (true, false, "ready for stereo only"),
      (false, true, "ready for calls only"), (false, false, "no sound server"), (false, nil, "no sound server"),
    ] as [(Bool, Bool?, String)])
  func `an adapter tells what its sound server has registered for`(stereo: Bool, calls: Bool?, words: String) {
    var adapter = Samples.adapter
    (adapter.audioReady, adapter.callsReady) = (stereo, calls)
    #expect(adapter.state == "on, \(words), selected")
  }

  @Test func `the status tells what is wrong, below the table, and what has gone or is not finished`() async throws {
    var lost = Samples.other
    lost.verdict = Samples.verdict(.hostLostKey, .probable)
    let status = Control.StatusReply(
      version: Control.version, bluez: true, bluezVersion: "5.82", adapters: [Samples.adapter],
      devices: [Samples.stale, Samples.other], lost: [lost], unfinished: [Samples.unfinished])
    let run = try await FakeDaemon([.status: try .replies(status)]).serve { try mdrctl([], socket: $0) }
    #expect(
      run.output == """
        mdrctld 0.1.0 with BlueZ 5.82
        hci0  00:11:22:33:44:55  on, ready for audio, selected

        DEVICE      ADDRESS            AUDIO  BATTERY  STATE
        WH-1000XM4  AC:80:0A:11:22:33  -      -        paired, stale bond
        日本        AC:80:0A:44:55:66  -      -        paired, not trusted

        It has lost its key.\u{FFFD}
          Run: mdrctl repair

        No longer paired, although nobody forgot them:
          日本 (AC:80:0A:44:55:66): It has lost its key.\u{FFFD}
            Run: mdrctl repair

        Begun and not finished:
          repair of Old one (AC:80:0A:77:88:99): It waits for pairing mode.
            Run: mdrctl repair AC:80:0A:77:88:99

        """)
  }

  @Test func `what is not finished is told without bluetoothd too`() async throws {
    let status = Control.StatusReply(
      version: Control.version, bluez: false, bluezVersion: nil, adapters: [], devices: [], lost: [],
      unfinished: [Samples.unfinished])
    let run = try await FakeDaemon([.status: try .replies(status)]).serve { try mdrctl([], socket: $0) }
    #expect(run.output.hasSuffix("systemctl start bluetooth\n\nBegun and not finished:\n\(unfinishedLines)"))
  }

  @Test func `the list tells what is wrong too`() async throws {
    let reply = Control.ListReply(devices: [Samples.stale])
    let run = try await FakeDaemon([.list: try .replies(reply)]).serve { try mdrctl(["list"], socket: $0) }
    #expect(
      run.output.hasSuffix("paired, stale bond\n\nIt has lost its key.\u{FFFD}\n  Run: mdrctl repair\n"))
  }

  @Test func `one device is shown with all that is known of its trouble`() async throws {
    let reply = Control.DeviceReply(device: Samples.stale)
    let run = try await FakeDaemon([.show: try .replies(reply)]).serve { try mdrctl(["show", "x"], socket: $0) }
    #expect(
      run.output.contains(
        """
          State         paired, stale bond
          Trouble       It has lost its key.\u{FFFD}
          How sure      certain
          Seen by       br-connection-key-missing
          Since         3 minutes ago
          What to do    Run: mdrctl repair

        """))
  }

  @Test func `monitor tells of trouble when it comes, and not again`() {
    var log = MonitorLog()
    var well = Samples.stale
    well.verdict = nil
    var later = Samples.stale
    later.verdict?.since = Samples.now
    func change(_ device: Device) -> String {
      log.text(for: Control.MonitorReply(event: .deviceChanged, device: device), now: Samples.now, Style())
    }
    _ = log.text(for: Control.MonitorReply(event: .state, adapters: [], devices: [well]), now: Samples.now, Style())
    let named = "WH-1000XM4 (AC:80:0A:11:22:33)"
    #expect(
      change(Samples.stale) == """
        \(named) is paired, stale bond.
          It has lost its key.\u{FFFD}
          Run: mdrctl repair

        """)
    #expect(change(later) == "")
    #expect(change(well) == "\(named) is paired.\n")
  }
}

@Suite struct LayerTests {
  private func layer(_ name: Layer.Name, _ reason: String?) -> Layer {
    Layer(
      address: Samples.headset.address, layer: name, before: .unknown, done: .left, after: .unknown, reason: reason)
  }

  @Test func `what keeps several layers from being known is said once`() {
    let layers = [
      layer(.bond, "no helper\u{7}"), layer(.linkKey, "no helper\u{7}"), layer(.cache, "it is a directory"),
      layer(.bluez, nil), layer(.storedLinkKey, nil),
    ]
    #expect(
      layerText(layers, .removal, Style()) == """
          LAYER               BEFORE   DONE  NOW
          bond on disk        unknown  left  unknown  [1]
          key in the kernel   unknown  left  unknown  [1]
          BlueZ's cache file  unknown  left  unknown  it is a directory
          device in BlueZ     unknown  left  unknown
          key in the adapter  unknown  left  unknown
          [1] no helper\u{FFFD}

        """)
  }

  @Test func `what was left behind stands out, and nothing else`() {
    let text = layerText(Samples.layers, .removal, Style(hasColour: true))
    let lines = text.split(separator: "\n").filter { $0.contains("\u{1B}[31m") }
    #expect(lines.count == 1 && lines[0].contains("bond on disk"))
  }

  @Test func `no layers are no table`() {
    #expect(layerText([], .present, Style()) == "")
  }
}

private let unfinishedLines = """
    repair of Old one (AC:80:0A:77:88:99): It waits for pairing mode.
      Run: mdrctl repair AC:80:0A:77:88:99

  """
