internal import Vocabulary

/// Waits until a person has restarted the headset, and connects it as soon as it answers.
///
/// A headset that was linked must be seen to go; one that calls by itself afterwards is looked at at once, and one that
/// does not is called again and again, since nothing tells that it has been switched on.
package struct RestartOperation: Operation {
  private enum Phase {
    case idle
    /// The link that there was must fall first.
    case awaitingFall
    /// Nobody answers yet; it is called after a pause.
    case awaiting
    case connecting(ConnectOperation)
    case finished
  }

  /// Between two calls. A page that is not answered takes 5.12 s itself.
  static let pause = Duration.seconds(5)

  package let name = "restart"
  private let awaited: Awaited
  private let id: DeviceID
  private let limit: Duration
  private var phase = Phase.idle
  private var isOver = false
  /// It was seen to go, or was gone from the beginning.
  package private(set) var wasRestarted = false
  /// How the last call failed.
  private var lastError: OperationError?

  package init(_ id: DeviceID, _ awaited: Awaited, within limit: Duration) {
    self.id = id
    self.awaited = awaited
    self.limit = limit
  }

  package mutating func start(in world: some World) -> [Action] {
    let isConnected = world.device(id)?.connected == true
    phase = isConnected ? .awaitingFall : .awaiting
    wasRestarted = !isConnected
    let told: [Action] = [.await(awaited), .arm(.search, limit)]
    return told + (isConnected ? [] : [.arm(.guidance, Self.pause)])
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    switch phase {
    case .idle, .finished: return []
    case .connecting(var connection):
      if event == .expired(.search) {
        isOver = true
        return []
      }
      let actions = connection.handle(event, in: world)
      phase = .connecting(connection)
      return pass(actions)
    case .awaitingFall, .awaiting: break
    }
    do throws(OperationError) {
      _ = try Preconditions.adapter(id.adapter, in: world, while: "the headset was being restarted")
    } catch {
      return finish(.failure(error))
    }
    guard let device = world.device(id) else { return finish(.failure(.deviceGone(id))) }
    switch (phase, event) {
    case (_, .cancelled): return finish(.failure(.cancelled("Waiting for the headset")))
    case (.awaitingFall, _) where !device.connected:
      phase = .awaiting
      wasRestarted = true
      return [.arm(.guidance, Self.pause)]
    case (.awaitingFall, .expired(.search)): return finish(.failure(.notRestarted(device, within: limit)))
    case (.awaiting, .expired(.search)): return finish(.failure(lastError ?? .notAnswering(device)))
    case (.awaiting, _) where device.connected, (.awaiting, .expired(.guidance)): return connect(in: world)
    default: return []
    }
  }

  private mutating func connect(in world: some World) -> [Action] {
    var connection = ConnectOperation(id)
    let actions = connection.start(in: world)
    phase = .connecting(connection)
    return [.disarm(.guidance)] + pass(actions)
  }

  /// Passes on what the attempt wants. One that was not answered is followed by another.
  private mutating func pass(_ actions: [Action]) -> [Action] {
    guard case .finish(let result) = actions.last else { return actions }
    let rest = Array(actions.dropLast())
    guard case .failure(let error) = result, [.pageTimeout, .busy].contains(error.code), !isOver else {
      return rest + finish(result)
    }
    lastError = error
    phase = .awaiting
    return rest + [.arm(.guidance, Self.pause)]
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return [.disarm(.search), .disarm(.guidance), .finish(result)]
  }
}
