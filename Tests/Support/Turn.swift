/// A test's turn: so many tests run at once, the others wait.
///
/// Swift Testing starts every test at once, and most of ours have a thread, a bus and processes of their own. All
/// together they would come near the 128 inotify instances that a user has (every `dbus-daemon` takes one), and each
/// would have so little of the processors that its deadlines meant nothing.
package actor Turn {
  /// Tests wait for each other's processes more than they compute.
  private static let places = Turn(16)
  @TaskLocal private static var isTaken = false

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var next = 0

  private init(_ free: Int) { self.free = free }

  /// Runs `body` when it is its turn; at once where the test has its turn already.
  package static func take<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async rethrows -> Value {
    if isTaken { return try await body() }
    await places.take()
    do {
      let value = try await $isTaken.withValue(true) { try await body() }
      await places.give()
      return value
    } catch {
      await places.give()
      throw error
    }
  }

  private func take() async {
    guard free == 0 else { return free -= 1 }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func give() {
    guard next < waiting.count else { return free += 1 }
    next += 1
    waiting[next - 1].resume()
  }
}
