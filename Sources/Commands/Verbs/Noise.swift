internal import Interface
internal import Vocabulary

/// What `noise` alone takes.
private enum Options {
  static let voice = Flag("voice", "ambient sound lets voices through, and less else")
}

extension Verb {
  /// The modes as people write them; "cancel" is a mode's verb.
  private static let modes: [(word: String, mode: NoiseMode)] = [
    ("off", .off), ("cancel", .cancelling), ("wind", .wind), ("ambient", .ambient),
  ]

  static let noise = Verb(
    name: "noise", summary: "show or set a Sony headset's noise control",
    operands: [
      .optionalDevice, Operand(name: "MODE", kind: .choice(modes.map(\.word)), isOptional: true),
      Operand(name: "LEVEL", kind: .text, isOptional: true),
    ],
    options: [Options.voice, Common.yes, Common.adapter],
    details: """
      off      nothing is done about the sound from outside
      cancel   noise cancelling
      wind     noise cancelling with one microphone, so that wind is not heard; few models
      ambient  lets the sound through, with LEVEL from 1 to 20; without it, with the level that it had

      For example: mdrctl noise cancel
                   mdrctl noise XM4 ambient 15 --voice
      """,
    run: { command throws(EarlyExit) in
      guard let word = command.optionalOperand(1), let mode = modes.first(where: { $0.word == word })?.mode else {
        guard !command[Options.voice] else {
          throw .usage("--voice is only for \"ambient\".", hint: "Usage: \(command.invocation.verb.usage)")
        }
        let parameters = Control.HeadsetShowParameters(device: command.optionalOperand(0), adapter: command.adapter)
        let reply = try command.call(Control.headsetShow, parameters)
        return try command.output.show(reply) { style in
          sentence(
            reply.device,
            reply.headset.noise.map { "has its noise control at: \($0.text)." } ?? "has no noise control.", style)
        }
      }
      var level: Int?
      if let text = command.optionalOperand(2) {
        guard mode == .ambient, let number = Int(text), (1...20).contains(number) else {
          throw .usage("\"\(displayable(text))\" is no level of ambient sound; it is 1 to 20, behind \"ambient\".")
        }
        level = number
      }
      if command[Options.voice], mode != .ambient {
        throw .usage("--voice is only for \"ambient\".", hint: "Usage: \(command.invocation.verb.usage)")
      }
      // Without a level the voices are said too: no --voice means all sounds.
      let wish = HeadsetNoiseWish(mode: mode, level: level, voice: mode == .ambient ? command[Options.voice] : nil)
      try command.changeHeadset(Control.HeadsetChangeParameters(noise: wish))
    })
}
