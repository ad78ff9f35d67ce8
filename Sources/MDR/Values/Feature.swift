/// What a headset can be asked for, told or set, in the words of both generations.
package enum Feature: Hashable, Sendable {
  // What it is doing.
  case battery, earbudBatteries, caseBattery, earbudLinks, codec, dseeIndicator, displayFirmware
  // How it sounds.
  case noiseControl, noiseButton, equalizer, equalizerAbility, equalizerBands, equalizerState, clearBass
  case surround, soundPosition, dsee, connectionMode, backgroundMusic, cinema
  case volume, playback
  // How it behaves.
  case pauseWhenRemoved, speakToChat, speakToChatPreview, speakToChatDetails, buttons, quickAccess, headGesture
  case autoVolume, vibrator
  case autoPowerOff, powerSaving, caringCharge, bluetoothStandby, stamina, backlight
  case voiceGuidance, voiceLanguage, voiceVolume, batteryVoice, powerSound, ultBeep
  case optimizer, optimizerResult, resetResult
  /// Whatever the model has in one of four places; what that is, only ``generalTitle(_:)`` says.
  case general(GeneralSlot)
  case generalTitle(GeneralSlot)
  // Who may use it.
  case hosts, hostLimits, hostAction, pairingMode, playingSource, fixedSource, musicHandover

  package static let all: [Feature] =
    [
      .battery, .earbudBatteries, .caseBattery, .earbudLinks, .codec, .dseeIndicator, .displayFirmware,
      .noiseControl, .noiseButton, .equalizer, .equalizerAbility, .equalizerBands, .equalizerState, .clearBass,
      .surround, .soundPosition, .dsee, .connectionMode, .backgroundMusic, .cinema, .volume, .playback,
      .pauseWhenRemoved, .speakToChat, .speakToChatPreview, .speakToChatDetails, .buttons, .quickAccess,
      .headGesture, .autoVolume, .vibrator, .autoPowerOff, .powerSaving, .caringCharge, .bluetoothStandby, .stamina,
      .backlight,
      .voiceGuidance, .voiceLanguage, .voiceVolume, .batteryVoice, .powerSound, .ultBeep,
      .optimizer, .optimizerResult, .resetResult, .hosts, .hostLimits, .hostAction, .pairingMode,
      .playingSource, .fixedSource, .musicHandover,
    ] + GeneralSlot.allCases.flatMap { [.general($0), .generalTitle($0)] }
}

/// A place for a general setting. Models differ in what they have where, so a setting is found by its title.
package enum GeneralSlot: UInt8, CaseIterable, Sendable {
  case first = 0xD1
  case second = 0xD2
  case third = 0xD3
  case fourth = 0xD4
}
