internal import Interface
internal import Vocabulary

// The words for how a device sounds.

extension Sound.Policy {
  /// What it does, as in "auto: stereo, but for calls".
  var meaning: String {
    switch self {
    case .stereo: "always, even when an application opens the microphone"
    case .call: "the microphone, with sound in mono"
    case .auto: "stereo, but for calls"
    case .off: "no sound"
    }
  }
}

extension SoundCard.Kind {
  /// As in "is in stereo".
  var title: String {
    switch self {
    case .stereo: "in stereo"
    case .call: "in mono with its microphone"
    case .off: "without sound"
    case .other: "in another profile"
    }
  }
}

extension Sound.Decider {
  fileprivate var title: String {
    switch self {
    case .policy: "the policy"
    case .command: "a command"
    case .soundServer: "the sound server"
    case .application: "an application"
    case .nobody: "nobody"
    }
  }
}

extension LoginStep.Name {
  fileprivate var title: String {
    switch self {
    case .attached: "joined"
    case .server: "sound server"
    case .endpoints: "endpoints"
    case .connected: "connected"
    case .transport: "A2DP"
    case .profile: "stereo"
    }
  }
}

extension Capture {
  /// "Firefox (process 4711)".
  var title: String { displayable(application) + (process.map { " (process \($0))" } ?? "") }
}

extension SoundSession {
  /// "anna (uid 1000), active".
  fileprivate var title: String {
    commas(["\(displayable(user)) (uid \(uid))"] + (state.map { [displayable($0)] } ?? []))
  }
}

/// A codec as people write it: "SBC-XQ 552" for "sbc_xq_552"; one that is not known stays as it is.
func codecTitle(_ name: String) -> String {
  let known = [
    ("sbc_xq", "SBC-XQ"), ("sbc", "SBC"), ("aac", "AAC"), ("aptx_hd", "aptX HD"), ("aptx_ll", "aptX LL"),
    ("aptx", "aptX"), ("ldac", "LDAC"), ("faststream", "FastStream"), ("opus", "Opus"), ("lc3_swb", "LC3-SWB"),
    ("lc3", "LC3"), ("msbc", "mSBC"), ("cvsd", "CVSD"),
  ]
  let plain = name.lowercased()
  guard let (prefix, title) = known.first(where: { plain == $0.0 || plain.hasPrefix($0.0 + "_") }) else {
    return displayable(name)
  }
  return title + displayable(String(plain.dropFirst(prefix.count).map { $0 == "_" ? " " : $0 }))
}

extension Sound {
  /// Whether it is in stereo, as far as can be seen: BlueALSA has no card, and is only told of when BlueZ has stereo.
  var isStereo: Bool { cause == .stereo || cause == .bluealsa }

  /// Whose policy holds: "that of anna".
  var owner: String { policyUser.map { "that of \(displayable($0))" } ?? "that of everybody" }

  /// What it was seen by, and what to do about it.
  var details: String {
    (evidence.map { "  Seen by: \(displayable($0))\n" } ?? "") + (hint.map { "  \(displayable($0))\n" } ?? "")
  }
}

extension SoundCard {
  /// "in stereo (SBC-XQ)".
  var now: String { kind.title + (codec.map { " (\(codecTitle($0)))" } ?? "") }

  /// What records from it, by name where that is told.
  fileprivate var recording: String? {
    guard captures.isEmpty else { return commas(captures.map(\.title)) }
    guard let recorders, recorders > 0 else { return nil }
    return "\(recorders) application\(recorders == 1 ? "" : "s"), named to the session's user and to who may control"
  }

  /// Its sink.
  fileprivate var output: String? { sink.map { displayable($0) + (isDefault ? ", the default" : "") } }
}

/// Why it is as it is, by what that was seen, and what to do about it.
func reasonText(_ audio: Sound, _ style: Style) -> String {
  style.bold(displayable(audio.message)) + "\n" + audio.details
}

/// Both layers side by side, and all that is known of how they came to be so.
func audioText(_ reply: Control.AudioReply, _ style: Style) -> String {
  let (device, audio) = (reply.device, reply.audio)
  var rows: [[String]] = []
  func row(_ title: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    rows.append(["  \(title)", value])
  }
  row("Now", displayable(audio.message))
  row("Seen by", audio.evidence.map(displayable))
  row("What to do", audio.hint.map(displayable))
  row("Decided by", audio.decidedBy.title)
  row(
    "Policy",
    "\(audio.policy.rawValue): \(audio.policy.meaning)" + (audio.policyUser.map { " (\(displayable($0))'s own)" } ?? "")
  )
  row("Best codec", audio.preference.map { "by \($0.rawValue)" })
  row("Offers", commas(device.profiles.map(\.title)))
  row("Card", audio.card.map { displayable($0.name) })
  row("Output", audio.card?.output)
  row("Recording", audio.card?.recording)
  row("Session", audio.session?.title ?? "none has joined")
  row("Last login", commas((audio.login ?? []).map { "\($0.step.title) \($0.milliseconds) ms" }))
  return style.bold(device.title) + "\n" + layersText(device, audio, style) + "\n" + text(table(rows))
}

/// A line for each stream that BlueZ has, and one for the sound server's card.
private func layersText(_ device: Device, _ audio: Sound, _ style: Style) -> String {
  var rows = device.transports.map { ["BlueZ", $0.profile.title, displayable($0.codec), displayable($0.state)] }
  if rows.isEmpty { rows.append(["BlueZ", "-", "-", device.connected ? "connected, no audio" : "not connected"]) }
  let server = audio.session?.server.map(displayable) ?? "sound server"
  if let card = audio.card {
    rows.append([server, card.profile.map(displayable) ?? "-", card.codec.map(codecTitle) ?? "-", card.kind.title])
  } else {
    let state =
      audio.session == nil ? "not known" : audio.session?.server == nil ? "does not run" : "does not have the device"
    rows.append([server, "-", "-", state])
  }
  var text = ""
  for (number, line) in table([["LAYER", "PROFILE", "CODEC", "STATE"]] + rows).enumerated() {
    text += "  " + (number == 0 ? style.faint(line) : line) + "\n"
  }
  return text
}
