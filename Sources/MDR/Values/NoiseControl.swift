/// What is done about the sound from outside, as the headset reports it.
package struct NoiseControl: Hashable, Sendable {
  package enum Mode: Hashable, Sendable, CaseIterable {
    case off, cancelling
    /// Cancelling with one microphone, so that wind is not heard.
    case wind
    case ambient
    /// A third mode of type 18, known from the vendor's app by its name only.
    case ncss
  }
  /// The ambient level follows the surroundings.
  package struct Automatic: Hashable, Sendable {
    package enum Sensitivity: UInt8, CaseIterable, Sendable { case standard, high, low }
    package let isOn: Bool
    package let sensitivity: Sensitivity
    package init(isOn: Bool, sensitivity: Sensitivity) { (self.isOn, self.sensitivity) = (isOn, sensitivity) }
  }

  package let mode: Mode
  /// 0 to 20; nil where the headset told none that can be right. WH-1000XM4 says 0 whenever it is not ambient, so who
  /// wants the level back has to remember it.
  package let level: UInt8?
  /// Ambient sound lets voices through and less else.
  package let voiceFocus: Bool?
  package let automatic: Automatic?
  /// Not while a slider is dragged, nor while speak-to-chat changed it for a moment (captured from WH-1000XM6): show it,
  /// but do not store it. WF-1000XM6 never says that it is final.
  package let isFinal: Bool
  /// What has to be written back as it was.
  let kept: Kept

  /// Bytes of a report that go into the next command unchanged; some firmware ignores a command with others.
  struct Kept: Hashable, Sendable {
    /// The inquired type that it came with.
    var type: UInt8
    /// V1.
    var ncType: UInt8 = 0
    var asmType: UInt8 = 0
    /// How it cancels: V1 nc, V2 ncValue.
    var nc: UInt8 = 0
    var asmID: UInt8 = 0
  }

  /// It may be off only because nobody wears it: WH-1000XM6 tells that while it keeps another mode (captured, type 19).
  package var mayBeUnworn: Bool { mode == .off && kept.type == 0x19 }

  static let levels: ClosedRange<UInt8> = 0...20
}

/// What is to be done about the sound from outside. What is nil stays as it was.
package struct NoiseWish: Hashable, Sendable {
  package let mode: NoiseControl.Mode
  /// 1 to 20. Headsets ignore it unless ambient sound is chosen with it.
  package let level: UInt8?
  package let voiceFocus: Bool?
  package let automatic: NoiseControl.Automatic?

  package init(
    _ mode: NoiseControl.Mode, level: UInt8? = nil, voiceFocus: Bool? = nil, automatic: NoiseControl.Automatic? = nil
  ) {
    self.mode = mode
    self.level = level
    self.voiceFocus = voiceFocus
    self.automatic = automatic
  }

  /// Level, focus and the rest count only together with ambient sound (captured from WH-1000XM4, WH-1000XM5 and
  /// WH-CH720N, and told of WH-XB910N).
  func isFulfilled(by report: NoiseControl) -> Bool {
    guard report.mode == mode else { return false }
    guard mode == .ambient else { return true }
    return (level == nil || level == report.level) && (voiceFocus == nil || voiceFocus == report.voiceFocus)
      && (automatic == nil || automatic == report.automatic)
  }
}

/// What the button of noise cancelling goes through.
package enum NoiseButton: UInt8, CaseIterable, Sendable {
  case cancellingAmbientOff = 1
  case cancellingAmbient, cancellingOff, ambientOff
}
