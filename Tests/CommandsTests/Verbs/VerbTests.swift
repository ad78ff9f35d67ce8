import EventLoop
import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// One verb against a daemon that answers as it should: what is called, what is printed.
struct Case: Sendable, CustomTestStringConvertible {
  let words: [String]
  let method: Control.Method
  let call: String
  let replies: [any Encodable & Sendable]
  let text: String
  var testDescription: String { words.joined(separator: " ") }
}

private let headset = Samples.headset
private let operation = Control.OperationReply(progress: Progress(stage: .pairing, message: "Pairing"))
private func done(_ proofs: [Proof]? = nil) -> Control.OperationReply {
  Control.OperationReply(device: headset, proofs: proofs)
}
private let named = "WH-1000XM4 (AC:80:0A:11:22:33)"
private let proofs: [Proof] = [.bonded, .trusted, .connected, .servicesResolved, .a2dp].map {
  Proof(what: $0, proven: true)
}
private let devices = """
  DEVICE      ADDRESS            AUDIO      BATTERY  STATE
  WH-1000XM4  AC:80:0A:11:22:33  A2DP LDAC  80%      connected
  日本        AC:80:0A:44:55:66  -          -        paired, not trusted

  """

private let layers = """
    LAYER               BEFORE   DONE     NOW
    device in BlueZ     present  removed  absent
    key in the kernel   absent   -        absent
    bond on disk        present  left     present  LinkKey: read-only file\u{FFFD}
    key in the adapter  unknown  -        unknown  no helper

  """
private let planned = [
  Layer(address: headset.address, layer: .bluez, before: .present, done: .planned, after: .present),
  Layer(address: Samples.other.address, layer: .linkKey, before: .absent, done: .nothing, after: .absent),
]
private let held = Layer.Name.allCases.map { name in
  Layer(
    address: headset.address, layer: name, before: .present, done: .nothing, after: .present,
    detail: name == .cache ? "12 services" : nil)
}

