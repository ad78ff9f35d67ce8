package import Vocabulary

/// Why a device's sound is as it is: one cause, what it was seen by, and the command that changes it.
package struct AudioVerdict: Hashable, Sendable {
  package typealias Cause = AudioCause

  package let cause: Cause
  package let message: String
  package let evidence: String?
  package let hint: String?

  init(_ cause: Cause, _ message: String, evidence: String? = nil, hint: String? = nil) {
    self.cause = cause
    self.message = message
    self.evidence = evidence
    self.hint = hint
  }
}

/// What a verdict about sound is made from, beside the world.
package struct AudioEvidence: Equatable, Sendable {
  /// What the device's watch has seen.
  package var watch: AudioWatch
  /// BlueALSA owns its name on the system bus.
  package var hasBlueALSA: Bool
  /// Whether who asks may know which programs record: the user whose they are, and who may control.
  package var namesRecorders: Bool
  /// Where ``AudioDiagnosis/asksForHolders(of:in:)`` says so, and it can be told.
  package var holders: StreamHolders?

  package init(
    _ watch: AudioWatch, hasBlueALSA: Bool = false, namesRecorders: Bool = true, holders: StreamHolders? = nil
  ) {
    self.watch = watch
    self.hasBlueALSA = hasBlueALSA
    self.namesRecorders = namesRecorders
    self.holders = holders
  }

  fileprivate func title(of captures: [AudioCard.Capture]) -> String {
    namesRecorders ? captures.map(\.title).joined(separator: ", ") : "an application"
  }
}

