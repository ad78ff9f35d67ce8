import EventLoop

/// A control channel without a socket, in which time passes only when somebody says so: for very many conversations.
package final class MemoryLine: Sendable {
  private struct State {
    var toHost: [[UInt8]] = []
    var isOpen = true
    var now = Duration.zero
    var due: Duration?
  }
  private let state = Locked(State())

  package init() {}

  /// The next piece that the headset wrote; nil when there is none.
  package func next() -> [UInt8]? {
    state.withLock { $0.toHost.isEmpty ? nil : $0.toHost.removeFirst() }
  }

  package var isOpen: Bool { state.withLock { $0.isOpen } }
  package var now: Duration { state.withLock { $0.now } }
  /// When the headset wants to be told that its patience is over.
  package var due: Duration? { state.withLock { $0.due } }

  package func pass(until time: Duration) { state.withLock { $0.now = max($0.now, time) } }

  func put(_ bytes: [UInt8]) { state.withLock { $0.toHost.append(bytes) } }
  func arm(after patience: Duration) { state.withLock { $0.due = $0.now + patience } }
  func disarm() { state.withLock { $0.due = nil } }
  func end() {
    state.withLock {
      $0.isOpen = false
      $0.due = nil
    }
  }
}