private let cases: [Case] = [
  Case(
    words: [], method: .status, call: "Status {}", replies: [Samples.status],
    text: """
      mdrctld 0.1.0 with BlueZ 5.66
      hci0  00:11:22:33:44:55  on, ready for audio, selected


      """ + devices),
  Case(
    words: ["status"], method: .status, call: "Status {}",
    replies: [Control.StatusReply(version: "0.1.0", bluez: true, bluezVersion: nil, adapters: [], devices: [])],
    text: "mdrctld 0.1.0\nThere is no Bluetooth adapter.\n\nNo device is paired or connected.\n"),
  Case(
    words: ["status"], method: .status, call: "Status {}",
    replies: [Control.StatusReply(version: "0.1.0", bluez: false, bluezVersion: nil, adapters: [], devices: [])],
    text: "mdrctld 0.1.0\nbluetoothd is not running. Start it: systemctl start bluetooth\n"),
  Case(
    words: ["status"], method: .status, call: "Status {}",
    replies: [
      Control.StatusReply(
        version: "0.1.0", bluez: false, bluezVersion: nil, adapters: [], devices: [],
        trouble: Trouble(message: "The system bus does not answer mdrctld.", evidence: "Silence.", hint: "Look."))
    ], text: "mdrctld 0.1.0\nThe system bus does not answer mdrctld.\n  Silence.\n  Look.\n"),
  Case(
    words: ["status"], method: .status, call: "Status {}",
    replies: [
      Control.StatusReply(
        version: "0.1.0", bluez: true, bluezVersion: nil, adapters: [], devices: [],
        trouble: Trouble(message: "bluetoothd leaves the adapter hci0 alone.", evidence: nil, hint: "Set it."))
    ],
    text: """
      mdrctld 0.1.0
      bluetoothd leaves the adapter hci0 alone.
        Set it.

      No device is paired or connected.

      """),
  Case(
    words: ["list", "-a", "hci0", "--all"], method: .list, call: #"List {"adapter":"hci0","all":true}"#,
    replies: [Control.ListReply(devices: [headset, Samples.other])], text: devices),
  Case(
    words: ["list"], method: .list, call: "List {}", replies: [Control.ListReply(devices: [])],
    text: "No device is paired or connected.\n"),
  Case(
    words: ["show", "xm4"], method: .show, call: #"Show {"device":"xm4"}"#,
    replies: [Control.DeviceReply(device: headset)],
    text: """
      WH-1000XM4
        Address       AC:80:0A:11:22:33
        Adapter       hci0
        Manufacturer  Sony
        Model         usb:v054Cp0D58d0203
        Kind          audio-headphones
        State         connected
        Bonded        yes
        Trusted       yes, it may connect by itself
        Profiles      A2DP, HFP
        Audio         A2DP LDAC, active, volume 64 of 127
        Battery       80%

      """),
  Case(
    words: ["show", "日本"], method: .show, call: #"Show {"device":"日本"}"#,
    replies: [Control.DeviceReply(device: Samples.other)],
    text: """
      日本
        Address   AC:80:0A:44:55:66
        Adapter   hci0
        Own name  Kopfhörer\u{FFFD}[2J
        State     paired, not trusted
        Bonded    yes
        Trusted   no

      """),
  Case(
    words: ["scan", "-t", "2.5"], method: .scan, call: #"Scan+ {"timeout":2500}"#,
    replies: [
      Control.ScanReply(event: .started), Control.ScanReply(event: .found, device: Samples.stranger),
      Control.ScanReply(event: .changed, device: Samples.stranger),
      Control.ScanReply(event: .lost, device: Samples.stranger), Control.ScanReply(event: .finished),
    ],
    text: """
      + 11:22:33:44:55:66  -60 dBm   Buds  (not paired)
      - 11:22:33:44:55:66  -60 dBm   Buds  (not paired)

      """),
  Case(
    words: ["scan"], method: .scan, call: "Scan+ {}", replies: [Control.ScanReply(event: .finished)],
    text: "No device was found. Is it in pairing mode?\n"),
  Case(
    words: ["pair"], method: .pair, call: "Pair+ {}", replies: [operation, done(proofs)],
    text: "\(named) is paired, trusted, connected and set up for stereo audio.\n"),
  Case(
    words: ["pair", "xm4", "-y", "-t", "9", "-a", "hci1"], method: .pair,
    call: #"Pair+ {"adapter":"hci1","confirm":true,"device":"xm4","timeout":9000}"#,
    replies: [
      done([Proof(what: .bonded, proven: true), Proof(what: .a2dp, proven: false, reason: "no sound server")])
    ],
    text: "\(named) is paired.\n  not set up for stereo audio: no sound server\n"),
  Case(
    words: ["connect", "xm4", "-t1"], method: .connect, call: #"Connect+ {"device":"xm4","timeout":1000}"#,
    replies: [operation, done()], text: "\(named) is connected.\n"),
  Case(
    words: ["disconnect", "xm4"], method: .disconnect, call: #"Disconnect+ {"device":"xm4"}"#, replies: [done()],
    text: "\(named) is disconnected.\n"),
  Case(
    words: ["trust", "xm4"], method: .trust, call: #"Trust {"device":"xm4","trusted":true}"#,
    replies: [Control.DeviceReply(device: headset)], text: "\(named) is trusted: it may connect by itself.\n"),
  Case(
    words: ["untrust", "xm4"], method: .trust, call: #"Trust {"device":"xm4","trusted":false}"#,
    replies: [Control.DeviceReply(device: headset)], text: "\(named) is not trusted any more.\n"),
  Case(
    words: ["block", "xm4"], method: .block, call: #"Block {"blocked":true,"device":"xm4"}"#,
    replies: [Control.DeviceReply(device: headset)], text: "\(named) is blocked: this computer keeps off it.\n"),
  Case(
    words: ["unblock", "xm4"], method: .block, call: #"Block {"blocked":false,"device":"xm4"}"#,
    replies: [Control.DeviceReply(device: headset)], text: "\(named) is not blocked any more.\n"),
  Case(
    words: ["rename", "xm4", "Mine"], method: .rename, call: #"Rename {"alias":"Mine","device":"xm4"}"#,
    replies: [Control.DeviceReply(device: headset)], text: "AC:80:0A:11:22:33 is now called WH-1000XM4.\n"),
  Case(
    words: ["forget", "xm4"], method: .forget, call: #"Forget+ {"device":"xm4"}"#,
    replies: [operation, Control.OperationReply(removed: [headset, Samples.other])],
    text: "\(named) is removed.\n日本 (AC:80:0A:44:55:66) is removed.\n"),
  Case(
    words: ["forget", "xm4", "-RPF", "-a", "hci0"], method: .forget,
    call: #"Forget+ {"adapter":"hci0","device":"xm4","force":true,"powerCycle":true,"resetCache":true}"#,
    replies: [operation, Control.OperationReply(removed: [headset], layers: Samples.layers)],
    text: "\(named) is removed.\n" + layers),
  Case(
    words: ["forget", "xm4"], method: .forget, call: #"Forget+ {"device":"xm4"}"#,
    replies: [Control.OperationReply(removed: [headset], layers: Samples.layers)],
    text: """
      \(named) is removed.
        LAYER         BEFORE   DONE  NOW
        bond on disk  present  left  present  LinkKey: read-only file\u{FFFD}

      """),
  Case(
    words: ["forget", "xm4", "--verbose"], method: .forget, call: #"Forget+ {"device":"xm4"}"#,
    replies: [Control.OperationReply(removed: [headset], layers: Samples.layers)],
    text: "\(named) is removed.\n" + layers),
  Case(
    words: ["forget", "xm4", "--dry-run", "-R"], method: .forget,
    call: #"Forget {"device":"xm4","dryRun":true,"resetCache":true}"#,
    replies: [Control.OperationReply(layers: planned, plan: ["Disconnect it.", "Remove it\n."])],
    text: """
      What would be done:
        1. Disconnect it.
        2. Remove it\u{FFFD}.
        ADDRESS            LAYER              NOW      PLAN
        AC:80:0A:11:22:33  device in BlueZ    present  to be removed
        AC:80:0A:44:55:66  key in the kernel  absent   -

      """),
  Case(
    words: ["cache", "show", "xm4"], method: .cache, call: #"Cache {"device":"xm4"}"#,
    replies: [Control.LayersReply(layers: held)],
    text: """
        LAYER                   NOW
        device in BlueZ         present
        bond on disk            present
        key in the kernel       present
        key in the adapter      present
        kernel's inquiry cache  present
        BlueZ's cache file      present  12 services

      """),
  Case(
    words: ["repair", "xm4", "--yes", "-t", "90"], method: .repair,
    call: #"Repair+ {"confirm":true,"consent":true,"device":"xm4","timeout":90000}"#,
    replies: [
      operation, Control.OperationReply(device: headset, proofs: proofs + [Proof(what: .reconnected, proven: true)]),
    ],
    text: "\(named) is paired, trusted, connected, set up for stereo audio and able to connect again.\n"),
  Case(
    words: ["repair", "xm4", "--dry-run"], method: .repair, call: #"Repair {"device":"xm4","dryRun":true}"#,
    replies: [Control.OperationReply(device: headset, plan: [])], text: "What would be done:\n  Nothing.\n"),
  Case(
    words: ["adapter", "list"], method: .status, call: "Status {}", replies: [Samples.status],
    text: "hci0  00:11:22:33:44:55  on, ready for audio, selected\n"),
  Case(
    words: ["adapter", "power", "off", "-a", "hci0"], method: .power,
    call: #"Power {"adapter":"hci0","powered":false}"#,
    replies: [Control.AdapterReply(adapter: Samples.adapter)], text: "hci0 is on, ready for audio, selected.\n"),
  Case(
    words: ["adapter", "select", "hci0"], method: .selectAdapter, call: #"SelectAdapter {"adapter":"hci0"}"#,
    replies: [Control.AdapterReply(adapter: Samples.adapter)], text: "hci0 is used from now on.\n"),
  Case(
    words: ["wait", "xm4", "--for", "a2dp", "-t", "0"], method: .wait,
    call: #"Wait+ {"device":"xm4","state":"a2dp","timeout":0}"#, replies: [operation, done()],
    text: "\(named) is set up for stereo audio.\n"),
]

