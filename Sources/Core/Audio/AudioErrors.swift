// The errors of sound, in the words that users read.

internal import Vocabulary

extension OperationError {
  package static func notConnected(_ device: Device) -> Self {
    Self(
      .notConnected, "\(device.alias) is not connected.",
      hint: "Connect it first: \(Advice.command("connect", device.id)).")
  }

  static func noSessionSentence(_ sound: AudioSession?) -> String {
    guard let sound else { return "No login session with a sound server has joined mdrctld." }
    return "The sound server of \(sound.name) does not run."
  }

  static func noSession(for device: Device, _ sound: AudioSession?) -> Self {
    let hint =
      sound == nil
      ? "mdrctl-session belongs to the session: systemctl --user enable --now mdrctl-session"
      : "Start it as that user: systemctl --user start pipewire pipewire-pulse wireplumber"
    return Self(
      .noSession, "The sound server of \(device.alias) cannot be reached.", evidence: noSessionSentence(sound),
      hint: hint)
  }

  /// Where BlueALSA plays there is no card to switch.
  package static func playedByBlueALSA(_ device: Device) -> Self {
    Self(
      .noSession, "BlueALSA plays \(device.alias), and has no profiles or codecs that mdrctl could switch.",
      evidence: "org.bluealsa is on the system bus, and no other sound server shows the device.",
      hint: "Each program chooses stereo or microphone by the PCM that it opens; codecs are switched by BlueALSA's own "
        + "bluealsa-cli (in 5.0: bluealsactl).")
  }

  static func noStereo(_ device: Device, _ obstacle: String, in world: some World) -> Self {
    if let other = world.otherInStereo(than: device.id) {
      return endpointTaken(device, by: other, evidence: obstacle)
    }
    if world.adapter(device.id.adapter)?.hasAudio == false {
      return Self(
        .noSoundServer, "\(device.alias) has no stereo audio. \(world.audioAbsence.sentence).", evidence: obstacle,
        hint: world.audioAbsence.hint)
    }
    return Self(
      .noProfile, "\(device.alias) has no stereo audio.", evidence: obstacle,
      hint: "See: \(Advice.command("why", device.id)).")
  }

  static func cardMissing(_ device: Device, _ sound: AudioSession?) -> Self {
    Self(
      .noProfile, "The sound server does not show \(device.alias).",
      evidence: sound?.server.map { "\($0) of \(sound?.name ?? "")" },
      hint: "See: \(Advice.command("why", device.id)); wpctl status; pactl list cards short.")
  }

  /// One end lacks it, which no switch of the card's profile changes.
  static func lacking(_ kind: AudioCard.Kind, _ device: Device, _ ends: AudioEnds) -> Self? {
    guard let lack = ends.lack(of: kind) else { return nil }
    return Self(
      .noProfile, lackingSentence(kind, device), evidence: lack,
      hint: ends.isLackOfServer(kind) ? AudioEnds.hint : "Use another headset for it, or its other profile.")
  }

  static func lackingSentence(_ kind: AudioCard.Kind, _ device: Device) -> String {
    kind == .stereo ? "\(device.alias) gets no stereo audio." : "\(device.alias) cannot be used for calls."
  }

  static func noProfile(_ kind: AudioCard.Kind, _ device: Device, _ card: AudioCard) -> Self {
    let names = card.profiles.filter(\.isAvailable).map(\.name).joined(separator: ", ")
    let what =
      switch kind {
      case .stereo: "stereo"
      case .call: "call"
      case .off, .other: "such"
      }
    return Self(
      .noProfile, "\(device.alias) has no \(what) profile at the sound server now.", evidence: "It has: \(names).",
      hint: "See: \(Advice.command("why", device.id)).")
  }

  static func noCodec(_ wanted: String?, _ device: Device, _ card: AudioCard) -> Self {
    let names = card.choices.map(\.name)
    let what = wanted.map { "no codec \"\($0.shown)\" now" } ?? "no codec to choose now"
    return Self(
      .noCodec, "\(device.alias) has \(what).",
      evidence: names.isEmpty ? "The sound server tells of none in this profile." : nil,
      hint: "List them: \(Advice.command("codec", device.id)).", candidates: names)
  }

  static func switching(_ device: Device, _ refusal: Refusal, _ sound: AudioSession?) -> Self {
    if sound?.server == nil { return noSession(for: device, sound) }
    return Self(
      .failed, "The sound server did not switch \(device.alias).", evidence: refusal.words,
      hint: "See: \(Advice.command("why", device.id)).")
  }

  static func takenBack(_ device: Device, _ card: AudioCard?, _ sound: AudioSession?) -> Self {
    guard let card else { return cardMissing(device, sound) }
    return Self(
      .failed, "The sound server took the profile of \(device.alias) back.",
      evidence: "It is in \(card.activeProfile ?? "none").", hint: "See: \(Advice.command("why", device.id)).")
  }
}
