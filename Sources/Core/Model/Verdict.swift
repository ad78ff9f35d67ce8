package import Vocabulary

/// What is wrong with the bond between this computer and a device, and how sure that is.
package struct Verdict: Hashable, Sendable {
  package typealias Cause = BondCause
  package typealias Certainty = Vocabulary.Certainty

  package let cause: Cause
  package let certainty: Certainty
  /// What happened, one sentence.
  package let message: String
  /// What it was seen by.
  package let evidence: String
  /// What the user can do next.
  package let hint: String

  package init(_ cause: Cause, _ certainty: Certainty, message: String, evidence: String, hint: String) {
    self.cause = cause
    self.certainty = certainty
    self.message = message
    self.evidence = evidence
    self.hint = hint
  }

  /// Whether the bond is of no use any more, so that only pairing again helps.
  package var isStale: Bool {
    switch cause {
    case .headsetLostKey, .headsetOtherKey, .repairingRefused, .keyTypeBug, .dualBoot: certainty >= .probable
    default: false
    }
  }

  /// Whether it is to be remembered in place of what is known: a headset that is away now has not got its key back, and
  /// what is known for sure is not given up for a guess.
  package func replaces(_ known: Verdict?) -> Bool {
    guard let known, known.concernsBond else { return true }
    return concernsBond && (certainty > known.certainty || cause == known.cause && certainty == known.certainty)
  }
}
