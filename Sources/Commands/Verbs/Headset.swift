internal import Interface
internal import Vocabulary

extension Verb {
  static let headset = Verb(
    name: "headset", summary: "show what a Sony headset itself holds", operands: [.optionalDevice],
    options: [Common.adapter],
    details: """
      Model, firmware, batteries, codec, noise control, equalizer and the main settings, read from the headset itself over
      its control channel. The channel is closed again half a minute later; while it is open, a phone's app cannot have
      it: "headset release" closes it at once. The sound goes on meanwhile. With --verbose every setting, what each can be,
      and what this headset has not.

      What no capture of a real headset proves is marked as unproven; docs/sony.md says how to send one.
      """,
    run: { command throws(EarlyExit) in
      let isComplete = command.output.isVerbose
      let parameters = Control.HeadsetShowParameters(
        device: command.optionalOperand(0), adapter: command.adapter, all: isComplete ? true : nil)
      let reply = try command.call(Control.headsetShow, parameters)
      try command.output.show(reply) { headsetText(reply, isComplete: isComplete, $0) }
    })

  static let headsetRelease = Verb(
    name: "headset release", summary: "let a phone's app have the headset's control channel",
    operands: [.optionalDevice], options: [Common.adapter],
    run: { command throws(EarlyExit) in
      let parameters = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
      let reply = try command.call(Control.headsetRelease, parameters)
      try command.output.show(reply) { sentence(reply.device, "is free for another client.", $0) }
    })
}
