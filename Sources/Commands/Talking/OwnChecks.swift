internal import Glibc
internal import Interface
internal import Vocabulary

// What of the doctor's only the client can see: whether the daemon answers, its socket, its version beside this program's,
// and the kernel's modules, which the daemon's unit hides from it.

extension Command {
  /// The checks of the client's own. `failure` is why the daemon did not answer, `version` the daemon's.
  func ownChecks(version: String?, failure: Failure?) -> [Check] {
    [
      failure.map {
        Check(
          group: .installation, name: "daemon", verdict: .broken, message: $0.message, evidence: $0.evidence,
          hint: $0.hint)
      } ?? Check(group: .installation, name: "daemon", verdict: .ok, message: "mdrctld answers."),
      Self.check(socket: socketPath, isSilent: failure != nil), Self.check(version: version),
      Self.check(context.modules()),
    ]
  }

  /// Everybody may look, so the socket is open to everybody; what he may do the daemon decides.
  private static func check(socket path: String, isSilent: Bool) -> Check {
    func made(_ verdict: CheckVerdict, _ message: String, _ evidence: String? = nil, _ hint: String? = nil) -> Check {
      Check(
        group: .installation, name: "socket", verdict: verdict, message: message, evidence: evidence, hint: hint)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      return made(
        errno == ENOENT && isSilent ? .broken : .unknown, "mdrctld's socket is not there, or not to be seen.",
        "\(path): \(reason)", "sudo systemctl enable --now mdrctld.socket")
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      return made(.broken, "What lies where mdrctld's socket belongs is no socket.", path, "Remove it: sudo rm \(path)")
    }
    guard status.st_mode & 0o006 == 0o006 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      return made(
        .warning, "mdrctld's socket is not open to everybody.", "\(path) has the mode 0\(mode), not 0666.",
        "sudo systemctl restart mdrctld.socket")
    }
    return made(.ok, "mdrctld's socket is open to everybody.")
  }

  private static func check(version: String?) -> Check {
    func made(_ verdict: CheckVerdict, _ message: String, _ evidence: String?, _ hint: String? = nil) -> Check {
      Check(
        group: .installation, name: "version", verdict: verdict, message: message, evidence: evidence, hint: hint)
    }
    guard let version else {
      return made(.unknown, "Whether mdrctl and mdrctld are of one version is not known.", "mdrctld does not tell.")
    }
    guard version != Control.version else { return made(.ok, "mdrctl and mdrctld are of one version.", version) }
    return made(
      .warning, "mdrctl and mdrctld are of different versions.", "mdrctl \(Control.version), mdrctld \(version).",
      "sudo systemctl restart mdrctld")
  }

  private static func check(_ modules: KernelModules) -> Check {
    func made(_ verdict: CheckVerdict, _ message: String, _ evidence: String? = nil, _ hint: String? = nil) -> Check {
      Check(
        group: .bluez, name: "kernel-modules", verdict: verdict, message: message, evidence: evidence, hint: hint)
    }
    switch modules.areThere {
    case true?: return made(.ok, "The modules of the kernel that runs are there.")
    case nil: return made(.unknown, "Whether the modules of the kernel that runs are there is not known.")
    case false?:
      return made(
        .note, "The modules of the kernel that runs are not on the disk.",
        "There is no /lib/modules/\(modules.release).",
        "After an upgrade of the kernel an adapter that is plugged in gets no driver until the next start.")
    }
  }
}
