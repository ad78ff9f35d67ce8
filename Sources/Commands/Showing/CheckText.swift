internal import Interface
internal import Vocabulary

// The words for what the doctor looked at.

extension CheckGroup {
  /// The heading of its checks.
  var title: String {
    switch self {
    case .bluez: "bluetoothd, system bus and kernel"
    case .adapter: "Adapters"
    case .settings: "bluetoothd's main.conf"
    case .sound: "Sound server and session"
    case .rivals: "Other programs"
    case .device: "Headsets"
    case .installation: "mdrctl itself"
    case .known: "Known faults of these versions"
    }
  }
}

extension CheckVerdict {
  fileprivate func shown(_ style: Style) -> String {
    // The longest of them, and two blanks.
    let word = padded(rawValue, to: Self.width)
    return switch self {
    case .broken: style.bad(word)
    case .warning: style.bold(word)
    case .ok: style.good(word)
    case .unknown: style.faint(word)
    case .note: word
    }
  }

  fileprivate static let width = 9
}

/// All that is not as it should be, by group, and how many checks came out how; with --verbose everything.
func checkText(_ checks: [Check], _ style: Style) -> String {
  var text = ""
  for group in CheckGroup.allCases {
    let members = checks.filter { $0.group == group }
    guard !members.isEmpty else { continue }
    let shown = style.isVerbose ? members : gathered(members.filter { $0.verdict != .ok })
    let good = members.count { $0.verdict == .ok }
    let rest = style.isVerbose || good == 0 ? "" : shown.isEmpty ? ": ok" : ": \(good) ok, and"
    text += style.bold(group.title) + rest + "\n"
    for check in shown { text += lines(check, style) }
  }
  return text + "\n" + summary(checks) + "\n"
}

/// Several that are unknown for one reason are one.
private func gathered(_ checks: [Check]) -> [Check] {
  var result: [Check] = []
  for check in checks {
    let alike = checks.filter { $0.verdict == .unknown && check.verdict == .unknown && $0.evidence == check.evidence }
    guard alike.count > 1 else {
      result.append(check)
      continue
    }
    guard alike.first == check else { continue }
    var one = check
    one.message = "\(alike.count) things are not known: " + commas(alike.map { $0.subject ?? $0.name }) + "."
    result.append(one)
  }
  return result
}

private func lines(_ check: Check, _ style: Style) -> String {
  let indent = String(repeating: " ", count: 2 + CheckVerdict.width)
  var text = ""
  var head = "  " + check.verdict.shown(style)
  let paragraphs =
    [check.message, check.evidence.map { "Seen by: \($0)" }, check.hint].compactMap(\.self)
    + (style.isVerbose ? (check.sources ?? []).map { "Source: \($0)" } : [])
  for paragraph in paragraphs {
    for line in fitting(displayable(paragraph), beside: indent.utf8.count, style) {
      text += head + line + "\n"
      head = indent
    }
  }
  return text
}

/// On a terminal in lines of its width, elsewhere in one.
private func fitting(_ text: String, beside others: Int, _ style: Style) -> [String] {
  // Less than this would be a word a line.
  guard let columns = style.columns, columns > others + 20 else { return [text] }
  return wrapped(text, to: columns - others)
}

/// "1 broken, 2 warnings, 1 note, 3 unknown, 24 ok."
private func summary(_ checks: [Check]) -> String {
  let words = CheckVerdict.allCases.reversed().compactMap { verdict -> String? in
    let count = checks.count { $0.verdict == verdict }
    guard count > 0 else { return nil }
    let isCounted = verdict == .warning || verdict == .note
    return "\(count) \(verdict.rawValue)\(isCounted && count > 1 ? "s" : "")"
  }
  return commas(words) + "."
}
