package import Vocabulary

/// One thing that was looked at, and how it is.
package struct Check: Hashable, Sendable {
  package typealias Verdict = CheckVerdict
  package typealias Group = CheckGroup

  package let group: Group
  /// Stable; what scripts go by: "adapter-power".
  package let name: String
  /// What it is about where there are several: an adapter's name, a device's address, a key of main.conf.
  package let subject: String?
  package let verdict: Verdict
  /// What is the case, one sentence.
  package let message: String
  /// What it was seen by.
  package let evidence: String?
  /// What to do.
  package let hint: String?
  /// Where it is known from, of what others found.
  package let sources: [String]
  /// What mdrctl itself can do about it; of `subject`.
  package let cure: CheckCure?
  /// The adapter that `subject` is, or is known to.
  package let adapter: AdapterID?

  init(_ rule: CheckRule, _ finding: CheckRule.Outcome) {
    (group, name) = (rule.group, rule.name)
    (subject, verdict, message) = (finding.subject, finding.verdict, finding.message)
    (evidence, hint, sources) = (finding.evidence, finding.hint, finding.sources)
    (cure, adapter) = (finding.cure, finding.adapter)
  }
}

/// What was found out, or why it could not be.
package enum Fact<Value: Sendable>: Sendable {
  case known(Value)
  /// Why, one sentence.
  case unknown(String)

  package var value: Value? { if case .known(let value) = self { value } else { nil } }
}

/// One rule of the doctor's: what it makes of what was found.
///
/// A rule reads and never asks. It says nothing where there is nothing of its kind to be judged, and something about each
/// where there are several.
package struct CheckRule: Sendable {
  package let group: CheckGroup
  package let name: String
  fileprivate let judge: @Sendable (Findings) -> [Outcome]

  init(_ group: CheckGroup, _ name: String, _ judge: @escaping @Sendable (Findings) -> [Outcome]) {
    self.group = group
    self.name = name
    self.judge = judge
  }

  /// What a rule says about one thing.
  struct Outcome {
    var subject: String?
    let verdict: CheckVerdict
    let message: String
    var evidence: String?
    var hint: String?
    var sources: [String] = []
    private(set) var cure: CheckCure?
    private(set) var adapter: AdapterID?

    init(_ verdict: CheckVerdict, _ message: String, evidence: String? = nil, hint: String? = nil) {
      self.verdict = verdict
      self.message = message
      self.evidence = evidence
      self.hint = hint
    }

    /// An error that an operation would meet with.
    init(_ verdict: CheckVerdict, _ error: OperationError) {
      self.init(verdict, error.message, evidence: error.evidence, hint: error.hint)
    }

    static func unknown(_ message: String, because reason: String) -> Self {
      Self(.unknown, message, evidence: reason)
    }

    /// What mdrctl can do about it, with what is on this adapter.
    func cured(by cure: CheckCure, on adapter: AdapterID) -> Self {
      var outcome = self
      (outcome.cure, outcome.adapter) = (cure, adapter)
      return outcome
    }

    func about(_ subject: String) -> Self {
      var outcome = self
      outcome.subject = subject
      return outcome
    }
  }
}

/// The doctor: what is wrong on this computer, by a table of rules.
package enum Doctor {
  /// Every rule, by group.
  package static var rules: [CheckRule] {
    bluezRules + adapterRules + settingRules + soundRules + rivalRules + deviceRules + installationRules + knownRules
  }

  /// What the rules make of the findings, in their order.
  package static func examine(_ findings: Findings) -> [Check] {
    rules.flatMap { rule in rule.judge(findings).map { Check(rule, $0) } }
  }
}
