internal import Core
internal import Interface
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that are about the daemon's own configuration: Configuration and
// ReloadConfiguration.

extension ControlService {
  var configuring: [VarlinkMethod] {
    [
      serve(Control.configuration) { _, _, _ in await configuration.reply },
      serve(Control.reloadConfiguration) { _, _, _ throws(OperationError) in
        await configuration.reload()
        let reply = await configuration.reply
        guard let trouble = reply.trouble else { return reply }
        throw OperationError(
          .invalidConfiguration, trouble.message, evidence: trouble.evidence, hint: trouble.hint)
      },
    ]
  }
}

extension Configuration {
  /// Why the configuration on the disk is not in force.
  var trouble: Trouble? {
    guard let first = faults.first else { return nil }
    let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
    return Trouble(
      message: isCautious
        ? "The configuration is not acceptable. Defaults are in force, and nobody but root may control."
        : "The configuration is not acceptable. What was in force before stays in force.",
      evidence: "\(first.place): \(first.message)\(more)",
      hint: "Correct it, and then run: sudo systemctl reload mdrctld")
  }

  var reply: Control.ConfigurationReply {
    Control.ConfigurationReply(
      settings: ConfigurationKey.allCases.map(setting), files: inForce.files,
      faults: faults.map { ConfigurationMistake(file: $0.file, line: $0.line, message: $0.message) }, trouble: trouble)
  }

  private func setting(_ key: ConfigurationKey) -> ConfigurationEntry {
    let (origin, place): (ConfigurationEntry.Origin, String?) =
      switch inForce.origin(of: key) {
      case .byDefault: (.byDefault, nil)
      case .file(let path, let line): (.file, "\(path):\(line)")
      case .environment(let variable): (.environment, variable)
      case .caution: (.caution, nil)
      }
    return ConfigurationEntry(
      group: key.group, key: key.name, value: inForce.values.text(of: key),
      standard: ConfigurationValues().text(of: key), origin: origin, place: place)
  }
}
