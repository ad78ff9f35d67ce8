import Interface

@testable import Session

typealias Wire = Interface.Session

let address = "94:DB:56:00:00:01"
let cardName = "bluez_card.94_DB_56_00_00_01"

/// What real sound servers say of a headset, as `pactl list` shows it.
enum Sample {
  static let pipewire = ServerFacts(name: "PulseAudio (on PipeWire 1.4.2)", version: "15.0.0", defaultSink: sinkName)
  static let oldPipewire = ServerFacts(
    name: "PulseAudio (on PipeWire 0.3.65)", version: "15.0.0", defaultSink: sinkName)
  static let pulseaudio = ServerFacts(
    name: "pulseaudio", version: "16.1", defaultSink: "bluez_sink.94_DB_56_00_00_01.a2dp_sink")
  static let sinkName = "bluez_output.94_DB_56_00_00_01.1"

  static func profile(_ name: String, sinks: Int = 1, sources: Int = 0, priority: Int = 1, available: Bool = true)
    -> ProfileFacts
  {
    ProfileFacts(
      name: name, description: "Profile \(name)", sinks: sinks, sources: sources, priority: priority,
      isAvailable: available)
  }

  static let pipewireProfiles = [
    profile("off", sinks: 0, priority: 0), profile("a2dp-sink", priority: 18),
    profile("a2dp-sink-sbc_xq", priority: 17), profile("headset-head-unit-cvsd", sources: 1, priority: 2),
    profile("headset-head-unit", sources: 1, priority: 3),
  ]

  /// PipeWire 0.3: two that stand for those with a codec.
  static let oldPipewireProfiles = [
    profile("off", sinks: 0, priority: 0), profile("a2dp-sink", priority: 16),
    profile("headset-head-unit", sources: 1, priority: 1), profile("a2dp-sink-sbc", priority: 18),
    profile("a2dp-sink-sbc_xq", priority: 17), profile("headset-head-unit-cvsd", sources: 1, priority: 2),
    profile("headset-head-unit-msbc", sources: 1, priority: 3),
  ]

  /// PipeWire 1.4 with WirePlumber 0.5: in A2DP a source is shown that belongs to no card.
  static func pipewireHeadset(profile: String = "a2dp-sink") -> SoundFacts {
    SoundFacts(
      server: pipewire,
      cards: [
        CardFacts(
          index: 57, name: cardName,
          properties: [
            .deviceAPI: "bluez5", .deviceBus: "bluetooth", .deviceString: address, .bluezAddress: address,
          ], profiles: pipewireProfiles, activeProfile: profile),
        CardFacts(
          index: 40, name: "alsa_card.pci-0000_00_1f.3", properties: [.deviceAPI: "alsa", .deviceBus: "pci"],
          profiles: [Self.profile("output:analog-stereo")], activeProfile: "output:analog-stereo"),
      ],
      sinks: [
        EndpointFacts(
          index: 38, name: "alsa_output.pci-0000_00_1f.3.analog-stereo", card: 40, properties: [.deviceAPI: "alsa"]),
        EndpointFacts(
          index: 81, name: sinkName, card: 57,
          properties: [.deviceAPI: "bluez5", .bluezAddress: address, .bluezCodec: "sbc"]),
      ],
      sources: [
        EndpointFacts(
          index: 81, name: "\(sinkName).monitor", card: 57, isMonitor: true,
          properties: [.deviceAPI: "bluez5", .bluezAddress: address, .bluezCodec: "sbc"]),
        EndpointFacts(index: 70, name: "bluez_input.94:DB:56:00:00:01", card: nil, properties: [:]),
      ])
  }

  /// PipeWire 0.3 with WirePlumber 0.4.
  static func oldPipewireHeadset(profile: String) -> SoundFacts {
    var facts = pipewireHeadset(profile: profile)
    facts.server = oldPipewire
    facts.cards[0].profiles = oldPipewireProfiles
    facts.sources.removeLast()
    return facts
  }

  /// PulseAudio 16.
  static func pulseHeadset() -> SoundFacts {
    SoundFacts(
      server: pulseaudio,
      cards: [
        CardFacts(
          index: 1, name: cardName,
          properties: [.deviceAPI: "bluez", .deviceBus: "bluetooth", .deviceString: address],
          profiles: [
            profile("a2dp_sink", priority: 40), profile("headset_head_unit", sources: 1, priority: 30),
            profile("handsfree_head_unit", sources: 1, priority: 20, available: false),
            profile("off", sinks: 0, priority: 0),
          ], activeProfile: "a2dp_sink")
      ],
      sinks: [
        EndpointFacts(
          index: 3, name: "bluez_sink.94_DB_56_00_00_01.a2dp_sink", card: 1,
          properties: [.deviceAPI: "bluez", .deviceString: address, .bluetoothCodec: "sbc"])
      ],
      sources: [
        EndpointFacts(
          index: 4, name: "bluez_sink.94_DB_56_00_00_01.a2dp_sink.monitor", card: 1, isMonitor: true,
          properties: [.deviceString: address])
      ],
      codecs: [
        cardName: [
          CodecFacts(name: "sbc", description: "SBC"), CodecFacts(name: "sbc_xq_552", description: "SBC XQ 552kbps"),
        ]
      ])
  }

  static func stream(
    _ source: UInt32, client: UInt32? = nil, _ properties: [Property: String], resampling: String? = nil
  ) -> StreamFacts {
    StreamFacts(source: source, client: client, name: "record", properties: properties, resampling: resampling)
  }
}
