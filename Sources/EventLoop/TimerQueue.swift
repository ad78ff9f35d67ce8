/// One scheduled call, for cancelling it.
package struct TimerToken: Hashable, Sendable {
  let number: UInt64
}

/// Timers in the order in which they fall due; those of one instant in the order in which they were set.
struct TimerQueue {
  private struct Entry {
    let deadline: ContinuousClock.Instant
    let token: TimerToken
    let handler: () -> Void
  }
  private var entries: [Entry] = []
  private var lastNumber: UInt64 = 0

  var nextDeadline: ContinuousClock.Instant? { entries.first?.deadline }

  /// Adds a timer and tells whether it is now the first to fall due.
  mutating func insert(_ deadline: ContinuousClock.Instant, _ handler: @escaping () -> Void) -> (TimerToken, Bool) {
    lastNumber += 1
    let token = TimerToken(number: lastNumber)
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].deadline <= deadline { low = middle + 1 } else { high = middle }
    }
    entries.insert(Entry(deadline: deadline, token: token, handler: handler), at: low)
    return (token, low == 0)
  }

  /// Removes a timer and tells whether it was the first to fall due.
  mutating func remove(_ token: TimerToken) -> Bool {
    guard let index = entries.firstIndex(where: { $0.token == token }) else { return false }
    entries.remove(at: index)
    return index == 0
  }

  /// The timer that was set last.
  var lastToken: TimerToken { TimerToken(number: lastNumber) }

  /// Takes the first timer that is due, of those set up to one. One at a time: what it does may remove the next.
  mutating func takeDue(at now: ContinuousClock.Instant, setUpTo last: TimerToken) -> (() -> Void)? {
    guard let index = entries.firstIndex(where: { $0.token.number <= last.number }) else { return nil }
    guard entries[index].deadline <= now else { return nil }
    return entries.remove(at: index).handler
  }
}