/// The decision table of sound. Its commands name a device by its address: what a headset calls itself may be anything,
/// and is not for a shell. From the lowest layer upwards, so that what stands in the way of everything else comes
/// first.
package enum AudioDiagnosis {
  package static func verdict(
    on id: DeviceID, _ evidence: AudioEvidence, in world: some World
  ) -> AudioVerdict {
    let device = world.deviceOrNameless(id)
    let name = device.alias
    if device.blocked {
      // A cause of its own would be a word that older clients do not know.
      return AudioVerdict(
        .notConnected, "\(name) is blocked: this computer keeps off it.", evidence: "Blocked is true.",
        hint: Advice.command("unblock", id))
    }
    guard device.connected else {
      // What could not be connected either comes first.
      let adapter = world.adapter(id.adapter)
      if adapter?.hasAudio == false { return withoutEndpoints(world.audioAbsence) }
      if let gap = AudioEnds(device, on: adapter)?.gap {
        return AudioVerdict(
          .notConnected, "\(name) cannot be connected for audio.", evidence: gap, hint: AudioEnds.hint)
      }
      return AudioVerdict(.notConnected, "\(name) is not connected.", hint: Advice.command("connect", id))
    }
    let card = world.card(of: id)
    let wish = world.wish(of: id)
    let policy = wish.policy
    let owner = wish.isOwn ? world.sound.map { "\($0.name)'s own" } : nil
    if policy == .off, card.map({ $0.kind == .off }) ?? !world.hasStereo(id) {
      return AudioVerdict(
        .policyOff, "\(name) is off by \(owner ?? "its") policy.", hint: Advice.command("profile", device.id, "auto"))
    }
    if policy == .call, card?.kind == .call {
      return AudioVerdict(
        .policyCall, "\(name) is mono because \(owner ?? "its") policy is \"call\".", evidence: card.map(inProfile),
        hint: Advice.command("profile", device.id, "auto"))
    }
    if let flapping = evidence.watch.flapping, card?.kind != .stereo || !world.hasStereo(id) {
      return AudioVerdict(
        .flapping, "\(name) cannot settle, so mdrctl leaves its sound alone.",
        evidence: flapping.words(recordedBy: evidence.title(of: flapping.captures)),
        hint: "Close what records from it, then: \(Advice.command("profile", device.id, "stereo"))")
    }
    if policy == .call, let verdict = withoutCalls(device, card, in: world) { return verdict }
    guard world.hasStereo(id) else { return belowCard(device, evidence, in: world) }
    guard let card else { return withoutCard(device, evidence, in: world) }
    return ofCard(card, device, policy, evidence, in: world)
  }

  /// BlueZ has no A2DP stream.
  private static func belowCard(
    _ device: Device, _ evidence: AudioEvidence, in world: some World
  ) -> AudioVerdict {
    let name = device.alias
    if device.servicesResolved, !device.services.contains(.a2dpSink) {
      return AudioVerdict(
        .noStereoOffered, "\(name) offers no stereo audio.", evidence: "There is no A2DP sink among its services.",
        hint: "Some headsets offer it only after a reset: \(Advice.command("repair", device.id))")
    }
    let adapter = world.adapter(device.id.adapter)
    if adapter?.hasAudio != true { return withoutEndpoints(world.audioAbsence) }
    if let lack = AudioEnds(device, on: adapter)?.lack(of: .stereo) {
      return AudioVerdict(
        .a2dpFailed, OperationError.lackingSentence(.stereo, device), evidence: lack, hint: AudioEnds.hint)
    }
    guard adapter?.hasStereo == true else { return withoutEndpoints(world.audioAbsence) }
    if let other = world.otherInStereo(than: device.id) {
      return AudioVerdict(
        .endpointTaken, OperationError.endpointTakenSentence(device, by: other),
        evidence: evidence.watch.obstacle ?? "The sound server's endpoints are in use.",
        hint: OperationError.endpointTakenCure(device, by: other))
    }
    let words = evidence.watch.obstacle ?? "BlueZ has no A2DP stream with it."
    // With nobody else in stereo, what BlueZ could not select is an endpoint that fits (`a2dp.c a2dp_select_capabilities`,
    // EIO; the same words as for one that is in use, laboratory, 5.82).
    if words.contains("br-connection-create-socket") {
      return AudioVerdict(
        .noSharedCodec, "\(name) and the sound server share no codec.", evidence: words,
        hint: "A changed headset needs its cache flushed: \(Advice.command("repair", device.id))")
    }
    return AudioVerdict(
      .a2dpFailed, "The stereo audio of \(name) is not connected.", evidence: words,
      hint: Advice.command("profile", device.id, "stereo"))
  }

  /// Calls are wanted, and one end lacks them; what the card is in is told as well.
  private static func withoutCalls(
    _ device: Device, _ card: AudioCard?, in world: some World
  ) -> AudioVerdict? {
    guard card?.kind != .call, device.servicesResolved,
      let ends = AudioEnds(device, on: world.adapter(device.id.adapter)),
      let error = OperationError.lacking(.call, device, ends)
    else { return nil }
    let isStereo = world.hasStereo(device.id) && card?.kind == .stereo
    return AudioVerdict(
      isStereo ? .stereo : .soundServer, error.message, evidence: error.evidence, hint: error.hint)
  }

  /// No sound server has registered with BlueZ.
  private static func withoutEndpoints(_ absence: AudioAbsence) -> AudioVerdict {
    let cause: AudioVerdict.Cause =
      switch absence {
      case .noSession: .noSession
      case .seatGate: .seatGate
      case .notRunning, .noManager, .notRegistered: .noSoundServer
      }
    return AudioVerdict(cause, "\(absence.sentence).", evidence: absence.evidence, hint: absence.hint)
  }

  /// BlueZ has the stream, and the followed sound server no card.
  private static func withoutCard(
    _ device: Device, _ evidence: AudioEvidence, in world: some World
  ) -> AudioVerdict {
    let name = device.alias
    if evidence.hasBlueALSA {
      return AudioVerdict(
        .bluealsa, "\(name) is in stereo at BlueZ; BlueALSA plays.",
        evidence: "BlueZ has an A2DP stream, and org.bluealsa is on the system bus.",
        hint: "BlueALSA has no card profiles: each program chooses stereo or microphone by the PCM that it opens.")
    }
    guard let sound = world.sound else {
      return AudioVerdict(
        .noSession, "\(name) is in stereo at BlueZ; what the sound server makes of it cannot be seen.",
        evidence: "BlueZ has an A2DP stream, and no login session has joined mdrctld.",
        hint: "systemctl --user enable --now mdrctl-session")
    }
    return AudioVerdict(
      .cardMissing, "\(name) is in stereo at BlueZ, but the sound server of \(sound.name) does not show it.",
      evidence: sound.server.map { "\($0) has no card with its address." } ?? "The sound server does not run.",
      hint: "Another user's sound server may hold it: loginctl list-sessions; or restart it.")
  }

  private static func ofCard(
    _ card: AudioCard, _ device: Device, _ policy: AudioPolicy, _ evidence: AudioEvidence,
    in world: some World
  ) -> AudioVerdict {
    let name = device.alias
    switch card.kind {
    case .stereo where card.hasFailed || evidence.holders?.isInTheWay == true:
      return ofSilentSink(card, device, evidence, isHeld: world.isStereoActive(device.id))
    case .stereo:
      return AudioVerdict(.stereo, "\(name) is in stereo.", evidence: inProfile(card))
    case .call where !card.captures.isEmpty:
      let hint =
        policy == .stereo
        ? "Close it. So that WirePlumber 0.5 never switches: "
          + "wpctl settings --save bluetooth.autoswitch-to-headset-profile false"
        : "Close it, or keep stereo whatever records: \(Advice.command("profile", device.id, "stereo"))"
      return AudioVerdict(
        .application, "\(name) is mono because \(evidence.title(of: card.captures)) has its microphone open.",
        evidence: inProfile(card), hint: hint)
    case .call where evidence.watch.isRemembered:
      return AudioVerdict(
        .remembered, "\(name) is mono because the sound server remembered that profile.", evidence: inProfile(card),
        hint: Advice.command("profile", device.id, "stereo"))
    case .off:
      let taken = evidence.watch.wasTakenBack ? " It took mdrctl's correction back." : ""
      return AudioVerdict(
        .soundServer, "\(name) is silent because the sound server has switched its card off.",
        evidence: inProfile(card) + taken, hint: Advice.command("profile", device.id, "stereo"))
    case .call, .other, nil:
      let taken = evidence.watch.wasTakenBack ? " It took mdrctl's correction back." : ""
      return AudioVerdict(
        .soundServer, "\(name) is not in stereo because the sound server has it so.", evidence: inProfile(card) + taken,
        hint: Advice.command("profile", device.id, "stereo"))
    }
  }

  /// Whether who holds the stream is to be looked at: something plays, BlueZ has handed the stream out, and the sound
  /// server does not say that it failed to get it. PipeWire 0.3.65 never does.
  package static func asksForHolders(of id: DeviceID, in world: some World) -> Bool {
    world.sound?.isPlaying == true && world.card(of: id)?.kind == .stereo && world.isStereoActive(id)
  }

  /// Not a packet arrives, whatever plays.
  private static func ofSilentSink(
    _ card: AudioCard, _ device: Device, _ evidence: AudioEvidence, isHeld: Bool
  ) -> AudioVerdict {
    let failed =
      card.hasFailed
      ? "The sink \(card.sink ?? "of its card") has failed" : "The sound server plays and has no stream from BlueZ"
    guard isHeld else {
      return AudioVerdict(
        .transportHeld, "\(device.alias) is in stereo, but silent: the sound server has not got the stream from BlueZ.",
        evidence: "\(failed), and nobody has the stream in BlueZ.",
        hint: "Connect it anew: \(Advice.command("disconnect", device.id)), then connect it.")
    }
    let connectsAnew = "or connect the headset anew: \(Advice.command("disconnect", device.id)), then connect it."
    guard evidence.namesRecorders, let holder = evidence.holders?.programs.first else {
      return AudioVerdict(
        .transportHeld, "\(device.alias) is in stereo, but silent: another program holds its stream.",
        evidence: "\(failed), and the stream is active in BlueZ, which does not tell who has it.",
        hint: "End the program that has it, such as a second sound server, \(connectsAnew)")
    }
    return AudioVerdict(
      .transportHeld, "\(device.alias) is in stereo, but silent: its stream is held by \(holder.title).",
      evidence: "\(failed), the stream is active in BlueZ, and that program has a channel of Bluetooth.",
      hint: "End it, \(connectsAnew)")
  }

  private static func inProfile(_ card: AudioCard) -> String {
    "Its card is in the profile \(card.activeProfile ?? "none")" + (card.codec.map { " with the codec \($0)." } ?? ".")
  }
}
