internal import Vocabulary

/// Keeps a discovery running for a while. What it finds is seen by whoever watches BlueZ's objects.
package struct ScanOperation: Operation {
  private enum Phase {
    case idle, starting, delayed, running, stopping, finished
  }

  package let name = "scan"
  private let adapter: AdapterID
  private let limit: Duration
  private var phase = Phase.idle
  private var attempts = 0
  /// What it comes to when the discovery has been stopped.
  private var ending: Result<Outcome, OperationError>?

  package init(on adapter: AdapterID, limit: Duration) {
    self.adapter = adapter
    self.limit = limit
  }

  package mutating func start(in world: some World) -> [Action] {
    do throws(OperationError) {
      _ = try Preconditions.adapter(adapter, in: world)
    } catch {
      return finish(.failure(error))
    }
    phase = .starting
    return [.request(.startDiscovery(adapter))]
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    guard phase != .idle, phase != .finished else { return [] }
    do throws(OperationError) {
      _ = try Preconditions.adapter(adapter, in: world, while: "scanning")
    } catch {
      // A discovery that runs is given back also where the adapter is off.
      guard world.hasBlueZ else { return finish(.failure(error)) }
      if phase == .running { return stop(.failure(error)) }
      if phase == .delayed { return finish(.failure(error)) }
      if phase == .starting { ending = ending ?? .failure(error) }
    }
    switch (phase, event) {
    case (.starting, .answered(.startDiscovery(adapter), let refusal?))
    where refusal.kind == .inProgress && ending == nil && attempts < InquiryBusy.mostAttempts:
      attempts += 1
      phase = .delayed
      return [.arm(.retry, InquiryBusy.retryDelay)]
    case (.delayed, .expired(.retry)):
      phase = .starting
      return [.request(.startDiscovery(adapter))]
    case (.delayed, .cancelled): return finish(.failure(.cancelled("Scanning")))
    case (.starting, .answered(.startDiscovery(adapter), let refusal?)):
      return finish(ending ?? .failure(.starting("the scan", on: adapter, refusal)))
    case (.starting, .answered(.startDiscovery(adapter), nil)):
      // Cancelled meanwhile: a release must not overtake what it releases.
      if let ending { return stop(ending) }
      phase = .running
      return [.progress(.searching, "Looking for devices"), .arm(.search, limit)]
    case (.starting, .cancelled):
      ending = ending ?? .failure(.cancelled("Scanning"))
      return []
    case (.running, .cancelled): return stop(.failure(.cancelled("Scanning")))
    case (.running, .expired(.search)): return stop(.success(Outcome()))
    case (.stopping, .answered(.stopDiscovery(adapter), _)):
      return finish(ending ?? .success(Outcome()))
    default: return []
    }
  }

  private mutating func stop(_ result: Result<Outcome, OperationError>) -> [Action] {
    ending = result
    phase = .stopping
    return [.disarm(.search), .request(.stopDiscovery(adapter))]
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return [.disarm(.search), .disarm(.retry), .finish(result)]
  }
}
