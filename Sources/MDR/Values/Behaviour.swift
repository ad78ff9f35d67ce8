/// When the headset switches itself off.
package enum AutoPowerOffTime: UInt8, CaseIterable, Sendable {
  case fiveMinutes, thirtyMinutes, oneHour, threeHours, fifteenMinutes
  case whenTakenOff = 0x10
  case never = 0x11
}

/// When the headset switches itself off, and the time that was chosen last, which comes back with "after a time".
package struct AutoPowerOff: Hashable, Sendable {
  package let current: AutoPowerOffTime
  package let last: AutoPowerOffTime
}

/// How the headset hears that its wearer speaks, and for how long it listens then.
package struct SpeakToChatDetails: Hashable, Sendable {
  package enum Sensitivity: UInt8, CaseIterable, Sendable { case automatic, high, low }
  package enum Timeout: UInt8, CaseIterable, Sendable { case short, standard, long, none }

  package let sensitivity: Sensitivity
  /// V1 only.
  package let voiceFocus: Bool?
  package let timeout: Timeout

  package init(sensitivity: Sensitivity, voiceFocus: Bool?, timeout: Timeout) {
    self.sensitivity = sensitivity
    self.voiceFocus = voiceFocus
    self.timeout = timeout
  }
}

/// What a button or a touch field is for. Models know more than are named here.
package struct ButtonPreset: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  private static let names: [UInt8: String] = [
    0x00: "ambient", 0x10: "volume", 0x20: "playback", 0x21: "track", 0x22: "playbackLimited", 0x30: "voice",
    0x31: "google", 0x32: "alexa", 0x33: "xiaowei", 0x35: "ambientQuickAccess", 0x36: "quickAccess",
    0x45: "ambientMicrophone", 0xFF: "none",
  ]
  package static let known = names.keys.sorted().map { ButtonPreset(rawValue: $0) }

  /// Nil for one that nobody has named yet.
  package var name: String? { Self.names[rawValue] }
}

/// What a quick access gesture starts. Models know more than are named here.
package struct QuickAccessService: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  private static let names: [UInt8: String] = [
    0x00: "off", 0x01: "spotify", 0x02: "endel", 0x06: "kugou", 0x08: "eyeNavi", 0x09: "netease", 0x0A: "appleMusic",
    0x0C: "youtubeMusic",
  ]
  package static let known = names.keys.sorted().map { QuickAccessService(rawValue: $0) }

  /// Nil for one that nobody has named yet.
  package var name: String? { Self.names[rawValue] }
}

/// The value of a general setting.
package enum General: Hashable, Sendable {
  case flag(Bool)
  /// Its place in a list.
  case choice(UInt8)
}

/// What a general setting is, by its title. These are tokens of the vendor's; titles in words are not bound to anything.
package enum GeneralTitle: String, CaseIterable, Sendable {
  case touchPanel = "TOUCH_PANEL_SETTING"
  case multipoint = "MULTIPOINT_SETTING"
  case sidetone = "SIDETONE_SETTING"
  case voiceGuidance = "VOICE_GUIDANCE_SETTING"
}

/// How far measuring for the noise cancelling has come (V1).
package enum OptimizerProgress: UInt8, CaseIterable, Sendable {
  case idle, checkingWear, measuringPressure
  case analysing = 0x10
  case finished = 0x11
}

/// What was measured for the noise cancelling (V1). The first three are codes of the vendor's.
package struct OptimizerResult: Hashable, Sendable {
  package let personalType: UInt8
  package let personal: UInt8
  package let pressureType: UInt8
  /// Tenths of an atmosphere.
  package let pressure: UInt8
}
