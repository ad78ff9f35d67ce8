package import Vocabulary

/// Connects headsets when a user logs in, as soon as that can work, and keeps how long each step took.
///
/// One for each login, from when its session is followed. It waits for what happens and repeats nothing: once its sound server has
/// registered with BlueZ, those that may connect by themselves are called, one after the other, until one is there. A
/// headset that is switched on later calls by itself.
package struct LoginWatch: Watch, Equatable {
  package typealias Milestone = LoginMilestone

  /// Since the session joined.
  package private(set) var milestones: [Milestone: Duration] = [.attached: .zero]
  private let user: UInt32
  private let begun: Duration
  private var hasCalled: Bool
  private var isPrepared = false
  /// Those that are called one after the other; the first of them is being called, until one is there.
  private var calls: [DeviceID] = []
  private var hadEndpoints = false
  /// Who was connected while the endpoints were there.
  private var companions: Set<DeviceID> = []
  /// Who left when: a controller that is pulled out takes its links along before it goes itself.
  private var departures: [DeviceID: Duration] = [:]
  /// Who was connected when the endpoints came, or when other endpoints went, and until when their links may still fall
  /// for want of the old ones.
  private var doubtful: Set<DeviceID> = []
  private var doubtEnds = Duration.zero
  /// Those of them that have lost their streams since: BlueZ ends a link over which there is nothing, sooner or later.
  private var silent: Set<DeviceID> = []
  private var wasShared = false
  private var isComplete = false
  /// The devices that the user's sound server has had, as far as BlueZ had a stream with them at the same time; each until
  /// it is disconnected.
  package private(set) var guests: Set<DeviceID> = []

  /// BlueZ ends a link 2 s after its last profile (`device.c DISCONNECT_TIMER`); 2.1 s in the laboratory.
  static let fallTime = Duration.seconds(5)
  /// The same on an overloaded machine: 5 to 7 s after the streams in a busy guest.
  static let slowFallTime = Duration.seconds(30)

  /// `hasCalled`: the login is older than this, and headsets were called for it already.
  package init(of user: UInt32, at now: Duration, hasCalled: Bool = false) {
    self.user = user
    begun = now
    self.hasCalled = hasCalled
  }

  /// A login ends when the sessions say so, whatever it waits for.
  package var isAtRest: Bool { false }

  package func isConcerned(by event: Event) -> Bool {
    switch event {
    case .worldChanged, .soundChanged, .deviceChanged, .deviceRemoved, .operationBegan, .operationEnded: true
    case .loggedOut(user, _): true
    default: false
    }
  }

  package mutating func handle(_ event: Event, at now: Duration, in world: some World) -> [WatchAction] {
    switch event {
    case .worldChanged, .soundChanged, .deviceChanged, .deviceRemoved:
      guard let followed = world.sound?.user else { return [] }
      guard followed == user else {
        pause()
        return []
      }
      return look(at: now, in: world)
    case .operationBegan(let operation):
      // The user wants it to stay so.
      if operation.isAsked, operation.undertaking == .disconnect(operation.device) { leave(operation.device) }
      return []
    case .operationEnded(let operation, let error):
      guard let id = calls.first, operation == DeviceOperation(begunAs: .connect(id)) else { return [] }
      return end(id, error, in: world)
    case .loggedOut(_, let addresses): return release(addresses, in: world)
    default: return []
    }
  }

  // MARK: Calling

  /// What is to be done about what is seen.
  private mutating func look(at now: Duration, in world: some World) -> [WatchAction] {
    let (hadCalled, before) = (hasCalled, guests)
    var actions: [WatchAction] = []
    // Connecting waits for the helper to listen; the sound server takes longer to start.
    if world.sound?.isHost == true, !hasCalled, !isPrepared {
      isPrepared = true
      actions.append(.request(.helper(.prepare)))
    }
    let wanted = lacking(at: now, in: world)
    actions += guests.subtracting(before).sorted().map { .noteUse($0, user: user) }
    if milestones[.endpoints] != nil, world.sound?.hadEndpoints == false { actions.append(.noteEndpoints(user: user)) }
    if hasCalled, !hadCalled { actions.append(.noteCalled(user: user)) }
    let order = wanted.sorted { CallWatch.precedes($0, $1, in: world) }
    let isCalling = !calls.isEmpty
    calls += order.filter { !calls.contains($0) }
    return actions + (isCalling ? [] : callNext(in: world))
  }

  /// The next is called while none of them has come and the user is still followed.
  private mutating func callNext(in world: some World) -> [WatchAction] {
    guard let next = calls.first else { return [] }
    guard world.sound?.user == user, !calls.contains(where: { world.device($0)?.connected == true }) else {
      calls = []
      return []
    }
    return [.begin(.connect(next))]
  }

  package func stillCalls(_ id: DeviceID, in world: some World) -> Bool {
    guard world.sound?.user == user, let device = world.device(id), device.bonded, !device.blocked else { return false }
    return world.hold(on: id) == nil && !calls.contains { world.device($0)?.connected == true }
  }

  private mutating func end(_ id: DeviceID, _ error: OperationError?, in world: some World) -> [WatchAction] {
    guard let error else {
      calls = []
      return [.tell(id, "It was connected at login.")]
    }
    calls.removeFirst()
    // Whom somebody has let go since the login.
    calls.removeAll { world.hold(on: $0) != nil }
    return [.tell(id, "It was not connected at login: \(error.message)")] + callNext(in: world)
  }

  /// Nobody is logged in any more whose sound server had these devices: those with which BlueZ had a stream while the user
  /// was followed are free for another computer.
  private func release(_ addresses: Set<Address>, in world: some World) -> [WatchAction] {
    guests.filter { addresses.contains($0.address) && world.device($0)?.connected == true }.sorted().flatMap {
      [.tell($0, "It is disconnected at logout."), .begin(.disconnect($0))]
    }
  }

  // MARK: What a login lacks

  /// Another session is followed for a while: whose endpoints there are then, and what becomes of links, is its matter.
  private mutating func pause() {
    stopWaiting()
    guests = []
  }

  private mutating func stopWaiting() {
    (hadEndpoints, wasShared, companions, departures) = (false, false, [], [:])
    (doubtful, silent) = ([], [])
  }

  /// The user disconnected it.
  private mutating func leave(_ device: DeviceID) {
    companions.remove(device)
    departures[device] = nil
    doubtful.remove(device)
    silent.remove(device)
  }

  /// Whom to call: the first that answers is enough. At a login those are left out that are others': other users had them
  /// in their sessions, and this one never.
  private mutating func lacking(at now: Duration, in world: some World) -> [DeviceID] {
    guard let sound = world.sound else { return [] }
    guests = guests.filter { world.device($0)?.connected == true }
    guard sound.isHost else {
      stopWaiting()
      return []
    }
    if sound.server != nil { reach(.server, now) }
    let (adapters, isShared) = (world.allAdapters, world.isSoundShared)
    let ready = sound.server == nil ? [] : adapters.filter { $0.powered && $0.hasStereo }
    let devices = adapters.flatMap { world.devices(of: $0.id) }
    for device in devices where device.connected && sound.cards[device.id.address] != nil {
      if !world.transports(of: device.id).isEmpty { guests.insert(device.id) }
    }
    defer { hadEndpoints = !ready.isEmpty }
    guard !ready.isEmpty else {
      if hadEndpoints { companions.formUnion(departures.filter { now - $1 < Self.fallTime }.keys) }
      departures = [:]
      return []
    }
    reach(.endpoints, now)
    note(devices, now, in: world)
    let isAlone = wasShared && !isShared
    wasShared = isShared
    let isBack = !hadEndpoints
    let lost = companions
    companions = Set(devices.filter { $0.connected && Self.isWanted($0, in: world) }.map(\.id))
    if !isBack { for device in lost.subtracting(companions) { departures[device] = now } }
    guard isBack else {
      if isAlone { doubt(companions.union(departures.filter { now - $1 < Self.fallTime }.keys), now) }
      return fallen(now, in: world)
    }
    // One that is there is seen to by its own watch.
    guard companions.isEmpty else {
      hasCalled = true
      doubt(companions, now)
      return []
    }
    defer { hasCalled = true }
    let wanted = devices.filter { device in
      ready.contains { $0.id == device.id.adapter } && Self.isWanted(device, in: world)
    }
    return wanted.map(\.id).filter { hasCalled ? lost.contains($0) : !world.use(of: $0, by: user).isOthers }
  }

  private mutating func doubt(_ devices: Set<DeviceID>, _ now: Duration) {
    (doubtful, silent, doubtEnds) = (devices, [], now + Self.fallTime)
  }

  /// Those whose links have fallen for want of endpoints that went.
  private mutating func fallen(_ now: Duration, in world: some World) -> [DeviceID] {
    for id in doubtful.intersection(companions) {
      if world.transports(of: id).isEmpty {
        silent.insert(id)
      } else if now >= doubtEnds || silent.contains(id) {
        doubtful.remove(id)
        silent.remove(id)
      }
    }
    let gone = doubtful.subtracting(companions)
    doubtful.subtract(gone)
    let isSlow = now < doubtEnds + (Self.slowFallTime - Self.fallTime)
    let fallen = gone.filter { now < doubtEnds || isSlow && silent.contains($0) }
    silent.subtract(gone)
    return fallen.filter { id in world.device(id).map { $0.bonded && !$0.blocked } == true }
  }

  /// Bonded, and neither a user nor its policy is against it. A login ends most of what it was left alone for.
  private static func isWanted(_ device: Device, in world: some World) -> Bool {
    device.bonded && device.isAudio && CallWatch.obstacle(to: device.id, in: world) == nil
      && world.hold(on: device.id)?.outlastsLogin(world.callRules) != true
      && world.word(of: device.id).politeness == nil
  }

  private mutating func note(_ devices: [Device], _ now: Duration, in world: some World) {
    guard !isComplete else { return }
    let here = devices.filter { $0.connected && $0.isAudio }
    guard !here.isEmpty else { return }
    reach(.connected, now)
    guard here.contains(where: { world.hasStereo($0.id) }) else { return }
    reach(.transport, now)
    guard here.contains(where: { world.card(of: $0.id)?.kind == .stereo }) else { return }
    reach(.profile, now)
    isComplete = true
  }

  private mutating func reach(_ milestone: Milestone, _ now: Duration) {
    if milestones[milestone] == nil { milestones[milestone] = now - begun }
  }
}
