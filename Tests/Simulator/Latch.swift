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
    guard !isOpen else { return }
    nextNumber += 1
    let number = nextNumber
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiting[number] = $0 }
    } onCancel: {
      loop.spawn { await self.giveUp(number) }
    }
  }

  private func giveUp(_ number: Int) { waiting.removeValue(forKey: number)?.resume(throwing: CancellationError()) }
}
