package import EventLoop
internal import Foundation

/// Runs `body` on a fresh loop that turns on its own thread; the loop has stopped when this returns.
package func withEventLoop<Value: Sendable>(
  _ body: @escaping @Sendable (EventLoop) async throws -> Value
) async throws -> Value {
  try await Turn.take {
    let loop = EventLoop()
    let thread = Thread { loop.run() }
    thread.start()
    defer { loop.stop() }
    return try await loop.spawn { () -> Result<Value, any Error> in
      do { return .success(try await body(loop)) } catch { return .failure(error) }
    }.value.get()
  }
}
