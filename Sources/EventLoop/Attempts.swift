/// How long to wait before a server is tried again.
package struct Backoff: Sendable {
  package var first: Duration
  package var longest: Duration

  package init(first: Duration = .milliseconds(100), longest: Duration = .seconds(30)) {
    self.first = first
    self.longest = longest
  }
}

/// When to try again to reach a server: soon, then less and less often; and when its socket appears.
///
/// A server that is absent, whose socket's place is known, is waited for without a timer in the end: whoever starts it
/// makes its socket, which wakes us. Between that and its listening there are the early attempts.
package actor Attempts: LoopActor {
  package nonisolated let loop: EventLoop
  private let path: String?
  private let backoff: Backoff
  private var delay: Duration
  private var reached: ContinuousClock.Instant?
  private var file: FileWatch?
  private var timer: TimerToken?
  private var hasAppeared = false
  private var waiting: CheckedContinuation<Void, Never>?

  package init(loop: EventLoop, path: String?, backoff: Backoff) {
    self.loop = loop
    self.path = path
    self.backoff = backoff
    delay = backoff.first
  }

  /// To be called before an attempt: a socket that appears while it is made, or later, is not missed.
  package func prepare() {
    // A server that lets everybody in and ends at once must not be asked without pause.
    if let reached, ContinuousClock.now - reached > backoff.longest { delay = backoff.first }
    reached = nil
    hasAppeared = false
    // Kept from one attempt to the next: another one might not be had.
    guard let path, file?.isActive != true else { return }
    file = try? FileWatch(path, on: loop) { self.appear() }
  }

  /// To be called when the server was reached.
  package func succeed() { reached = .now }

  /// To be called when there will be no further attempt.
  package func end() {
    file?.cancel()
    file = nil
  }

  /// Waits until it is time for the next attempt, or the task is cancelled.
  package func wait(isAbsent: Bool) async {
    guard !hasAppeared else { return }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume() }
        waiting = continuation
        guard !isAbsent || file?.isActive != true || delay < backoff.longest else { return }
        timer = loop.schedule(after: delay) { self.goOn() }
        delay = min(delay * 2, backoff.longest)
      }
    } onCancel: {
      loop.spawn { await self.goOn() }
    }
  }

  /// The socket has appeared; or it cannot be watched for any more, and who waits must not rely on it.
  private func appear() {
    hasAppeared = true
    delay = backoff.first
    goOn()
  }

  private func goOn() {
    if let timer { loop.cancel(timer) }
    timer = nil
    waiting?.resume()
    waiting = nil
  }
}
