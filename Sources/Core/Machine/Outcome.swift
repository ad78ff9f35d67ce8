package import Vocabulary

/// What an operation came to.
package struct Outcome: Equatable, Sendable {
  package var device: DeviceID?
  package var proofs: [Proof]
  package var removed: [Device]
  /// What was found and done, layer by layer, of each removed device.
  package var layers: [LayerReport]
  /// What would be done, one sentence each; only of an operation that was asked for its plan.
  package var plan: [String]
  /// The rungs of the ladder that were tried, or would be.
  package var ladder: [LadderStep] = []

  package init(
    device: DeviceID? = nil, proofs: [Proof] = [], removed: [Device] = [], layers: [LayerReport] = [],
    plan: [String] = []
  ) {
    self.device = device
    self.proofs = proofs
    self.removed = removed
    self.layers = layers
    self.plan = plan
  }
}

/// One thing an operation set out to prove, and why it could not where it could not.
package struct Proof: Equatable, Sendable {
  package typealias What = ProofSubject

  package let what: What
  /// Nil when proven.
  package let obstacle: String?

  package static func proven(_ what: What) -> Self { Self(what: what, obstacle: nil) }
  package static func open(_ what: What, because obstacle: String) -> Self { Self(what: what, obstacle: obstacle) }
}
