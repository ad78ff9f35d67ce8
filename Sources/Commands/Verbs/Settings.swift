internal import Interface
internal import Vocabulary

extension Verb {
  static let settings = Verb(
    name: "settings", summary: "show all settings of a Sony headset, or change some",
    operands: [.optionalDevice, Operand(name: "SETTING=VALUE", kind: .setting, isOptional: true, repeats: true)],
    options: [Common.yes, Common.adapter],
    details: """
      Each is changed when the headset says so. It stops at the first that the headset refuses. --yes agrees where the
      headset asks, as before it disconnects.

      For example: mdrctl settings
                   mdrctl settings XM4 clear-bass=3 voice-guidance=off
      """,
    run: { command throws(EarlyExit) in
      let words = Array(command.invocation.operands.dropFirst(command.optionalOperand(0) == nil ? 0 : 1))
      guard !words.isEmpty else {
        let parameters = Control.HeadsetShowParameters(
          device: command.optionalOperand(0), adapter: command.adapter, all: true)
        let reply = try command.call(Control.headsetShow, parameters)
        return try command.output.show(reply) { $0.bold(reply.device.title) + "\n" + settingsText(reply.headset, $0) }
      }
      let wishes = try words.map { word throws(EarlyExit) in try settingWish(word) }
      for (setting, value) in wishes {
        try command.changeHeadset(Control.HeadsetChangeParameters(setting: setting, value: value))
      }
    })
}

/// "clear-bass=3" as a setting and its value.
private func settingWish(_ word: String) throws(EarlyExit) -> (HeadsetSettingName, String) {
  let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
  guard parts.count == 2 else {
    throw .usage("\"\(displayable(word))\" is no SETTING=VALUE.", hint: "For example: clear-bass=3")
  }
  guard let setting = HeadsetSettingName.allCases.first(where: { $0.word == parts[0] }) else {
    throw .unknown("setting", parts[0], accepted: HeadsetSettingName.allCases.map(\.word))
  }
  return (setting, parts[1])
}
