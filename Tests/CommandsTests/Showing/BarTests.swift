import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

@Suite struct BarTests {
  private static func connected(_ change: (inout Device) -> Void = { _ in }) -> BarState {
    var device = Samples.headset
    change(&device)
    return BarState(condition: .connected, device: device)
  }

  private static func card(_ kind: SoundCard.Kind, codec: String?, recorders: Int? = nil, isDefault: Bool = false)
    -> SoundCard
  {
    SoundCard(name: "card", profile: nil, kind: kind, codec: codec, isDefault: isDefault, recorders: recorders)
  }

  // MARK: What is shown

  @Test func `a headset is shown with its battery and its codec`() {
    #expect(Self.connected().text == "WH-1000XM4 80% LDAC")
    #expect(Self.connected().shortText == "80% LDAC")
    #expect(Self.connected().classes == ["connected", "stereo"])
    #expect(Self.connected { $0.battery = nil }.text == "WH-1000XM4 LDAC")
  }

  @Test func `the sound server's card goes before BlueZ's stream, which stays up behind a call`() {
    var state = Self.connected()
    state.card = Self.card(.call, codec: "msbc", recorders: 2)
    #expect(state.text == "WH-1000XM4 80% mono mSBC mic")
    #expect(state.classes == ["connected", "call", "mono", "microphone"])
    state.card = Self.card(.call, codec: "msbc", recorders: 0)
    #expect(state.classes == ["connected", "call", "mono"])
    state.card = Self.card(.off, codec: nil)
    #expect(state.text == "WH-1000XM4 80% no sound")
  }

  @Test(arguments: [(15, true), (16, false)])
  func `a battery is low where the doctor calls it low`(battery: Int, isLow: Bool) {
    let state = Self.connected { $0.battery = battery }
    #expect(state.classes.contains("low") == isLow)
    #expect((state.urgency == .critical) == isLow)
  }

  @Test func `each state without a headset has a text and a class of its own`() {
    let states = [BarState(), BarState(condition: .off), BarState(condition: .stale)]
    #expect(states.map(\.text) == ["no headset", "Bluetooth off", "no mdrctld"])
    #expect(states.map(\.classes) == [["disconnected"], ["off"], ["stale"]])
  }

  @Test func `what is stale keeps its text, with a mark`() {
    var state = Self.connected()
    (state.condition, state.reason) = (.stale, "mdrctld has stopped.")
    #expect(state.text == "WH-1000XM4 80% LDAC ?")
    #expect(state.classes.first == "stale")
    #expect(state.details.hasSuffix("\nmdrctld has stopped."))
  }

  // MARK: Formats

  private static let hostile = connected { $0.alias = "<b>&\"'\n\u{1B}[2J%{A1:id:}%%{F#f00}\u{202E}x" }

  @Test(arguments: BarFormat.allCases)
  func `a name cannot end the line, and brings no control character`(format: BarFormat) {
    let line = format.line(Self.hostile)
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" || $0 == "\u{7F}" })
  }

  @Test(arguments: [(BarFormat.waybar, "text"), (.waybar, "tooltip"), (.i3status, "text"), (.i3blocks, "full_text")])
  func `a bar with markup gets a name without any`(format: BarFormat, member: String) throws {
    let object = try #require(try JSONValue(parsing: format.line(Self.hostile).utf8).members)
    let text = try #require(object[member]?.string)
    #expect(text.hasPrefix("&lt;b&gt;&amp;&quot;&#39;\u{FFFD}"))
    #expect(!text.contains("<"))
  }

  @Test func `a label of eww's gets the name as it is`() throws {
    let object = try #require(try JSONValue(parsing: BarFormat.eww.line(Self.hostile).utf8).members)
    #expect(object["name"]?.string?.hasPrefix("<b>&\"'\u{FFFD}") == true)
    #expect(object["battery"] == .integer(80))
    #expect(object["codec"] == .string("LDAC"))
  }

  @Test func `no tag of polybar's begins in a name`() {
    let line = BarFormat.polybar.line(Self.hostile)
    #expect(line.replacing("%{O0}", with: "").contains("%{A1:id:}"))
    #expect(!line.contains("%{A") && !line.contains("%{F"))
  }

