internal import EventLoop

/// Lets one examination go on at a time: each reads some megabytes and asks the bus hundreds of questions, and everybody
/// may ask for one. The others wait in the order in which they came.
actor ExaminationQueue: LoopActor {
  nonisolated let loop: EventLoop
  private var isBusy = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(loop: EventLoop) { self.loop = loop }

  /// Returns when it is the caller's turn, which he must end by ``end()``.
  func begin() async {
    guard isBusy else { return isBusy = true }
    await withCheckedContinuation { waiting.append($0) }
  }

  func end() {
    guard !waiting.isEmpty else { return isBusy = false }
    waiting.removeFirst().resume()
  }
}
