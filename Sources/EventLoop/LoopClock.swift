/// A clock that sleeps on the loop's own timer: no Dispatch timer, no further thread.
///
/// Its instants are those of `ContinuousClock`, which goes on while the machine is suspended.
package struct LoopClock: Clock {
  package typealias Instant = ContinuousClock.Instant
  private let loop: EventLoop

  package init(_ loop: EventLoop) { self.loop = loop }

  package var now: Instant { .now }
  package var minimumResolution: Duration { .nanoseconds(1) }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try await Sleeper(loop: loop).sleep(until: deadline)
  }

  /// Sleeps for a duration; throws `CancellationError` at once when the task is cancelled.
  package func sleep(for duration: Duration) async throws {
    try await sleep(until: now + duration, tolerance: nil)
  }

  private actor Sleeper: LoopActor {
    nonisolated let loop: EventLoop
    private var pending: (timer: TimerToken, continuation: CheckedContinuation<Void, any Error>)?

    init(loop: EventLoop) { self.loop = loop }

    func sleep(until deadline: Instant) async throws {
      try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
          // Asked here, where nothing suspends any more: a task from elsewhere may be cancelled on its way to the loop.
          guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
          let timer = loop.schedule(at: deadline) { self.assumeIsolated { $0.finish(.success(())) } }
          pending = (timer, continuation)
        }
      } onCancel: {
        // Runs after the sleep is registered, or after it was refused.
        loop.spawn { await self.cancel() }
      }
    }

    private func cancel() {
      if let pending { loop.cancel(pending.timer) }
      finish(.failure(CancellationError()))
    }

    private func finish(_ result: Result<Void, any Error>) {
      guard let pending else { return }
      self.pending = nil
      pending.continuation.resume(with: result)
    }
  }
}
