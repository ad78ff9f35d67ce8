internal import Interface
internal import Vocabulary

/// What happened, as a story: a heading for each day, and a sentence for each event. `since` is where it begins, in
/// milliseconds since 1970.
func historyText(_ events: [HistoryEvent], since: Int, _ style: Style) -> String {
  guard !events.isEmpty else {
    let time = LocalTime(since / 1000)
    return "Nothing was recorded since \(time.date) \(time.clock).\n"
  }
  var lines: [String] = []
  var day = ""
  for event in events {
    let time = LocalTime(event.time / 1000)
    if time.date != day {
      day = time.date
      lines.append(style.bold(day))
    }
    lines.append("  \(style.faint(time.clock))  \(displayable(event.sentence))")
    if let evidence = event.shownEvidence { lines.append("            \(displayable(evidence))") }
  }
  return text(lines)
}

extension HistoryEvent {
  /// Whom it is about.
  private var whom: String {
    name ?? (stranger == true ? "a device that is not paired here" : "a headset that was forgotten")
  }

  /// The same at the beginning of a sentence; a name stays as it is.
  private var subject: String { name ?? sentenceBegin(whom) }

  /// The word that the kind has; a daemon of another version may leave it out.
  private var what: String { word ?? text ?? "unknown" }

  /// Milliseconds by which the clock was set.
  private var change: Int { count ?? 0 }

  private var who: String { user ?? uid.map { "the user \($0)" } ?? "somebody" }

  private var place: String { adapter.map { "the adapter \($0)" } ?? "the adapter" }

  fileprivate var shownEvidence: String? {
    guard let evidence else { return nil }
    switch kind {
    case .refused: return "The answer: \(evidence)"
    case .decided: return "\(evidence)."
    default: return "Seen by: \(evidence)"
    }
  }

  /// What happened, in one sentence.
  var sentence: String {
    switch kind {
    case .started: "mdrctld \(what) began."
    case .stopped: "mdrctld was ended."
    case .slept: "The computer went to sleep."
    case .resumed: "The computer woke up."
    case .clockSet: "The clock was set \(change < 0 ? "back" : "forward") by \(span(change.magnitude / 1000))."
    case .omitted: "Too much happened at a time: \(count ?? 0) events were left out."
    case .configured: word == nil ? "mdrctl.conf was read again." : "mdrctl.conf was read again, and is not acceptable."
    case .bluezAppeared: "bluetoothd is there\(word.map { ": BlueZ \($0)" } ?? "")."
    case .bluezVanished: "bluetoothd went away."
    case .adapterAdded: "\(sentenceBegin(place)) is there, and \(word ?? "off")."
    case .adapterRemoved: "\(sentenceBegin(place)) has gone."
    case .adapterOn: "\(sentenceBegin(place)) was switched on."
    case .adapterOff:
      "\(sentenceBegin(place)) was switched off\(word == "blocked" ? ", by an rfkill switch" : "")."
    case .asked: "\(who) asked to \(request)."
    case .done: "It was done for \(who): \(request)."
    case .failed: "It failed for \(who): \(request) (\(word ?? "failed"))."
    case .decided: decision
    case .refused: "mdrctld asked in vain: \(text ?? "unknown")."
    case .linked: "\(subject) is connected to \(place)."
    case .unlinked: "\(subject) is disconnected\(reason)."
    case .linkFailed: failure
    case .paired: "\(subject) is paired, and its key is stored."
    case .unpaired: word == "keyGone" ? "The key of \(whom) was removed." : "\(name ?? "A headset") was forgotten."
    case .streamAdded: "\(subject) has sound: \(stream)\(text.map { " (\($0))" } ?? "")."
    case .streamRemoved: "\(subject) has no \(stream) any more."
    case .streamActive: "Something plays over \(whom), or records from it (\(stream))."
    case .streamIdle: "Nothing plays over \(whom) any more (\(stream))."
    case .profile:
      "The sound server has \(whom) in the profile \(what)\(text.map { " (\($0))" } ?? "")."
    case .found: text ?? "Something is wrong with the bond of \(whom): \(what)."
    case .well: "The bond of \(whom) works."
    }
  }

  private func sentenceBegin(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }

  private var stream: String {
    let isKnown = word.flatMap(Transport.Profile.init(rawValue:)).map { $0 != .other } ?? false
    return isKnown ? what.uppercased() : "a stream"
  }

  private var decision: String {
    let deed = text ?? "unknown"
    switch word {
    case "login": return "mdrctld did it by itself for a login: \(deed) \(whom)."
    case "call": return "mdrctld did it by itself: \(deed) \(whom)."
    case .some: return "mdrctld did it by itself: \(deed), of \(whom)."
    case nil: return "\(subject): \(text ?? "something was done.")"
    }
  }

  private var reason: String {
    switch word {
    case "timeout": ": it went out of range, or was switched off"
    case "local": ": this computer hung up"
    case "remote": ": it hung up"
    case "authentication": ": it does not have the key any more"
    case "suspended": ": the computer went to sleep"
    default: ""
    }
  }

  private var failure: String {
    switch word {
    case "connect": "\(subject) could not be reached."
    case "keyRefused": "\(subject) did not take this computer's key."
    default: "\(subject) and this computer could not agree on a key."
    }
  }

  /// What was asked for.
  private var request: String {
    guard let method = verb.flatMap(Control.Method.init(rawValue:)) else { return verb ?? "do something" }
    let device = address == nil && name == nil && stranger == nil ? "a headset" : whom
    return switch method {
    case .scan: "look for devices"
    case .trust: "change the trust of \(device)"
    case .block: "block or unblock \(device)"
    case .profile: "change the sound of \(device)"
    case .codec: "change the codec of \(device)"
    case .headsetChange: "change a setting of \(device)"
    case .headsetRelease: "let go of the control channel of \(device)"
    case .headsetPowerOff: "switch \(device) off"
    case .backup: "save the settings of \(device)"
    case .restore: "put back the settings of \(device)"
    case .setConnection: "change when \(device) is called"
    case .yield: "let \(device) go"
    case .importPolicy: "take over wishes from another computer"
    case .power: "switch an adapter"
    case .selectAdapter: "select an adapter"
    default: "\(method.rawValue.lowercased()) \(device)"
    }
  }
}

/// "1 h 2 min", "40 s".
private func span(_ seconds: UInt) -> String {
  let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60)
  if hours > 48 { return "\(hours / 24) days" }
  if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
  return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
}
