/// An actor whose isolation is the event loop's thread.
///
/// Calls between two such actors of one loop do not suspend, and their methods may be entered from a descriptor's
/// handler with `assumeIsolated`.
package protocol LoopActor: Actor {
  /// The loop that runs the actor.
  nonisolated var loop: EventLoop { get }
}

extension LoopActor {
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
}
