internal import Vocabulary

extension Doctor {
  static var adapterRules: [CheckRule] {
    [
      CheckRule(.adapter, "adapter-present") { findings in [present(findings)] },
      CheckRule(.adapter, "adapter-power") { findings in
        findings.adapters.map { power($0, among: findings.adapters).about($0.adapter.id.name) }
      },
      CheckRule(.adapter, "adapter-address") { findings in
        findings.adapters.map { address($0).about($0.adapter.id.name) }
      },
    ]
  }

  private static func present(_ findings: Findings) -> CheckRule.Outcome {
    guard findings.hasBlueZ else {
      let names = findings.host.names.map { $0.isEmpty ? "The kernel has none." : "The kernel has \(words($0))." }
      return .unknown(
        "Which adapters bluetoothd has is not known.",
        because: ["It does not tell.", names].compactMap(\.self).joined(separator: " "))
    }
    guard findings.adapters.isEmpty else {
      return .init(.ok, "bluetoothd has \(words(findings.adapters.map(\.adapter.id.name).sorted())).")
    }
    return .init(.broken, .noAdapter(findings.host))
  }

  private static func power(_ fact: AdapterFact, among all: [AdapterFact]) -> CheckRule.Outcome {
    let id = fact.adapter.id
    if fact.isGoingOff {
      return .unknown("The adapter \(id) is being switched off.", because: "BlueZ or rfkill says so.")
    }
    guard !fact.adapter.powered else { return .init(.ok, "The adapter \(id) is on.") }
    let error: OperationError =
      fact.adapter.blocked
      ? .adapterBlocked(id, evidence: "An rfkill switch blocks it.") : .adapterOff(id, evidence: "Powered is false.")
    // Whoever has a second one may mean the first to be off.
    return CheckRule.Outcome(all.contains { $0.adapter.powered } ? .note : .broken, error)
      .cured(by: fact.adapter.blocked ? .unblockAdapter : .power, on: id)
  }

  /// A controller whose firmware was not loaded has the address of all zeros.
  private static func address(_ fact: AdapterFact) -> CheckRule.Outcome {
    switch fact.address {
    case .unknown(let reason):
      .unknown("The address of the adapter \(fact.adapter.id) is not known.", because: reason)
    case .known(let address) where address.bits == 0:
      .init(
        .broken, "The adapter \(fact.adapter.id) has no address: it was not set up.",
        evidence: "Its address is \(address).",
        hint:
          "Mostly its firmware is missing or was refused: journalctl -k -g Bluetooth. Switch the computer off and on.")
    case .known(let address): .init(.ok, "The adapter \(fact.adapter.id) has the address \(address).")
    }
  }

  /// "a", "a and b", "a, b and c".
  static func words(_ all: [String], _ conjunction: String = "and") -> String {
    guard let last = all.last, all.count > 1 else { return all.first ?? "none" }
    return all.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}
