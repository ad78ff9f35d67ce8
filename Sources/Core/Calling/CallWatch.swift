internal import Vocabulary

/// Calls the headsets of one adapter back, in their order, and lets them go, where nobody asks for either.
///
/// One for each adapter. It watches first: bluetoothd itself calls a headset that went out of range, and one that is
/// switched on calls by itself. What ended a link decides what becomes of it: whoever was lost is called again, with
/// growing pauses and an end; whoever was disconnected, hung up or refused is left alone. Who is called at a login is
/// ``LoginWatch``'s matter.
package struct CallWatch: Watch, Equatable {
  struct Here: Equatable {
    /// Since when nothing is heard over it; nil while something is.
    var quietSince: Duration?
    var hadStream = false
    /// The headset that comes before it and is here, too, as it was told.
    var told: DeviceID?
  }

  package private(set) var adapter: AdapterID
  private(set) var here: [DeviceID: Here] = [:]
  private(set) var absences: [DeviceID: Absence] = [:]
  private(set) var calling: DeviceID?
  /// Those for whom it was given up.
  private(set) var gaveUp: Set<DeviceID> = []
  /// Operations work on these, and what becomes of their links is theirs.
  private var busy: Set<DeviceID> = []
  /// Why each is being disconnected by this watch.
  private var letGo: [DeviceID: Hold.Reason?] = [:]
  /// When the time is over for which each was let go.
  private(set) var yields: [DeviceID: Duration] = [:]
  /// Those that gave way to another headset.
  private var displaced: Set<DeviceID> = []
  private var reasonsTold: [DeviceID: Told] = [:]
  /// Those whose link has ended, nobody has told why.
  private(set) var unexplained: [DeviceID: Departure] = [:]
  /// Those that BlueZ does not know any more, until it is known what went with them.
  private var removed: Set<DeviceID> = []
  /// The helper listens to their links.
  private var watched: Set<DeviceID> = []
  /// Since when the adapter can connect sound, as far as that was seen to begin; nil while it cannot.
  private var readySince: Duration?
  private var hasLooked = false
  private var armed: Duration?
  private var isAsleep = false
  private var isPlaying = false

  private struct Told: Equatable {
    let reason: LinkEvent.Reason
    let at: Duration
  }

  struct Departure: Equatable {
    let at: Duration
    let hadStream: Bool
    /// The adapter could connect sound then.
    let wasReady: Bool
    /// An operation worked on it: its end is that one's doing, unless the adapter went.
    let isOurs: Bool
  }

  package init(_ adapter: AdapterID) { self.adapter = adapter }

  /// The controller was put in again, and has got another name.
  package mutating func rename(to new: AdapterID) -> [WatchAction] {
    func renamed(_ id: DeviceID) -> DeviceID { DeviceID(new, id.address) }
    func renamed<Value>(_ values: [DeviceID: Value]) -> [DeviceID: Value] {
      Dictionary(uniqueKeysWithValues: values.map { (renamed($0), $1) })
    }
    let actions = watched.sorted().map { WatchAction.request(.unwatch($0)) }
    var other = CallWatch(new)
    (other.absences, other.unexplained, other.reasonsTold, other.yields) =
      (renamed(absences), renamed(unexplained), renamed(reasonsTold), renamed(yields))
    (other.gaveUp, other.displaced, other.removed) =
      (Set(gaveUp.map(renamed)), Set(displaced.map(renamed)), Set(removed.map(renamed)))
    (other.hasLooked, other.armed, other.isAsleep, other.isPlaying) = (true, armed, isAsleep, isPlaying)
    self = other
    return actions
  }

  package var isAtRest: Bool {
    here.isEmpty && absences.isEmpty && calling == nil && busy.isEmpty && letGo.isEmpty && unexplained.isEmpty
      && gaveUp.isEmpty && displaced.isEmpty && removed.isEmpty && yields.isEmpty && armed == nil && !isAsleep
  }

  package func isConcerned(by event: Event) -> Bool {
    switch event {
    case .worldChanged, .soundChanged, .sleeping, .resumed: true
    case .deviceChanged(let id), .deviceRemoved(let id), .holdChanged(let id), .link(let id, _): id.adapter == adapter
    case .operationBegan(let operation), .operationEnded(let operation, _): operation.device.adapter == adapter
    default: false
    }
  }

  package mutating func handle(_ event: Event, at now: Duration, in world: some World) -> [WatchAction] {
    var actions: [WatchAction] = []
    noteReadiness(at: now, in: world)
    switch event {
    case .worldChanged:
      for id in here.keys.sorted() { actions += see(id, at: now, in: world) }
    case .soundChanged:
      for id in here.keys.sorted() { actions += see(id, at: now, in: world) }
      want(at: now, in: world)
    case .deviceChanged(let id): actions += see(id, at: now, in: world)
    case .deviceRemoved(let id): actions += remove(id, at: now, in: world)
    case .link(let id, .disconnected(let reason)):
      reasonsTold[id] = Told(reason: reason, at: now)
    case .holdChanged(let id): noteHold(on: id, at: now, in: world)
    case .sleeping: isAsleep = true
    case .resumed: resume(at: now)
    case .operationBegan(let operation): busy.insert(operation.device)
    case .operationEnded(let operation, let error): actions += ended(operation, error, at: now, in: world)
    case .answered(.helper(.watch(let id)), _?): watched.remove(id)
    case .expired(.retry): armed = nil
    case .expired(.verifying):
      for id in unexplained.keys.sorted() { actions += explain(id, in: world) }
      forgetRemoved(in: world)
    default: return []
    }
    return actions + goOn(at: now, in: world)
  }

  // MARK: Links

  private mutating func noteReadiness(at now: Duration, in world: some World) {
    defer { hasLooked = true }
    guard isReady(in: world) else { return readySince = nil }
    guard readySince == nil else { return }
    readySince = hasLooked ? now : now - Self.serverTime
    for id in absences.keys where absences[id]?.cause == .interrupted { absences[id]?.due = now + Self.returnTime }
    for id in world.heldDevices(of: adapter) { noteHold(on: id, at: now, in: world) }
  }

  /// Whoever is left alone is not called, until the time is over that was given.
  private mutating func noteHold(on id: DeviceID, at now: Duration, in world: some World) {
    yields[id] = nil
    guard let hold = world.hold(on: id) else { return }
    absences[id] = nil
    gaveUp.remove(id)
    if let remaining = hold.remaining { yields[id] = now + remaining }
  }

  /// bluetoothd's own call comes first, also before what fell due meanwhile.
  private mutating func resume(at now: Duration) {
    isAsleep = false
    for id in absences.keys {
      guard let due = absences[id]?.due ?? (absences[id]?.cause == .asleep ? now : nil) else { continue }
      absences[id]?.due = max(due, now + Self.resumeTime)
    }
  }

  private func isReady(in world: some World) -> Bool {
    guard let adapter = world.adapter(adapter) else { return false }
    return adapter.powered && adapter.hasAudio && !world.isGoingOff(adapter.id)
  }

  private mutating func see(_ id: DeviceID, at now: Duration, in world: some World) -> [WatchAction] {
    let device = world.device(id)
    let isHere = device.map { $0.connected && $0.bonded && $0.isAudio } ?? false
    if isHere {
      guard here[id] != nil else { return come(id, at: now, in: world) }
      look(at: id, at: now, in: world)
      return []
    }
    guard let was = here.removeValue(forKey: id) else { return [] }
    let isOurs = busy.contains(id) || letGo[id] != nil
    if let told = reasonsTold[id], now - told.at > Self.reasonTime { reasonsTold[id] = nil }
    // Who works on it need not be told why.
    let settled = isOurs ? settle(id) : []
    unexplained[id] = Departure(
      at: now, hadStream: was.hadStream, wasReady: isReady(in: world), isOurs: isOurs)
    // The computer may be asleep before the time is over.
    return settled + (isAsleep ? explain(id, in: world) : [.arm(.verifying, Self.reasonTime)])
  }

  private mutating func come(_ id: DeviceID, at now: Duration, in world: some World) -> [WatchAction] {
    here[id] = Here()
    (absences[id], unexplained[id], reasonsTold[id]) = (nil, nil, nil)
    gaveUp.remove(id)
    displaced.remove(id)
    removed.remove(id)
    look(at: id, at: now, in: world)
    var actions: [WatchAction] = []
    if world.hold(on: id) != nil { actions.append(.hold(id, nil)) }
    // Until 5.83 only the kernel tells why a link ends.
    if !world.bondContext(of: id).tellsWhyLinksEnd, watched.insert(id).inserted { actions.append(.request(.watch(id))) }
    return actions
  }

  private mutating func look(at id: DeviceID, at now: Duration, in world: some World) {
    if !world.transports(of: id).isEmpty { here[id]?.hadStream = true }
    if world.isInUse(id) {
      here[id]?.quietSince = nil
    } else if here[id]?.quietSince == nil {
      here[id]?.quietSince = now
    }
  }

  /// BlueZ does not know it any more: somebody gave it up, or the adapter or bluetoothd goes, after its devices.
  private mutating func remove(_ id: DeviceID, at now: Duration, in world: some World) -> [WatchAction] {
    let actions = see(id, at: now, in: world)
    guard absences[id] != nil || unexplained[id] != nil || gaveUp.contains(id) || displaced.contains(id) else {
      return actions
    }
    removed.insert(id)
    return actions + [.arm(.verifying, Self.reasonTime)]
  }

  /// Those that have gone alone.
  private mutating func forgetRemoved(in world: some World) {
    defer { removed = [] }
    guard world.adapter(adapter)?.powered == true else { return }
    for id in removed where world.device(id)?.bonded != true {
      absences[id] = nil
      gaveUp.remove(id)
      displaced.remove(id)
    }
  }

  /// Nothing more is to be heard of a link that has ended.
  private mutating func settle(_ id: DeviceID) -> [WatchAction] {
    (unexplained[id], reasonsTold[id]) = (nil, nil)
    return watched.remove(id) == nil ? [] : [.request(.unwatch(id))]
  }

  /// What follows from why a link has ended.
  private mutating func explain(_ id: DeviceID, in world: some World) -> [WatchAction] {
    let (departure, told) = (unexplained[id], reasonsTold[id]?.reason)
    let actions = settle(id)
    guard let departure, !busy.contains(id), letGo[id] == nil else { return actions }
    let at = departure.at
    // The adapter or the sound server went with it, and may be back already.
    let readyFor = isReady(in: world) ? readySince.map { at - $0 } : nil
    let hasLapsed = !departure.wasReady || readyFor.map { $0 <= .zero } ?? true
    guard !departure.isOurs || hasLapsed && world.hold(on: id) == nil else { return actions }
    switch told {
    case .suspended: absences[id] = Absence(cause: .asleep, since: at, due: isAsleep ? nil : at + Self.resumeTime)
    case _ where isAsleep: absences[id] = Absence(cause: .asleep, since: at)
    // It may be told as this computer's doing, as the headset's, as a time-out, or not at all.
    case _ where hasLapsed:
      absences[id] = Absence(cause: .interrupted, since: at, due: readySince.map { max(at, $0) + Self.returnTime })
    case .remote:
      returnDisplaced(at: at)
      return actions + [.hold(id, .left)]
    case .timeout: absences[id] = Absence(cause: .lost, since: at, due: at + Self.bluezTime)
    // A link over which there never was a stream is ended by bluetoothd itself.
    case .local where departure.hadStream:
      if let readyFor, readyFor >= Self.serverTime { return actions + [.hold(id, .disconnected)] }
      absences[id] = Absence(cause: .interrupted, since: at, due: at + Self.returnTime)
    case .local, .authentication, .unspecified, nil: break
    }
    return actions
  }

  // MARK: Operations

  private mutating func ended(
    _ operation: DeviceOperation, _ error: OperationError?, at now: Duration, in world: some World
  ) -> [WatchAction] {
    let id = operation.device
    busy.remove(id)
    if operation.undertaking == .disconnect(id) {
      if let reason = letGo.removeValue(forKey: id) {
        guard error == nil, let reason else { return [] }
        return [.hold(id, reason)]
      }
      guard operation.isAsked, error == nil else { return [] }
      absences[id] = nil
      return [.hold(id, .disconnected)]
    }
    guard calling == id, operation == DeviceOperation(begunAs: .connect(id)) else { return [] }
    calling = nil
    guard let error else {
      absences[id] = nil
      return [.tell(id, "It was called, and is connected.")]
    }
    return failed(id, error, at: now)
  }

  private mutating func failed(_ id: DeviceID, _ error: OperationError, at now: Duration) -> [WatchAction] {
    guard let absence = absences[id] else { return [] }
    switch error.code {
    case .busy, .cancelled, .noSoundServer, .adapterOff, .adapterBlocked, .noAdapter, .bluezMissing:
      absences[id]?.due = now + Self.busyPause
    case .staleBond, .notBonded, .deviceBlocked, .deviceNotFound, .noProfile, .pairedNotBonded: absences[id] = nil
    case .connectFailed where error.isByDevice:
      absences[id] = nil
      return [.tell(id, "It is called no more: \(error.message)"), .hold(id, .elsewhere)]
    default:
      let pause = Self.firstPause * (1 << min(absence.attempts, 8))
      absences[id]?.attempts += 1
      absences[id]?.due = now + min(pause, Self.longestPause)
      // What was wanted for a sound that plays now is of no use later.
      guard absence.cause != .wanted, now - absence.since < Self.patience else {
        absences[id] = nil
        guard absence.cause != .wanted else { break }
        gaveUp.insert(id)
        return [.tell(id, "It is called no more: it has not answered for \(words(Self.patience)).")]
      }
    }
    return []
  }

  // MARK: What is to be done

  private mutating func goOn(at now: Duration, in world: some World) -> [WatchAction] {
    endYields(at: now, in: world)
    for (id, absence) in absences { absences[id] = polite(absence, of: id, at: now, in: world) }
    return rank(in: world) + release(at: now, in: world) + callNext(at: now, in: world) + arm(at: now, in: world)
  }

  /// Calls the first of those that are due.
  private mutating func callNext(at now: Duration, in world: some World) -> [WatchAction] {
    guard calling == nil, !isAsleep, isReady(in: world) else { return [] }
    let due = absences.keys.filter { id in
      absences[id]?.due.map { $0 <= now } == true && !busy.contains(id) && mayCall(id, in: world)
        && isFirst(id, in: world)
    }
    guard let next = due.min(by: { Self.precedes($0, $1, in: world) }) else { return [] }
    calling = next
    return [.begin(.connect(next))]
  }

  /// Those that gave way are called when the one that they gave way to has gone.
  private mutating func returnDisplaced(at now: Duration) {
    guard here.isEmpty else { return }
    for id in displaced { absences[id] = Absence(cause: .displaced, since: now, due: now + Self.returnTime) }
    displaced = []
  }

  /// Lets those go that are not to stay beside one that comes before them.
  private mutating func rank(in world: some World) -> [WatchAction] {
    guard here.count > 1 else { return [] }
    var actions: [WatchAction] = []
    for id in here.keys.sorted() where letGo[id] == nil && !busy.contains(id) {
      guard let better = better(than: id, in: world) else {
        here[id]?.told = nil
        continue
      }
      let rule = world.callRules.better
      if rule == .always || rule == .take && !world.isInUse(id) {
        letGo[id] = .some(nil)
        displaced.insert(id)
        actions += [
          .tell(id, "It gives way to \(world.title(of: better)), which comes before it."), .begin(.disconnect(id)),
        ]
      } else if here[id]?.told != better {
        here[id]?.told = better
        actions.append(.tell(better, "It comes before \(world.title(of: id)), which is connected, too, and stays."))
      }
    }
    return actions
  }

  /// Lets those go over which nothing has been heard for too long.
  private mutating func release(at now: Duration, in world: some World) -> [WatchAction] {
    guard let limit = world.callRules.idleLimit else { return [] }
    var actions: [WatchAction] = []
    for id in here.keys.sorted() where letGo[id] == nil && !busy.contains(id) {
      guard let since = here[id]?.quietSince, now - since >= limit else { continue }
      letGo[id] = .some(.released)
      actions += [.tell(id, "It is let go: nothing was heard over it for \(words(limit))."), .begin(.disconnect(id))]
    }
    return actions
  }

  /// Whoever was let go for silence is called once something plays.
  private mutating func want(at now: Duration, in world: some World) {
    let wasPlaying = isPlaying
    // Who is not entitled gets no power over headsets by what his session says.
    isPlaying = world.sound?.isHost == true && world.sound?.isPlaying == true
    guard isPlaying, !wasPlaying, here.isEmpty else { return }
    for id in world.heldDevices(of: adapter) where world.hold(on: id)?.reason == .released {
      absences[id] = Absence(cause: .wanted, since: now, due: now)
    }
  }

  /// Whoever was let go for a time is called when it is over.
  private mutating func endYields(at now: Duration, in world: some World) {
    for id in yields.keys where yields[id].map({ $0 <= now }) == true {
      yields[id] = nil
      if here[id] == nil { absences[id] = Absence(cause: .yielded, since: now, due: now) }
    }
  }

  private mutating func arm(at now: Duration, in world: some World) -> [WatchAction] {
    var times = absences.compactMap { id, absence in
      // What waits for more than time is looked at when that changes.
      absence.due.flatMap { $0 > now && !isAsleep && isReady(in: world) ? $0 : nil }
    }
    if let limit = world.callRules.idleLimit { times += here.values.compactMap { $0.quietSince.map { $0 + limit } } }
    times += yields.values
    let next = times.filter { $0 > now }.min()
    guard next != armed else { return [] }
    armed = next
    return [next.map { .arm(.retry, $0 - now) } ?? .disarm(.retry)]
  }
}
