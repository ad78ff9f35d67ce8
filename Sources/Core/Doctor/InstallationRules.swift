internal import Vocabulary

extension Doctor {
  /// mdrctl's own parts, as far as the daemon sees them.
  static var installationRules: [CheckRule] {
    [
      CheckRule(.installation, "access") { findings in
        findings.access.map { [.init($0.isFine ? .ok : .note, $0.message, evidence: $0.evidence, hint: $0.hint)] } ?? []
      },
      CheckRule(.installation, "configuration") { findings in
        findings.configuration.map {
          [.init($0.isFine ? .ok : .warning, $0.message, evidence: $0.evidence, hint: $0.hint)]
        } ?? []
      },
      CheckRule(.installation, "state-directory") { findings in [state(findings.state)] },
      CheckRule(.installation, "enabled") { findings in [enabled(findings.isEnabled)] },
      CheckRule(.installation, "helper") { findings in [helper(findings.helper)] },
      CheckRule(.installation, "session-unit") { findings in [sessionUnit(findings)] },
      CheckRule(.installation, "session-version") { findings in
        findings.session.map { [sessionVersion($0, findings.version)] } ?? []
      },
      CheckRule(.installation, "knowledge-files") { findings in [knowledge(findings.knowledgeFaults)] },
    ]
  }

  private static func state(_ state: Fact<StateFact>) -> CheckRule.Outcome {
    switch state {
    case .unknown(let reason):
      return .unknown("Whether mdrctld can keep anything is not known.", because: reason)
    case .known(let state):
      guard let obstacle = state.obstacle else {
        return .init(.ok, "mdrctld can keep what lasts.", evidence: state.path)
      }
      return .init(
        .warning, "mdrctld cannot keep anything over its end: repairs, policies, what it knows of bonds.",
        evidence: "\(state.path): \(obstacle)", hint: "Look at: df \(state.path); ls -ld \(state.path)")
    }
  }

  private static func enabled(_ isEnabled: Fact<Bool>) -> CheckRule.Outcome {
    switch isEnabled {
    case .known(true): .init(.ok, "mdrctld is started beside bluetoothd.")
    case .known(false):
      .init(
        .note, "mdrctld is started by the first question only: it connects no headset at a login before that.",
        evidence: "bluetooth.service does not want mdrctld.service.", hint: "sudo systemctl enable mdrctld.service")
    case .unknown(let reason): .unknown("Whether mdrctld is started beside bluetoothd is not known.", because: reason)
    }
  }

  private static func helper(_ helper: Fact<Bool>) -> CheckRule.Outcome {
    switch helper {
    case .known(true): .init(.ok, "The helper for what lies below BlueZ is there.")
    case .known(false):
      .init(
        .note, "There is no helper: keys below BlueZ are neither seen nor removed.",
        evidence: "Nobody listens at its socket.", hint: "sudo systemctl enable --now mdrctl-flush.socket")
    case .unknown(let reason): .unknown("Whether there is a helper is not known.", because: reason)
    }
  }

  private static func sessionUnit(_ findings: Findings) -> CheckRule.Outcome {
    switch findings.sessionUnit {
    case .known(let path?): .init(.ok, "The part for login sessions is installed.", evidence: path)
    case .known(nil):
      .init(
        .note, "The part for login sessions is not installed: stereo is seen to in BlueZ alone.",
        evidence: "There is no mdrctl-session.service where systemd looks for users' units.",
        hint: "Install all of mdrctl again.")
    case .unknown(let reason):
      .unknown("Whether the part for login sessions is installed is not known.", because: reason)
    }
  }

  private static func sessionVersion(_ session: AudioSession, _ own: String) -> CheckRule.Outcome {
    guard let version = session.version else {
      return .unknown(
        "Whether the part in the session of \(session.name) is of mdrctld's version is not known.",
        because: "It does not tell, so it may be an older one.")
    }
    guard !version.hasSameBytes(as: own) else {
      return .init(.ok, "The part in the session of \(session.name) is of mdrctld's version.", evidence: own)
    }
    return .init(
      .warning, "The part in the session of \(session.name) is of another version than mdrctld.",
      evidence: "mdrctl-session \(version.shown), mdrctld \(own).",
      hint: "As \(session.name): systemctl --user restart mdrctl-session")
  }

  private static func knowledge(_ faults: Fact<[String]>) -> CheckRule.Outcome {
    switch faults {
    case .unknown(let reason): .unknown("What this computer adds to what is known cannot be read.", because: reason)
    case .known([]): .init(.ok, "What this computer adds to what is known can be used.")
    case .known(let faults):
      .init(
        .warning, "A file that adds to what is known is not used.", evidence: faults.joined(separator: " "),
        hint: "Correct it; docs/guides.md and docs/doctor.md say how such files look.")
    }
  }
}
