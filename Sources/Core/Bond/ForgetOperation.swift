internal import Vocabulary

/// Forgets a device and its low-energy twins: in BlueZ, on disk and in the kernel.
///
/// What is to be removed is recorded first and erased last, so that it is finished after a crash of anybody; every step
/// can be done again. Each device is removed from BlueZ (``DeviceRemoval``), then what lies below is flushed, which is
/// also the only proof that no key is left there: `RemoveDevice` does not wait for the kernel, and keeps cache files.
package struct ForgetOperation: Operation {
  private enum Phase: Equatable {
    case idle
    case inspecting(DeviceID)
    case recording
    case leavingHeadset
    case removing(DeviceRemoval)
    case startingDiscovery
    case stoppingDiscovery(isSecondAttempt: Bool)
    /// BlueZ is busy with the discovery.
    case awaitingDiscovery
    case flushing(DeviceID)
    case recordingPowerCycle
    case powerCycling(PowerCycle)
    /// The last word to the journal.
    case closing(Request, Result<Outcome, OperationError>)
    case finished
  }

  package let name = "forget"
  private let options: Options
  private let isResumed: Bool
  /// Whether BlueZ need not know the device.
  private let mayBeUnknown: Bool
  /// Whether the adapter has come on since the power cycle was recorded.
  private let hasComeOn: Bool
  private(set) var entry: JournalEntry
  private var phase = Phase.idle
  private var toRemove: [DeviceID] = []
  private var toFlush: [DeviceID] = []
  private var removed: [Device] = []
  private var layers: [LayerReport] = []
  private var look = FirstLook()
  private var isRecorded: Bool
  /// What the journal held of the device before.
  private var earlier: JournalEntry?
  /// Whether a device may be less than it was.
  private var hasBegun: Bool
  /// Whether somebody else's discovery was running before ours.
  private var wasDiscovering = false
  private var isCancelled = false

  /// Of a device that BlueZ does not know there is only something to forget when that is said: an interrupted repair, a
  /// bond that was lost, or whatever lies below BlueZ.
  package init(_ id: DeviceID, _ options: Options = Options(), mayBeUnknown: Bool = false) {
    self.init(id, options, for: .forget, mayBeUnknown: mayBeUnknown)
  }

  /// Of a repair: what is left is recorded for the pairing, and the search for the headset flushes the inquiry cache.
  ///
  /// `lost` is what the device was, where BlueZ may not know it any more.
  init(
    _ id: DeviceID, _ options: Options, for purpose: JournalEntry.Purpose, mayBeUnknown: Bool = false,
    lost: Device? = nil
  ) {
    self.options = options
    self.mayBeUnknown = mayBeUnknown || lost != nil
    hasComeOn = false
    entry = JournalEntry(
      purpose: purpose, device: id, resetsCache: options.resetCache, powerCycles: options.powerCycle)
    if let lost { entry.describe(lost, twins: []) }
    isResumed = false
    isRecorded = false
    hasBegun = false
  }

  /// Finishes what was begun. A bond that has been made since cannot be told from one that was not removed yet, and is
  /// removed; but none once all was forgotten. `hasComeOn` says that the adapter was off since: then the power cycle has
  /// been, whoever did it.
  package init(resuming entry: JournalEntry, hasComeOn: Bool = false) {
    options = Options(resetCache: entry.resetsCache, powerCycle: entry.powerCycles)
    self.entry = entry
    self.hasComeOn = hasComeOn
    mayBeUnknown = true
    isResumed = true
    isRecorded = true
    hasBegun = true
  }

  private var id: DeviceID { entry.device }

  // MARK: Events

  package mutating func start(in world: some World) -> [Action] {
    if isResumed, entry.phase == .pairing { return finish(.success(Outcome(device: id))) }
    do throws(OperationError) {
      try checkFooting(in: world)
      if !isResumed { try describe(in: world) }
    } catch {
      return fail(error)
    }
    if options.isDryRun {
      toFlush = entry.devices
      return inspectNext(in: world)
    }
    guard isResumed else {
      phase = .recording
      return [.request(.record(entry))]
    }
    return entry.phase == .removing ? begin(in: world) : resumePowerCycle(in: world)
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    if event == .cancelled { isCancelled = true }
    if isInterruptible, let error = trouble(in: world) { return fail(error) }
    switch (phase, event) {
    case (.idle, _), (.finished, _): return []
    case (.inspecting(let device), .layers(let asked, let answer)) where asked == device:
      layers += answer.reports(of: device, entry.layers).map(\.planned)
      return isCancelled ? fail(.cancelled("The plan")) : inspectNext(in: world)
    case (.recording, .answered(.record(entry), let refusal)):
      if let refusal { return fail(.notRecorded(entry, refusal)) }
      isRecorded = true
      if let error = trouble(in: world) { return fail(error) }
      guard options.bothSides else { return begin(in: world) }
      phase = .leavingHeadset
      return [.progress(.removing, "Having \(entry.title) forget this computer"), .request(.leaveHeadset(id))]
    case (.leavingHeadset, .answered(.leaveHeadset(id), let refusal)):
      if let refusal { return fail(.notForgottenThere(entry, refusal)) }
      // The headset may hold no key any more: what was made for it here goes in any case.
      hasBegun = true
      return begin(in: world)
    case (.removing(var removal), _):
      if case .layers(removal.device.id, let answer) = event { look.take(answer, of: removal.device.id, entry.layers) }
      let step = removal.handle(event, in: world)
      return take(step, of: removal, in: world)
    case (.startingDiscovery, .answered(.startDiscovery(id.adapter), let refusal)):
      layers.append(.inquiryCache(of: id, refusal, besideOthers: wasDiscovering))
      guard refusal == nil else { return flushNext(in: world) }
      phase = .stoppingDiscovery(isSecondAttempt: false)
      return [.request(.stopDiscovery(id.adapter))]
    case (.stoppingDiscovery(let isSecondAttempt), .answered(.stopDiscovery(id.adapter), let refusal)):
      guard refusal?.kind == .inProgress, !isSecondAttempt else { return flushNext(in: world) }
      if isCancelled { return stopDiscoveryAgain() }
      phase = .awaitingDiscovery
      return [.arm(.retry, InquiryBusy.retryDelay)]
    case (.awaitingDiscovery, .expired(.retry)): return stopDiscoveryAgain()
    case (.awaitingDiscovery, .cancelled): return [.disarm(.retry)] + stopDiscoveryAgain()
    case (.flushing(let device), .layers(let asked, let answer)) where asked == device:
      let reports = look.preceding(answer.reports(of: device, entry.layers))
      // Nobody asked for more than BlueZ to forget it; what lies below could only not be verified.
      layers += answer.obstacle == nil || !entry.resetsCache ? reports : reports.map { $0.having(.left) }
      return flushNext(in: world)
    case (.recordingPowerCycle, .answered(.journal(.record(let recorded)), let refusal)):
      if let refusal { return fail(.notRecorded(entry, refusal).afterForgetting(entry)) }
      if let error = trouble(in: world) ?? cancellation { return fail(error) }
      entry = recorded
      if let staying = stayOn(in: world) { return staying }
      var cycle = PowerCycle(id.adapter)
      let step = cycle.start()
      return take(step, of: cycle)
    case (.powerCycling(var cycle), _):
      let step = cycle.handle(event, in: world)
      return take(step, of: cycle)
    case (.closing(let request, let result), .answered(let asked, let refusal)) where asked == request:
      guard let refusal else {
        if case .journal(.record(let recorded)) = request { entry = recorded }
        return finish(result)
      }
      return finish(.failure(error(refusal, closing: request, with: result)))
    default: return []
    }
  }

  // MARK: Before anything is done

  /// What is to be forgotten; throws when it is not to be.
  private mutating func describe(in world: some World) throws(OperationError) {
    earlier = world.unfinished(id)
    if let device = world.device(id) {
      entry.describe(device, twins: Twin.twins(of: device, in: world))
    } else if let earlier {
      entry.describe(as: earlier)
    } else if !mayBeUnknown {
      throw .deviceNotFound(id.address.description)
    }
    if let earlier, earlier.phase == .removing { entry.include(earlier) }
    let others = others(in: world)
    guard !entry.powerCycles || options.force || others.isEmpty else { throw .devicesConnected(others, on: id.adapter) }
  }

  /// Who else would lose the connection when the adapter is switched off.
  private func others(in world: some World) -> [Device] {
    world.devices(of: id.adapter).filter { $0.connected && !entry.devices.contains($0.id) }
      .sorted { $0.id.address < $1.id.address }
  }

  private mutating func inspectNext(in world: some World) -> [Action] {
    guard !toFlush.isEmpty else {
      return finish(.success(Outcome(device: id, layers: reports, plan: entry.plan(in: world))))
    }
    let device = toFlush.removeFirst()
    layers.append(LayerReport.bluez(of: device, in: world).planned)
    if device == id, entry.resetsCache { layers.append(LayerReport.inquiryCache(of: id).planned) }
    phase = .inspecting(device)
    return [.request(.inspect(device, entry.layers))]
  }

  // MARK: Removing and flushing

  private mutating func begin(in world: some World) -> [Action] {
    toRemove = entry.devices
    toFlush = entry.devices
    return removeNext(in: world)
  }

  private mutating func removeNext(in world: some World) -> [Action] {
    // A twin that nobody paired comes and goes by itself.
    toRemove.removeAll { world.device($0) == nil }
    if let cancellation { return fail(cancellation) }
    if let device = toRemove.first.flatMap(world.device) {
      toRemove.removeFirst()
      // Nobody is told what was there when it is resumed, and some of it is gone.
      var removal = DeviceRemoval(device, afterLookAt: isResumed ? [] : entry.layers)
      let step = removal.start(in: world)
      return take(step, of: removal, in: world)
    }
    guard entry.flushesInquiries else {
      if entry.resetsCache { layers.append(.inquiryCache(ofSoughtFor: id)) }
      return flushNext(in: world)
    }
    wasDiscovering = world.adapter(id.adapter)?.discovering == true
    phase = .startingDiscovery
    return [.progress(.flushing, "Emptying the kernel's inquiry cache"), .request(.startDiscovery(id.adapter))]
  }

  private mutating func stopDiscoveryAgain() -> [Action] {
    phase = .stoppingDiscovery(isSecondAttempt: true)
    return [.request(.stopDiscovery(id.adapter))]
  }

  private mutating func take(
    _ step: DeviceRemoval.Step, of removal: DeviceRemoval, in world: some World
  ) -> [Action] {
    phase = .removing(removal)
    switch step {
    case .go(let actions): return actions
    case .gone(let actions):
      hasBegun = true
      removed.append(removal.device)
      layers.append(LayerReport(removal.device.id, .bluez, before: .present, done: .removed, after: .absent))
      return actions + removeNext(in: world)
    case .cancelled(let actions): return actions + fail(cancelled)
    case .failed(let actions, let error): return actions + fail(error)
    }
  }

  private mutating func flushNext(in world: some World) -> [Action] {
    if let error = trouble(in: world) ?? cancellation { return fail(error) }
    guard !toFlush.isEmpty else { return powerCycle(in: world) }
    let device = toFlush.removeFirst()
    hasBegun = true
    phase = .flushing(device)
    let words = "Flushing what this computer keeps of \(entry.title)"
    return (device == id ? [.progress(.flushing, words)] : []) + [.request(.flush(device, entry.layers))]
  }

  // MARK: The power cycle

  private mutating func powerCycle(in world: some World) -> [Action] {
    guard entry.powerCycles else { return complete() }
    if let staying = stayOn(in: world) { return staying }
    var next = entry
    next.phase = .powerCycling
    phase = .recordingPowerCycle
    return [.request(.record(next))]
  }

  /// What was left off is switched on. One that is on, and was not seen to come on, may not have been switched off before
  /// the end came: once more does no harm.
  private mutating func resumePowerCycle(in world: some World) -> [Action] {
    var cycle = PowerCycle(id.adapter)
    if world.adapter(id.adapter)?.powered == true {
      if hasComeOn { return complete() }
      if let staying = stayOn(in: world) { return staying }
      let step = cycle.start()
      return take(step, of: cycle)
    }
    let step = cycle.resume()
    return take(step, of: cycle)
  }

  /// Others that have been connected since keep the adapter on. Whoever asked for it is told; but when it is resumed
  /// nobody waits for it.
  private mutating func stayOn(in world: some World) -> [Action]? {
    let others = others(in: world)
    guard !options.force, let other = others.first else { return nil }
    guard isResumed else { return close(.erase(id), .failure(.staysOn(entry, others))) }
    return [.progress(.powering, "\(id.adapter) stays on: \(other.alias) is connected")] + complete()
  }

  private mutating func take(_ step: PowerCycle.Step, of cycle: PowerCycle) -> [Action] {
    phase = .powerCycling(cycle)
    switch step {
    case .go(let actions): return actions
    case .done(let actions): return actions + complete()
    case .failed(let actions, let error): return actions + fail(error.afterForgetting(entry))
    }
  }

  // MARK: Endings

  private mutating func complete() -> [Action] {
    var next = entry
    next.phase = .pairing
    let request: Request = entry.purpose == .forget ? .erase(id) : .record(next)
    return close(request, .success(Outcome(device: id, removed: removed, layers: reports)))
  }

  /// Ends it without success: what has begun is finished later, and what has not is remembered as it was before.
  private mutating func fail(_ error: OperationError) -> [Action] {
    if case .removing(let removal) = phase { hasBegun = hasBegun || removal.hasBegun }
    guard isRecorded else { return finish(.failure(error)) }
    guard !hasBegun else { return finish(.failure(error.leaving(entry))) }
    return disarmed + close(earlier.map(Request.record) ?? .erase(id), .failure(error))
  }

  private mutating func close(_ request: Request, _ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .closing(request, result)
    return [.request(request)]
  }

  /// What it means that the journal does not take the last word.
  private func error(
    _ refusal: Refusal, closing request: Request, with result: Result<Outcome, OperationError>
  ) -> OperationError {
    switch (request, result) {
    case (_, .failure(let error)): error.leaving(entry)
    case (.journal(.erase), .success): .notErased(entry, refusal)
    default: .notRecorded(entry, refusal).leaving(entry)
    }
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return disarmed + [.finish(result)]
  }

  private var disarmed: [Action] { [.disarm(.disconnecting), .disarm(.verifying), .disarm(.powering)] }

  /// What was taken or written is waited for in the other phases.
  private var isInterruptible: Bool {
    switch phase {
    case .inspecting, .removing, .flushing: true
    default: false
    }
  }

  private func trouble(in world: some World) -> OperationError? {
    do throws(OperationError) { try checkFooting(in: world) } catch { return error }
    return nil
  }

  private func checkFooting(in world: some World) throws(OperationError) {
    let action = phase == .idle ? nil : "a device was being forgotten"
    guard entry.phase == .powerCycling else {
      _ = try Preconditions.adapter(id.adapter, in: world, while: action)
      return
    }
    // What is left to do is to switch it on.
    guard world.hasBlueZ else { throw .bluezMissing(world.absence, while: action) }
    guard world.adapter(id.adapter) != nil else { throw .noAdapter(world.host) }
  }

  private var cancellation: OperationError? { isCancelled ? cancelled : nil }

  private var cancelled: OperationError {
    let gone = removed.map { "\($0.alias) was removed." }
    let left = removed.contains { $0.id == id } ? [] : ["\(entry.title) may still be known to BlueZ."]
    return OperationError(
      .cancelled, "Forgetting \(entry.title) was cancelled.", evidence: (gone + left).joined(separator: " "),
      hint: "mdrctl list --all shows what is known.")
  }

  /// Layer by layer; of twins only what was something.
  private var reports: [LayerReport] {
    entry.devices.flatMap { device in
      layers.filter { $0.device == device && (device == id || $0.before == .present) }.inOrder
    }
  }
}
