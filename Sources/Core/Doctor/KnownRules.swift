internal import Vocabulary

extension Doctor {
  /// What others found to be broken in the versions that are installed.
  static var knownRules: [CheckRule] {
    [CheckRule(.known, "known-faults") { findings in faults(findings.defects) }]
  }

  private static func faults(_ defects: Fact<DefectsFact>) -> [CheckRule.Outcome] {
    switch defects {
    case .unknown(let reason): return [.unknown("What is known to be broken was not compared.", because: reason)]
    case .known(let defects):
      guard defects.findings.isEmpty else { return defects.findings.map(outcome) }
      return [.init(.ok, "None of the \(defects.count) known faults concerns what is installed.")]
    }
  }

  private static func outcome(_ finding: DefectFinding) -> CheckRule.Outcome {
    let (verdict, sight): (CheckVerdict, String) =
      switch finding.state {
      case .seen(let sight): (.broken, sight)
      case .affected where finding.isSecurity: (.warning, "It is a published vulnerability: \(finding.sign)")
      case .affected(let isMinor): (isMinor ? .note : .warning, "It shows by this: \(finding.sign)")
      case .open(let reason): (.unknown, reason)
      }
    let fixed = finding.fixed.map { " Fixed in \($0)." } ?? ""
    var outcome = CheckRule.Outcome(
      verdict, finding.symptom,
      evidence: "\(finding.compared.prefix(1).uppercased() + finding.compared.dropFirst()). \(sight)",
      hint: finding.cure + fixed)
    outcome.sources = finding.sources
    return outcome.about(finding.name)
  }
}
