internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Varlink

/// Waits until the task is cancelled.
actor UntilCancelled: LoopActor {
  nonisolated let loop: EventLoop
  private var continuation: CheckedContinuation<Void, Never>?
  private var isCancelled = false

  init(loop: EventLoop) { self.loop = loop }

  func wait() async {
    await withTaskCancellationHandler {
      guard !isCancelled else { return }
      await withCheckedContinuation { continuation = $0 }
    } onCancel: {
      loop.spawn { await self.end() }
    }
  }

  private func end() {
    isCancelled = true
    continuation?.resume()
    continuation = nil
  }
}
