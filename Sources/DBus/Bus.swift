package import EventLoop

/// Keeps a connection to one bus: opens it, tells when it is there and when it is lost, and opens the next one.
///
/// After a loss or a failure it waits, from ``Backoff/first`` doubling up to ``Backoff/longest``. While a connection is
/// up nothing runs: no timer, no wake-up.
///
///     let bus = Bus(.system(), on: loop)
///     loop.spawn { await bus.run() }
///     for await event in bus.events {
///       switch event {
///       case .up(let connection): await tree.follow(connection)
///       case .down(let reason): report(reason)
///       }
///     }
package actor Bus: LoopActor {
  /// What became of the connection.
  package enum Event: Sendable {
    /// A new connection is open. Nothing of an earlier one is left on the bus: subscribe and export again.
    case up(Connection)
    /// The connection was lost, or the first attempt after that failed. Told once until the next ``up(_:)``.
    case down(DBusError)
  }

  package nonisolated let loop: EventLoop
  /// The events, for one reader. It may fall behind without loss; the back-off keeps them few.
  package nonisolated let events: AsyncStream<Event>
  /// The open connection; nil while there is none.
  package private(set) var connection: Connection?

  private let address: BusAddress
  private let backoff: Backoff
  private let reports: AsyncStream<Event>.Continuation
  private var isDown = false

  package init(_ address: BusAddress, on loop: EventLoop, backoff: Backoff = Backoff()) {
    self.address = address
    self.loop = loop
    self.backoff = backoff
    (events, reports) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
  }

  /// Goes on until the task is cancelled; then the connection is closed and ``events`` ends.
  package func run() async {
    var delay = backoff.first
    while !Task.isCancelled {
      let start = ContinuousClock.now
      await connectOnce()
      // A bus that lets everybody in and hangs up at once must not be asked without pause.
      if ContinuousClock.now - start > backoff.longest { delay = backoff.first }
      try? await LoopClock(loop).sleep(for: delay)
      delay = min(delay * 2, backoff.longest)
    }
    reports.finish()
  }

  /// Opens a connection and stays with it to its end.
  private func connectOnce() async {
    let reason: DBusError
    do throws(DBusError) {
      let connection = try await Connection.open(address, on: loop)
      self.connection = connection
      isDown = false
      reports.yield(.up(connection))
      reason = await connection.waitForEnd()
      self.connection = nil
    } catch { reason = error }
    if !isDown, !Task.isCancelled { reports.yield(.down(reason)) }
    isDown = true
  }
}

extension Connection {
  /// Waits until the connection has ended; a cancelled task ends it.
  func waitForEnd() async -> DBusError {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<DBusError, Never>) in
        onEnd { continuation.resume(returning: $0) }
      }
    } onCancel: {
      loop.spawn { await self.close() }
    }
  }
}
