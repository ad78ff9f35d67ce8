/// What the broker is to hold of this computer, and what it was told in this connection.
///
/// Nothing is queued: while there is no broker nothing waits but the newest payload of each topic, and a topic that changes
/// faster than the connection takes it is published as it is when there is room.
struct Publications {
  struct Message: Equatable, Sendable {
    let topic: String
    /// An empty one removes what the broker holds.
    let payload: [UInt8]
  }

  private var wanted: [String: [UInt8]] = [:]
  private var told: [String: [UInt8]] = [:]
  /// Every topic of ``wanted``, in the order in which they are published.
  private var order: [String] = []
  /// The topic that comes when all others have been published.
  private let last: String

  /// `last` is a topic that says whether the others can be relied on.
  init(last: String) { self.last = last }

  /// Has a topic hold a payload; an empty one removes what it holds.
  mutating func set(_ topic: String, _ payload: [UInt8]) {
    if wanted.updateValue(payload, forKey: topic) == nil { order.append(topic) }
  }

  /// The broker is another one, or does not hold any more what it was told; or somebody wants to hear it again.
  mutating func forgetTold() { told = [:] }

  /// What is to be published next; it counts as told.
  mutating func next() -> Message? {
    guard let topic = order.first(where: { $0 != last && isDue($0) }) ?? (isDue(last) ? last : nil),
      let payload = wanted[topic]
    else { return nil }
    if payload.isEmpty {
      // Removed for good: it is not published again.
      wanted[topic] = nil
      told[topic] = nil
      order.removeAll { $0 == topic }
    } else {
      told[topic] = payload
    }
    return Message(topic: topic, payload: payload)
  }

  private func isDue(_ topic: String) -> Bool { wanted[topic] != nil && wanted[topic] != told[topic] }
}
