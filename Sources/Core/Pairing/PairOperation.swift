internal import Vocabulary

/// Finds a headset in pairing mode, pairs and bonds with it, trusts it and connects it.
///
/// The order keeps what BlueZ needs: the agent on our own connection and the adapter pairable before `Pair` (otherwise
/// no key is stored: `adapter.c adapter_set_io_capability`), the discovery running until the device is chosen (found
/// devices vanish 30 s after they were last seen), stopped before `Pair`, `Trusted` only after success (a trusted
/// device that failed to pair never becomes temporary again), and `Connect` only on a bonded device (on another it
/// pairs implicitly and leaves half a bond).
package struct PairOperation: Operation {
  private enum Phase: Equatable {
    case idle, searching
    case stopping(DeviceID)
    case pairing(DeviceID)
    case flushing(DeviceID)
    case bonding(DeviceID)
    /// What is asked of a bonded device before it is connected; the first of it has been.
    case trusting(DeviceID, [Request])
    case connecting(DeviceID, AudioConnection)
    case undoing(DeviceID)
    /// It failed, unless the adapter is going off.
    case awaitingAdapter(DeviceID)
    case closing
    case finished
  }

  package let name = "pair"
  private let options: Options
  /// The repair that this is a part of: it keeps its bond when it is cancelled, and its entry until all is proven.
  private let repair: JournalEntry?
  private var phase = Phase.idle
  private var search: PairingSearch
  private var guidance: PairingGuidance
  private var holdings = PairingHoldings()
  /// Why the discovery does not run yet.
  private var inquiryBusy: Refusal?
  /// How `Pair` was refused because of a key that only the kernel holds.
  private var keyInKernel: Refusal?
  private var isTrusted = true
  private var cancelled = false
  /// `Pair` was refused in words that an adapter which goes off has, too.
  private var mayBeOfAdapter = false
  private var personMissing: String?
  /// Another program pairs it, and that is waited for; what it comes to where nothing comes of that.
  private var otherPairing: OperationError?
  /// Somebody else has made its bond, which is not ours to undo.
  private var isOthers = false
  private var result: Result<Outcome, OperationError>?

  package init(_ options: Options) { self.init(options, repairing: nil) }

  init(_ options: Options, repairing repair: JournalEntry?) {
    self.options = options
    self.repair = repair
    search = PairingSearch(query: options.query)
    guidance = PairingGuidance(options.query, within: options.searchLimit, repairing: repair)
  }

  private var discovery: Request { .startDiscovery(options.adapter) }

  package var found: DeviceID? {
    switch phase {
    case .stopping(let id), .pairing(let id), .flushing(let id), .bonding(let id), .trusting(let id, _),
      .connecting(let id, _), .undoing(let id), .awaitingAdapter(let id):
      id
    case .idle, .searching, .closing, .finished: nil
    }
  }

  // MARK: Events

  package mutating func start(in world: some World) -> [Action] {
    do throws(OperationError) {
      _ = try Preconditions.adapter(options.adapter, in: world)
      try search.begin(world.devices(of: options.adapter))
    } catch {
      return finish(.failure(error))
    }
    phase = .searching
    let asked = holdings.take([.registerAgent(options.capability), .holdPairable(options.adapter), discovery])
    let what = options.query?.text ?? "a headset in pairing mode"
    let second = search.looksForSecond ? ", of which one is paired already" : ""
    return [.progress(.searching, "Looking for \(what)\(second)")] + asked
      + [.arm(.search, options.searchLimit)]
      + [search.looksForSecond ? .arm(.overall, Self.secondLimit) : .arm(.guidance, guidance.delay)]
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    if phase == .idle || phase == .finished { return [] }
    if case .answered(let request, _) = event { holdings.note(answer: request) }
    if phase == .closing {
      // What it came to is settled.
      if case .answered(let request, _?) = event { holdings.lose(request) }
      if !world.hasBlueZ { holdings.drop() }
      return giveBack()
    }
    do throws(OperationError) {
      _ = try Preconditions.adapter(options.adapter, in: world, while: "the pairing was under way")
    } catch {
      if !world.hasBlueZ { holdings.drop() }
      // The pairing may have been complete before that.
      let isDone = hasBonded || found.flatMap(world.device)?.bonded == true
      return close(with: .failure(isDone ? error.afterPairing : error))
    }
    if event == .cancelled { return cancel(in: world) }
    if case .unanswered(let words) = event { personMissing = words }
    switch phase {
    case .searching: return searching(event, in: world)
    case .stopping(let id): return stopping(id, event, in: world)
    case .pairing(let id): return pairing(id, event, in: world)
    case .flushing(let id): return flushing(id, event, in: world)
    case .bonding(let id): return bonding(id, event, in: world)
    case .trusting(let id, let requests): return trusting(id, requests, event, in: world)
    case .connecting(let id, let connection): return connecting(id, connection, event, in: world)
    case .undoing(let id):
      guard case .answered(.remove(id), let refusal) = event else { return [] }
      let error = if case .failure(let error) = result { error } else { OperationError.cancelled("The pairing") }
      return settle(id, .failure(error.afterRemoving(id, refusal, in: world)), in: world)
    case .awaitingAdapter:
      guard event == .expired(.audio), let result else { return [] }
      return close(with: result)
    case .idle, .closing, .finished: return []
    }
  }

  // MARK: Phases

  private mutating func searching(_ event: Event, in world: some World) -> [Action] {
    switch event {
    // One that was not answered is taken back, and asked for again.
    case .answered(discovery, let refusal?) where [.inProgress, .noReply].contains(refusal.kind):
      holdings.lose(discovery)
      inquiryBusy = refusal
      return [.arm(.retry, InquiryBusy.retryDelay)]
    case .expired(.retry):
      return holdings.take([discovery])
    case .answered(discovery, nil):
      inquiryBusy = nil
    case .answered(let request, let refusal?) where holdings.holds(request):
      holdings.lose(request)
      return close(with: .failure(.starting("the pairing", on: options.adapter, refusal)))
    case .expired(.overall) where !search.sees(in: world):
      return close(with: .failure(search.timedOut(after: Self.secondLimit)))
    case .expired(.search):
      // Whoever is in sight in this instant is taken, although more might have shown up.
      for device in world.devices(of: options.adapter) { search.look(at: device.id, in: world) }
      let verdict = holdings.isAnswered ? search.settled(in: world) : .keepLooking
      guard verdict == .keepLooking else { return choose(verdict, in: world) }
      if let inquiryBusy {
        return close(with: .failure(.starting("the pairing", on: options.adapter, inquiryBusy)))
      }
      return close(with: .failure(search.timedOut(after: options.searchLimit)))
    case .expired(.settle):
      return choose(search.settled(in: world), in: world)
    case .expired(.guidance) where !search.sees(in: world):
      return guidance.give(on: options.adapter, in: world)
    case .deviceChanged(let id) where id.adapter == options.adapter,
      .deviceRemoved(let id) where id.adapter == options.adapter:
      search.look(at: id, in: world)
      let told = guidance.look(at: id, in: world)
      return told + (holdings.isAnswered ? choose(search.verdict(in: world), in: world) : [])
    default: break
    }
    guard holdings.isAnswered else { return [] }
    return choose(search.verdict(in: world), in: world)
  }

  private mutating func choose(_ verdict: PairingSearch.Verdict, in world: some World) -> [Action] {
    switch verdict {
    case .keepLooking: return []
    case .settle: return [.arm(.settle, Self.settleLimit)]
    case .failed(let error): return close(with: .failure(error))
    case .chosen(let id):
      phase = .stopping(id)
      holdings.lose(discovery)
      return [
        .disarm(.search), .disarm(.settle), .disarm(.retry), .disarm(.overall), .disarm(.guidance),
        .progress(.pairing, "Found \(world.title(of: id)), pairing"),
        .request(.stopDiscovery(options.adapter)),
      ]
    }
  }

  private mutating func stopping(_ id: DeviceID, _ event: Event, in world: some World) -> [Action] {
    // Whether or not the discovery could be stopped: BlueZ suspends it for a pairing (`adapter.c suspend_discovery`).
    guard case .answered(.stopDiscovery(options.adapter), let refusal) = event else { return [] }
    if refusal != nil { holdings.keep(discovery) }
    // Somebody else was faster: another program, the headset itself, or neard for a tag that was touched.
    if world.device(id)?.bonded == true { return takeOver(id, in: world) }
    phase = .pairing(id)
    return [.request(.pair(id))]
  }

  private mutating func pairing(_ id: DeviceID, _ event: Event, in world: some World) -> [Action] {
    guard case .answered(.pair(id), let refusal) = event else { return [] }
    let device = world.device(id)
    if let refusal {
      let known = world.deviceOrNameless(id)
      if refusal.kind == .keyInKernel, !known.bonded, keyInKernel == nil, !cancelled {
        keyInKernel = refusal
        phase = .flushing(id)
        return [.progress(.flushing, "Removing a key that only the kernel holds"), .request(.flush(id, [.linkKey]))]
      }
      let error = error(known, refusal)
      if refusal.kind == .inProgress, !cancelled {
        if known.bonded { return takeOver(id, in: world) }
        otherPairing = error
        phase = .bonding(id)
        return [.progress(.bonding, "Another program is pairing it"), .arm(.bonding, Self.otherLimit)]
      }
      if refusal.kind == .alreadyBonded, known.bonded, !cancelled { return takeOver(id, in: world) }
      // A bond that exists is not ours to undo, nor is a pairing of another program.
      if known.bonded || [.alreadyBonded, .inProgress].contains(refusal.kind) { return close(with: .failure(error)) }
      mayBeOfAdapter = personMissing == nil && AdapterNews.mayFollow(refusal)
      return told(known, refusal, in: world) + undo(id, .failure(error), in: world)
    }
    if cancelled { return abandon(id, in: world) }
    phase = .bonding(id)
    guard let device else { return close(with: .failure(.deviceGone(id))) }
    if device.bonded { return [.diagnose(id, nil)] + trust(id, in: world) }
    return [.progress(.bonding, "Waiting until the key is stored"), .arm(.bonding, Self.bondingLimit)]
  }

  /// Goes on with a bond that somebody else has made.
  private mutating func takeOver(_ id: DeviceID, in world: some World) -> [Action] {
    isOthers = true
    return [.diagnose(id, nil)] + trust(id, in: world)
  }

  /// The key of a bond that bluetoothd does not know is of no use to anybody, and in the way.
  private mutating func flushing(_ id: DeviceID, _ event: Event, in world: some World) -> [Action] {
    guard case .layers(id, let answer) = event else { return [] }
    let device = world.deviceOrNameless(id)
    // A bond that somebody else has made meanwhile is not ours to undo.
    if device.bonded { return close(with: .failure(cancelled ? .cancelled("The pairing") : .alreadyBonded(device))) }
    if cancelled { return undo(id, .failure(.cancelled("The pairing")), in: world) }
    if let why = answer.obstacle {
      let evidence = [keyInKernel?.words, why].compactMap { $0 }
      return told(device, Refusal(.keyInKernel, "Already Paired"), in: world)
        + undo(id, .failure(.keyInKernel(device, evidence: evidence.joined(separator: "; "))), in: world)
    }
    phase = .pairing(id)
    return [.request(.pair(id))]
  }

  private func error(_ device: Device, _ refusal: Refusal) -> OperationError {
    if cancelled { return .cancelled("The pairing") }
    if let personMissing, refusal.kind != .alreadyBonded { return .needsAnswer(device, evidence: personMissing) }
    return .pairing(device, refusal, asked: options.capability == .interactive)
  }

  private mutating func bonding(_ id: DeviceID, _ event: Event, in world: some World) -> [Action] {
    guard let device = world.device(id) else { return close(with: .failure(.deviceGone(id))) }
    if device.bonded, otherPairing != nil { return [.disarm(.bonding)] + takeOver(id, in: world) }
    if device.bonded { return [.disarm(.bonding), .diagnose(id, nil)] + trust(id, in: world) }
    guard case .expired(.bonding) = event else { return [] }
    if let otherPairing { return close(with: .failure(otherPairing)) }
    return undo(id, .failure(.pairedNotBonded(device)), in: world)
  }

  /// Trusts it, or gives it back what it had when it is the device of a repair that was broken off.
  ///
  /// A removal that is to be finished would take the new bond for the old one, so it is given up before anything else. A
  /// power cycle removes nothing.
  private mutating func trust(_ id: DeviceID, in world: some World) -> [Action] {
    let unfinished = repair ?? world.unfinished(id).flatMap { $0.phase == .powerCycling ? nil : $0 }
    if let unfinished, unfinished.purpose == .repair { isTrusted = unfinished.trusted }
    return ask(id, Self.aftermath(of: unfinished, isRepair: repair != nil, id, world.device(id)), in: world)
  }

  private mutating func ask(
    _ id: DeviceID, _ requests: [Request], in world: some World
  ) -> [Action] {
    guard let next = requests.first else { return connect(id, in: world) }
    phase = .trusting(id, requests)
    let name = world.title(of: id)
    return switch next {
    case .bluez(.trust(_, true)): [.progress(.trusting, "Trusting \(name)"), .request(next)]
    case .bluez(.rename(_, let alias)): [.progress(.restoring, "Naming it \(alias) again"), .request(next)]
    default: [.request(next)]
    }
  }

  private mutating func trusting(
    _ id: DeviceID, _ requests: [Request], _ event: Event, in world: some World
  ) -> [Action] {
    guard case .answered(let request, let refusal) = event, request == requests.first else { return [] }
    guard let device = world.device(id) else { return close(with: .failure(.deviceGone(id))) }
    if let refusal {
      let error: OperationError =
        if case .journal(.erase) = request { .notErased(device, refusal) } else {
          .general(refusal, device: device, action: request.restores)
        }
      return close(with: .failure(error.afterPairing))
    }
    return ask(id, Array(requests.dropFirst()), in: world)
  }

  private mutating func connect(_ id: DeviceID, in world: some World) -> [Action] {
    var connection = AudioConnection(id, mayBeSilent: true)
    let step = connection.start(in: world)
    phase = .connecting(id, connection)
    return take(step, for: id, in: world)
  }

  private mutating func connecting(
    _ id: DeviceID, _ connection: AudioConnection, _ event: Event, in world: some World
  ) -> [Action] {
    var connection = connection
    let step = connection.handle(event, in: world)
    phase = .connecting(id, connection)
    return take(step, for: id, in: world)
  }

  private mutating func take(
    _ step: AudioConnection.Step, for id: DeviceID, in world: some World
  ) -> [Action] {
    switch step {
    case .go(let actions): return actions
    case .failed(let actions, let error): return actions + close(with: .failure(error.afterPairing))
    case .done(let actions, let proofs):
      let outcome = Outcome(
        device: id, proofs: [.proven(.bonded)] + (isTrusted ? [.proven(.trusted)] : []) + proofs)
      return actions + close(with: .success(outcome))
    }
  }

  // MARK: Endings

  private mutating func cancel(in world: some World) -> [Action] {
    guard !cancelled else { return [] }
    cancelled = true
    switch phase {
    case .pairing(let id): return [.request(.cancelPairing(id))]
    case .bonding where otherPairing != nil: return close(with: .failure(.cancelled("The pairing")))
    case .bonding(let id), .trusting(let id, _), .connecting(let id, _): return abandon(id, in: world)
    case .flushing, .undoing: return []
    case .awaitingAdapter: return close(with: result ?? .failure(.cancelled("The pairing")))
    default: return close(with: .failure(.cancelled("The pairing")))
    }
  }

  /// Undoes the pairing, unless it is what a repair was for, or somebody else's.
  private mutating func abandon(_ id: DeviceID, in world: some World) -> [Action] {
    let cancelled = OperationError.cancelled("The pairing")
    if repair != nil || isOthers, world.device(id)?.bonded == true { return close(with: .failure(cancelled)) }
    return undo(id, .failure(cancelled), in: world)
  }

  /// Removes a device that did not become a bonded one, so that nothing half made is left.
  private mutating func undo(
    _ id: DeviceID, _ result: Result<Outcome, OperationError>, in world: some World
  ) -> [Action] {
    self.result = result
    guard world.device(id) != nil else { return disarmed + settle(id, result, in: world) }
    phase = .undoing(id)
    return disarmed + [.request(.remove(id))]
  }

  /// Nothing half made is left; what it came to may yet turn out to be of the adapter.
  private mutating func settle(
    _ id: DeviceID, _ result: Result<Outcome, OperationError>, in world: some World
  ) -> [Action] {
    guard mayBeOfAdapter, !cancelled else { return close(with: result) }
    self.result = result
    phase = .awaitingAdapter(id)
    return [.arm(.audio, AdapterNews.limit(on: options.adapter, in: world))]
  }

  /// Whether the pairing itself is done, and stands whatever happens next.
  private var hasBonded: Bool {
    switch phase {
    case .trusting, .connecting: true
    default: false
    }
  }

  /// Gives back what is held; the operation finishes when that is answered.
  private mutating func close(with result: Result<Outcome, OperationError>) -> [Action] {
    self.result = result
    phase = .closing
    return disarmed + giveBack()
  }

  private mutating func giveBack() -> [Action] {
    guard let result else { return [] }
    return holdings.giveBack() ?? finish(result)
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return [.finish(result)]
  }

  private var disarmed: [Action] {
    [.search, .overall, .retry, .settle, .guidance, .bonding, .resolving, .audio].map(Action.disarm)
  }
}
