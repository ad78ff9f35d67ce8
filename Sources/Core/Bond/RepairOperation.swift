internal import Vocabulary

/// Forgets a device whose bond is of no use any more and pairs it again, with the name and the trust it had, then
/// proves that it reconnects.
///
/// Made of the operations that do each of this alone, one after the other. The journal keeps what is left to do: a
/// repair that is broken off goes on where it was, and a plain pairing completes it too.
package struct RepairOperation: Operation {
  package struct Options: Equatable, Sendable {
    /// How long to wait for pairing mode: it takes a person.
    package var searchLimit: Duration
    package var capability: AgentCapability
    /// Only says what would be done.
    package var isDryRun: Bool

    package init(
      searchLimit: Duration = .seconds(120), capability: AgentCapability = .none, isDryRun: Bool = false
    ) {
      self.searchLimit = searchLimit
      self.capability = capability
      self.isDryRun = isDryRun
    }
  }

  /// What the part that runs is for.
  private enum Step {
    case idle, planning, forgetting, pairing, restoring, disconnecting, connecting
    case closing(Result<Outcome, OperationError>)
    case finished

    /// Whether the pairing stands by itself.
    var isProof: Bool {
      switch self {
      case .disconnecting, .connecting: true
      default: false
      }
    }
  }

  package let name = "repair"
  private let id: DeviceID
  private let options: Options
  private var step = Step.idle
  private var part: any Operation
  private var entry: JournalEntry?
  private var toRestore: [Request] = []
  private var outcome: Outcome
  private var isCancelled = false

  /// Goes on with a repair of the device that was broken off, if there is one. `lost` is what is remembered of a bond that
  /// this computer has lost: BlueZ need not know the device.
  package init(_ id: DeviceID, _ options: Options = Options(), lost: Device? = nil) {
    self.id = id
    self.options = options
    outcome = Outcome(device: id)
    let forgetting = ForgetOperation.Options(resetCache: true, isDryRun: options.isDryRun)
    part = ForgetOperation(id, forgetting, for: .repair, lost: lost)
  }

  package init(resuming entry: JournalEntry, _ options: Options = Options()) {
    self.init(entry.device, options)
    self.entry = entry
  }

  // MARK: Events

  package mutating func start(in world: some World) -> [Action] {
    do throws(OperationError) { _ = try Preconditions.adapter(id.adapter, in: world) } catch { return fail(error) }
    if let device = world.device(id), let original = Twin.original(of: device) {
      return fail(.twin(device, of: original))
    }
    // Its removal would take the block with it, and whoever set that has not given it up.
    if let device = world.device(id), device.blocked { return fail(.deviceBlocked(device)) }
    let unfinished = entry ?? world.unfinished(id)
    entry = unfinished?.purpose == .repair ? unfinished : nil
    if options.isDryRun, let entry, entry.phase == .pairing {
      return finish(.success(Outcome(device: id, plan: planOfPairing(entry, in: world))))
    }
    if let entry, entry.phase == .pairing { return pair(in: world) }
    if let entry, !options.isDryRun { part = ForgetOperation(resuming: entry) }
    step = options.isDryRun ? .planning : .forgetting
    return pass(part.start(in: world), in: world)
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    if event == .cancelled { isCancelled = true }
    switch step {
    case .idle, .finished: return []
    case .planning, .forgetting, .pairing, .disconnecting, .connecting:
      return pass(part.handle(event, in: world), in: world)
    case .restoring: return restoring(event, in: world)
    case .closing(let result):
      guard case .answered(.erase(id), let refusal) = event else { return [] }
      if case .success = result, let refusal, let device = world.device(id) {
        return finish(.failure(.notErased(device, refusal)))
      }
      return finish(result)
    }
  }

  /// Passes on what the part wants, and goes on when it has ended.
  private mutating func pass(_ actions: [Action], in world: some World) -> [Action] {
    guard case .finish(let result) = actions.last else { return actions }
    return actions.dropLast() + ended(with: result, in: world)
  }

  private mutating func ended(
    with result: Result<Outcome, OperationError>, in world: some World
  ) -> [Action] {
    let came: Outcome
    switch result {
    case .failure(let error): return failed(error, in: world)
    case .success(let outcome): came = outcome
    }
    switch step {
    case .planning:
      guard let planned = (part as? ForgetOperation)?.entry else { return finish(result) }
      outcome = came
      outcome.plan += planOfPairing(planned, in: world)
      return finish(.success(outcome))
    case .forgetting:
      entry = (part as? ForgetOperation)?.entry
      outcome = came
      return pair(in: world)
    case .pairing:
      outcome.proofs = came.proofs
      return prove(in: world)
    case .disconnecting: return connect(in: world)
    case .connecting:
      let obstacle = came.proofs.compactMap(\.obstacle).first
      if !outcome.proofs.contains(where: { $0.what == .connected }) {
        outcome.proofs += came.proofs.filter { $0.what != .bonded }
      }
      outcome.proofs.append(obstacle.map { .open(.reconnected, because: $0) } ?? .proven(.reconnected))
      return close(.success(outcome))
    case .idle, .restoring, .closing, .finished: return []
    }
  }

  // MARK: Pairing again

  private mutating func pair(in world: some World) -> [Action] {
    guard let entry else { return [] }
    if isCancelled { return fail(.cancelled("The repair")) }
    if world.device(id)?.bonded == true { return restore(in: world) }
    step = .pairing
    part = PairOperation(
      PairOperation.Options(
        adapter: id.adapter, query: DeviceQuery(id.address.description), searchLimit: options.searchLimit,
        capability: options.capability), repairing: entry)
    let words = "\(entry.title) is forgotten on this computer. Put the headset into pairing mode."
    return [.progress(.waiting, words)] + pass(part.start(in: world), in: world)
  }

  /// What is left to do of a device that somebody has paired meanwhile, or we before the daemon was killed.
  private mutating func restore(in world: some World) -> [Action] {
    guard let entry else { return [] }
    step = .restoring
    toRestore = entry.restoration(of: world.device(id))
    return [.progress(.restoring, "Giving \(entry.title) back what it had")] + restoreNext(in: world)
  }

  private mutating func restoreNext(in world: some World) -> [Action] {
    if let request = toRestore.first { return [.request(request)] }
    outcome.proofs = [.proven(.bonded)] + (entry?.trusted == true ? [.proven(.trusted)] : [])
    return prove(in: world)
  }

  private mutating func restoring(_ event: Event, in world: some World) -> [Action] {
    do throws(OperationError) {
      _ = try Preconditions.adapter(id.adapter, in: world, while: "a repair was under way")
    } catch {
      return fail(error)
    }
    guard case .answered(let request, let refusal) = event, request == toRestore.first else { return [] }
    toRestore.removeFirst()
    guard let device = world.device(id) else { return fail(.deviceGone(id)) }
    if let refusal { return fail(.general(refusal, device: device, action: request.restores)) }
    if isCancelled { return fail(.cancelled("The repair")) }
    return restoreNext(in: world)
  }

  // MARK: Proving

  /// Connects once more: a key that is only in memory, or at one end only, does not come through.
  private mutating func prove(in world: some World) -> [Action] {
    if isCancelled { return fail(.cancelled("The repair")) }
    guard let device = world.device(id) else { return fail(.deviceGone(id)) }
    guard device.bonded else { return fail(.notBonded(device)) }
    guard world.adapter(id.adapter)?.hasAudio == true else {
      let why = "No sound server has registered with BlueZ, so nothing can be connected."
      outcome.proofs.append(.open(.reconnected, because: why))
      return close(.success(outcome))
    }
    guard device.connected else { return connect(in: world) }
    step = .disconnecting
    part = ChangeOperation(.disconnect(id))
    return [.progress(.proving, "Disconnecting, to prove that it reconnects")]
      + pass(part.start(in: world), in: world)
  }

  private mutating func connect(in world: some World) -> [Action] {
    if isCancelled { return fail(.cancelled("The repair")) }
    step = .connecting
    part = ConnectOperation(id)
    return pass(part.start(in: world), in: world)
  }

  // MARK: Endings

  private mutating func failed(_ error: OperationError, in world: some World) -> [Action] {
    switch step {
    case .planning, .forgetting:
      // The removal says by itself what is left of it.
      return finish(.failure(error))
    case .pairing where error.code == .alreadyBonded && world.device(id)?.bonded == true:
      return pair(in: world)
    default:
      guard let entry, let device = world.device(id), device.bonded, !isCancelled else { return fail(error) }
      let isBrokenOff = [.bluezMissing, .noAdapter, .adapterOff, .adapterBlocked, .cancelled].contains(error.code)
      if isBrokenOff || !entry.restoration(of: device).isEmpty { return fail(error) }
      // Paired again with all it had: this repair is over, and if it was in vain the next one begins anew.
      return close(.failure(step.isProof ? error.afterPairing : error))
    }
  }

  private mutating func fail(_ error: OperationError) -> [Action] {
    finish(.failure(entry.map(error.leaving) ?? error))
  }

  private mutating func close(_ result: Result<Outcome, OperationError>) -> [Action] {
    step = .closing(result)
    return [.request(.erase(id))]
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    step = .finished
    return [.finish(result)]
  }

  private func planOfPairing(_ entry: JournalEntry, in world: some World) -> [String] {
    let seconds = options.searchLimit.components.seconds
    var sentences = ["Wait at most \(seconds) s for \(entry.title) to be in pairing mode, and pair with it."]
    if entry.trusted { sentences.append("Trust it again.") }
    if let alias = entry.alias { sentences.append("Name it \"\(alias)\" again.") }
    if world.adapter(id.adapter)?.hasAudio == true {
      sentences.append("Connect it, disconnect it, and connect it again, to prove that the pairing lasts.")
    }
    return sentences
  }
}

extension JournalEntry {
  /// What a device that has been paired again lacks of what it was.
  func restoration(of device: Device?) -> [Request] {
    guard let device else { return [] }
    let trust = device.trusted == trusted ? [] : [Request.trust(device.id, trusted)]
    let rename = alias.map { $0 == device.alias ? [] : [Request.rename(device.id, $0)] } ?? []
    return trust + rename
  }
}

extension Request {
  /// What a request that gives a device back what it had does, as users say it.
  var restores: String { if case .bluez(.rename) = self { "rename" } else { "trust" } }
}
