internal import Vocabulary

/// Brings a headset back, rung by rung: each of them is an operation of its own, is climbed when the one below was seen
/// not to help, and is proven as a pairing is. What destroys something needs consent, and what a person does at the
/// headset is only advised.
package struct FixOperation: Operation {
  package struct Options: Equatable, Sendable {
    /// How long a person may take to put the headset into pairing mode, and to restart it.
    package var personLimit: Duration
    package var capability: AgentCapability
    /// Whether this computer's pairing may be deleted.
    package var mayDeleteBond: Bool
    /// Only says which rungs there are for what is wrong now.
    package var isDryRun: Bool
    /// A restart has been tried in vain just now.
    package var skipsRestart: Bool
    /// Why the factory settings are not advised now.
    package var initializeObstacle: String?

    package init(
      personLimit: Duration = .seconds(120), capability: AgentCapability = .none, mayDeleteBond: Bool = false,
      isDryRun: Bool = false, skipsRestart: Bool = false, initializeObstacle: String? = nil
    ) {
      self.personLimit = personLimit
      self.capability = capability
      self.mayDeleteBond = mayDeleteBond
      self.isDryRun = isDryRun
      self.skipsRestart = skipsRestart
      self.initializeObstacle = initializeObstacle
    }
  }

  /// What the part that runs is for.
  private enum Part {
    case disconnecting, connecting, switching, restarting, repairing
  }

  package let name = "fix"
  private let id: DeviceID
  private let options: Options
  /// A bond that this computer has lost.
  private let lost: Device?
  /// What an earlier attempt found wrong with the bond.
  private let known: Verdict?
  private var symptom = Symptom.notConnected
  private var reached = LadderRung.observe
  private var steps: [LadderStep] = []
  private var part: (kind: Part, operation: any Operation)?
  private var outcome: Outcome
  /// As it was seen last.
  private var device: Device
  private var word = LadderWord()
  /// The headset is being asked for its word.
  private var isAsking = false
  private var isPageRefused = false
  /// A part has left a link behind that is of no use. It is taken down when nothing follows: what follows would lose the
  /// link that it has made.
  private var leavesLink = false
  private var isCancelled = false
  private var isFinished = false

  package init(_ id: DeviceID, _ options: Options = Options(), lost: Device? = nil, known: Verdict? = nil) {
    self.id = id
    self.options = options
    self.lost = lost
    self.known = known
    outcome = Outcome(device: id)
    device = lost ?? Device(id: id, name: nil)
  }

  // MARK: Events

  package mutating func start(in world: some World) -> [Action] {
    look(in: world)
    do throws(OperationError) {
      guard let wrong = try observe(in: world) else {
        return succeed(in: world, said: well(in: world))
      }
      symptom = wrong
    } catch {
      return finish(.failure(error))
    }
    if !options.isDryRun, device.connected, device.hasControl {
      isAsking = true
      return [.request(.lookAtHeadset(id))]
    }
    return goOn(in: world)
  }

  /// What is wrong is known, and what the headset says of it.
  private mutating func goOn(in world: some World) -> [Action] {
    let wrong = known?.isStale == true ? known?.message : nil
    steps = [step(.observe, .seen, came: word.joined(wrong ?? symptom.sentence(device)))]
    return options.isDryRun ? plan() : climb(in: world)
  }

  private mutating func handleAnswer(_ event: Event, in world: some World) -> [Action] {
    if event == .cancelled { isCancelled = true }
    guard case .answered(.headset(.look(id)), _) = event else { return [] }
    isAsking = false
    look(in: world)
    return isCancelled ? finish(.failure(.ladderLeft(device))) : goOn(in: world)
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    if isAsking { return handleAnswer(event, in: world) }
    guard !isFinished, let part else { return [] }
    var operation = part.operation
    look(in: world)
    if event == .cancelled { isCancelled = true }
    if case .link(id, .connectFailed(let status)) = event, Self.refusals.contains(status) { isPageRefused = true }
    let actions = operation.handle(event, in: world)
    self.part = (part.kind, operation)
    return pass(actions, in: world)
  }

  /// The kernel's mgmt statuses of a page that the device refused: No Resources (HCI 0x0D) and Rejected (0x0E, 0x0F, 0x18;
  /// `net/bluetooth/mgmt.c mgmt_status_table`). One that it did not answer is Connect Failed, and Busy is the adapter's
  /// own (0x0C).
  private static let refusals: Set<Int> = [0x07, 0x0B]

  private mutating func look(in world: some World) {
    guard let now = world.device(id) else { return }
    let alias = device.alias
    device = now
    word.look(at: now, world.word(of: id))
    // Between the removal and the pairing it has no name of the user's.
    if !now.bonded, now.name == nil { device.alias = alias }
  }

  // MARK: What is wrong

  /// Nil when nothing is. Throws what no rung helps against.
  private func observe(in world: some World) throws(OperationError) -> Symptom? {
    let adapter = try Preconditions.adapter(id.adapter, in: world)
    if let device = world.device(id) {
      if let original = Twin.original(of: device) { throw .twin(device, of: original) }
      guard !device.blocked else { throw .deviceBlocked(device) }
    }
    guard let device = world.device(id), device.bonded else {
      if world.unfinished(id)?.purpose == .repair || lost != nil { return .unpaired }
      throw world.device(id).map { .notBonded($0) } ?? .deviceNotFound(id.address.description)
    }
    if device.connected, isAsWished(in: world) { return nil }
    // Its link may be falling yet.
    if known?.isStale == true { return .stale }
    guard device.connected else { return .notConnected }
    guard adapter.hasAudio else { throw .noSoundServer(device, world.audioAbsence) }
    try checkSound(in: world)
    return .wrongSound
  }

  /// Throws why its sound cannot be as it is wished, where that is no matter of the headset's.
  private func checkSound(in world: some World) throws(OperationError) {
    guard let device = world.device(id) else { return }
    if let other = world.otherInStereo(than: id), !world.hasStereo(id) {
      throw .endpointTaken(device, by: other, evidence: nil)
    }
    let kind = world.wish(of: id).policy.kind
    if let ends = AudioEnds(device, on: world.adapter(id.adapter)), ends.isLackOfServer(kind),
      let error = OperationError.lacking(kind, device, ends)
    {
      throw error
    }
  }

  private func isAsWished(in world: some World) -> Bool {
    let policy = world.wish(of: id).policy
    let card = world.card(of: id)
    switch policy {
    case .off: return true
    case .call: return card.map { $0.kind == .call } ?? true
    case .stereo, .auto:
      // Somebody records: under "auto" that is what was asked for.
      if policy == .auto, let card, card.kind == .call, !card.captures.isEmpty { return true }
      return world.hasStereo(id) && (card.map { $0.kind == .stereo } ?? true)
    }
  }

  /// That nothing is wrong, although it may not look so.
  private func well(in world: some World) -> String {
    let policy = world.wish(of: id).policy
    if policy == .off { return "Nothing is wrong: its policy is \"off\", so it has no sound here." }
    guard policy == .auto, let card = world.card(of: id), card.kind == .call else { return "Nothing is wrong." }
    return "Nothing is wrong: an application has its microphone open, and stereo comes back after it."
  }

  // MARK: Climbing

  /// One rung up, or the end.
  private mutating func climb(in world: some World) -> [Action] {
    guard let rung = symptom.rung(after: reached, skippingRestart: options.skipsRestart) else {
      return finish(.failure(.notFixable(device, symptom, steps)))
    }
    // What a person did to it would end what he listens to; the bond is not at fault.
    if rung >= .restart, word.othersPlay, symptom != .stale { return finish(.failure(.playsElsewhere(device, steps))) }
    if rung >= .repair, !options.mayDeleteBond {
      return finish(.failure(.needsConsentToFix(device, symptom, steps)))
    }
    if rung == .initialize, let obstacle = options.initializeObstacle {
      let reason = "Its factory settings may help: \(obstacle) With --force it is advised all the same."
      return finish(.failure(.notFixable(device, symptom, steps, because: reason)))
    }
    reached = rung
    let next = step(rung, .failed, came: nil)
    steps.append(next)
    let said: [Action] = [.climb(rung, next.announcement)]
    switch rung {
    case .observe: return []
    case .profile: return said + begin(.switching, profile(in: world), in: world)
    case .device:
      guard device.connected else { return said + begin(.connecting, ConnectOperation(id), in: world) }
      return said + begin(.disconnecting, ChangeOperation(.disconnect(id)), in: world)
    case .restart:
      let awaited = Awaited.restart(device, symptom, word, within: options.personLimit)
      return said + begin(.restarting, RestartOperation(id, awaited, within: options.personLimit), in: world)
    case .repair: return said + begin(.repairing, repair, in: world)
    case .initialize:
      let awaited = Awaited.initialize(device, word, within: options.personLimit)
      return said + [.await(awaited)] + begin(.repairing, repair, in: world)
    }
  }

  private func profile(in world: some World) -> ProfileOperation {
    let wish = world.wish(of: id)
    return ProfileOperation(id, .kind(wish.policy.kind), preference: wish.preference, mayReconnect: false)
  }

  private var repair: RepairOperation {
    let repairing = RepairOperation.Options(searchLimit: options.personLimit, capability: options.capability)
    return RepairOperation(id, repairing, lost: lost)
  }

  private mutating func begin(_ kind: Part, _ operation: some Operation, in world: some World) -> [Action] {
    var operation = operation
    leavesLink = false
    let actions = operation.start(in: world)
    part = (kind, operation)
    return pass(actions, in: world)
  }

  /// Passes on what the part wants, and goes on when it has ended.
  private mutating func pass(_ all: [Action], in world: some World) -> [Action] {
    let actions = all.filter { $0 != .hangUp(id) }
    if actions.count < all.count { leavesLink = true }
    guard case .finish(let result) = actions.last, let kind = part?.kind else { return actions }
    let wasRestarted = (part?.operation as? RestartOperation)?.wasRestarted ?? true
    part = nil
    look(in: world)
    let rest = Array(actions.dropLast())
    switch result {
    // What is left of a repair it says itself.
    case .failure(let error) where isCancelled && (kind == .repairing || error.code == .cancelled):
      return rest + finish(.failure(error))
    case _ where isCancelled: return rest + finish(.failure(.ladderLeft(device)))
    case .success(let came): return rest + succeeded(kind, came, in: world)
    // What nobody did cannot have failed.
    case .failure(let error) where !wasRestarted: return rest + finish(.failure(error))
    case .failure(let error): return rest + failed(kind, error, in: world)
    }
  }

  private mutating func succeeded(_ kind: Part, _ came: Outcome, in world: some World) -> [Action] {
    if kind == .disconnecting { return begin(.connecting, ConnectOperation(id), in: world) }
    if kind == .switching {
      outcome.proofs.removeAll { proof in came.proofs.contains { $0.what == proof.what } }
      outcome.proofs += came.proofs
    } else {
      outcome.proofs = came.proofs
    }
    outcome.removed += came.removed
    if !came.layers.isEmpty { outcome.layers = came.layers }
    guard device.connected else { return didNotHelp(.failing, came.obstacle ?? "It is not connected.", in: world) }
    if isAsWished(in: world) { return succeed(in: world) }
    // The link is there; what the sound server makes of it is a matter of the same rung.
    if kind != .switching, world.sound?.server != nil, world.hasStereo(id) || world.wish(of: id).policy == .call {
      return begin(.switching, profile(in: world), in: world)
    }
    do throws(OperationError) { try checkSound(in: world) } catch { return finish(.failure(error)) }
    return didNotHelp(.wrongSound, came.obstacle ?? "Its sound is not as it should be.", in: world)
  }

  private mutating func failed(_ kind: Part, _ error: OperationError, in world: some World) -> [Action] {
    guard let wrong = symptom(of: error, kind, in: world) else { return finish(.failure(error)) }
    return didNotHelp(wrong, error.message, in: world)
  }

  /// What an error says of the headset; nil where no rung helps against it, or it is not of the headset.
  private func symptom(of error: OperationError, _ kind: Part, in world: some World) -> Symptom? {
    switch error.code {
    case .pageTimeout: return isPageRefused ? .elsewhere : .unreachable
    case .staleBond: return .stale
    case .connectFailed, .timedOut:
      return isPageRefused || !device.connected && error.isHangUp ? .elsewhere : .failing
    case .failed where kind == .disconnecting: return .failing
    case .notConnected: return .notConnected
    case .noProfile:
      do throws(OperationError) { try checkSound(in: world) } catch { return nil }
      return world.hasStereo(id) ? nil : .wrongSound
    case .authenticationFailed, .authenticationCancelled, .authenticationTimeout, .pairedNotBonded:
      return kind == .repairing ? .failing : nil
    default: return nil
    }
  }

  private mutating func didNotHelp(_ wrong: Symptom, _ came: String, in world: some World) -> [Action] {
    steps[steps.count - 1].came = came
    symptom = wrong
    isPageRefused = false
    return climb(in: world)
  }

  // MARK: Endings

  private func step(_ rung: LadderRung, _ state: RungState, came: String?) -> LadderStep {
    var step = LadderStep(rung, state, for: symptom, isConnected: device.connected)
    step.came = came
    return step
  }

  private mutating func plan() -> [Action] {
    var rung = LadderRung.observe
    while let next = symptom.rung(after: rung, skippingRestart: options.skipsRestart) {
      var planned = step(next, .planned, came: nil)
      if next == .initialize { planned.came = options.initializeObstacle }
      steps.append(planned)
      rung = next
    }
    outcome.ladder = steps
    return finish(.success(outcome))
  }

  private mutating func succeed(in world: some World, said: String? = nil) -> [Action] {
    if let said {
      steps = [step(.observe, .seen, came: said)]
      if !options.isDryRun { outcome.proofs = proofs(in: world) }
    } else {
      steps[steps.count - 1].state = .fixed
      if !outcome.proofs.contains(where: { $0.what == .connected }) {
        outcome.proofs.insert(contentsOf: [.proven(.bonded), .proven(.connected)], at: 0)
      }
    }
    outcome.ladder = steps
    return finish(.success(outcome))
  }

  /// What is seen to be well.
  private func proofs(in world: some World) -> [Proof] {
    [.proven(.bonded), .proven(.connected)] + (world.hasStereo(id) ? [.proven(.a2dp)] : [])
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    isFinished = true
    part = nil
    let left: [Action] = leavesLink ? [.hangUp(id)] : []
    guard case .failure(let error) = result, error.code != .notFixable, error.code != .needsConsent else {
      return left + [.finish(result)]
    }
    return left + [.finish(.failure(error.afterTrying(steps)))]
  }
}

extension Outcome {
  /// Why something of it is open.
  fileprivate var obstacle: String? { proofs.compactMap(\.obstacle).first }
}
