import Interface
import Testing
import Vocabulary

@testable import Commands

@Suite(.timeLimit(.minutes(5))) struct MenuTests {
  private static let other: Device = {
    var device = Samples.other
    (device.alias, device.profiles) = ("<b>\u{1}\n\u{1F}x", [.a2dp])
    return device
  }()
  private static let stale: Device = {
    var device = Samples.stale
    device.address = "AC:80:0A:77:88:99"
    return device
  }()

  private static func daemon(_ devices: [Device] = [Samples.headset, other, stale]) throws -> FakeDaemon {
    var status = Samples.status
    status.devices = devices
    return FakeDaemon([
      .status: try .replies(status),
      .audio: try .replies(
        Control.AudioReply(device: Samples.headset, audio: Samples.stereo, codecs: Samples.codecs)),
      .connect: try .replies(Control.OperationReply.headset(proven: [.connected])),
      .repair: try .replies(Control.OperationReply.headset(proven: [.bonded])),
      .profile: try .replies(Control.OperationReply(device: Samples.headset, audio: Samples.mono)),
    ])
  }

  private static let here = "WH-1000XM4 (AC:80:0A:11:22:33)"
  private static let connectOther = "Connect <b>\u{FFFD}\u{FFFD}\u{FFFD}x (AC:80:0A:44:55:66)"
  private static let repair = "Repair WH-1000XM4 (AC:80:0A:77:88:99)"

  @Test func `the lines are what can be done with each headset now`() async throws {
    let run = try await Self.daemon().serve { try mdrctl(["menu", "--lines"], socket: $0) }
    let name = "WH-1000XM4"
    #expect(
      run.output.split(separator: "\n").map(String.init) == [
        "Disconnect \(Self.here)", "Yield WH-1000XM4 to another host (AC:80:0A:11:22:33)",
        "Profile of \(name): stereo (AC:80:0A:11:22:33)",
        "Profile of \(name): call (AC:80:0A:11:22:33)",
        "Profile of \(name): off (AC:80:0A:11:22:33)",
        "Codec of \(name): SBC (AC:80:0A:11:22:33)", "Codec of \(name): SBC-XQ 552 (AC:80:0A:11:22:33)",
        Self.connectOther, Self.connectOther.replacing("Connect", with: "Take"), Self.repair,
      ])
    #expect(run.code == 0)
  }

  @Test(arguments: [
    (connectOther, Control.Method.connect),
    ("Profile of WH-1000XM4: call (AC:80:0A:11:22:33)", .profile),
  ])
  func `a line that is given back is carried out, as a word or by the input`(
    line: String, method: Control.Method
  ) async throws {
    let daemon = try Self.daemon()
    let codes = try await daemon.serve {
      [
        try mdrctl(["menu", "--lines", line], socket: $0).code,
        try mdrctl(["menu", "--lines", "-"], socket: $0, in: Terminal(input: line + "\n")).code,
      ]
    }
    #expect(codes == [0, 0])
    #expect(daemon.events.filter { $0.method == method }.count == 2)
  }

  @Test func `what deletes something is done after a second menu only`() async throws {
    let daemon = try Self.daemon()
    let first = try await daemon.serve { try mdrctl(["menu", "--lines", Self.repair], socket: $0) }
    #expect(first.code == 4)
    let lines = first.output.split(separator: "\n").map(String.init)
    #expect(lines == ["No, leave it as it is", "Yes: \(Self.repair)"])
    #expect(!daemon.events.contains { $0.method == .repair })
    let no = try await daemon.serve { try mdrctl(["menu", "--lines", lines[0]], socket: $0) }
    #expect(no.code == 0)
    #expect(!daemon.events.contains { $0.method == .repair })
    let yes = try await daemon.serve { try mdrctl(["menu", "--lines", lines[1]], socket: $0) }
    #expect(yes.code == 0)
    #expect(daemon.events.contains { $0.method == .repair })
  }

  @Test func `what is no choice now does nothing, and nor does no choice`() async throws {
    let daemon = try Self.daemon()
    #expect(try await daemon.serve { try mdrctl(["menu", "--lines", "Connect it"], socket: $0) }.code == 2)
    #expect(try await daemon.serve { try mdrctl(["menu", "--lines", ""], socket: $0) }.code == 0)
    #expect(!daemon.events.contains { $0.method == .connect })
  }

  @Test func `rofi gets rows with an icon and a plain name, whatever a headset is called`() async throws {
    let run = try await Self.daemon().serve {
      try mdrctl(["menu", "--rofi"], socket: $0, in: Terminal(variables: ["ROFI_RETV": "0"]))
    }
    #expect(run.output.hasPrefix("\u{0}prompt\u{1F}headset\n\u{0}no-custom\u{1F}true\n"))
    let row = "\(Self.connectOther)\u{0}icon\u{1F}audio-headphones\u{1F}info\u{1F}connect hci0 AC:80:0A:44:55:66\n"
    #expect(run.output.contains(row))
  }

  @Test func `what rofi hands back is carried out, and needs the second menu where something is deleted`() async throws
  {
    let daemon = try Self.daemon()
    func choose(_ name: String) async throws -> Run {
      try await daemon.serve {
        try mdrctl(
          ["menu", "--rofi", "its text"], socket: $0, in: Terminal(variables: ["ROFI_RETV": "1", "ROFI_INFO": name]))
      }
    }
    #expect(try await choose("connect hci0 AC:80:0A:44:55:66").code == 0)
    #expect(daemon.events.contains { $0.method == .connect })
    let repair = "repair hci0 AC:80:0A:77:88:99 --yes"
    let asked = try await choose(repair)
    #expect(asked.output.contains("info\u{1F}yes \(repair)\n"))
    #expect(!daemon.events.contains { $0.method == .repair })
    _ = try await choose("yes \(repair)")
    #expect(daemon.events.contains { $0.method == .repair })
    #expect(try await choose("forget hci0 AC:80:0A:77:88:99").output.isEmpty)
  }

  @Test func `without a daemon rofi shows why`() throws {
    let run = try mdrctl(["menu", "--rofi"])
    #expect(run.code == 0)
    #expect(run.output.contains("mdrctld is not running"))
    #expect(run.output.hasSuffix("\u{0}nonselectable\u{1F}true\n"))
    #expect(try mdrctl(["menu", "--lines"]).code == 8)
    #expect(try mdrctl(["menu"]).code == 2)
  }
}
