package import DBus
package import EventLoop

/// Runs `body` with a fresh loop and a connection to a bus of its own.
///
/// The bus ends before the loop does, so that connections which `body` left open end as well.
package func withConnection<Value: Sendable>(
  _ body: @escaping @Sendable (EventLoop, BusAddress, Connection) async throws -> Value
) async throws -> Value {
  try await withEventLoop { loop in
    let bus = try PrivateBus()
    let connection = try await Connection.open(bus.address, on: loop)
    let result: Result<Value, any Error>
    do { result = .success(try await body(loop, bus.address, connection)) } catch { result = .failure(error) }
    bus.stop()
    // Every connection's socket is ready by now; the loop comes to a timer only after it has seen them.
    for _ in 0..<3 { try await LoopClock(loop).sleep(for: .zero) }
    return try result.get()
  }
}

/// What happened, in order; a test waits for it instead of sleeping.
package actor EventLog<Event: Sendable>: LoopActor {
  /// The events did not come in time; those that did are listed.
  package struct Timeout: Error { package let events: [Event] }

  package nonisolated let loop: EventLoop
  package private(set) var events: [Event] = []
  private var waiting: [UInt64: Waiter] = [:]
  private var nextNumber: UInt64 = 0

  private struct Waiter {
    let isDone: @Sendable ([Event]) -> Bool
    let deadline: TimerToken
    let continuation: CheckedContinuation<Void, Never>
  }

  package init(_ loop: EventLoop) { self.loop = loop }

  /// Notes an event; to be called on the loop.
  package nonisolated func note(_ event: Event) { assumeIsolated { $0.append(event) } }

  /// Forgets what happened.
  package func clear() { events = [] }

  /// Returns the events once `isDone` says that they are complete.
  @discardableResult
  package func wait(
    within limit: Duration = .seconds(20), until isDone: @escaping @Sendable ([Event]) -> Bool
  ) async throws -> [Event] {
    nextNumber += 1
    let number = nextNumber
    await withCheckedContinuation { continuation in
      // Looked at here: a task that is not of the loop may be suspended on the way into this closure.
      guard !isDone(events) else { return continuation.resume() }
      let deadline = loop.schedule(after: limit) { self.assumeIsolated { $0.giveUp(number) } }
      waiting[number] = Waiter(isDone: isDone, deadline: deadline, continuation: continuation)
    }
    guard isDone(events) else { throw Timeout(events: events) }
    return events
  }

  /// Returns the first `count` events.
  @discardableResult
  package func wait(for count: Int) async throws -> [Event] {
    Array(try await wait { $0.count >= count }.prefix(count))
  }

  private func giveUp(_ number: UInt64) { waiting.removeValue(forKey: number)?.continuation.resume() }

  private func append(_ event: Event) {
    events.append(event)
    for (number, waiter) in waiting where waiter.isDone(events) {
      waiting[number] = nil
      loop.cancel(waiter.deadline)
      waiter.continuation.resume()
    }
  }
}
