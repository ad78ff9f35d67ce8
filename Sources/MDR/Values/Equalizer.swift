/// A preset of the equalizer. Which of them exist, the headset's ``EqualizerAbility`` says; others are acknowledged and
/// ignored (captured from WH-1000XM6).
package struct EqualizerPreset: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let off = EqualizerPreset(rawValue: 0x00)
  package static let manual = EqualizerPreset(rawValue: 0xA0)
  package static let user1 = EqualizerPreset(rawValue: 0xA1)
  package static let user2 = EqualizerPreset(rawValue: 0xA2)
  /// Where V1 takes a curve that belongs to no preset.
  package static let unspecified = EqualizerPreset(rawValue: 0xFF)

  private static let names: [UInt8: String] = [
    0x00: "off", 0x01: "rock", 0x02: "pop", 0x03: "jazz", 0x04: "dance", 0x05: "edm", 0x06: "rnb", 0x07: "acoustic",
    0x10: "bright", 0x11: "excited", 0x12: "mellow", 0x13: "relaxed", 0x14: "vocal", 0x15: "treble", 0x16: "bass",
    0x17: "speech", 0x30: "heavy", 0x31: "clear", 0x32: "hard", 0x33: "soft", 0xA0: "manual", 0xA1: "user1",
    0xA2: "user2", 0xA3: "user3", 0xA4: "user4", 0xA5: "user5", 0xFF: "unspecified",
  ]
  package static let known = names.keys.sorted().map { EqualizerPreset(rawValue: $0) }

  /// Nil for one that nobody has named yet.
  package var name: String? { Self.names[rawValue] }

  package init?(named name: String) {
    guard let raw = Self.names.first(where: { $0.value.utf8.elementsEqual(name.utf8) })?.key else { return nil }
    rawValue = raw
  }
}

/// The equalizer as the headset reports it.
package struct Equalizer: Hashable, Sendable {
  package let preset: EqualizerPreset
  /// -10 to 10; nil where there is none.
  package let clearBass: Int8?
  /// -10 to 10 for each of five bands, -6 to 6 for each of ten (captured from WH-1000XM6); none where only the preset
  /// was told.
  package let bands: [Int8]
}

/// What the equalizer is to be.
package enum EqualizerWish: Hashable, Sendable {
  case preset(EqualizerPreset)
  /// Clear bass where the headset has it, and all its bands; `into` a preset that may be changed, or none.
  case curve(clearBass: Int8?, bands: [Int8], into: EqualizerPreset?)

  func isFulfilled(by report: Equalizer) -> Bool {
    switch self {
    case .preset(let preset): report.preset == preset
    case .curve(let clearBass, let bands, let preset):
      report.bands == bands && (clearBass == nil || clearBass == report.clearBass)
        && (preset == nil || preset == report.preset)
    }
  }
}

/// What the equalizer can do.
package struct EqualizerAbility: Hashable, Sendable {
  /// With clear bass, which counts as one.
  package let bands: UInt8
  /// Steps of each: 21 are -10 to 10, 13 are -6 to 6.
  package let steps: UInt8
  package let presets: [EqualizerPreset]
}

/// What a band of the equalizer changes.
package enum EqualizerBand: Hashable, Sendable {
  case clearBass
  /// Its middle in hertz.
  case frequency(UInt32)
}

/// Whether the equalizer has any effect now.
package struct EqualizerState: Hashable, Sendable {
  package enum Obstacle: UInt8, CaseIterable, Sendable {
    case call, demonstration, listeningMode
    case other = 0xFE
  }
  package let isAvailable: Bool
  package let obstacles: [Obstacle]
}
