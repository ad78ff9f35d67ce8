import Interface
import Testing
import Varlink
import Vocabulary

@testable import Bridge

@Suite struct PayloadTests {
  private func payloads(_ rights: Rights = Rights()) -> Payloads { Payloads(topics: topics, rights: rights) }
  private let control = Rights(mayControl: true)

  private func components(_ entry: Entry, _ rights: Rights = Rights()) throws -> JSONMembers {
    try #require(payloads(rights).discovery(of: headset, entry).members?["cmps"]?.members)
  }

  @Test func `a discovery says who publishes it, of what, and where`() throws {
    let text = payloads().discovery(of: headset, Entry(sample())).text
    #expect(text.contains(#""dev":{"ids":["mdrctl_desk_ac800a2e0002"],"name":"WF-1000XM5 (desk)"}"#))
    #expect(text.contains(#""o":{"name":"mdrctl","sw":"\#(Control.version)"}"#))
    #expect(text.contains(#""avty_t":"mdrctl/desk/availability""#))
    #expect(text.contains(#""stat_t":"mdrctl/desk/ac800a2e0002/state""#))
  }

  @Test func `every identifier carries the host, and no address is published as a connection`() throws {
    for (key, component) in try components(Entry(sample()), control).map({ ($0.name, $0.value.members) }) {
      let component = try #require(component)
      guard let identifier = component["uniq_id"]?.string else { continue }
      #expect(identifier == "mdrctl_desk_ac800a2e0002_\(key)")
      #expect(component["def_ent_id"]?.string == "\(component["p"]?.string ?? "").desk_wf_1000xm5_\(key)")
    }
    #expect(!payloads(control).discovery(of: headset, Entry(sample())).text.contains("cns"))
  }

  @Test func `without the right to control there is no command, and what an earlier one had is removed`() throws {
    let components = try components(Entry(sample()))
    #expect(Array(components.names) == Entity.allCases.map(\.rawValue).sorted())
    for member in components {
      let members = try #require(member.value.members)
      #expect(members["cmd_t"] == nil)
      let isShown = ["connected", "battery", "codec", "sound", "bond", "microphone"].contains(member.name)
      #expect(isShown == (members["uniq_id"] != nil), "\(member.name)")
      #expect(isShown || members.names == ["p"])
    }
  }

  @Test func `noise control, equalizer and speak-to-chat come when the headset has told of them`() throws {
    var entry = Entry(sample { $0.connected = true })
    #expect(try components(entry, control)["noise"]?.members?.names == ["p"])
    entry.take(
      HeadsetReport(
        generation: .v1, noise: HeadsetNoise(mode: .cancelling),
        equalizer: HeadsetEqualizer(preset: "bass", limit: 10, presets: ["off", "bass"])))
    #expect(try components(entry, control)["noise"]?.members?["cmd_t"]?.string == topics.command("noise", of: headset))
    #expect(try components(entry, control)["equalizer"]?.members?["ops"] == .array([.string("off"), .string("bass")]))
    let state = try #require(payloads(control).state(of: entry).members)
    #expect(state["noise"] == .string("cancelling") && state["equalizer"] == .string("bass"))
    #expect(state["speak_to_chat"] == .null)
  }

  @Test func `a repair is offered only where it is allowed`() throws {
    #expect(try components(Entry(sample()), control)["repair"]?.members?["cmd_t"] == nil)
    let all = Rights(mayControl: true, mayRepair: true)
    #expect(try components(Entry(sample()), all)["repair"]?.members?["cmd_t"] != nil)
  }

  @Test func `a state has every entity's value, and null where it is not known`() {
    var entry = Entry(sample { ($0.battery, $0.connected) = (65, true) })
    entry.card = SoundCard(name: "bluez_card", profile: "a2dp-sink", kind: .stereo, codec: "ldac", recorders: 1)
    entry.cause = .stereo
    #expect(
      payloads().state(of: entry).text
        == #"{"battery":65,"bond":"ok","codec":"ldac","connected":"ON","microphone":"ON","sound":"stereo"}"#)
    entry.device.connected = false
    #expect(
      payloads().state(of: entry).text
        == #"{"battery":null,"bond":"ok","codec":null,"connected":"OFF","microphone":null,"sound":"stereo"}"#)
  }

  @Test func `every enum's value is among its options`() throws {
    var entry = Entry(sample { $0.connected = true })
    let components = try components(entry, control)
    func options(_ key: String) -> [String] {
      guard case .array(let list) = components[key]?.members?["ops"] else { return [] }
      return list.compactMap(\.string)
    }
    for cause in AudioCause.allCases {
      entry.cause = cause
      #expect(options("sound").contains(payloads().state(of: entry).members?["sound"]?.string ?? ""))
    }
    #expect(options("bond").contains("ok") && BondCause.allCases.allSatisfy { options("bond").contains($0.rawValue) })
    #expect(options("profile") == AudioPolicy.allCases.map(\.rawValue))
  }

  @Test(
    arguments: [
      #"a "quoted" \name"#, "a\nline\r\tand\u{0}a\u{7F}half", "<script>alert(1)</script>", "{{ states('x') }}",
      "\u{202E}backwards\u{2028}more", "名前", String(repeating: "😀", count: 300), "",
    ])
  func `a name with quotes, lines or markup is one line of valid JSON`(_ name: String) throws {
    let entry = Entry(sample { $0.alias = name })
    let discovery = payloads(control).discovery(of: headset, entry)
    let parsed = try JSONValue(parsing: discovery.bytes)
    let shown = try #require(parsed.members?["dev"]?.members?["name"]?.string)
    #expect(shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\u{2028}" })
    #expect(shown.hasSuffix(" (desk)") && shown.utf8.count <= 248 + 7)
    for member in try #require(parsed.members?["cmps"]?.members) {
      guard let place = member.value.members?["def_ent_id"]?.string else { continue }
      #expect(
        place.utf8.allSatisfy { $0 == 0x2E || $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
    }
  }

  @Test func `what came of a command is told in as many bytes as Home Assistant takes`() {
    var entry = Entry(sample())
    entry.result = String(repeating: "ü", count: 400)
    let result = payloads(control).state(of: entry).members?["result"]?.string
    #expect((result?.utf8.count ?? 0) <= 248 && result?.isEmpty == false)
  }
}
