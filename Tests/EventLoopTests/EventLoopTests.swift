import EventLoop
import Foundation
import Support
import Testing

private actor Probe: LoopActor {
  nonisolated let loop: EventLoop
  init(_ loop: EventLoop) { self.loop = loop }

  func foreignResumes(_ rounds: Int) async -> Int {
    var wrong = 0
    for _ in 0..<rounds {
      await withCheckedContinuation { continuation in Thread.detachNewThread { continuation.resume() } }
      if !loop.isCurrent { wrong += 1 }
      await Task.yield()
      if !loop.isCurrent { wrong += 1 }
      await withTaskGroup(of: Void.self) { group in group.addTask { await Task.yield() } }
      if !loop.isCurrent { wrong += 1 }
    }
    return wrong
  }
}

@Suite(.timeLimit(.minutes(5))) struct EventLoopTests {
  @Test func `jobs come back to the loop after a foreign thread resumes them`() async throws {
    let wrong = try await withEventLoop { loop in await Probe(loop).foreignResumes(100) }
    #expect(wrong == 0)
  }

  @Test func `a sleep lasts until its deadline`() async throws {
    try await withEventLoop { loop in
      let start = ContinuousClock.now
      try await LoopClock(loop).sleep(for: .milliseconds(5))
      #expect(ContinuousClock.now - start >= .milliseconds(5))
      #expect(loop.isCurrent)
    }
  }

  @Test func `a task that only yields does not keep a timer from firing`() async throws {
    try await withEventLoop { loop in
      let spinning = loop.spawn { while !Task.isCancelled { await Task.yield() } }
      try await LoopClock(loop).sleep(for: .milliseconds(1))
      spinning.cancel()
      await spinning.value
      #expect(loop.isCurrent)
    }
  }

  @Test func `a cancelled sleep ends at once`() async throws {
    try await withEventLoop { loop in
      let long = Task(executorPreference: loop) { try await LoopClock(loop).sleep(for: .seconds(3600)) }
      await Task.yield()
      long.cancel()
      await #expect(throws: CancellationError.self) { try await long.value }
    }
  }

  @Test func `timers fire in order of deadline, equal ones in order of setting`() async throws {
    let order = try await withEventLoop { loop in
      await withCheckedContinuation { (continuation: CheckedContinuation<[Int], Never>) in
        var order: [Int] = []
        let base = ContinuousClock.now
        loop.schedule(at: base + .milliseconds(3)) { order.append(3) }
        loop.schedule(at: base + .milliseconds(1)) { order.append(1) }
        loop.schedule(at: base + .milliseconds(1)) { order.append(2) }
        let dropped = loop.schedule(at: base + .milliseconds(2)) { order.append(99) }
        loop.cancel(dropped)
        loop.schedule(at: base + .milliseconds(4)) { continuation.resume(returning: order) }
      }
    }
    #expect(order == [1, 2, 3])
  }

  @Test func `a timer that is cancelled by one of the same turn does not fire`() async throws {
    let fired = try await withEventLoop { loop in
      await withCheckedContinuation { (continuation: CheckedContinuation<[Int], Never>) in
        var fired: [Int] = []
        var second: TimerToken?
        let base = ContinuousClock.now
        loop.schedule(at: base) {
          fired.append(1)
          if let second { loop.cancel(second) }
        }
        second = loop.schedule(at: base) { fired.append(2) }
        loop.schedule(at: base) {
          fired.append(3)
          continuation.resume(returning: fired)
        }
      }
    }
    #expect(fired == [1, 3])
  }

  @Test func `a timer that sets itself anew for at once does not keep others from their turn`() async throws {
    try await withEventLoop { loop in
      let turning = Turning(loop)
      await turning.turn()
      let (near, far) = try UnixSocket.pair()
      let ends = [near, far].map { FileDescriptorBox($0) }
      defer { for end in ends { end.close() } }
      ends[1].write([1])
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        do {
          var watch: Watch?
          watch = try loop.watch(near, for: .readable) { _ in
            if let watch { loop.cancel(watch) }
            continuation.resume()
          }
        } catch { continuation.resume(throwing: error) }
      }
      await turning.end()
    }
  }

  @Test func `an event of a cancelled watch is dropped although its descriptor number is in use again`() async throws {
    let handled = try await withEventLoop { loop -> [String] in
      let (near, far) = try UnixSocket.pair()
      let (near2, far2) = try UnixSocket.pair()
      let ends = [near, far, near2, far2].map { FileDescriptorBox($0) }
      defer { for end in ends { end.close() } }
      return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[String], any Error>) in
        var handled: [String] = []
        var first: Watch?
        var second: Watch?
        var replacement: Watch?
        // Both ends become readable in one wake-up; whichever runs first cancels the other and watches it anew.
        func take(_ name: String, cancels other: Watch?) {
          handled.append(name)
          guard replacement == nil, let other else { return }
          loop.cancel(other)
          replacement = try? loop.watch(other.descriptor, for: .writable) { _ in
            handled.append("new")
            if let replacement { loop.cancel(replacement) }
            if let own = name == "first" ? first : second { loop.cancel(own) }
            continuation.resume(returning: handled)
          }
        }
        do {
          first = try loop.watch(near, for: .readable) { _ in take("first", cancels: second) }
          second = try loop.watch(near2, for: .readable) { _ in take("second", cancels: first) }
          ends[1].write([1])
          ends[3].write([1])
        } catch { continuation.resume(throwing: error) }
      }
    }
    // The stale event of the cancelled watch is neither delivered to the old handler nor to the new one.
    #expect(handled.last == "new")
    #expect(Set(handled).count == 2)
  }

  @Test func `peer credentials name this process`() async throws {
    let (near, far) = try UnixSocket.pair()
    defer { for end in [near, far] { FileDescriptorBox(end).close() } }
    let peer = try UnixSocket.peer(of: near)
    #expect(peer.uid == getuid())
    #expect(peer.pid == getpid())
    #expect(peer.groups.first == getgid())
  }
}

/// A timer that sets itself anew each time, as libpulse's deferred calls do.
private actor Turning: LoopActor {
  nonisolated let loop: EventLoop
  private var timer: TimerToken?
  init(_ loop: EventLoop) { self.loop = loop }

  func turn() { timer = loop.schedule(at: .now - .seconds(1)) { self.assumeIsolated { $0.turn() } } }
  func end() { if let timer { loop.cancel(timer) } }
}

private struct FileDescriptorBox: Sendable {
  let number: Int32
  init(_ number: Int32) { self.number = number }
  func write(_ bytes: [UInt8]) { _ = unsafe Glibc.write(number, bytes, bytes.count) }
  func close() { Glibc.close(number) }
}
