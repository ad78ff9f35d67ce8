package import Vocabulary

/// One rung of the ladder, with what it does and what came of it.
package struct LadderStep: Hashable, Sendable {
  package let rung: LadderRung
  package var state: RungState
  /// What is done, one sentence; of a rung that a person climbs, what the person does.
  package let does: String
  /// What it costs, one sentence; nil where it costs nothing.
  package let costs: String?
  /// What came of it, one sentence.
  package var came: String?

  package init(_ rung: LadderRung, _ state: RungState, does: String, costs: String? = nil, came: String? = nil) {
    self.rung = rung
    self.state = state
    self.does = does
    self.costs = costs
    self.came = came
  }

  /// What it does and what it costs.
  package var announcement: String { [does, costs].compactMap(\.self).joined(separator: " ") }
}
