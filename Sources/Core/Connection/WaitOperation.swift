package import Vocabulary

/// Waits until a device is in a state. bluetoothd and its adapter may come and go meanwhile, and need not be there yet.
package struct WaitOperation: Operation {
  package typealias State = WaitState

  package let name = "wait"
  package let onlyWatches = true
  private let query: DeviceQuery
  /// The adapters that are meant, as far as they are there; asked on the loop.
  private let choose: @Sendable () -> [AdapterID]
  private let state: State
  private let limit: Duration?
  private var adapters: [AdapterID] = []
  private var id: DeviceID?
  /// There was nothing to begin with: what is not known yet may still come.
  private var isEarly = false
  /// Those that fit, of which the best is waited for to be paired.
  private var candidates: [DeviceID: Candidate] = [:]
  private var isFinished = false

  private struct Candidate: Equatable {
    let fit: DeviceQuery.Fit
    let isBonded: Bool
  }

  /// Without a limit it waits for ever, with none at all it looks once. A device that is not known yet can only be waited
  /// for to be paired, with any of the adapters, unless it is BlueZ that is not there yet; another is the one that was
  /// found to be meant.
  package init(
    _ query: DeviceQuery, on choose: @escaping @Sendable () -> [AdapterID], found: DeviceID? = nil, state: State,
    limit: Duration?
  ) {
    self.query = query
    self.choose = choose
    self.state = state
    self.limit = limit
    id = found
  }

  package mutating func start(in world: some World) -> [Action] {
    isEarly = !world.hasBlueZ || choose().isEmpty
    let what = "Waiting until \(query.text) is \(state.rawValue)"
    let progress = Action.progress(.waiting, isEarly ? "\(what); BlueZ has no adapter yet" : what)
    do throws(OperationError) { try lookAtAll(in: world) } catch { return finish(.failure(error)) }
    if limit == .zero {
      let actions = check(in: world)
      guard actions.isEmpty else { return actions }
      return finish(.failure(.timedOut("\(query.text) is not \(state.rawValue) now.", obstacle(in: world))))
    }
    let armed = limit.map { [Action.arm(.overall, $0)] } ?? []
    return [progress] + armed + check(in: world)
  }

  /// A change of one device is no reason to look at another one, unless it may be the one that was not there yet.
  package func isConcerned(by event: Event) -> Bool {
    switch event {
    case .deviceChanged(let changed), .deviceRemoved(let changed):
      state == .paired || id == nil ? adapters.contains(changed.adapter) : changed == id
    case .worldChanged, .expired, .cancelled: true
    case .answered, .layers, .link, .soundChanged, .unanswered, .operationBegan, .operationEnded, .audioObstacle,
      .loggedOut, .holdChanged, .sleeping, .resumed:
      false
    }
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    guard !isFinished, isConcerned(by: event) else { return [] }
    switch event {
    case .deviceChanged(let changed) where id != nil || state == .paired,
      .deviceRemoved(let changed) where id != nil || state == .paired:
      guard look(at: changed, in: world) else { return [] }
    default:
      do throws(OperationError) { try lookAtAll(in: world) } catch { return finish(.failure(error)) }
    }
    let actions = check(in: world)
    guard actions.isEmpty else { return actions }
    switch event {
    case .cancelled: return finish(.failure(.cancelled("Waiting")))
    case .expired(.overall):
      let message = "\(query.text) was not \(state.rawValue) within \(limit?.components.seconds ?? 0) s."
      return finish(.failure(.timedOut(message, obstacle(in: world))))
    default: return []
    }
  }

  /// What there is not yet of what is waited for.
  private func obstacle(in world: some World) -> OperationError? {
    if !world.hasBlueZ { return .bluezMissing(world.absence) }
    if adapters.isEmpty { return .noAdapter(world.host) }
    return id == nil && state != .paired ? .deviceNotFound(query.text) : nil
  }

  private mutating func check(in world: some World) -> [Action] {
    guard let found = state == .paired ? paired : id else { return [] }
    return isReached(by: found, in: world) ? finish(.success(Outcome(device: found))) : []
  }

  private func isReached(by id: DeviceID, in world: some World) -> Bool {
    let device = world.device(id)
    return switch state {
    case .connected: device?.connected == true
    // Also when it was removed, or bluetoothd has gone: either takes the link down.
    case .disconnected: device?.connected != true
    case .paired: device?.bonded == true
    case .a2dp: world.transports(of: id).contains { $0.profile == .a2dp }
    }
  }

  /// Whichever of the devices that fit best is bonded first is the one that was waited for.
  private var paired: DeviceID? {
    guard let best = candidates.values.map(\.fit).min() else { return nil }
    return candidates.filter { $0.value == Candidate(fit: best, isBonded: true) }.keys.min { $0.address < $1.address }
  }

  /// Looks for what is meant among all devices, as after bluetoothd has come or gone. The device is found once.
  private mutating func lookAtAll(in world: some World) throws(OperationError) {
    candidates = [:]
    guard world.hasBlueZ else { return }
    adapters = choose()
    if state == .paired {
      for device in adapters.flatMap(world.devices) { candidates[device.id] = candidate(device) }
    } else if id == nil, !adapters.isEmpty {
      do throws(OperationError) { id = try query.resolve(among: adapters.flatMap(world.devices)).id } catch {
        guard isEarly, error.code == .deviceNotFound else { throw error }
      }
    }
  }

  /// Whether there is anything new of a device that matters.
  private mutating func look(at changed: DeviceID, in world: some World) -> Bool {
    guard state == .paired else { return true }
    let candidate = world.device(changed).flatMap(candidate)
    guard candidate != candidates[changed] else { return false }
    candidates[changed] = candidate
    return true
  }

  /// A twin is one only if it was named.
  private func candidate(_ device: Device) -> Candidate? {
    guard Twin.original(of: device) == nil || Twin.isNamed(by: query), let fit = query.fit(device) else { return nil }
    return Candidate(fit: fit, isBonded: device.bonded)
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    isFinished = true
    return [.disarm(.overall), .finish(result)]
  }
}
