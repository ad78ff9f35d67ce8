internal import EventLoop

/// One wish for signals; give it to ``Connection/unsubscribe(_:)`` when it is over.
package struct Subscription: Hashable, Sendable {
  let number: UInt64
}

/// Who wants which signals, in the order of subscribing.
struct SubscriptionTable {
  struct Entry {
    let subscription: Subscription
    let rule: MatchRule
    let handler: @Sendable (Message) -> Void
    let onEnd: @Sendable () -> Void
  }

  private(set) var entries: [Entry] = []
  private var nextNumber: UInt64 = 0
  /// For each rule on the bus: how many here rely on it.
  private var users: [String: Int] = [:]

  mutating func insert(
    _ rule: MatchRule, onEnd: @escaping @Sendable () -> Void, _ handler: @escaping @Sendable (Message) -> Void
  ) -> Subscription {
    nextNumber += 1
    let subscription = Subscription(number: nextNumber)
    entries.append(Entry(subscription: subscription, rule: rule, handler: handler, onEnd: onEnd))
    return subscription
  }

  mutating func remove(_ subscription: Subscription) -> Entry? {
    guard let index = entries.firstIndex(where: { $0.subscription == subscription }) else { return nil }
    return entries.remove(at: index)
  }

  mutating func removeAll() {
    let ended = entries
    self = Self()
    for entry in ended { entry.onEnd() }
  }

  func contains(_ subscription: Subscription) -> Bool { entries.contains { $0.subscription == subscription } }

  /// Returns whether the rule is new to the bus.
  mutating func retainRule(_ rule: String) -> Bool {
    users[rule, default: 0] += 1
    return users[rule] == 1
  }

  /// Returns whether the rule was the last of its kind.
  mutating func releaseRule(_ rule: String) -> Bool {
    guard let count = users[rule] else { return false }
    users[rule] = count > 1 ? count - 1 : nil
    return count == 1
  }
}

// MARK: - Signals

extension Connection {
  /// Calls `handler` on the loop, in bus order, for each signal that fits the rule.
  ///
  /// When this returns, the bus knows the rule: what is asked afterwards cannot be older than what the handler sees.
  /// Identical rules share one entry on the bus. The subscription ends with the connection.
  @discardableResult
  package func subscribe(
    to rule: MatchRule, _ handler: @escaping @Sendable (Message) -> Void
  ) async throws(DBusError) -> Subscription {
    try await subscribe(to: rule, onEnd: {}, handler)
  }

  /// The signals that fit the rule, as a stream that ends with the connection. `buffering` says what is kept when the
  /// reader does not keep up.
  ///
  /// Unlike a handler, a stream loses the order against answers: its reader runs when the loop gets to it.
  package func signals(
    matching rule: MatchRule, buffering: AsyncStream<Message>.Continuation.BufferingPolicy
  ) async throws(DBusError) -> AsyncStream<Message> {
    let (stream, continuation) = AsyncStream.makeStream(of: Message.self, bufferingPolicy: buffering)
    let subscription = try await subscribe(to: rule, onEnd: { continuation.finish() }) { continuation.yield($0) }
    continuation.onTermination = { [loop] _ in loop.spawn { await self.unsubscribe(subscription) } }
    return stream
  }

  /// Ends a subscription: its handler is not called again. One that has ended already is ignored.
  package func unsubscribe(_ subscription: Subscription) {
    guard let entry = subscriptions.remove(subscription) else { return }
    if let name = entry.rule.wellKnownSender { releaseOwner(of: name) }
    removeMatch(entry.rule)
    entry.onEnd()
  }

  private func subscribe(
    to rule: MatchRule, onEnd: @escaping @Sendable () -> Void, _ handler: @escaping @Sendable (Message) -> Void
  ) async throws(DBusError) -> Subscription {
    // In this order nothing is missed: the handler is there before the first signal can be.
    let subscription = subscriptions.insert(rule, onEnd: onEnd, handler)
    if let name = rule.wellKnownSender { owners.retain(name) }
    do throws(DBusError) {
      try await addMatch(rule)
      if let name = rule.wellKnownSender { try await learnOwner(of: name) }
    } catch {
      unsubscribe(subscription)
      throw error
    }
    return subscription
  }

  /// Hands a signal to whoever wants it.
  func deliver(_ signal: Message) {
    noteOwner(signal)
    // A handler may subscribe and unsubscribe; the loop goes over the entries as they were.
    for entry in subscriptions.entries
    where entry.rule.matches(signal, owner: { owners[$0] }) && subscriptions.contains(entry.subscription) {
      entry.handler(signal)
    }
  }

  func addMatch(_ rule: MatchRule) async throws(DBusError) {
    let text = rule.rendered
    guard subscriptions.retainRule(text) else { return }
    try await callDriver("AddMatch") { $0.append(text) }
  }

  func removeMatch(_ rule: MatchRule) {
    let text = rule.rendered
    guard subscriptions.releaseRule(text) else { return }
    // No answer is asked for: without a connection the rule is gone anyway.
    try? send(
      Message(
        call: "RemoveMatch", on: "/org/freedesktop/DBus", interface: StandardInterface.driver, to: BusName.driver,
        wantsReply: false
      ) { $0.append(text) })
  }
}

extension MatchRule {
  /// The sender when it is a name that changes hands.
  var wellKnownSender: String? {
    guard let sender, sender != BusName.driver, sender.utf8.first != UInt8(ascii: ":") else { return nil }
    return sender
  }
}
