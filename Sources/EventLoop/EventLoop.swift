internal import CLinux
internal import Synchronization

/// One thread, one epoll set: the executor of every actor in a process.
///
/// It is a serial *and* a task executor on purpose, and every job is run with both identities: with a serial executor
/// alone the runtime resumes each continuation on the global pool first and then hops back (measured: four threads
/// instead of one). ``spawn(_:)`` is the only way to start a task; children of such a task stay on the loop.
///
/// The thread that calls ``run()`` becomes the loop's thread. Watches and timers may be touched on that thread only.
package final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var stopRequested = false
    var wakePending = false
  }

  private let epoll: Int32
  private let wakeup: Int32
  private let timer: Int32
  private let inbox = Locked(Inbox())
  private let owner = Atomic<Int32>(0)

  // Touched on the loop's thread only.
  private var watches = WatchTable()
  private var timers = TimerQueue()
  /// Counts how often the descriptors had their turn, for those who share the time between two of them.
  package private(set) var turn: UInt64 = 0

  private static let wakeupToken: UInt64 = .max
  private static let timerToken: UInt64 = .max - 1

  package init() {
    epoll = clinux_epoll_create()
    wakeup = clinux_eventfd()
    timer = clinux_timerfd()
    precondition(epoll >= 0 && wakeup >= 0 && timer >= 0, "no file descriptor left for the event loop")
    let readable = Readiness.readable.rawValue
    let added = clinux_epoll_add(epoll, wakeup, readable, Self.wakeupToken)
    precondition(added == 0 && clinux_epoll_add(epoll, timer, readable, Self.timerToken) == 0, "epoll refused the loop")
  }

  deinit {
    for descriptor in [timer, wakeup, epoll] { _ = clinux_close(descriptor) }
  }

  // MARK: Executor

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustWake = inbox.withLock { inbox in
      inbox.jobs.append(job)
      defer { inbox.wakePending = true }
      return !inbox.wakePending
    }
    if mustWake, !isCurrent { _ = clinux_eventfd_signal(wakeup) }
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }
  package func checkIsolated() { precondition(isCurrent, "not on the event loop") }

  /// Whether the caller runs on the loop's thread.
  package var isCurrent: Bool { owner.load(ordering: .relaxed) == clinux_gettid() }

  /// Starts a task on the loop; it and its children never leave the loop's thread.
  @discardableResult
  package func spawn<Value: Sendable>(_ operation: @escaping @Sendable () async -> Value) -> Task<Value, Never> {
    Task(executorPreference: self, operation: operation)
  }

  /// Runs jobs and events until ``stop()``; the calling thread becomes the loop's thread.
  package func run() {
    owner.store(clinux_gettid(), ordering: .relaxed)
    defer { owner.store(0, ordering: .relaxed) }
    while case let state = drainJobs(), !state.isStopped { handleEvents(waiting: state.isIdle) }
  }

  /// Makes ``run()`` return once the jobs already queued have run. May be called from any thread.
  package func stop() {
    inbox.withLock { $0.stopRequested = true }
    _ = clinux_eventfd_signal(wakeup)
  }

  /// Rounds of jobs before the descriptors get their turn; a task that only yields must not starve them.
  private static let roundsAtOnce = 64

  /// Runs what is queued, also what that queues; tells what is left.
  private func drainJobs() -> (isStopped: Bool, isIdle: Bool) {
    for _ in 0..<Self.roundsAtOnce {
      let (jobs, stop) = inbox.withLock { inbox in
        defer {
          inbox.jobs = []
          inbox.wakePending = false
        }
        return (inbox.jobs, inbox.stopRequested)
      }
      if jobs.isEmpty { return (stop, true) }
      for job in jobs {
        unsafe job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
      }
    }
    return (false, false)
  }

  private func handleEvents(waiting: Bool) {
    unsafe withUnsafeTemporaryAllocation(of: clinux_event.self, capacity: 64) { events in
      let count = unsafe clinux_epoll_wait(epoll, events.baseAddress, Int32(events.count), waiting ? -1 : 0)
      turn &+= 1
      guard count > 0 else { return }
      for index in 0..<Int(count) {
        let event = unsafe events[index]
        switch event.token {
        case Self.wakeupToken: _ = clinux_eventfd_clear(wakeup)
        case Self.timerToken: fireTimers()
        default: watches.handler(for: event.token)?(Readiness(rawValue: event.events))
        }
      }
    }
  }

  // MARK: Readiness

  /// Calls `handler` on the loop's thread each time the descriptor is ready, until the watch is cancelled.
  ///
  /// The descriptor stays the caller's: cancel the watch before closing it.
  package func watch(
    _ descriptor: Int32, for interest: Readiness, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) -> Watch {
    checkIsolated()
    let watch = watches.insert(descriptor, handler)
    do {
      try SystemError.check(clinux_epoll_add(epoll, descriptor, interest.rawValue, watch.token), "epoll_ctl")
    } catch {
      watches.remove(watch)
      throw error
    }
    return watch
  }

  /// Changes what a watch waits for. An empty set keeps the watch but only reports a broken descriptor.
  package func update(_ watch: Watch, for interest: Readiness) {
    checkIsolated()
    guard watches.contains(watch) else { return }
    _ = clinux_epoll_modify(epoll, watch.descriptor, interest.rawValue, watch.token)
  }

  /// Ends a watch. Events of the same wake-up that are still to be handled are dropped, even when the descriptor's
  /// number is used again meanwhile.
  package func cancel(_ watch: Watch) {
    checkIsolated()
    guard watches.remove(watch) else { return }
    _ = clinux_epoll_remove(epoll, watch.descriptor)
  }

  // MARK: Time

  /// Calls `handler` once on the loop's thread when `deadline` has passed.
  @discardableResult
  package func schedule(at deadline: ContinuousClock.Instant, _ handler: @escaping () -> Void) -> TimerToken {
    checkIsolated()
    let (token, isFirst) = timers.insert(deadline, handler)
    if isFirst { armTimer() }
    return token
  }

  /// Calls `handler` once on the loop's thread after `delay`.
  @discardableResult
  package func schedule(after delay: Duration, _ handler: @escaping () -> Void) -> TimerToken {
    schedule(at: .now + delay, handler)
  }

  /// Forgets a timer. One that has fired already is ignored.
  package func cancel(_ token: TimerToken) {
    checkIsolated()
    if timers.remove(token) { armTimer() }
  }

  private func fireTimers() {
    _ = clinux_eventfd_clear(timer)
    // Those that are set meanwhile have to wait: the descriptors get their turn before.
    let (now, last) = (ContinuousClock.now, timers.lastToken)
    while let handler = timers.takeDue(at: now, setUpTo: last) { handler() }
    armTimer()
  }

  private func armTimer() {
    guard let next = timers.nextDeadline else {
      _ = clinux_timerfd_arm(timer, -1)
      return
    }
    _ = clinux_timerfd_arm(timer, max(0, (next - .now).nanoseconds))
  }
}

extension Duration {
  /// The whole duration in nanoseconds, saturating at the ends of `Int64` (292 years).
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflowed ? (seconds < 0 ? .min : .max) : sum
  }
}
