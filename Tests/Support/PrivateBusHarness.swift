package import DBus
package import EventLoop

/// Runs `body` with a fresh loop and a connection to a bus of its own.
package func withConnection<Value: Sendable>(
  _ body: @escaping @Sendable (EventLoop, BusAddress, Connection) async throws -> Value
) async throws -> Value {
  let bus = try PrivateBus()
  defer { bus.stop() }
  let address = bus.address
  return try await withEventLoop { loop in
    let connection = try await Connection.open(address, on: loop)
    let result: Result<Value, any Error>
    do { result = .success(try await body(loop, address, connection)) } catch { result = .failure(error) }
    await connection.close()
    return try result.get()
  }
}

/// What happened, in order; a test waits for it instead of sleeping.
package actor EventLog<Event: Sendable>: LoopActor {
  /// The events did not come in time; those that did are listed.
  package struct Timeout: Error { package let events: [Event] }

  package nonisolated let loop: EventLoop
  package private(set) var events: [Event] = []
  private var waiting: [UInt64: (isDone: @Sendable ([Event]) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
    [:]
  private var nextNumber: UInt64 = 0

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
      waiting[number] = (isDone, continuation)
      loop.schedule(after: limit) { self.assumeIsolated { $0.giveUp(number) } }
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
      waiter.continuation.resume()
    }
  }
}
