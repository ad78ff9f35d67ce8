internal import Interface
internal import Vocabulary

// The words for what is wrong with a bond.

extension Verdict {
  /// Short, for a table: "stale bond", "probably a stale bond".
  var title: String {
    let (article, words) = cause.words
    switch certainty {
    case .certain: return words
    case .probable: return "probably \(article)\(words)"
    case .possible: return "possibly \(article)\(words)"
    }
  }
}

extension Verdict.Cause {
  fileprivate var words: (article: String, words: String) {
    switch self {
    case .headsetLostKey: ("a ", "stale bond")
    case .headsetOtherKey: ("a ", "stale bond: another key")
    case .hostLostKey: ("", "without its key on this computer")
    case .kernelOnlyKey: ("a ", "key that only the kernel has")
    case .pairedNotBonded: ("a ", "pairing that does not last")
    case .headsetRefuses: ("", "not in pairing mode at the last try")
    case .unreachable: ("", "off or out of range at the last try")
    case .noSoundServer: ("", "without a sound server")
    case .busy: ("", "busy with another program at the last try")
    case .adapterTrouble: ("", "trouble with the adapter")
    case .repairingRefused: ("a ", "stale bond that BlueZ does not renew")
    case .keyTypeBug: ("a ", "stale bond by a bug of BlueZ")
    case .dualBoot: ("a ", "stale bond by another system")
    case .adapterChanged: ("a ", "bond with another adapter address")
    }
  }
}

extension Verdict {
  /// What happened; of what nobody can tell whether it is still so, also when that was.
  func account(now: Int) -> String {
    switch cause {
    case .unreachable, .busy, .headsetRefuses: "\(message) Last try: \(age(of: since, now: now))."
    default: message
    }
  }
}

extension Unfinished.Purpose {
  /// As in "removal of WH-1000XM4".
  var title: String {
    switch self {
    case .forget: "removal of"
    case .repair: "repair of"
    }
  }
}

extension Unfinished {
  var title: String { Commands.title(of: alias, at: address) }
}

/// What is wrong with each device, which the message names, and what to do about it; nothing where nothing is.
func verdictText(_ devices: [Device], now: Int, _ style: Style) -> String {
  var text = ""
  for device in devices {
    guard let verdict = device.verdict else { continue }
    text += text.isEmpty ? "\n" : ""
    text += "\(style.bold(displayable(verdict.account(now: now))))\n  \(displayable(verdict.hint))\n"
  }
  return text
}

/// "3 minutes ago". A clock that was set back meanwhile makes it "just now".
func age(of time: Int, now: Int) -> String {
  let seconds = now - time
  guard seconds >= 60 else { return "just now" }
  let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")]
  let (length, unit) = units.first { seconds >= $0.0 } ?? (60, "minute")
  let count = seconds / length
  return "\(count) \(unit)\(count == 1 ? "" : "s") ago"
}
