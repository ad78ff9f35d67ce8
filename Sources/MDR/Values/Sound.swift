/// Surround of V1 models (VPT). With another codec than SBC it is accepted and without effect.
package enum Surround: UInt8, CaseIterable, Sendable { case off, outdoor, arena, concertHall, club }

/// Where V1 models let the sound come from.
package enum SoundPosition: UInt8, CaseIterable, Sendable {
  case off, frontLeft, frontRight, front
  case rearLeft = 0x11
  case rearRight = 0x12
}

/// What the connection of sound is chosen for. A change has the headset connect its sound anew.
package enum ConnectionMode: UInt8, CaseIterable, Sendable { case quality, stable, lowLatency }

/// Makes music seem to come from a room.
package enum BackgroundMusic: Hashable, Sendable {
  package enum Room: UInt8, CaseIterable, Sendable { case small, middle, large }
  case off(Room)
  case on(Room)
}

/// A language of the headset's voice, and of its texts.
package enum VoiceLanguage: UInt8, CaseIterable, Sendable {
  case undefined, english, french, german, spanish, italian, portuguese, dutch, swedish, finnish, russian, japanese
  case simplifiedChinese, brazilianPortuguese, traditionalChinese, korean, turkish
  case chinese = 0xF0
}

/// The voice that says what the headset does.
package struct VoiceGuidance: Hashable, Sendable {
  package let isOn: Bool
  /// Notifications leave it out (captured from WH-1000XM6); V1 tells it by itself.
  package let language: VoiceLanguage?
}
