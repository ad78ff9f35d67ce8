import Core
import Testing
import Vocabulary

extension AudioCard {
  /// As PipeWire 1.4 shows a headset (laboratory, trixie).
  static func pipewire(in profile: String? = "a2dp-sink", recordedBy captures: Capture...) -> Self {
    AudioCard(
      name: "bluez_card.94_DB_56_00_00_01",
      profiles: [
        Profile(name: "off", description: "Off", priority: 0),
        Profile(
          name: "a2dp-sink", description: "High Fidelity Playback (A2DP Sink, codec SBC)", priority: 18),
        Profile(
          name: "a2dp-sink-sbc_xq", description: "High Fidelity Playback (A2DP Sink, codec SBC-XQ)", priority: 17),
        Profile(name: "headset-head-unit", description: "Headset Head Unit (HSP/HFP, codec mSBC)", priority: 3),
        Profile(name: "headset-head-unit-cvsd", description: "Headset Head Unit (HSP/HFP, codec CVSD)", priority: 2),
      ], activeProfile: profile, captures: captures)
  }

  /// As PulseAudio 16 and 17 show it.
  static func pulseaudio(in profile: String = "a2dp_sink") -> Self {
    AudioCard(
      name: "bluez_card.94_DB_56_00_00_01",
      profiles: [
        Profile(name: "a2dp_sink", description: "High Fidelity Playback (A2DP Sink)", priority: 40),
        Profile(name: "handsfree_head_unit", description: "Handsfree Head Unit (HFP)", priority: 30),
        Profile(name: "off", description: "Off", priority: 0),
      ], activeProfile: profile, codec: "sbc",
      codecs: [Codec(name: "sbc_xq_552", description: "SBC XQ 552kbps"), Codec(name: "sbc", description: "SBC")])
  }

  mutating func disable(_ kind: Kind) {
    profiles = profiles.map { $0.kind == kind ? Profile(name: $0.name, priority: $0.priority, isAvailable: false) : $0 }
  }
}

extension AudioCard.Capture {
  static let firefox = AudioCard.Capture(application: "Firefox", process: 4711)
}

@Suite struct AudioCardTests {
  @Test(arguments: [
    ("a2dp-sink", AudioCard.Kind.stereo), ("a2dp-sink-sbc_xq", .stereo), ("a2dp_sink", .stereo),
    ("a2dp-sink-aptx_ll", .stereo), ("headset-head-unit", .call), ("headset-head-unit-msbc", .call),
    ("headset_head_unit", .call), ("handsfree_head_unit", .call), ("off", .off), ("a2dp-source", .other),
    ("audio-gateway", .other), ("headset_audio_gateway", .other), ("", .other),
  ])
  func `what a profile means is told by its name`(name: String, kind: AudioCard.Kind) {
    #expect(AudioCard.Profile(name: name, priority: 0).kind == kind)
    // Whatever else it says of itself.
    if kind != .other { #expect(AudioCard.Profile(name: name, priority: 0, sinks: 1, sources: 1).kind == kind) }
  }

  @Test(arguments: [
    ("a2dp-auto-prefer-quality", 1, 0, AudioCard.Kind.stereo), ("a2dp-auto-prefer-latency", 1, 0, .stereo),
    ("bap-sink", 1, 0, .stereo), ("asha-sink", 1, 0, .stereo), ("bap-duplex", 1, 1, .call),
    ("bap-source", 0, 1, .other), ("a2dp-source", 0, 1, .other), ("audio-gateway", 1, 1, .other),
    ("handsfree_audio_gateway", 1, 1, .other),
  ])
  func `another name means what the profile gives: to listen, or to listen and speak`(
    name: String, sinks: Int, sources: Int, kind: AudioCard.Kind
  ) {
    let profile = AudioCard.Profile(name: name, priority: 0, sinks: sinks, sources: sources)
    #expect(profile.kind == kind)
    #expect(AudioCard(name: "card", profiles: [profile], activeProfile: name).kind == kind)
  }

  @Test func `where the sound server chooses the codec itself, it may; one that is named is used all the same`() {
    var card = AudioCard.pipewire(in: "a2dp-auto-prefer-quality")
    card.profiles += ["quality", "latency"].map {
      .init(
        name: "a2dp-auto-prefer-\($0)", description: "High Fidelity Playback (A2DP Sink, codec auto)", priority: 1,
        sinks: 1)
    }
    #expect(card.best(.stereo)?.name == "a2dp-auto-prefer-quality")
    #expect(card.best(.stereo, for: .quality)?.name == "a2dp-auto-prefer-quality")
    #expect(card.best(.stereo, for: .latency)?.name == "a2dp-auto-prefer-latency")
    #expect(card.best(.call)?.name == "headset-head-unit")
    #expect(
      card.choices.map(\.name) == ["sbc", "sbc_xq", "a2dp-auto-prefer-quality", "a2dp-auto-prefer-latency"])
    #expect(card.choices.map(\.isActive) == [false, false, true, false])
    card.disable(.stereo)
    #expect(card.best(.stereo) == nil)
  }

