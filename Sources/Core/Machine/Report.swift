package import Vocabulary

/// What an operation says on its way.
package struct Report: Equatable, Sendable {
  package let stage: Stage
  package let message: String
  /// What it waits for a person to do.
  package var awaited: Awaited?
  /// The rung of the ladder that begins.
  package var rung: LadderRung?

  package init(_ stage: Stage, _ message: String, awaited: Awaited? = nil, rung: LadderRung? = nil) {
    self.stage = stage
    self.message = message
    self.awaited = awaited
    self.rung = rung
  }
}
