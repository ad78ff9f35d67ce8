internal import Core
internal import Interface
internal import MDR
internal import Vocabulary

// The hosts that a headset is paired with, as it lists them. What is told of them goes to whoever asked and nowhere else.
extension HeadsetLink {
  /// The hosts that it lists, and what that is known from.
  func hosts() async throws(OperationError) -> (hosts: Hosts, evidence: HeadsetEvidence) {
    enter()
    defer { leave() }
    let headset = try await headset()
    guard let evidence = headset.evidence(of: .hosts)?.reading else { throw .notOffered("list of its hosts", name) }
    guard case .report(.hosts(let hosts)) = try await read(.hosts) else {
      throw .notTold("list of its hosts", name)
    }
    return (hosts, HeadsetEvidence(evidence))
  }

  /// Whether it lists this host and could forget it; throws where it could not be told to. Nothing is changed.
  func canForget(_ host: Address) async throws(OperationError) -> Bool {
    let headset = try await headset()
    guard headset.offers(.unpair(host)) else {
      throw OperationError(
        .notOffered, "\(name) cannot be told to forget this computer.",
        evidence: "Its own list of functions does not name it.",
        hint:
          "Forget it here alone, and set the headset back or use its maker's app for its side: mdrctl guide initialize."
      )
    }
    return try await hosts().hosts.known.contains { $0.address == host }
  }

  /// Has it forget a host, once. A refusal means that it has not, for sure.
  func forget(_ host: Address) async -> (side: HeadsetSide, refusal: Refusal?) {
    enter()
    defer { leave() }
    let request: MDR.Request
    do throws(OperationError) {
      let headset = try await headset()
      guard let made = try? headset.request(for: Consent(to: .unpair(host))) else {
        return (.unknown, Refusal(.other, "Its own list of functions does not name it."))
      }
      request = made
    } catch { return (.unknown, Refusal(.other, error.message)) }
    switch await ask(request) {
    case .done, .gone: return (.removed, nil)
    case .refused: return (.unknown, Refusal(.other, "The headset refused."))
    case .busy, .stale, .declined: return (.unknown, Refusal(.other, "It was not sent."))
    // A headset that forgets whom it speaks with has no reason to go on speaking.
    case .lost: return (.unknown, nil)
    case .unconfirmed, .silent, .report, .ignored, .unreadable: break
    }
    let told = await settled(.hosts) { !Self.lists(host, $0) }
    guard case .hosts? = told, let told else { return (.unknown, nil) }
    guard Self.lists(host, told) else { return (.removed, nil) }
    return (.unknown, Refusal(.other, "The headset acknowledged it, and still lists this computer."))
  }

  private static func lists(_ host: Address, _ report: MDR.Report) -> Bool {
    guard case .hosts(let hosts) = report else { return false }
    return hosts.known.contains { $0.address == host }
  }
}