  @Test func `the best profile of a kind is the sound server's choice among those that can be used`() {
    var card = AudioCard.pipewire()
    #expect(card.best(.stereo)?.name == "a2dp-sink")
    #expect(card.best(.call)?.name == "headset-head-unit")
    card.profiles[1] = .init(name: "a2dp-sink", priority: 18, isAvailable: false)
    #expect(card.best(.stereo)?.name == "a2dp-sink-sbc_xq")
    card.disable(.stereo)
    #expect(card.best(.stereo) == nil)
    #expect(AudioCard.pulseaudio().best(.stereo)?.name == "a2dp_sink")
  }

  @Test func `off can always be used`() {
    var card = AudioCard.pipewire()
    card.disable(.off)
    #expect(card.best(.off)?.name == "off")
  }

  @Test func `for little delay a codec that was made for it comes first, then SBC`() {
    var card = AudioCard.pipewire()
    card.profiles.append(.init(name: "a2dp-sink-ldac", priority: 30))
    #expect(card.best(.stereo, for: .quality)?.name == "a2dp-sink-ldac")
    #expect(card.best(.stereo, for: .latency)?.name == "a2dp-sink")
    card.profiles.append(.init(name: "a2dp-sink-aptx_ll", priority: 5))
    #expect(card.best(.stereo, for: .latency)?.name == "a2dp-sink-aptx_ll")
  }

  @Test func `on PipeWire codecs are profiles of the present kind`() {
    let stereo = AudioCard.pipewire().choices
    #expect(stereo.map(\.name) == ["sbc", "sbc_xq"])
    #expect(stereo.map(\.profile) == ["a2dp-sink", "a2dp-sink-sbc_xq"])
    #expect(stereo.map(\.isActive) == [true, false])
    #expect(AudioCard.pipewire(in: "headset-head-unit").choices.map(\.name) == ["msbc", "cvsd"])
    #expect(AudioCard.pipewire(in: "off").choices.isEmpty)
  }

  @Test func `the profile of PipeWire 0,3 that stands for the best of the others is no codec`() {
    var card = AudioCard.pipewire(in: "a2dp-sink-sbc")
    card.profiles = [("a2dp-sink", 16), ("a2dp-sink-sbc", 18), ("a2dp-sink-sbc_xq", 17)].map {
      .init(name: $0.0, description: "High Fidelity Playback (A2DP Sink)", priority: $0.1)
    }
    #expect(card.choices.map(\.name) == ["sbc", "sbc_xq"])
    #expect(card.best(.stereo)?.name == "a2dp-sink-sbc")
  }

  @Test(arguments: [
    ("High Fidelity Playback (A2DP Sink, codec aptX HD)", "aptx_hd"), ("codec SBC, codec AAC, more", "aac"),
    ("codec \u{301}\u{1F1E9}", "\u{301}\u{1F1E9}"), ("codec ", nil), ("codec )", nil), ("Codec SBC", nil),
    (String(repeating: "\u{1F1E9}", count: 120) + "codec LDAC", "ldac"),
  ])
  func `the codec that a description names is told by its bytes`(description: String, codec: String?) {
    #expect(AudioCard.Profile(name: "a2dp-sink", description: description, priority: 0).codec == codec)
  }

  @Test func `on PulseAudio they are what it tells`() {
    let choices = AudioCard.pulseaudio().choices
    #expect(choices.map(\.name) == ["sbc_xq_552", "sbc"])
    #expect(choices.map(\.profile) == [nil, nil])
    #expect(choices.map(\.isActive) == [false, true])
  }
}