@Suite(.timeLimit(.minutes(5))) struct VerbTests {
  @Test(arguments: cases + soundCases)
  func `a verb calls its method and prints the result`(_ example: Case) async throws {
    let daemon = FakeDaemon([example.method: try example.script])
    let run = try await daemon.serve { try mdrctl(example.words + ["-q"], socket: $0) }
    #expect(daemon.calls.withLock { $0 } == [example.call])
    #expect(run.ending == .exit(.ok))
    #expect(run.output == example.text)
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: cases + soundCases)
  func `a verb prints its result as JSON`(_ example: Case) async throws {
    let daemon = FakeDaemon([example.method: try example.script])
    let run = try await daemon.serve { try mdrctl(example.words + ["--json"], socket: $0) }
    let isStream = example.method == .scan
    let expected = try example.replies.suffix(isStream ? example.replies.count : 1).map { reply in
      if example.words.first == "adapter", example.method == .status {
        return #"{"adapters":\#(try JSONValue(encoding: [Samples.adapter]).text)}"#
      }
      return try JSONValue(encoding: reply).text
    }
    #expect(try run.objects() == expected)
    #expect(run.errors.isEmpty)
  }

  @Test func `every verb has a case`() {
    let tried = Set((cases + soundCases).map { $0.words.prefix { !$0.hasPrefix("-") }.joined(separator: " ") })
    let withoutDaemon = ["help", "completion", "version", "monitor"]
    for verb in Verb.visible where !withoutDaemon.contains(verb.name) {
      #expect(tried.contains { $0.hasPrefix(verb.name) }, "\(verb.name)")
    }
  }

  @Test func `an operation in JSON reports its progress when asked to`() async throws {
    let daemon = FakeDaemon([.connect: try .replies(operation, done())])
    let run = try await daemon.serve { try mdrctl(["connect", "x", "--json", "--verbose"], socket: $0) }
    let objects = try run.objects()
    #expect(objects.count == 2)
    #expect(objects.first == #"{"progress":{"message":"Pairing","stage":"pairing"}}"#)
  }

  @Test func `what has not become of a pairing is told even without a reason`() {
    let reply = done([Proof(what: .servicesResolved, proven: false)])
    #expect(proofText(reply, otherwise: "paired", Style()) == "\(named) is paired.\n  not ready\n")
  }

  @Test func `monitor tells what changes, and only that`() async throws {
    var silent = headset
    silent.transports = []
    silent.battery = 79
    var off = Samples.adapter
    off.powered = false
    let daemon = FakeDaemon([
      .monitor: try .replies(
        Control.MonitorReply(event: .state, adapters: [Samples.adapter], devices: [headset]),
        Control.MonitorReply(event: .deviceChanged, device: headset),
        Control.MonitorReply(event: .deviceChanged, device: silent),
        Control.MonitorReply(event: .adapterChanged, adapter: off),
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
        \(named) has no audio; battery at 79%.
        hci0 is off, selected.
        Buds (11:22:33:44:55:66) is not paired.
        Buds (11:22:33:44:55:66) has gone.
        bluetoothd has stopped.
        bluetoothd is running.

        """)
    #expect(try json.objects().count == 8)
  }
}

extension Case {
  fileprivate var script: FakeDaemon.Script {
    get throws {
      var trees = try replies.map { try JSONValue(encoding: $0) }
      let last = trees.removeLast()
      return FakeDaemon.Script(progress: trees, result: .success(last))
    }
  }
}
