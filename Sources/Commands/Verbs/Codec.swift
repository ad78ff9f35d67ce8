internal import Interface
internal import Vocabulary

/// What `codec` alone takes.
private enum Options {
  static let use = Setting<String>(
    "use", value: ValueForm(name: "CODEC", kind: .codec), "switch to this codec, or to \"best\"")
  static let preference = Setting<Sound.Preference>(
    "prefer", oneOf: "PREFERENCE", "what \"best\" is to mean from now on")
}

extension Verb {
  static let codec = Verb(
    name: "codec", summary: "list the codecs that a device can use, or switch to another",
    operands: [.optionalDevice, Operand(name: "NAME|\(WordKind.best)", kind: .codec, isOptional: true)],
    options: [Options.use, Options.preference, Common.adapter],
    details: """
      It lists the codecs that the device and the sound server share, or switches to NAME, as the list spells it, or to
      the best of them. One word alone is the DEVICE, but for "best"; --use names a codec without a device. Without
      DEVICE the one that is connected is meant, or the only one that is paired.

      --prefer says what "best" is to mean for this device from now on: quality, as it is otherwise, or latency.
      """,
    examples: """
      mdrctl codec
      mdrctl codec XM4 ldac
      mdrctl codec --use sbc_xq
      mdrctl codec best --prefer latency
      """,
    farewell: "stopped waiting; mdrctld goes on with it",
    run: { command throws(EarlyExit) in
      let (name, used) = (command.optionalOperand(1), command[Options.use])
      if let name, used != nil {
        throw .usage(
          "\"codec\" takes a codec by its place (\"\(displayable(name))\") or by --use, not both.",
          hint: "Usage: \(command.invocation.verb.usage)")
      }
      let preference = command[Options.preference]
      guard name != nil || used != nil || preference != nil else {
        let reply = try command.audio { word in
          isPlain(word) && !word.contains(":") ? "If it is a codec: mdrctl codec --use \(word)" : nil
        }
        return try command.output.show(reply) { codecListText(reply, $0) }
      }
      let parameters = Control.CodecParameters(
        device: command.optionalOperand(0), adapter: command.adapter, codec: name ?? used, preference: preference)
      try command.operate(Control.codec, parameters) { codecText($0, preference, $1) }
    })
}

/// The codecs in a table, with the one in use marked; where there is none, why.
func codecListText(_ reply: Control.AudioReply, _ style: Style) -> String {
  guard !reply.codecs.isEmpty else {
    return sentence(reply.device, "has no codec to choose from now.", style) + reasonText(reply.audio, style)
  }
  let rows = reply.codecs.map { [displayable($0.name), displayable($0.description), $0.active ? "in use" : "-"] }
  var text = style.bold(reply.device.title) + "\n"
  for (number, line) in table([["CODEC", "DESCRIPTION", "STATE"]] + rows).enumerated() {
    text += "  " + (number == 0 ? style.faint(line) : reply.codecs[number - 1].active ? style.good(line) : line) + "\n"
  }
  return text + (reply.audio.preference.map { "  \"\(WordKind.best)\" is by \($0.rawValue).\n" } ?? "")
}

/// The codec in use now, what "best" means from now on if that was said, and what could not be proven.
func codecText(_ reply: Control.OperationReply, _ preference: Sound.Preference?, _ style: Style) -> String {
  let codec = reply.codecs?.first(where: \.active)?.name ?? reply.audio?.card?.codec
  let means = preference.map { "\"\(WordKind.best)\" is by \($0.rawValue) from now on" }
  let facts = [codec.map { "uses \(codecTitle($0)) now" } ?? "uses no codec now", means].compactMap(\.self)
  var text = sentence(reply.device, facts.joined(separator: "; ") + ".", style) + doubtText(reply.proofs ?? [], style)
  if codec == nil, let audio = reply.audio { text += reasonText(audio, style) }
  return text + notStoredText(reply.notStored, style)
}
