package import Vocabulary

/// A device as a sound server has it: its card, with the profiles that the server can switch it between.
package struct AudioCard: Hashable, Sendable {
  package typealias Kind = AudioKind

  package struct Profile: Hashable, Sendable {
    package let name: String
    package let description: String
    /// The sound server's order; higher is better.
    package let priority: Int
    package let isAvailable: Bool
    /// How many sinks and sources it gives the sound server.
    package let sinks: Int
    package let sources: Int

    package init(
      name: String, description: String = "", priority: Int, isAvailable: Bool = true, sinks: Int = 0, sources: Int = 0
    ) {
      self.name = name
      self.description = description
      self.priority = priority
      self.isAvailable = isAvailable
      self.sinks = sinks
      self.sources = sources
    }

    package var kind: Kind { Kind(self) }
  }

  /// A codec that is no profile of its own.
  package struct Codec: Hashable, Sendable {
    package let name: String
    package let description: String

    package init(name: String, description: String) {
      self.name = name
      self.description = description
    }
  }

  /// A program that records from the card.
  package struct Capture: Hashable, Sendable {
    package let application: String
    package let process: Int?

    package init(application: String, process: Int?) {
      self.application = application
      self.process = process
    }

    /// "Firefox (process 4711)".
    package var title: String { process.map { "\(application) (process \($0))" } ?? application }
  }

  package let name: String
  package var profiles: [Profile]
  /// Nil for a moment while the card appears.
  package var activeProfile: String?
  package var codec: String?
  package var codecs: [Codec]
  package var sink: String?
  /// The sink cannot play: the sound server could not get the stream from BlueZ.
  package var hasFailed: Bool
  package var isDefault: Bool
  package var captures: [Capture]

  package init(
    name: String, profiles: [Profile], activeProfile: String?, codec: String? = nil, codecs: [Codec] = [],
    sink: String? = nil, hasFailed: Bool = false, isDefault: Bool = false, captures: [Capture] = []
  ) {
    self.name = name
    self.profiles = profiles
    self.activeProfile = activeProfile
    self.codec = codec
    self.codecs = codecs
    self.sink = sink
    self.hasFailed = hasFailed
    self.isDefault = isDefault
    self.captures = captures
  }

  package var active: Profile? { profiles.first { $0.name == activeProfile } }
  package var kind: Kind? {
    activeProfile.map { name in Kind(active ?? Profile(name: name, priority: 0)) }
  }

  /// The profile of a kind that can be used now and suits best; nil when there is none.
  package func best(_ kind: Kind, for preference: CodecPreference? = nil) -> Profile? {
    let usable = profiles.filter { $0.kind == kind && ($0.isAvailable || kind == .off) }
    if let automatic = usable.first(where: { $0.name == Self.automatic(for: preference) }) { return automatic }
    let rank: (Profile) -> (Int, Int) = { profile in
      (preference == .latency ? Self.quickness(of: profile.codec ?? profile.name) : 0, profile.priority)
    }
    return usable.max { rank($0) < rank($1) }
  }

  /// The profile in which the sound server itself chooses the codec: PipeWire after 1.6 has one for each preference,
  /// begins with that for quality (`bluez5-device.c`), and WirePlumber asks for them since 0.5.15.
  private static func automatic(for preference: CodecPreference?) -> String {
    preference == .latency ? "a2dp-auto-prefer-latency" : "a2dp-auto-prefer-quality"
  }

  /// How little a codec delays, roughly: those made for it, then SBC, whose frames are the shortest of the others.
  static func quickness(of name: String) -> Int {
    let name = name.lowercased()
    let made = ["aptx_ll", "faststream", "lc3plus_hr", "opus_05"]
    if let place = made.firstIndex(where: name.contains) { return 10 + made.count - place }
    return name.contains("sbc") ? 1 : 0
  }

  /// The codecs that can be used in the present profile, each with the name that it is switched to by.
  package var choices: [Choice] {
    if !codecs.isEmpty {
      return codecs.map { Choice(name: $0.name, description: $0.description, profile: nil, isActive: $0.name == codec) }
    }
    guard let kind, kind == .stereo || kind == .call else { return [] }
    let usable = profiles.filter { $0.kind == kind && $0.isAvailable }
    // PipeWire 0.3 has one beside them that stands for whichever is best.
    let named = usable.filter { $0.codec != nil || $0.isAutomatic }
    let candidates = named.isEmpty ? usable : named
    return candidates.sorted { $0.priority > $1.priority }.map { profile in
      Choice(
        name: profile.codec ?? profile.name, description: profile.description, profile: profile.name,
        isActive: profile.name == activeProfile)
    }
  }

  /// One codec, and the profile that means it where that is how it is chosen.
  package struct Choice: Hashable, Sendable {
    package let name: String
    package let description: String
    package let profile: String?
    package let isActive: Bool
  }
}

extension AudioCard.Kind {
  /// By the names of PipeWire ("a2dp-sink-sbc_xq", "headset-head-unit-msbc") and of PulseAudio ("a2dp_sink",
  /// "headset_head_unit", "handsfree_head_unit"), and what has another name ("a2dp-auto-prefer-quality", "bap-sink",
  /// "bap-duplex", "asha-sink" of later PipeWires) by what it is: to listen, or to listen and speak. The other
  /// direction, in which this computer is the headset, is other.
  init(_ profile: AudioCard.Profile) {
    let name = String(profile.name.lowercased().map { $0 == "_" ? "-" : $0 })
    self =
      switch name {
      case "off": .off
      case _ where name.hasPrefix("a2dp-sink"): .stereo
      case _ where name.hasPrefix("headset-head-unit"), _ where name.hasPrefix("handsfree-head-unit"): .call
      case _ where name.hasSuffix("audio-gateway"), _ where profile.sinks == 0: .other
      default: profile.sources == 0 ? .stereo : .call
      }
  }
}

extension AudioCard.Profile {
  /// Whether the sound server itself chooses the codec in it.
  fileprivate var isAutomatic: Bool { name.hasPrefix("a2dp-auto-") }

  /// The codec that the profile is for: "sbc_xq" of "a2dp-sink-sbc_xq", and "sbc" of "a2dp-sink", whose description is
  /// "High Fidelity Playback (A2DP Sink, codec SBC)"; nil where neither tells.
  package var codec: String? {
    for prefix in ["a2dp-sink-", "headset-head-unit-"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    guard !isAutomatic else { return nil }
    // Anybody's session can say anything here, so its bytes are looked at only.
    let (word, bytes) = (Array("codec ".utf8), Array(description.utf8))
    guard let start = bytes.indices.last(where: { bytes[$0...].starts(with: word) }) else { return nil }
    let codec = bytes[start...].dropFirst(word.count).prefix { $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: ",") }
    let name = codec.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self).lowercased()
  }
}
