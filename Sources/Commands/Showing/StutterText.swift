internal import Interface
internal import Vocabulary

// The words for what makes sound break off.

/// What was looked at because a device's sound breaks off, as `--json` gives it.
struct StutterFindings: Codable, Sendable {
  let device: Device
  /// In the order of ``StutterCause``.
  let checks: [Check]
  let worst: CheckVerdict
}

extension StutterCause {
  /// What was looked for.
  fileprivate var title: String {
    switch self {
    case .search: "a search for devices"
    case .streams: "other headsets that play"
    case .link: "the strength of the link"
    case .load: "how busy the computer is"
    }
  }
}

/// What was found first; then what else, what could not be looked at, and what is as it should be.
func stutterText(_ findings: StutterFindings, _ style: Style) -> String {
  let found = findings.checks.filter { $0.verdict >= .note }
  var text = ""
  if found.isEmpty {
    text += style.bold("Nothing was found that makes \(displayable(findings.device.alias)) stutter now.") + "\n"
  }
  for check in found { text += style.bold(displayable(check.message)) + "\n" + details(check) }
  for check in findings.checks where check.verdict == .unknown {
    text += displayable(check.message) + "\n" + details(check)
  }
  let fine = StutterCause.allCases.filter { cause in
    let checks = findings.checks.filter { $0.name == cause.rawValue }
    return !checks.isEmpty && checks.allSatisfy { $0.verdict == .ok }
  }
  if !fine.isEmpty { text += "Looked at, and as it should be: \(commas(fine.map(\.title))).\n" }
  guard style.isVerbose else { return text }
  for check in findings.checks where check.verdict == .ok {
    text += displayable(check.message) + "\n" + details(check)
  }
  return text
}

private func details(_ check: Check) -> String {
  [check.evidence.map { "Seen by: \($0)" }, check.hint].compactMap { $0.map { "  \(displayable($0))\n" } }.joined()
}
