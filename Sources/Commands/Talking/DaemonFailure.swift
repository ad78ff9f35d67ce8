internal import Interface
internal import Varlink
internal import Vocabulary

extension Failure {
  /// What a call without a reply means to the user.
  init(_ error: VarlinkClientError, socket: String) {
    switch error {
    case .refused(let error): self.init(error)
    case .notRunning:
      self.init(
        code: "no-daemon", message: "mdrctld is not running: nobody answers at \(socket).",
        hint: "Start it: systemctl start mdrctld.socket", isAbsence: true, exit: .noDaemon)
    case .notPermitted:
      self.init(
        code: "not-authorized", message: "You may not talk to mdrctld: \(socket) is closed to you.",
        hint: "Its mode should be 0666; see systemctl status mdrctld.socket", exit: .notAuthorized)
    case .timedOut:
      self.init(
        code: "no-daemon", message: "mdrctld does not answer.",
        hint: "Look at it: systemctl status mdrctld, journalctl -u mdrctld", exit: .noDaemon)
    case .closed:
      self.init(
        code: "no-daemon", message: "mdrctld closed the connection before it had answered.",
        hint: "It may have stopped or have too many clients: journalctl -u mdrctld", exit: .noDaemon)
    case .malformed(let reason):
      self.init(
        code: "bad-reply", message: "mdrctld gave an answer that cannot be understood.", evidence: reason,
        hint: "Compare the versions: mdrctl version", exit: .failed)
    case .interrupted, .system:
      self.init(
        code: "no-daemon", message: "The connection to mdrctld failed.", evidence: "\(error)", exit: .noDaemon)
    }
  }

  /// An error of the interface, or one of Varlink itself.
  private init(_ error: VarlinkError) {
    guard let code = ErrorCode(varlinkName: error.name) else {
      self.init(standard: error)
      return
    }
    let parameters = try? error.parameters.decode(Control.ErrorParameters.self)
    self.init(
      code: code.rawValue, message: parameters?.message ?? "mdrctld refused: \(code.rawValue).",
      evidence: parameters?.evidence, hint: parameters?.hint, candidates: parameters?.candidates,
      operation: parameters?.operation, exit: code.exitCode)
  }

  private init(standard error: VarlinkError) {
    if error.name == VarlinkError.permissionDenied.name {
      self.init(
        code: ErrorCode.notAuthorized.rawValue, message: "You may not do this.",
        hint: """
          Whoever sits at the computer may, and the group "bluetooth", unless mdrctl config says otherwise: \
          sudo usermod -aG bluetooth $USER, then log in again.
          """,
        exit: .notAuthorized)
      return
    }
    if error.name == VarlinkError.invalidParameter("").name {
      let name = error.parameters.members?["parameter"]?.string ?? "parameters"
      self.init(
        code: ErrorCode.invalidArgument.rawValue, message: "mdrctld cannot use what it was given as \"\(name)\".",
        evidence: error.description,
        hint: "Names have at most 248 bytes. If it is no name, compare the versions: mdrctl version", exit: .usage)
      return
    }
    self.init(
      code: "bad-reply", message: "mdrctld does not know this call.", evidence: error.description,
      hint: "Compare the versions: mdrctl version", exit: .failed)
  }
}
