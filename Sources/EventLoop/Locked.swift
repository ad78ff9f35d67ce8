internal import Glibc

/// State behind a `pthread_mutex_t`.
///
/// Only for the loop's inbox and for C callbacks, where no actor can serve. It has the shape of
/// `Synchronization.Mutex`, which ThreadSanitizer cannot see into (Swift 6.3.1: false races on every run).
@safe package final class Locked<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var state: State

  package init(_ state: sending State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  package func withLock<Value, Failure: Error>(
    _ body: (inout State) throws(Failure) -> sending Value
  ) throws(Failure) -> sending Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }
}
