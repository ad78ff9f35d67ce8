import Core
import Vocabulary

extension PairOperation {
  /// Pairs on the first adapter.
  init(_ text: String? = "WH-1000XM4", limit: Duration = .seconds(60), capability: AgentCapability = .none) {
    self.init(
      Options(adapter: .first, query: text.flatMap { DeviceQuery($0) }, searchLimit: limit, capability: capability))
  }
}

extension [Request] {
  /// What a pairing takes before it looks around, and gives back in the end.
  static let preparing: Self = [.registerAgent(.none), .holdPairable(.first), .startDiscovery(.first)]
  static let stopping: Self = [.stopDiscovery(.first)]
  static let closing: Self = [.releasePairable(.first), .unregisterAgent]
}

/// How far a pairing has come.
enum PairPhase: CaseIterable, Sendable {
  case preparing, searching, settling, stopping, pairing, flushing, bonding, trusting, connecting, busy, resolving,
    awaitingTransport, connectingProfile, awaitingTransportAgain, undoing, closing

  /// The phases in which Pair has succeeded and stands.
  static let afterBonding: [Self] = [
    .trusting, .connecting, .busy, .resolving, .awaitingTransport, .connectingProfile, .awaitingTransportAgain,
  ]
  static let beforePair: [Self] = [.preparing, .searching, .settling, .stopping]
  static let deciding: [Self] = beforePair + [.pairing, .bonding] + afterBonding

  /// A pairing that has come this far.
  func script() -> Script<PairOperation> {
    var script = Script(PairOperation(self == .settling ? "xm4" : "WH-1000XM4"), FakeWorld())
    script.label = "pair, \(self)"
    script.start()
    if self == .preparing { return script }
    for request in [Request].preparing { script.answer(request) }
    if self == .searching { return script }
    script.appear(.found)
    if self == .settling || self == .stopping { return script }
    script.answer(.stopDiscovery(.first))
    if self == .pairing { return script }
    if self == .flushing {
      script.answer(.pair(.headset), .keyInKernel)
      return script
    }
    if self == .undoing {
      script.answer(.pair(.headset), .rejected)
      return script
    }
    script.answer(.pair(.headset))
    if self == .bonding { return script }
    script.change { $0.bonded = true }
    if self == .trusting { return script }
    script.answer(.trust(.headset, true))
    if self == .closing {
      script.answer(.connect(.headset), .pageTimeout)
      return script
    }
    lead(&script)
    return script
  }

  /// From connecting on.
  private func lead(_ script: inout Script<PairOperation>) {
    if self == .connecting { return }
    if self == .busy { return script.answer(.connect(.headset), .inProgress) }
    script.change { $0.connected = true }
    script.answer(.connect(.headset))
    if self == .resolving { return }
    script.change { $0.servicesResolved = true }
    if self == .awaitingTransport { return }
    script.expire(.audio)
    if self == .connectingProfile { return }
    script.answer(.connectProfile(.headset, .a2dpSink))
  }
}
