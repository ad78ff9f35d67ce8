package import EventLoop

/// Something that happens once and can be waited for; who waits later does not wait at all.
package actor Latch: LoopActor {
  package nonisolated let loop: EventLoop
  private var isOpen = false
  private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
  private var nextNumber = 0

  package init(_ loop: EventLoop) { self.loop = loop }

  /// Lets everybody who waits, or will, go on.
  package func open() {
    isOpen = true
    let waiting = waiting
    self.waiting = [:]
    for continuation in waiting.values { continuation.resume() }
  }

  /// Waits until it is open; throws `CancellationError` at once when the task is cancelled.
  package func wait() async throws {
    try Task.checkCancellation()
    nextNumber += 1
    let number = nextNumber
    try await withTaskCancellationHandler {
      // Looked at in here: a task that is not of the loop may be suspended on the way, and it may open meanwhile.
      try await withCheckedThrowingContinuation { continuation in
        if isOpen {
          continuation.resume()
        } else if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiting[number] = continuation
        }
      }
    } onCancel: {
      loop.spawn { await self.giveUp(number) }
    }
  }

  private func giveUp(_ number: Int) { waiting.removeValue(forKey: number)?.resume(throwing: CancellationError()) }
}
