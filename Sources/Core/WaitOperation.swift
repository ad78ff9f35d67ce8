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
      let device = try query.resolve(among: neighbourhood.devices(of: adapter))
      id = state == .paired && !device.bonded ? nil : device.id
    } catch {
      guard state == .paired else { return finish(.failure(error)) }
    }
    let progress = [Action.progress(.waiting, "Waiting until \(query.text) is \(state.rawValue)")]
    let armed = limit.map { [Action.arm(.overall, $0)] } ?? []
    return progress + armed + (id.map { check($0, in: neighbourhood) } ?? [])
  }

  package mutating func handle(_ event: Event, in neighbourhood: some Neighbourhood) -> [Action] {
    guard !isFinished else { return [] }
    switch event {
    case .cancelled: return finish(.failure(.cancelled("Waiting")))
    case .expired(.overall):
      let seconds = limit?.components.seconds ?? 0
      return finish(.failure(.timedOut("\(query.text) was not \(state.rawValue) within \(seconds) s.")))
    case .deviceChanged(let changed):
      guard let id else { return checkPaired(changed, in: neighbourhood) }
      return changed == id ? check(id, in: neighbourhood) : []
    default: return []
    }
  }

  private mutating func check(_ id: DeviceID, in neighbourhood: some Neighbourhood) -> [Action] {
    guard let device = neighbourhood.device(id) else { return [] }
    let reached =
      switch state {
      case .connected: device.connected
      case .disconnected: !device.connected
      case .paired: device.bonded
      case .a2dp: neighbourhood.transports(of: id).contains { $0.profile == .a2dp }
      }
    return reached ? finish(.success(Outcome(device: id))) : []
  }

  /// Whichever device of that name is bonded first is the one that was waited for.
  private mutating func checkPaired(_ id: DeviceID, in neighbourhood: some Neighbourhood) -> [Action] {
    guard let device = neighbourhood.device(id), query.fit(device) != nil else { return [] }
    return device.bonded ? finish(.success(Outcome(device: id))) : []
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    isFinished = true
    return [.disarm(.overall), .finish(result)]
  }
}
