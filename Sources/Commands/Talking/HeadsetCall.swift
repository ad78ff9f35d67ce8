internal import Interface
internal import Vocabulary

extension Command {
  /// Makes one change of the headset that the command line names, and shows what it is now.
  func changeHeadset(_ wish: Control.HeadsetChangeParameters) throws(EarlyExit) {
    var parameters = wish
    parameters.device = optionalOperand(0)
    parameters.adapter = adapter
    parameters.confirm = ifGiven(Common.yes)
    var reply: Control.HeadsetReply
    do throws(EarlyExit) { reply = try call(Control.headsetChange, parameters) } catch {
      // The headset asks; whoever sits here may answer.
      guard case .failure(let failure) = error, failure.code == ErrorCode.needsConsent.rawValue, context.isInteractive
      else { throw error }
      try mustAgree("\(displayable(failure.message)) Do it?")
      parameters.confirm = true
      reply = try call(Control.headsetChange, parameters)
    }
    try output.show(reply) { changeText(reply, $0) }
  }

  /// What the headset holds of one setting, and nothing else.
  func showHeadset(_ name: HeadsetSettingName) throws(EarlyExit) {
    // A short look has the main ones.
    let isMain = [.dsee, .priority, .speakToChat, .pauseOnRemoval, .autoOff].contains(name)
    let parameters = Control.HeadsetShowParameters(
      device: optionalOperand(0), adapter: adapter, all: isMain ? nil : true)
    let reply = try call(Control.headsetShow, parameters)
    try output.show(reply) { style in
      let setting = reply.headset.settings.first { $0.name == name }
      let words = setting.map { "has \(name.word) at: \(displayable($0.value ?? "not told"))." }
      return sentence(reply.device, words ?? "has no \(name.word).", style)
    }
  }
}
