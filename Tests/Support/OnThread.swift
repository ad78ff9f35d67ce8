internal import Foundation

/// Runs code that blocks on a thread of its own, so that it keeps neither a loop nor the other tests from going on.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