  @Test func `waybar gets the classes, the state and the battery as it names them`() throws {
    let object = try #require(try JSONValue(parsing: BarFormat.waybar.line(Self.connected()).utf8).members)
    #expect(object["class"] == .array([.string("connected"), .string("stereo")]))
    #expect(object["alt"] == .string("connected"))
    #expect(object["percentage"] == .integer(80))
    #expect(object["text"] == .string("WH-1000XM4 80% LDAC"))
  }

  // MARK: Who is shown

  private static func view(_ devices: [Device], powered: Bool = true) -> BarView {
    var view = BarView()
    var adapter = Samples.adapter
    adapter.powered = powered
    view.take(Control.MonitorReply(event: .state, adapters: [adapter], devices: devices))
    return view
  }

  @Test func `of several headsets the one that has the sound is shown, and no keyboard ever`() {
    var (other, keyboard) = (Samples.other, Samples.stranger)
    (other.connected, other.profiles) = (true, [.a2dp])
    (keyboard.connected, keyboard.profiles) = (true, [])
    var view = Self.view([keyboard, other, Samples.headset])
    // Its stream is active.
    #expect(view.state.device?.address == Samples.headset.address)
    view.take(.init(event: .soundChanged, device: other, card: Self.card(.stereo, codec: "sbc", isDefault: true)))
    #expect(view.state.device?.address == other.address)
    view.take(.init(event: .soundChanged, device: other))
    #expect(view.state.device?.address == Samples.headset.address)
    view.take(.init(event: .deviceRemoved, device: Samples.headset))
    view.take(.init(event: .deviceRemoved, device: other))
    #expect(view.state == BarState())
  }

  @Test func `the headset that was named is shown, or nothing`() {
    var view = Self.view([Samples.headset, Samples.other])
    view.choice = .device(Samples.other.key)
    #expect(view.state == BarState())
    view.choice = .nobody("No device fits.")
    #expect(view.state == BarState(reason: "No device fits."))
    view.choice = .device(Samples.headset.key)
    #expect(view.state.condition == .connected)
  }

  @Test func `without an adapter that is on, or without bluetoothd, Bluetooth is off`() {
    #expect(Self.view([], powered: false).state == BarState(condition: .off))
    var view = Self.view([Samples.headset])
    view.take(.init(event: .bluezVanished))
    #expect(view.state == BarState(condition: .off))
  }

  // MARK: The command

  @Test func `bar prints a line for each change and none for what changes nothing it shows`() async throws {
    let (signal, never) = (try PendingSignal(15), try PendingSignal(15))
    var quieter = Samples.headset
    quieter.rssi = -70
    var script = try FakeDaemon.Script.replies(
      Control.MonitorReply(event: .state, adapters: [Samples.adapter], devices: [Samples.headset]),
      Control.MonitorReply(event: .deviceChanged, device: quieter),
      Control.MonitorReply(
        event: .soundChanged, device: quieter, card: Self.card(.call, codec: "msbc", recorders: 1)),
      Control.MonitorReply(event: .state))
    script.hangs = never
    let daemon = FakeDaemon([.monitor: script])
    let run = try await daemon.serve {
      try mdrctl(["bar", "--format", "polybar"], socket: $0, in: Terminal(signal: signal, lines: 2))
    }
    #expect(run.output == "WH-1000XM4 80% LDAC\nWH-1000XM4 80% mono mSBC mic\n")
    #expect(run.ending == .signal(15))
    #expect(daemon.events == [.follow(Control.monitor, Control.NoParameters()), .left(.monitor)])
  }

  @Test func `a headset that is named is looked up by the daemon`() async throws {
    let (signal, never) = (try PendingSignal(15), try PendingSignal(15))
    var script = try FakeDaemon.Script.replies(
      Control.MonitorReply(event: .state, adapters: [Samples.adapter], devices: [Samples.headset, Samples.other]),
      Control.MonitorReply(event: .state))
    script.hangs = never
    let daemon = FakeDaemon([
      .monitor: script, .show: try .replies(Control.DeviceReply(device: Samples.other)),
    ])
    let run = try await daemon.serve {
      try mdrctl(["bar", "jp", "-a", "hci0", "--format=eww"], socket: $0, in: Terminal(signal: signal, lines: 1))
    }
    #expect(run.output.contains(#""text":"no headset""#))
    #expect(daemon.events.contains(.call(Control.show, Control.DeviceParameters(device: "jp", adapter: "hci0"))))
  }
}
