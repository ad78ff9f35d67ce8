internal import Vocabulary

extension PairOperation {
  /// How long more candidates may show themselves when the user was not exact. A device answers an inquiry within
  /// 2.56 s (the scan interval of the baseband specification, R1).
  static let settleLimit = Duration.milliseconds(2_600)
  /// How long a second headset of a name may take to show itself when one of that name is bonded: two inquiry scans.
  static let secondLimit = Duration.seconds(5)
  /// `Bonded` is signalled before `Pair` answers (5.66 to 5.87); the limit is for one that comes late.
  static let bondingLimit = Duration.seconds(5)
  /// How long the pairing of another program is waited for: a person may have to answer there.
  static let otherLimit = Duration.seconds(30)

  /// What is to be paired, and how.
  package struct Options: Equatable, Sendable {
    package var adapter: AdapterID
    /// Nil takes the only headset in pairing mode.
    package var query: DeviceQuery?
    package var searchLimit: Duration
    package var capability: AgentCapability

    package init(
      adapter: AdapterID, query: DeviceQuery?, searchLimit: Duration = .seconds(60), capability: AgentCapability = .none
    ) {
      self.adapter = adapter
      self.query = query
      self.searchLimit = searchLimit
      self.capability = capability
    }
  }

  /// What is asked of a device that has been paired, before it is connected: to be trusted, or to be given back what it had
  /// before a removal that is to be `unfinished`. `isRepair`: by the repair that this pairing is a part of, which keeps its
  /// entry.
  static func aftermath(
    of unfinished: JournalEntry?, isRepair: Bool, _ id: DeviceID, _ device: Device?
  ) -> [Request] {
    guard let unfinished else { return [.trust(id, true)] }
    guard unfinished.purpose == .repair else { return [.erase(id), .trust(id, true)] }
    let restoration = unfinished.restoration(of: device)
    if isRepair { return restoration }
    return unfinished.phase == .pairing ? restoration + [.erase(id)] : [.erase(id)] + restoration
  }

  /// What a refusal says of the bond, where it says anything.
  func told(_ device: Device, _ refusal: Refusal, in world: some World) -> [Action] {
    var evidence = Evidence(.pair, device, in: world)
    evidence.refusal = refusal
    guard let verdict = Diagnosis.verdict(on: evidence), verdict.concernsBond else { return [] }
    return [.diagnose(device.id, verdict)]
  }
}
