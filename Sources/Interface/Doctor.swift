package import Vocabulary

/// One thing that the doctor looked at.
package struct Check: Codable, Hashable, Sendable {
  package var group: CheckGroup
  package var name: String
  package var subject: String?
  package var verdict: CheckVerdict
  package var message: String
  package var evidence: String?
  package var hint: String?
  package var sources: [String]?
  package var cure: CheckCure?
  package var adapter: String?

  package init(
    group: CheckGroup, name: String, subject: String? = nil, verdict: CheckVerdict, message: String,
    evidence: String? = nil, hint: String? = nil, sources: [String]? = nil, cure: CheckCure? = nil,
    adapter: String? = nil
  ) {
    self.group = group
    self.name = name
    self.subject = subject
    self.verdict = verdict
    self.message = message
    self.evidence = evidence
    self.hint = hint
    self.sources = sources
    self.cure = cure
    self.adapter = adapter
  }
}

extension Control {
  /// Of `Doctor`: what is looked at on the way, the checks at the end.
  package struct DoctorReply: Codable, Sendable {
    package var looking: CheckGroup?
    package var checks: [Check]?
    package var worst: CheckVerdict?
    /// mdrctld's.
    package var version: String?
    package init(
      looking: CheckGroup? = nil, checks: [Check]? = nil, worst: CheckVerdict? = nil, version: String? = nil
    ) {
      self.looking = looking
      self.checks = checks
      self.worst = worst
      self.version = version
    }
  }
}
