internal import Vocabulary

extension Doctor {
  /// The sound server, and the login session that it belongs to.
  static var soundRules: [CheckRule] {
    [
      CheckRule(.sound, "sound-server") { findings in [server(findings)] },
      CheckRule(.sound, "sound-roles") { findings in roles(findings) },
      CheckRule(.sound, "session-part") { findings in [part(findings)] },
      CheckRule(.sound, "session-manager") { findings in findings.session.flatMap(manager).map { [$0] } ?? [] },
      CheckRule(.sound, "seat") { findings in findings.session.map { [seat($0, findings)] } ?? [] },
      CheckRule(.sound, "one-sound-server") { findings in
        findings.session == nil ? [] : [single(findings)]
      },
      CheckRule(.sound, "players") { findings in [players(findings.clients)] },
    ]
  }

  private static var nobodyTells: String { "bluetoothd does not tell." }

  /// The adapters whose services can be judged: one that is off may have none for that alone.
  private static func on(_ findings: Findings) -> [Adapter] { findings.adapters.map(\.adapter).filter(\.powered) }

  private static func server(_ findings: Findings) -> CheckRule.Outcome {
    guard findings.hasBlueZ else {
      return .unknown("Whether a sound server has registered is not known.", because: nobodyTells)
    }
    let adapters = on(findings)
    guard !adapters.isEmpty else {
      return .unknown("Whether a sound server has registered is not known.", because: "No adapter is on.")
    }
    guard adapters.contains(where: \.hasAudio) else {
      let absence = AudioAbsence(findings.session)
      return .init(.broken, "\(absence.sentence).", evidence: absence.evidence, hint: absence.hint)
    }
    let name = findings.session?.server
    let who = name.map { "\($0) of \(findings.session?.name ?? "")" }
    let other = findings.hasBlueALSA.value == true ? "BlueALSA" : "A sound server"
    return .init(.ok, "\(who ?? other) has registered with BlueZ.")
  }

  /// What it has registered for, of each adapter that is on.
  private static func roles(_ findings: Findings) -> [CheckRule.Outcome] {
    guard findings.hasBlueZ else {
      return [.unknown("What the sound server has registered for is not known.", because: nobodyTells)]
    }
    return on(findings).filter(\.hasAudio).map { adapter in
      let titles = words(adapter.audio.map(\.rawValue))
      let outcome: CheckRule.Outcome =
        switch (adapter.hasStereo, adapter.hasCalls) {
        case (true, true): .init(.ok, "Stereo and calls can be had on \(adapter.id) (\(titles)).")
        case (true, false):
          .init(
            .note, "Only stereo can be had on \(adapter.id), and no microphone.", evidence: "Registered: \(titles).",
            hint: AudioEnds.hint)
        case (false, _):
          .init(
            .broken, "No stereo can be had on \(adapter.id).", evidence: "Registered: \(titles).", hint: AudioEnds.hint)
        }
      return outcome.about(adapter.id.name)
    }
  }

  private static func part(_ findings: Findings) -> CheckRule.Outcome {
    if let session = findings.session {
      return .init(.ok, "The login session of \(session.name) has joined mdrctld.")
    }
    switch findings.hasBlueALSA {
    case .known(true): return .init(.ok, "No login session is needed: BlueALSA is the sound server.")
    case .unknown(let reason):
      return .unknown("No login session has joined mdrctld, and whether one is needed is not known.", because: reason)
    case .known(false):
      return .init(
        .warning, "No login session has joined mdrctld, so nothing sees to stereo in the sound server.",
        evidence: "Nobody has called Attach.",
        hint: "As the user whose sound it is: systemctl --user enable --now mdrctl-session")
    }
  }

  private static func manager(_ session: AudioSession) -> CheckRule.Outcome? {
    guard let server = session.server, server.hasPrefix("PipeWire") else { return nil }
    switch session.hasManager {
    case true: return .init(.ok, "WirePlumber, which registers PipeWire with BlueZ, runs.")
    case nil:
      return .unknown("Whether WirePlumber runs is not known.", because: "The session does not tell.")
    case false:
      let absence = AudioAbsence.noManager(server: server, user: session.name)
      return .init(.broken, "\(absence.sentence).", evidence: absence.evidence, hint: absence.hint)
    }
  }

  /// WirePlumber leaves Bluetooth alone until its user sits at the computer.
  private static func seat(_ session: AudioSession, _ findings: Findings) -> CheckRule.Outcome {
    let user = session.name
    if findings.hasBlueZ, !on(findings).isEmpty, !on(findings).contains(where: \.hasAudio),
      case .seatGate = AudioAbsence(session)
    {
      let absence = AudioAbsence(session)
      return .init(.broken, "\(absence.sentence).", evidence: absence.evidence, hint: absence.hint)
    }
    switch session.presence {
    case .active: return .init(.ok, "\(user) sits at this computer.")
    case nil: return .unknown("Whether \(user) sits at this computer is not known.", because: "logind does not tell.")
    case let presence?:
      let hasSound = on(findings).contains(where: \.hasAudio)
      return .init(
        hasSound ? .ok : .note, "\(user) does not sit at this computer.",
        evidence: "logind says: \(presence.rawValue). The sound server has \(hasSound ? "" : "not ")registered.")
    }
  }

  /// BlueZ gives a headset's sound to one of two that have registered, and nobody can tell which.
  private static func single(_ findings: Findings) -> CheckRule.Outcome {
    if findings.isSoundShared {
      return .init(
        .warning, "The sound servers of two login sessions have Bluetooth at once.",
        evidence: "Another session that joined mdrctld has a sound server, too.",
        hint: "Log the other one out, or switch its Bluetooth off; a headset's sound may go to either.")
    }
    guard findings.session?.server != nil else {
      return .unknown("Whether there are two sound servers is not known.", because: "The session finds none.")
    }
    return findings.hasBlueALSA.value == true
      ? .init(
        .warning, "BlueALSA and the sound server of a login session have Bluetooth at once.",
        evidence: "org.bluealsa has an owner on the system bus.", hint: "Keep one of them: a headset goes to either.")
      : .init(.ok, "One sound server has Bluetooth.")
  }

  /// bluetoothd drops what a headset's buttons say where nobody has registered a player.
  private static func players(_ clients: Fact<[BusClient]>) -> CheckRule.Outcome {
    switch clients {
    case .unknown(let reason):
      return .unknown("Whether a headset's buttons reach the players is not known.", because: reason)
    case .known(let clients):
      if let proxy = clients.first(where: { $0.program == "mpris-proxy" }) {
        return .init(.ok, "A headset's buttons reach the players.", evidence: "\(proxy.title) runs.")
      }
      var outcome = CheckRule.Outcome(
        .note, "A headset's buttons may not reach the players.",
        evidence:
          "mpris-proxy is not on the system bus; another program may have registered a player, which is not seen.",
        hint:
          "Where they do nothing: systemctl --user enable --now mpris-proxy, or WirePlumber's bluez5.dummy-avrcp-player."
      )
      outcome.sources = ["https://github.com/bluez/bluez/issues/2454"]
      return outcome
    }
  }
}
