internal import Core
internal import EventLoop
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
  /// What a caller may do, in words for him; on the loop's thread.
  nonisolated func access(of peer: PeerCredentials) -> Access {
    switch right(of: peer) {
    case .computer: Access(control: true, by: .computer, message: "You may control, as root and mdrctld may.")
    case .user: Access(control: true, by: .user, message: "You may control: the configuration names you.")
    case .group(let name):
      Access(control: true, by: .group, message: "You may control, as a member of the group \(name).")
    case .seat: Access(control: true, by: .seat, message: "You may control while you sit at this computer.")
    case nil where groupToCome(of: peer) != nil:
      Access(
        control: false, by: .nobody,
        message: "You may look, but not control: your session began before you were in the group "
          + "\(groupToCome(of: peer) ?? "").",
        hint: "Log out and in again.")
    case nil:
      Access(
        control: false, by: .nobody, message: "You may look, but not control.",
        hint: joining)
    }
  }

  /// How a user comes to the right to control.
  private nonisolated var joining: String {
    let others =
      values.groups.first.map { "join the group \($0) (sudo usermod -aG \($0) USER) and log in again." }
      ?? "have root name you in \(ConfigurationFiles.name)."
    return values.seat ? "Sit at this computer, or \(others)" : others.prefix(1).uppercased() + others.dropFirst()
  }

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
