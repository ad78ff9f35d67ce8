internal import Interface

extension Verb {
  static let equalizer = Verb(
    name: "eq", summary: "show or set a Sony headset's equalizer",
    operands: [.optionalDevice, Operand(name: "PRESET|BAND=VALUE", kind: .equalizer, isOptional: true, repeats: true)],
    options: [Common.yes, Common.adapter],
    details: """
      Without a preset or bands it shows the equalizer, and the presets that this headset has. BAND is a frequency as it is
      shown, in hertz or with a k, or "clear-bass"; VALUE is -10 to 10, or -6 to 6 where there are ten bands. Bands that
      are not named stay as they are.

      For example: mdrctl eq
                   mdrctl eq bass
                   mdrctl eq XM4 clear-bass=4 1k=-2
      """,
    run: { command throws(EarlyExit) in
      let words = Array(command.invocation.operands.dropFirst(command.optionalOperand(0) == nil ? 0 : 1))
      guard let first = words.first else {
        let parameters = Control.HeadsetShowParameters(device: command.optionalOperand(0), adapter: command.adapter)
        let reply = try command.call(Control.headsetShow, parameters)
        return try command.output.show(reply) { style in
          guard let equalizer = reply.headset.equalizer else {
            return sentence(reply.device, "has no equalizer.", style)
          }
          return sentence(reply.device, "has its equalizer at: \(equalizer.text).", style)
            + "  Presets: \(displayable(commas(equalizer.presets))).\n"
        }
      }
      guard first.contains("=") else {
        guard words.count == 1 else {
          throw .usage("A preset stands alone.", hint: "Usage: \(command.invocation.verb.usage)")
        }
        return try command.changeHeadset(
          Control.HeadsetChangeParameters(equalizer: HeadsetEqualizerWish(preset: first)))
      }
      let bands = try words.map { word throws(EarlyExit) in try band(word) }
      try command.changeHeadset(Control.HeadsetChangeParameters(equalizer: HeadsetEqualizerWish(bands: bands)))
    })
}

/// "1k=-2" or "clear-bass=3".
private func band(_ word: String) throws(EarlyExit) -> HeadsetBand {
  let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
  guard parts.count == 2, let value = Int(parts[1]) else {
    throw .usage("\"\(displayable(word))\" is no BAND=VALUE.", hint: "For example: 1k=-2, or clear-bass=3")
  }
  if parts[0] == HeadsetBand.clearBass { return HeadsetBand(value: value) }
  guard let frequency = hertz(parts[0]) else {
    throw .usage("\"\(displayable(parts[0]))\" is no band.", hint: "For example: 400, 1k, 2.5k, or clear-bass")
  }
  return HeadsetBand(frequency: frequency, value: value)
}

/// "400", "1k" or "2.5k"; nobody hears more than 20k.
private func hertz(_ text: String) -> Int? {
  guard text.hasSuffix("k") else { return Int(text) }
  let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
  guard let whole = parts.first.flatMap({ Int($0) }), (0...20).contains(whole), parts.count < 3 else { return nil }
  guard parts.count == 2 else { return whole * 1000 }
  guard parts[1].utf8.count == 1, let tenth = Int(parts[1]) else { return nil }
  return whole * 1000 + tenth * 100
}
