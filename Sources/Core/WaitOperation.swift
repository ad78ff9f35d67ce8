/// Waits until a device is in a state. bluetoothd may come and go meanwhile.
package struct WaitOperation: Operation {
  package enum State: String, CaseIterable, Sendable {
    case connected, disconnected, paired, a2dp
  }

  package let name = "wait"
  private let query: DeviceQuery
  private let adapter: AdapterID
  private let state: State
  private let limit: Duration?
  private var id: DeviceID?
  private var isFinished = false

  /// Without a limit it waits for ever. A device that is not known yet can only be waited for to be paired.
  package init(_ query: DeviceQuery, on adapter: AdapterID, state: State, limit: Duration?) {
    self.query = query
    self.adapter = adapter
    self.state = state
    self.limit = limit
  }

  package mutating func start(in neighbourhood: some Neighbourhood) -> [Action] {
    guard neighbourhood.hasBlueZ else { return finish(.failure(.bluezMissing())) }
    do throws(OperationError) {
      if state != .paired { id = try query.resolve(among: neighbourhood.devices(of: adapter)).id }
    } catch {
      return finish(.failure(error))
    }
    let progress = [Action.progress(.waiting, "Waiting until \(query.text) is \(state.rawValue)")]
    let armed = limit.map { [Action.arm(.overall, $0)] } ?? []
    return progress + armed + check(in: neighbourhood)
  }

  package mutating func handle(_ event: Event, in neighbourhood: some Neighbourhood) -> [Action] {
    guard !isFinished else { return [] }
    let actions = check(in: neighbourhood)
    guard actions.isEmpty else { return actions }
    switch event {
    case .cancelled: return finish(.failure(.cancelled("Waiting")))
    case .expired(.overall):
      let seconds = limit?.components.seconds ?? 0
      return finish(.failure(.timedOut("\(query.text) was not \(state.rawValue) within \(seconds) s.")))
    default: return []
    }
  }

  private mutating func check(in neighbourhood: some Neighbourhood) -> [Action] {
    guard let found = state == .paired ? paired(in: neighbourhood) : id else { return [] }
    return isReached(by: found, in: neighbourhood) ? finish(.success(Outcome(device: found))) : []
  }

  private func isReached(by id: DeviceID, in neighbourhood: some Neighbourhood) -> Bool {
    let device = neighbourhood.device(id)
    return switch state {
    case .connected: device?.connected == true
    // Also when it was removed, or bluetoothd has gone: either takes the link down.
    case .disconnected: device?.connected != true
    case .paired: device?.bonded == true
    case .a2dp: neighbourhood.transports(of: id).contains { $0.profile == .a2dp }
    }
  }

  /// Whichever of the devices that fit best is bonded first is the one that was waited for; a twin only if it was named.
  private func paired(in neighbourhood: some Neighbourhood) -> DeviceID? {
    let devices = neighbourhood.devices(of: adapter)
      .filter { Twin.original(of: $0) == nil || Twin.isNamed(by: query) }
    return query.best(of: devices).first(where: \.bonded)?.id
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    isFinished = true
    return [.disarm(.overall), .finish(result)]
  }
}
