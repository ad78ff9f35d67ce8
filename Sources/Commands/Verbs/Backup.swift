internal import Interface
internal import Vocabulary

extension Verb {
  static let backup = Verb(
    name: "backup", summary: "save what a Sony headset itself holds",
    operands: [.optionalDevice, Operand(name: "FILE", kind: .file, isOptional: true)],
    options: [Common.list, Common.force, Common.adapter],
    details: """
      Every setting that mdrctl knows how to put back is read from the headset, kept by mdrctld, and with FILE also
      written there, as JSON without anything that identifies the headset; --force replaces a FILE that is there. FILE ends
      with ".json" or has a slash in it. Ten backups of each headset are kept, also when it is forgotten. One is taken by
      itself before "guide reset", "guide initialize" and "repair", where the headset is connected and answers soon.

      Not saved are passing states (speak-to-chat, not worn), the volume, the headset's list of pairings, what was measured
      for its noise cancelling, own presets of the equalizer other than the chosen one, and what only the maker's app keeps.
      """,
    examples: """
      mdrctl backup
      mdrctl backup XM4 xm4.json
      mdrctl backup --list
      """,
    run: { command throws(EarlyExit) in
      if command[Common.list] {
        guard command.optionalOperand(1) == nil, !command[Common.force] else {
          throw .usage("\"--list\" takes neither FILE nor --force.", hint: "Usage: \(command.invocation.verb.usage)")
        }
        let parameters = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
        let reply = try command.call(Control.backups, parameters)
        return try command.output.show(reply) { keptText(reply.backups, now: command.context.now(), $0) }
      }
      let parameters = Control.BackupParameters(device: command.optionalOperand(0), adapter: command.adapter)
      let reply = try command.call(Control.backup, parameters)
      if let path = command.optionalOperand(1) {
        try BackupFile.write(reply.backup, to: path, replaces: command[Common.force])
      }
      try command.output.show(reply) { backupText(reply, file: command.optionalOperand(1), $0) }
    })
}
