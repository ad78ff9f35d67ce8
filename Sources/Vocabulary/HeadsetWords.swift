// The words for what a headset itself holds: its maker's control protocol, in everybody's terms (docs/sony.md).

/// What a headset does about the sound from outside.
package enum NoiseMode: String, CaseIterable, Codable, Sendable {
  case off, cancelling
  /// Cancelling with one microphone, so that wind is not heard.
  case wind
  /// Lets the sound from outside through.
  case ambient
  /// A mode of some models that is known by its name only.
  case ncss
}

/// Which battery of a headset.
package enum HeadsetPart: String, CaseIterable, Codable, Sendable {
  case headset, left, right
  /// The case of earbuds.
  case enclosure
}

/// Whether a battery is being charged.
package enum ChargingState: String, CaseIterable, Codable, Sendable {
  case no, yes, full, unknown
}

/// Who tells how full a battery is.
package enum BatterySource: String, CaseIterable, Codable, Sendable {
  /// The headset itself, over its control channel.
  case headset
  /// BlueZ's `Battery1`, which the headset or the sound server fills, many of them in steps of 10 or 20 %.
  case bluez
}

/// The generations of the control protocol.
package enum ProtocolGeneration: String, CaseIterable, Codable, Sendable {
  case v1, v2
}

/// What a function is known from.
package enum HeadsetEvidence: String, CaseIterable, Codable, Sendable {
  /// Bytes of real headsets.
  case captured
  /// Public clients that are used with real headsets.
  case used
  /// The maker's names and codes only: it may not work.
  case unproven
}

/// What came of asking a headset for something that it lists.
package enum HeadsetAnswer: String, CaseIterable, Codable, Sendable {
  case told
  /// It acknowledged and said nothing: not available now, or not at all.
  case silent
  /// It answered what cannot be right.
  case unreadable
}

/// The settings of a headset beside noise control and equalizer; not every headset has each.
package enum HeadsetSettingName: String, CaseIterable, Codable, Sendable {
  case dsee, priority, speakToChat, pauseOnRemoval, autoOff, touch, multipoint, sidetone, buttons, voiceGuidance, volume
  case noiseButton, clearBass, surround, soundPosition, backgroundMusic, cinema, quickAccess, headGesture, autoVolume
  case vibrator, powerSaving, caringCharge, bluetoothStandby, stamina, backlight, voiceVolume, batteryVoice, powerSound
  case ultBeep, fixedSource, musicHandover
}
