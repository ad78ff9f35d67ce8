internal import BlueZ
internal import Core
internal import EventLoop
internal import Service
internal import Vocabulary

/// Runs every watch: makes those that are wanted, tells them what happens, owns their deadlines, carries out what they
/// want, and throws away those at rest.
actor Watches: LoopActor {
  /// What is watched. Logins come first: whom they call others need not look at.
  private enum Key: Hashable, Comparable {
    case login(UInt32)
    case bond(DeviceID)
    case audio(DeviceID)
    /// By the controller's address: put in again it may have another name.
    case calls(Address)

    /// On what occasion it begins something, for the record.
    var occasion: String {
      switch self {
      case .login: "login"
      case .bond: "bond"
      case .audio: "sound"
      case .calls: "call"
      }
    }
  }

  private struct Running {
    var watch: any Core.Watch
    var timers: [Deadline: TimerToken] = [:]
  }

  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private var mirror: BlueZMirror { world.mirror }
  private let sessions: Sessions
  private let history: BondHistory
  private let called: CalledLogins
  private let holds: Holds
  private let operations: Operations
  private let port: HostPort
  private let log: Log
  private var running: [Key: Running] = [:]
  private var onVerdict: @Sendable (DeviceID, Verdict?) -> Void = { _, _ in }
  private let begun = ContinuousClock.now
  private var isStopping = false
  /// The calls that wait for the end of another one on the same adapter.
  private var waiting: [(Key, DeviceID)] = []

  init(
    loop: EventLoop, world: LiveWorld, sessions: Sessions, history: BondHistory, called: CalledLogins,
    holds: Holds, operations: Operations, port: HostPort, log: Log
  ) {
    self.loop = loop
    self.world = world
    self.sessions = sessions
    self.history = history
    self.called = called
    self.holds = holds
    self.operations = operations
    self.port = port
    self.log = log
  }

  /// Whom to tell what a link that nobody here asked for says of its bond, on the loop; nil when it was seen to be sound.
  func onVerdict(_ handler: @escaping @Sendable (DeviceID, Verdict?) -> Void) { onVerdict = handler }

  // MARK: What happens

  /// Takes a change of BlueZ's objects. Most concern no watch, and cost next to nothing.
  func take(_ change: TreeChange) {
    switch change {
    // bluetoothd tells of thousands when it starts.
    case .deviceAdded(let device): if device.connected || !running.isEmpty { look(at: DeviceID(device)) }
    case .deviceChanged(let old, let new):
      if new.connected, !old.connected { watchBond(DeviceID(new)) }
      let concernsWatches =
        old.connected != new.connected || old.bonded != new.bonded || old.uuids != new.uuids
        || old.trusted != new.trusted || old.servicesResolved != new.servicesResolved
      if concernsWatches { look(at: DeviceID(new)) }
    case .deviceRemoved(let device): if !running.isEmpty { tellAll(.deviceRemoved(DeviceID(device))) }
    case .transportChanged(let old, let new) where (old.state == .active) != (new.state == .active):
      // Somebody begins to listen, or ends.
      if let id = DeviceID(ofStream: new) { tellCalls(.deviceChanged(id), on: id.adapter) }
    case .transportAdded(let stream), .transportRemoved(let stream):
      if let id = DeviceID(ofStream: stream) { look(at: id) }
    case .adapterChanged(let old, let new): if old.uuids != new.uuids || old.powered != new.powered { lookAtAll() }
    case .adapterAdded(let adapter):
      rename(to: AdapterID(adapter.path.lastElement), controller: adapter.address)
      lookAtAll()
    case .bluezReady, .bluezVanished, .adapterRemoved: lookAtAll()
    default: break
    }
  }

  /// Takes what else happens: of links, operations and logins.
  func take(_ event: Event) {
    tellAll(event)
    if case .operationEnded = event { beginNext() }
  }

  /// A device is left alone, or no longer, because somebody wants it so.
  func holdChanged(on id: DeviceID) {
    watchCalls(on: id.adapter)
    tellCalls(.holdChanged(id), on: id.adapter)
  }

  /// Another session is followed, something of the followed one has changed, or a wish has.
  func soundChanged() { lookAtAll(.soundChanged) }

  /// What is wished of a device's sound has changed, and nothing else is done about it.
  func wishChanged(of id: DeviceID) { tell(.audio(id), .soundChanged) }

  /// The daemon stops: sessions leave because of that, and nobody logs out.
  func stop() { isStopping = true }

  // MARK: What was seen

  /// What a verdict on a device's sound is made from.
  func audioEvidence(on id: DeviceID, hasBlueALSA: Bool) -> AudioEvidence {
    // What it has seen may be over by now.
    tell(.audio(id), .worldChanged)
    return AudioEvidence(running[.audio(id)]?.watch as? AudioWatch ?? AudioWatch(id), hasBlueALSA: hasBlueALSA)
  }

  /// How it stands with a bonded device's connection.
  func standing(of id: DeviceID) -> CallStanding {
    let watch = callsKey(on: id.adapter).flatMap { running[$0]?.watch as? CallWatch } ?? CallWatch(id.adapter)
    return watch.standing(of: id, at: now, in: world)
  }

  /// How long the steps of the followed session's login took.
  var milestones: [LoginMilestone: Duration] {
    guard let user = world.sound?.user, let login = running[.login(user)]?.watch as? LoginWatch else { return [:] }
    return login.milestones
  }

  // MARK: Which there are

  private func look(at id: DeviceID) {
    watchAudio(id)
    if mirror.device(id)?.connected == true { watchCalls(on: id.adapter) }
    tellAll(.deviceChanged(id))
  }

  private func lookAtAll(_ event: Event = .worldChanged) {
    let here = mirror.allDevices.filter(\.connected).map(\.id)
    for id in here { watchAudio(id) }
    for adapter in mirror.allAdapters { watchCalls(on: adapter.id) }
    tellAll(event)
    // Who was connected before anybody looked.
    for id in here {
      watchCalls(on: id.adapter)
      tellCalls(.deviceChanged(id), on: id.adapter)
    }
  }

  private func watchAudio(_ id: DeviceID) {
    guard running[.audio(id)] == nil, let device = mirror.device(id), AudioWatch.isWanted(device) else { return }
    running[.audio(id)] = Running(watch: AudioWatch(id))
  }

  private func watchCalls(on adapter: AdapterID) {
    guard let key = callsKey(on: adapter), running[key] == nil else { return }
    running[key] = Running(watch: CallWatch(adapter))
  }

  private func callsKey(on adapter: AdapterID) -> Key? { mirror.adapterAddress(adapter).map { .calls($0) } }

  private func tellCalls(_ event: Event, on adapter: AdapterID) {
    if let key = callsKey(on: adapter) { tell(key, event) }
  }

  /// A controller is there. Whoever had its name before is another one, of which nothing is to come.
  private func rename(to adapter: AdapterID, controller: Address) {
    for (key, run) in running where key != .calls(controller) && (run.watch as? CallWatch)?.adapter == adapter {
      end(key)
    }
    guard var watch = running[.calls(controller)]?.watch as? CallWatch, watch.adapter != adapter else { return }
    let actions = watch.rename(to: adapter)
    running[.calls(controller)]?.watch = watch
    for action in actions { perform(action, of: .calls(controller)) }
  }

  /// A link came up.
  private func watchBond(_ id: DeviceID) {
    let isOurs = operations.assumeIsolated { $0.running(on: id) != nil }
    guard running[.bond(id)] == nil, BondWatch.isWanted(id, wasConnected: false, isOurs: isOurs, in: world) else {
      return
    }
    running[.bond(id)] = Running(watch: BondWatch(id))
  }

  private func watchLogin() {
    guard let user = world.sound?.user, running[.login(user)] == nil else { return }
    let hasCalled = called.assumeIsolated { $0.contains(user) }
    running[.login(user)] = Running(watch: LoginWatch(of: user, at: now, hasCalled: hasCalled))
  }

  /// The next login of a user who has logged out is a new one.
  private func endLogins() {
    let watched = running.keys.compactMap { key in if case .login(let user) = key { user } else { nil } }
    for user in Set(watched).union(called.assumeIsolated { $0.users }) {
      let wasThere = running[.login(user)] != nil
      guard sessions.assumeIsolated({ $0.isLoginOver(of: user, wasThere: wasThere) }) else { continue }
      end(.login(user))
      called.assumeIsolated { $0.remove(user) }
    }
  }

  private func end(_ key: Key) {
    guard let ended = running.removeValue(forKey: key) else { return }
    for timer in ended.timers.values { loop.cancel(timer) }
  }

  // MARK: Telling and doing

  private var now: Duration { .now - begun }

  private func tellAll(_ event: Event) {
    guard !isStopping else { return }
    endLogins()
    watchLogin()
    for key in running.keys.sorted() where running[key]?.watch.isConcerned(by: event) == true { tell(key, event) }
  }

  private func tell(_ key: Key, _ event: Event) {
    guard var watch = running[key]?.watch else { return }
    let actions = watch.handle(event, at: now, in: world)
    running[key]?.watch = watch
    for action in actions { perform(action, of: key) }
    if running[key]?.watch.isAtRest == true { end(key) }
  }

  private func perform(_ action: WatchAction, of key: Key) {
    switch action {
    case .request(let request):
      loop.spawn { [port] in
        let answer = await port.perform(request)
        await self.tell(key, answer)
      }
    case .arm(let deadline, let delay):
      disarm(deadline, of: key)
      guard running[key] != nil else { return }
      running[key]?.timers[deadline] = loop.schedule(after: delay) {
        self.assumeIsolated {
          $0.running[key]?.timers[deadline] = nil
          $0.tell(key, .expired(deadline))
        }
      }
    case .disarm(let deadline): disarm(deadline, of: key)
    case .begin(.connect(let id)) where operations.assumeIsolated({ $0.isConnecting(on: id.adapter) }):
      // A controller pages one device at a time.
      waiting.append((key, id))
    case .begin(let undertaking): begin(undertaking, for: key)
    case .diagnose(let id, let verdict): onVerdict(id, verdict)
    case .tell(let id, let words):
      log.notice(words, ["device": world.title(of: id)])
      port.chronicle.assumeIsolated { $0.decided(id, words) }
    case .noteUse(let id, let user):
      if let key = mirror.key(of: id) { history.assumeIsolated { $0.used(key, by: user) } }
    case .noteEndpoints(let user): sessions.assumeIsolated { $0.noteEndpoints(of: user) }
    case .noteCalled(let user):
      called.assumeIsolated { $0.insert(user) }
      holds.assumeIsolated { $0.loginBegan(world.callRules) }
    case .hold(let id, let reason):
      if let key = mirror.key(of: id) { holds.assumeIsolated { _ = $0.set(reason, on: key) } }
    }
  }

  private func begin(_ undertaking: Undertaking, for key: Key) {
    let operation = operation(undertaking)
    let subjects: Set<Subject> = [.device(undertaking.device)]
    let reason = (running[key]?.watch as? CallWatch)?.reason(toCall: undertaking.device)
    guard let refusal = operations.assumeIsolated({ $0.begin(operation, on: subjects) }) else {
      return port.chronicle.assumeIsolated { $0.began(undertaking, for: key.occasion, because: reason) }
    }
    tell(key, .operationEnded(DeviceOperation(begunAs: undertaking), refusal))
  }

  /// Begins those calls for whose adapter there is room now, each where it is still wanted.
  private func beginNext() {
    let all = waiting
    waiting = []
    for (key, id) in all where running[key] != nil {
      if operations.assumeIsolated({ $0.isConnecting(on: id.adapter) }) {
        waiting.append((key, id))
      } else if running[key]?.watch.stillCalls(id, in: world) == true {
        begin(.connect(id), for: key)
      } else {
        tell(key, .operationEnded(DeviceOperation(begunAs: .connect(id)), .cancelled("Connecting")))
      }
    }
  }

  private func disarm(_ deadline: Deadline, of key: Key) {
    if let timer = running[key]?.timers.removeValue(forKey: deadline) { loop.cancel(timer) }
  }

  private func operation(_ undertaking: Undertaking) -> any Operation {
    switch undertaking {
    case .connect(let id): ConnectOperation(id)
    case .disconnect(let id): ChangeOperation(.disconnect(id))
    case .audio(let id, let kind):
      ProfileOperation(id, kind.map { .kind($0) } ?? .codec(nil), preference: world.wish(of: id).preference)
    }
  }
}
