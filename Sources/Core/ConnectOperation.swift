/// Connects a bonded device and its audio. A device that is connected already is looked at in the same way.
package struct ConnectOperation: Operation {
  private enum Phase: Equatable {
    case idle
    case connecting(AudioConnection)
    case undoing
    case finished
  }

  package let name = "connect"
  private let id: DeviceID
  private let limit: Duration
  private var phase = Phase.idle
  private var wasConnected = false
  private var ending: OperationError?

  /// Page time-outs of two profiles and SDP fit into the default limit.
  package init(_ id: DeviceID, limit: Duration = .seconds(60)) {
    self.id = id
    self.limit = limit
  }

  package mutating func start(in neighbourhood: some Neighbourhood) -> [Action] {
    let device: Device
    do throws(OperationError) {
      let adapter = try Footing.adapter(id.adapter, in: neighbourhood)
      guard let known = neighbourhood.device(id) else { throw .deviceNotFound(id.address.description) }
      device = known
      // Connect on a device without a bond pairs implicitly and leaves half a bond (`device.c connect_profiles`).
      guard device.bonded else { throw .notBonded(device) }
      guard adapter.hasAudio || device.connected else { throw .noSoundServer(device) }
    } catch {
      return finish(.failure(error))
    }
    wasConnected = device.connected
    var connection = AudioConnection(id)
    let step = connection.start(in: neighbourhood)
    phase = .connecting(connection)
    return [.arm(.overall, limit)] + take(step)
  }

  package mutating func handle(_ event: Event, in neighbourhood: some Neighbourhood) -> [Action] {
    guard phase != .idle, phase != .finished else { return [] }
    do throws(OperationError) {
      _ = try Footing.adapter(id.adapter, in: neighbourhood, while: "connecting")
    } catch {
      return finish(.failure(error))
    }
    switch (phase, event) {
    case (.undoing, .answered(.disconnect(id), _)): return finish(.failure(ending ?? .cancelled("Connecting")))
    case (.undoing, _): return []
    case (.connecting(let connection), .cancelled): return undo(connection, .cancelled("Connecting"))
    case (.connecting(var connection), .expired(.overall)):
      // What it waited for may have come in the same instant.
      let step = connection.handle(.deviceChanged(id), in: neighbourhood)
      if case .done = step { return take(step) }
      let device = neighbourhood.device(id) ?? Device(id: id, name: nil)
      let failing = device.connected ? "was connected, but not its audio," : "was not connected"
      return undo(connection, .timedOut("\(device.alias) \(failing) within \(limit.components.seconds) s."))
    case (.connecting(var connection), _):
      let step = connection.handle(event, in: neighbourhood)
      phase = .connecting(connection)
      return take(step)
    case (.idle, _), (.finished, _): return []
    }
  }

  private mutating func take(_ step: AudioConnection.Step) -> [Action] {
    switch step {
    case .go(let actions): actions
    case .failed(let actions, let error): actions + finish(.failure(error))
    case .done(let actions, let proofs):
      actions + finish(.success(Outcome(device: id, proofs: [.proven(.bonded)] + proofs)))
    }
  }

  /// Disconnecting is what cancels a Connect under way (`device.c`); a link that stood before, or that somebody else is
  /// making, is left alone.
  private mutating func undo(_ connection: AudioConnection, _ error: OperationError) -> [Action] {
    guard !wasConnected, connection.isOurs else { return finish(.failure(error)) }
    ending = error
    phase = .undoing
    return [.disarm(.resolving), .disarm(.audio), .request(.disconnect(id))]
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return [.disarm(.overall), .disarm(.resolving), .disarm(.audio), .finish(result)]
  }
}
