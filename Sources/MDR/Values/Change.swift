package import Vocabulary

/// A setting that is to be other than it is. What cannot be put back is a ``Deed``.
package enum Change: Hashable, Sendable {
  case noiseControl(NoiseWish)
  case noiseButton(NoiseButton)
  case equalizer(EqualizerWish)
  /// -10 to 10.
  case clearBass(Int8)
  case surround(Surround)
  case soundPosition(SoundPosition)
  case connectionMode(ConnectionMode)
  case backgroundMusic(BackgroundMusic)
  /// 0 to 30.
  case volume(UInt8)
  case playback(PlaybackCommand)
  case autoPowerOff(AutoPowerOffTime)
  case speakToChatDetails(SpeakToChatDetails)
  /// As many as were reported.
  case buttons([ButtonPreset])
  case quickAccess([QuickAccessService])
  case general(GeneralSlot, General)
  case voiceGuidance(Bool)
  /// -2 to 2.
  case voiceVolume(Int8)
  /// Measure for the noise cancelling, or stop doing so. It plays sounds, and has to be worn.
  case optimizer(start: Bool)
  case pairingMode(Bool)
  case host(HostAction, Address)
  /// Have this host be the one that plays.
  case playingSource(Address)
  /// Any other feature that is on or off.
  case toggle(Feature, Bool)

  package var feature: Feature {
    switch self {
    case .noiseControl: .noiseControl
    case .noiseButton: .noiseButton
    case .equalizer: .equalizer
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
    case .voiceGuidance: .voiceGuidance
    case .voiceVolume: .voiceVolume
    case .optimizer: .optimizer
    case .pairingMode: .pairingMode
    case .host: .hostAction
    case .playingSource: .playingSource
    case .toggle(let feature, _): feature
    }
  }

  /// Whether headsets ask before they do it, and ignore it unless they may ask: captured from WH-1000XM4 for a button,
  /// told by the vendor's app for the others.
  package var mayBeQuestioned: Bool {
    switch self {
    case .buttons, .general, .connectionMode: true
    default: false
    }
  }

  /// Whether the report shows what was wished.
  package func isFulfilled(by report: Report) -> Bool {
    switch (self, report) {
    case (.noiseControl(let wish), .noiseControl(let now)): wish.isFulfilled(by: now)
    case (.noiseButton(let wish), .noiseButton(let now)): wish == now
    case (.equalizer(let wish), .equalizer(let now)): wish.isFulfilled(by: now)
    case (.clearBass(let wish), .clearBass(let now)): wish == now
    case (.surround(let wish), .surround(let now)): wish == now
    case (.soundPosition(let wish), .soundPosition(let now)): wish == now
    case (.connectionMode(let wish), .connectionMode(let now)): wish == now
    case (.backgroundMusic(let wish), .backgroundMusic(let now)): wish == now
    case (.volume(let wish), .volume(let now)): wish == now
    case (.playback(let wish), .playback(let now)): wish.isFulfilled(by: now)
    case (.autoPowerOff(let wish), .autoPowerOff(let now)): wish == now.current
    case (.speakToChatDetails(let wish), .speakToChatDetails(let now)): wish == now
    case (.buttons(let wish), .buttons(let now)): wish == now
    case (.quickAccess(let wish), .quickAccess(let now)): wish == now
    case (.general(let slot, let wish), .general(let told, let now)): slot == told && wish == now
    case (.voiceGuidance(let wish), .voiceGuidance(let now)): wish == now.isOn
    case (.voiceVolume(let wish), .voiceVolume(let now)): wish == now
    case (.optimizer(let start), .optimizer(let now)): start != (now == .idle)
    case (.pairingMode(let wish), .pairingMode(let now)): wish == now
    case (.host(let action, let address), .hostAction(let now)):
      now.kind.rawValue == action.rawValue && now.address == address && now.end == .done
    case (.playingSource(let address), .playingSource(let now)): now.address == address && now.end == .done
    case (.toggle(let feature, let wish), .toggle(let told, let now)): feature == told && wish == now
    default: false
    }
  }
}

extension PlaybackCommand {
  /// To skip is done however it is played after it.
  func isFulfilled(by now: Playback) -> Bool {
    switch self {
    case .play: now == .playing
    case .pause: now == .paused
    case .stop: now == .stopped
    case .next, .previous: true
    }
  }
}
