internal import Interface
internal import Vocabulary

// A verb for each setting of a headset that people change often; all of them: `settings`.
extension Verb {
  static let dsee = setting(.dsee, "dsee", "improvement of compressed music")
  static let speakToChat = setting(.speakToChat, "speak-to-chat", "pausing while its wearer speaks")
  static let pauseOnRemoval = setting(.pauseOnRemoval, "pause-on-removal", "pausing when it is taken off")
  static let autoOff = setting(
    .autoOff, "auto-off", "time to switch itself off",
    ["never", "taken-off", "5min", "15min", "30min", "60min", "180min"])
  static let touch = setting(.touch, "touch", "touch panel")
  static let buttons = setting(.buttons, "buttons", "buttons", "PRESET[,PRESET]")
  static let voiceGuidance = setting(.voiceGuidance, "voice-guidance", "spoken guidance")
  static let volume = setting(.volume, "volume", "volume", "0-30")

  /// A verb that shows one setting, or sets it to one of a few words.
  private static func setting(
    _ name: HeadsetSettingName, _ word: String, _ what: String, _ values: [String] = ["on", "off"]
  ) -> Verb {
    setting(name, word, what, Operand(name: "VALUE", kind: .choice(values), isOptional: true))
  }

  /// A verb that shows one setting, or sets it to what the headset makes of it.
  private static func setting(
    _ name: HeadsetSettingName, _ word: String, _ what: String, _ form: String
  ) -> Verb {
    setting(name, word, what, Operand(name: form, kind: .value, isOptional: true))
  }

  private static func setting(
    _ name: HeadsetSettingName, _ word: String, _ what: String, _ value: Operand
  ) -> Verb {
    Verb(
      name: word, summary: "show or set a Sony headset's \(what)", operands: [.optionalDevice, value],
      options: [Common.yes, Common.adapter],
      details: """
        It is done when the headset says so. --yes agrees where the headset asks, as before it disconnects. Whether it is
        proven for a model, "mdrctl settings" says.\(value.kind.ownWords.isEmpty ? "" : " It is one of:")
        \(value.kind.ownWords.isEmpty ? "" : "  " + alternatives(value.kind.ownWords))
        """,
      run: { command throws(EarlyExit) in
        guard let value = command.optionalOperand(1) else {
          return try command.showHeadset(name)
        }
        try command.changeHeadset(Control.HeadsetChangeParameters(setting: name, value: value))
      })
  }
}
