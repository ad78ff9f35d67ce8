// The seven rules. They are written for what guides on the web say: each claim of theirs that was found to be wrong is
// refused by one of them, which the tests try.

/// What a model can be operated with.
struct Controls {
  let keys: [String]
  let hasVolumeKeys: Bool
  let hasCaseButton: Bool

  /// The key cannot be there, whatever the list of keys says.
  func lacks(_ key: String) -> Bool {
    (key.hasPrefix("volume") && !hasVolumeKeys) || (key == "case_button" && !hasCaseButton)
  }
}

extension Node {
  func check(_ procedure: Procedure, _ controls: Controls) throws(Violation) {
    try checkKeys(procedure, controls)
    try checkHoldings(procedure)
    try checkHolds(procedure)
    try checkConfidence(procedure)
    try checkShow(procedure)
  }

  private func member(_ name: String) -> Node { Node(tree: .null, path: path + [.member(name)]) }

  private func step(_ index: Int) -> Node {
    Node(tree: .null, path: path + [.member("steps"), .element(index)])
  }

  /// 1.
  private func checkKeys(_ procedure: Procedure, _ controls: Controls) throws(Violation) {
    for (index, step) in procedure.steps.enumerated() {
      if let key = step.keys.first(where: { controls.lacks($0) || !controls.keys.contains($0) }) {
        let keys = controls.keys.isEmpty ? "none that is known" : controls.keys.joined(separator: ", ")
        throw self.step(index).violation(.keys, "the model has no key \"\(key)\"; it has: \(keys)")
      }
    }
  }

  /// 2 and 6.
  private func checkHoldings(_ procedure: Procedure) throws(Violation) {
    if let both = procedure.erases.first(where: procedure.keeps.contains) {
      throw member("keeps").violation(.erasure, "\"\(both.rawValue)\" is both erased and kept")
    }
    if procedure.kind == .initialize, !procedure.isDestructive {
      throw member("destructive").violation(.erasure, "\"initialize\" erases everything, so it is destructive")
    }
    if procedure.isDestructive, procedure.erases.isEmpty {
      throw member("erases").violation(.erasure, "a destructive procedure says what it erases")
    }
    if !procedure.isDestructive, !procedure.erases.isEmpty {
      throw member("destructive").violation(.erasure, "a procedure that erases something is destructive")
    }
    if procedure.erases.contains(.pairingList), !procedure.erases.contains(.allSettings) {
      throw member("erases").violation(
        .kinds, "no headset erases its list of paired devices alone, whatever the procedure is called")
    }
  }

  /// 5.
  private func checkHolds(_ procedure: Procedure) throws(Violation) {
    let isOfficial = procedure.evidence.contains { $0.kind == .official && $0.verdict == .supports }
    for (index, step) in procedure.steps.enumerated() {
      if step.most != nil, !isOfficial {
        throw self.step(index).violation(
          .holds, "a hold lasts at least so long; only an official source gives a longest time")
      }
      for longer in [step.usual, step.most].compactMap(\.self) where longer < step.least ?? 0 {
        throw self.step(index).violation(.holds, "a hold has a shortest time that is longer than another")
      }
    }
  }

  /// 3.
  private func checkConfidence(_ procedure: Procedure) throws(Violation) {
    let most = ceiling(procedure.evidence)
    guard procedure.confidence <= most else {
      throw member("confidence").violation(
        .confidence, "\"\(procedure.confidence.rawValue)\" is more than the sources are good for: \(most.rawValue)")
    }
  }

  /// The most that sources are good for: as much as the best of them. So agreement adds nothing, neither inside a family,
  /// which is one witness, nor of guides with one another.
  private func ceiling(_ evidence: [Evidence]) -> Procedure.Confidence {
    let isContradicted = evidence.contains { $0.verdict == .conflicts }
    let worths = evidence.map { (evidence) -> Procedure.Confidence in
      switch (evidence.kind, evidence.verdict) {
      case (_, .conflicts), (_, .rejected), (_, .unverifiable): .none
      case (.official, .supports): .high
      case (.community, .supports): isContradicted ? .medium : .high
      case (.recalled, .supports), (.recalled, .toBeChecked): .medium
      default: .low
      }
    }
    return worths.max() ?? .none
  }

  /// 4.
  private func checkShow(_ procedure: Procedure) throws(Violation) {
    let most: Procedure.Show =
      switch procedure.confidence {
      case .high: .steps
      case .medium: .stepsWithWarning
      case .low where procedure.kind == .pairingMode && !procedure.isDestructive: .stepsWithWarning
      case .low, .none: .linkOnly
      }
    guard procedure.show <= most else {
      throw member("show").violation(
        .show, "with the confidence \"\(procedure.confidence.rawValue)\" it is \"\(most.rawValue)\" at most")
    }
    if procedure.show >= .stepsWithWarning, procedure.steps.isEmpty {
      throw member("show").violation(.show, "there are no steps to show")
    }
  }

  /// 7.
  func checkWires(_ model: Model, hasBluetooth: Bool, _ procedures: Node) throws(Violation) {
    guard hasBluetooth != (model.form == .wired) else {
      throw member("bluetooth").violation(.wired, "a headset is wired or has Bluetooth")
    }
    guard model.form != .wired || model.procedures.isEmpty else {
      throw procedures.violation(.wired, "a wired headphone has nothing to pair or reset")
    }
  }
}
