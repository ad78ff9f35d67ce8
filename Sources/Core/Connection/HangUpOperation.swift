/// Takes down a link that is of no use to anybody, after whoever asked for it has had his answer.
///
/// BlueZ may still be trying to connect over it, and lets it go seconds after it has given up: who asks for the device
/// meanwhile waits for the end of this, which nothing ends early, and finds the device as if it had never been called.
package struct HangUpOperation: Operation {
  private enum Phase {
    case idle, asked, falling, finished
  }

  package let name = "disconnect"
  private let id: DeviceID
  private var phase = Phase.idle

  package init(_ id: DeviceID) { self.id = id }

  package mutating func start(in world: some World) -> [Action] {
    phase = .asked
    return [.request(.disconnect(id))]
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    switch (phase, event) {
    case (.asked, .answered(.disconnect(id), _)):
      guard world.device(id)?.connected == true else { return finish() }
      phase = .falling
      return [.arm(.disconnecting, Deadline.disconnectingLimit)]
    case (.falling, .expired(.disconnecting)): return finish()
    case (.falling, _) where world.device(id)?.connected != true: return finish()
    default: return []
    }
  }

  /// There is nobody to tell what came of it.
  private mutating func finish() -> [Action] {
    phase = .finished
    return [.disarm(.disconnecting), .finish(.success(Outcome(device: id)))]
  }
}
