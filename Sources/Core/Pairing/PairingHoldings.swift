/// What a pairing takes of BlueZ and must give back: the agent, an adapter made pairable, the discovery.
struct PairingHoldings: Sendable {
  private var held: [Request] = []
  /// What was asked for and has not been answered.
  private var unanswered: Set<Request> = []

  /// Nothing is under way.
  var isAnswered: Bool { unanswered.isEmpty }

  func holds(_ request: Request) -> Bool { held.contains(request) }

  mutating func take(_ requests: [Request]) -> [Action] {
    held += requests
    unanswered.formUnion(requests)
    return requests.map(Action.request)
  }

  mutating func note(answer request: Request) { unanswered.remove(request) }

  /// It was not given, or has been given back.
  mutating func lose(_ request: Request) { held.removeAll { $0 == request } }

  /// It is still held, although it was to be given back.
  mutating func keep(_ request: Request) { held.append(request) }

  /// Gives everything back; nil when there is nothing left. What is still being taken is given back once it has been: a
  /// release must not overtake what it releases.
  mutating func giveBack() -> [Action]? {
    guard unanswered.isEmpty else { return [] }
    guard !held.isEmpty else { return nil }
    let releases = held.reversed().compactMap(\.release)
    held = []
    unanswered = Set(releases)
    return releases.map(Action.request)
  }

  /// Without BlueZ nothing is held, and nothing is answered that matters.
  mutating func drop() { self = Self() }
}

extension Request {
  /// What gives back what this request took.
  fileprivate var release: Request? {
    switch self {
    case .agent(.register): .unregisterAgent
    case .bluez(.holdPairable(let adapter)): .releasePairable(adapter)
    case .bluez(.startDiscovery(let adapter)): .stopDiscovery(adapter)
    default: nil
    }
  }
}
