/// What a headset said of one feature, whole and in range.
package enum Report: Hashable, Sendable {
  case battery(Battery)
  case earbudBatteries(Pair<Battery>)
  case caseBattery(Battery)
  /// Whether each earbud is linked.
  case earbudLinks(left: Bool, right: Bool)
  case codec(ReportedCodec)
  case dseeIndicator(DSEEIndicator)
  /// Nil for a text that cannot be shown.
  case displayFirmware(String?)
  case noiseControl(NoiseControl)
  case noiseButton(NoiseButton)
  case equalizer(Equalizer)
  case equalizerAbility(EqualizerAbility)
  case equalizerBands([EqualizerBand])
  case equalizerState(EqualizerState)
  /// -10 to 10.
  case clearBass(Int8)
  case surround(Surround)
  case soundPosition(SoundPosition)
  case connectionMode(ConnectionMode)
  case backgroundMusic(BackgroundMusic)
  /// 0 to 30.
  case volume(UInt8)
  case playback(Playback)
  case autoPowerOff(AutoPowerOff)
  case speakToChatDetails(SpeakToChatDetails)
  /// One for each button, in the order of the headset: left, then right, where it has two.
  case buttons([ButtonPreset])
  case quickAccess([QuickAccessService])
  case general(GeneralSlot, General)
  case generalTitle(GeneralSlot, GeneralTitle)
  case voiceGuidance(VoiceGuidance)
  case voiceLanguage(VoiceLanguage)
  /// -2 to 2.
  case voiceVolume(Int8)
  case optimizer(OptimizerProgress)
  case optimizerResult(OptimizerResult)
  case hosts(Hosts)
  case hostLimits(HostLimits)
  case hostAction(HostResult)
  /// Whether it can be found for pairing.
  case pairingMode(Bool)
  case playingSource(SourceResult)
  case resetResult(ResetResult)
  /// Any other feature that is on or off.
  case toggle(Feature, Bool)

  package var feature: Feature {
    switch self {
    case .battery: .battery
    case .earbudBatteries: .earbudBatteries
    case .caseBattery: .caseBattery
    case .earbudLinks: .earbudLinks
    case .codec: .codec
    case .dseeIndicator: .dseeIndicator
    case .displayFirmware: .displayFirmware
    case .noiseControl: .noiseControl
    case .noiseButton: .noiseButton
    case .equalizer: .equalizer
    case .equalizerAbility: .equalizerAbility
    case .equalizerBands: .equalizerBands
    case .equalizerState: .equalizerState
    case .clearBass: .clearBass
    case .surround: .surround
    case .soundPosition: .soundPosition
    case .connectionMode: .connectionMode
    case .backgroundMusic: .backgroundMusic
    case .volume: .volume
    case .playback: .playback
    case .autoPowerOff: .autoPowerOff
    case .speakToChatDetails: .speakToChatDetails
    case .buttons: .buttons
    case .quickAccess: .quickAccess
    case .general(let slot, _): .general(slot)
    case .generalTitle(let slot, _): .generalTitle(slot)
    case .voiceGuidance: .voiceGuidance
    case .voiceLanguage: .voiceLanguage
    case .voiceVolume: .voiceVolume
    case .optimizer: .optimizer
    case .optimizerResult: .optimizerResult
    case .hosts: .hosts
    case .hostLimits: .hostLimits
    case .hostAction: .hostAction
    case .pairingMode: .pairingMode
    case .playingSource: .playingSource
    case .resetResult: .resetResult
    case .toggle(let feature, _): feature
    }
  }
}
