internal import EventLoop

/// One wish for signals; give it to ``Connection/unsubscribe(_:)`` when it is over.
package struct Subscription: Hashable, Sendable {
  let number: UInt64
}

/// Who wants which signals, in the order of subscribing.
struct SubscriptionTable {
  /// An object, so that going over the entries for each signal copies nothing.
  final class Entry {
    let subscription: Subscription
    let rule: MatchRule
    let handler: @Sendable (Message) -> Void
    let onEnd: @Sendable () -> Void
    /// False once it has ended, which may happen while a signal is handed out.
    fileprivate(set) var isActive = true

    fileprivate init(
      _ subscription: Subscription, _ rule: MatchRule, onEnd: @escaping @Sendable () -> Void,
      _ handler: @escaping @Sendable (Message) -> Void
    ) {
      self.subscription = subscription
      self.rule = rule
      self.onEnd = onEnd
      self.handler = handler
    }
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
    entries.append(Entry(subscription, rule, onEnd: onEnd, handler))
    return subscription
  }

  mutating func remove(_ subscription: Subscription) -> Entry? {
    guard let index = entries.firstIndex(where: { $0.subscription == subscription }) else { return nil }
    entries[index].isActive = false
    return entries.remove(at: index)
  }

  mutating func removeAll() {
    let ended = entries
    self = Self()
    for entry in ended {
      entry.isActive = false
      entry.onEnd()
    }
  }

  /// Returns the rules that the bus does not know yet.
  mutating func retainRules(of rule: MatchRule) -> [String] {
    var new: [String] = []
    for text in rule.busRules {
      users[text, default: 0] += 1
      if users[text] == 1 { new.append(text) }
    }
    return new
  }

  /// Returns the rules that nobody relies on any more.
  mutating func releaseRules(of rule: MatchRule) -> [String] {
    var unused: [String] = []
    for text in rule.busRules {
      guard let count = users[text] else { continue }
      users[text] = count > 1 ? count - 1 : nil
      if count == 1 { unused.append(text) }
    }
    return unused
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
    for text in subscriptions.releaseRules(of: entry.rule) {
      // No answer is asked for: without a connection the rule is gone anyway.
      try? send(
        Message(
          call: "RemoveMatch", on: "/org/freedesktop/DBus", interface: StandardInterface.driver, to: BusName.driver,
          wantsReply: false
        ) { $0.append(text) })
    }
    if let name = entry.rule.wellKnownSender { owners.release(name) }
    entry.onEnd()
  }

  private func subscribe(
    to rule: MatchRule, onEnd: @escaping @Sendable () -> Void, _ handler: @escaping @Sendable (Message) -> Void
  ) async throws(DBusError) -> Subscription {
    // In this order nothing is missed: the handler is there before the first signal can be, and an owner is asked for
    // when its changes are already announced.
    let subscription = subscriptions.insert(rule, onEnd: onEnd, handler)
    if let name = rule.wellKnownSender { owners.retain(name) }
    let newRules = subscriptions.retainRules(of: rule)
    do throws(DBusError) {
      for text in newRules { try await callDriver("AddMatch") { $0.append(text) } }
      if let name = rule.wellKnownSender, !owners.isKnown(name) {
        try await owner(of: name) { owner in self.assumeIsolated { $0.owners.set(name, owner: owner) } }
      }
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
    let view = SignalView(signal)
    for entry in subscriptions.entries where entry.isActive {
      if entry.rule.matches(view, owners: owners) { entry.handler(signal) }
    }
  }
}

extension MatchRule {
  /// What the bus must be asked for: the rule itself, and news about who the sender is.
  fileprivate var busRules: [String] {
    [rendered] + (wellKnownSender.map { [Self.ownerChanges(of: $0).rendered] } ?? [])
  }

  /// `NameOwnerChanged` of one name.
  static func ownerChanges(of name: String) -> Self {
    MatchRule(
      sender: BusName.driver, interface: StandardInterface.driver, member: "NameOwnerChanged", firstArgument: name)
  }
}
