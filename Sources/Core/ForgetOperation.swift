/// Removes a device and its low-energy twins from BlueZ and verifies that they are gone.
///
/// Connected devices are disconnected first and waited for: on BlueZ 5.66 `RemoveDevice` on a device that is connected
/// over two bearers answers success and keeps it. One that is still there is removed a second time before giving up.
package struct ForgetOperation: Operation {
  private enum Phase: Equatable {
    case idle
    case disconnecting(Device)
    case dropping(Device)
    case removing(Device)
    case verifying(Device)
    case finished
  }

  /// BlueZ ends the link 2 s after the profiles (`device.c DISCONNECT_TIMER`); 1.9 to 2.8 s in the laboratory.
  static let disconnectingLimit = Duration.seconds(10)
  static let verifyingLimit = Duration.seconds(10)

  package let name = "forget"
  private let id: DeviceID
  private var phase = Phase.idle
  private var queue: [Device] = []
  private var removed: [Device] = []
  private var seenGone: Set<DeviceID> = []
  private var isSecondAttempt = false
  private var isCancelled = false

  package init(_ id: DeviceID) { self.id = id }

  package mutating func start(in neighbourhood: some Neighbourhood) -> [Action] {
    do throws(OperationError) {
      _ = try Footing.adapter(id.adapter, in: neighbourhood)
    } catch {
      return finish(.failure(error))
    }
    guard let device = neighbourhood.device(id) else {
      return finish(.failure(.deviceNotFound(id.address.description)))
    }
    queue = [device] + Twin.twins(of: device, in: neighbourhood)
    return next(in: neighbourhood)
  }

  package mutating func handle(_ event: Event, in neighbourhood: some Neighbourhood) -> [Action] {
    guard phase != .idle, phase != .finished else { return [] }
    do throws(OperationError) {
      _ = try Footing.adapter(id.adapter, in: neighbourhood, while: "a device was being forgotten")
    } catch {
      return finish(.failure(error))
    }
    if case .deviceRemoved(let id) = event { seenGone.insert(id) }
    if event == .cancelled { isCancelled = true }
    switch (phase, event) {
    case (.disconnecting(let device), .answered(.disconnect(let id), _)) where id == device.id:
      // A refusal changes nothing: what counts is whether the link is down, and RemoveDevice disconnects by itself.
      if isCancelled { return cancel(device) }
      guard neighbourhood.device(device.id)?.connected == true else { return remove(device) }
      phase = .dropping(device)
      return [.arm(.disconnecting, Self.disconnectingLimit)]
    case (.dropping(let device), .cancelled): return cancel(device)
    case (.dropping(let device), .expired(.disconnecting)): return remove(device)
    case (.dropping(let device), _):
      guard neighbourhood.device(device.id)?.connected != true else { return [] }
      return [.disarm(.disconnecting)] + remove(device)
    case (.removing(let device), .answered(.remove(let id), let refusal)) where id == device.id:
      return removal(of: device, answered: refusal, in: neighbourhood)
    case (.verifying(let device), _) where isGone(device, in: neighbourhood):
      return [.disarm(.verifying)] + done(device, in: neighbourhood)
    case (.verifying(let device), .cancelled): return cancel(device)
    case (.verifying(let device), .expired(.verifying)): return retry(device, in: neighbourhood)
    default: return []
    }
  }

  private mutating func next(in neighbourhood: some Neighbourhood) -> [Action] {
    // A twin that nobody paired comes and goes by itself.
    queue.removeAll { neighbourhood.device($0.id) == nil }
    guard let device = queue.first else { return finish(.success(Outcome(removed: removed))) }
    if isCancelled { return cancel(device) }
    queue.removeFirst()
    isSecondAttempt = false
    return begin(device, in: neighbourhood)
  }

  private mutating func begin(_ device: Device, in neighbourhood: some Neighbourhood) -> [Action] {
    guard neighbourhood.device(device.id)?.connected == true else { return remove(device) }
    phase = .disconnecting(device)
    return [.progress(.disconnecting, "Disconnecting \(device.alias)"), .request(.disconnect(device.id))]
  }

  private mutating func remove(_ device: Device) -> [Action] {
    phase = .removing(device)
    seenGone.remove(device.id)
    return [.progress(.removing, "Removing \(device.alias)"), .request(.remove(device.id))]
  }

  private mutating func removal(
    of device: Device, answered refusal: Refusal?, in neighbourhood: some Neighbourhood
  ) -> [Action] {
    if isGone(device, in: neighbourhood) { return done(device, in: neighbourhood) }
    switch refusal?.kind {
    case nil, .doesNotExist:
      if isCancelled { return cancel(device) }
      phase = .verifying(device)
      return [
        .progress(.verifying, "Verifying that \(device.alias) is gone"), .arm(.verifying, Self.verifyingLimit),
      ]
    default:
      guard let refusal else { return [] }
      return finish(.failure(.general(refusal, device: device, action: "remove")))
    }
  }

  private mutating func done(_ device: Device, in neighbourhood: some Neighbourhood) -> [Action] {
    removed.append(device)
    return next(in: neighbourhood)
  }

  private mutating func retry(_ device: Device, in neighbourhood: some Neighbourhood) -> [Action] {
    guard isSecondAttempt else {
      isSecondAttempt = true
      return begin(device, in: neighbourhood)
    }
    return finish(
      .failure(
        OperationError(
          .notRemoved, "BlueZ still has \(device.alias), although it was removed twice.",
          evidence: "RemoveDevice answered success, and the device is still there.",
          hint: "Restart BlueZ (sudo systemctl restart bluetooth), then run this again.")))
  }

  /// Gone, or removed and in sight again without a bond because somebody's discovery is running.
  private func isGone(_ device: Device, in neighbourhood: some Neighbourhood) -> Bool {
    guard let now = neighbourhood.device(device.id) else { return true }
    return seenGone.contains(device.id) && !now.bonded && !now.paired
  }

  /// Ends before a device is known to be gone. What was removed stays removed.
  private mutating func cancel(_ device: Device) -> [Action] {
    let gone = removed.map { "\($0.alias) was removed." }
    let left = "\(device.alias) may still be known, and may have been disconnected."
    return finish(
      .failure(
        OperationError(
          .cancelled, "Forgetting \(device.alias) was cancelled.", evidence: (gone + [left]).joined(separator: " "),
          hint: "mdrctl list --all shows what is known.")))
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return [.disarm(.disconnecting), .disarm(.verifying), .finish(result)]
  }
}
