internal import Interface
internal import Vocabulary

/// What `why` alone takes.
private enum Options {
  static let check = Flag("check", "exit with 1 when it is not in stereo")
}

extension Verb {
  static let why = Verb(
    name: "why", summary: "say why a device is not in stereo, and what cures it", operands: [.optionalDevice],
    options: [Options.check, Common.adapter],
    details: """
      One verdict, what it was seen by, and the command that cures it. Without DEVICE the one that is connected is meant,
      or the only one that is paired. A question that was answered is no failure: the exit code is 0, unless --check asks
      for 1 when the device is not in stereo.
      """,
    examples: """
      mdrctl why
      mdrctl why XM4 --check > /dev/null || mdrctl profile XM4 stereo
      """,
    run: { command throws(EarlyExit) in
      let reply = try command.audio()
      try command.output.show(reply) { reasonText(reply.audio, $0) }
      if command[Options.check], !reply.audio.isStereo { throw .shown(.failed) }
    })
}
