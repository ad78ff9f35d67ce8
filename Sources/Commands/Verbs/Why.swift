internal import Interface
internal import Vocabulary

/// What `why` alone takes.
private enum Options {
  static let check = Flag("check", "exit with 1 when it is not in stereo, or when something makes it stutter")
}

/// What can be asked besides why a device is not in stereo.
private let stutter = "stutter"

extension Verb {
  static let why = Verb(
    name: "why", summary: "say why it is not in stereo, or stutters, and what cures it",
    operands: [Operand(name: "QUESTION", kind: .choice([stutter]), isOptional: true), .optionalDevice],
    options: [Options.check, Common.adapter],
    details: """
      One verdict, what it was seen by, and the command that cures it. Without DEVICE the one that is connected is meant,
      or the only one that is paired. A question that was answered is no failure: the exit code is 0, unless --check asks
      for 1 when the device is not in stereo.

      "stutter" looks for what makes sound break off, now, while it does: another program that keeps a search for devices
      on, other headsets that play over the same adapter, a weak link, a computer that is too busy. It says what it looked
      at where it finds nothing; with --check the exit code is 1 where it finds something.
      """,
    examples: """
      mdrctl why
      mdrctl why XM4 --check > /dev/null || mdrctl profile XM4 stereo
      mdrctl why stutter
      """,
    run: { command throws(EarlyExit) in
      guard command.optionalOperand(0) == stutter else {
        let reply = try command.audio(of: 1)
        try command.output.show(reply) { reasonText(reply.audio, $0) }
        if command[Options.check], !reply.audio.isStereo { throw .shown(.failed) }
        return
      }
      let findings = try command.lookForStutter(at: 1)
      try command.output.show(findings) { stutterText(findings, $0) }
      if command[Options.check], findings.worst >= .warning { throw .shown(.failed) }
    })
}
