internal import BlueZ
internal import Core
internal import EventLoop
internal import Service
internal import Vocabulary

/// Sees to the sound of connected devices, and to headsets at login: runs a ``AudioWatch`` for each device and a
/// ``LoginWatch`` for each login, and carries out what they want.
actor AudioWatches: LoopActor {
  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private let history: BondHistory
  private var mirror: BlueZMirror { world.mirror }
  private let sessions: Sessions
  private let operations: Operations
  private let log: Log
  private var watches: [DeviceID: Watched] = [:]
  private var obstacles: [DeviceID: String] = [:]
  /// By user: a session that comes anew belongs to the same login.
  private var logins: [UInt32: LoginWatch] = [:]
  private let called: CalledLogins
  private let helper: HelperPort
  private let begun = ContinuousClock.now
  private var isStopping = false

  private struct Watched {
    var watch: AudioWatch
    var timer: TimerToken?
  }

  init(
    loop: EventLoop, world: LiveWorld, history: BondHistory, sessions: Sessions, operations: Operations,
    called: CalledLogins, helper: HelperPort, log: Log
  ) {
    self.loop = loop
    self.world = world
    self.history = history
    self.sessions = sessions
    self.operations = operations
    self.called = called
    self.helper = helper
    self.log = log
  }

  private var now: Duration { .now - begun }

  // MARK: What happens

  /// Takes a change of BlueZ's objects.
  func take(_ change: TreeChange) {
    switch change {
    case .deviceAdded(let device): look(at: DeviceID(device))
    case .deviceChanged(let old, let new):
      let isOfSound =
        old.connected != new.connected || old.bonded != new.bonded || old.uuids != new.uuids
        || old.trusted != new.trusted || old.servicesResolved != new.servicesResolved
      if old.connected, !new.connected { obstacles[DeviceID(new)] = nil }
      if isOfSound { look(at: DeviceID(new)) }
    case .transportAdded(let stream):
      if let id = DeviceID(ofStream: stream) { look(at: id) }
    case .transportRemoved(let stream):
      guard let id = DeviceID(ofStream: stream) else { break }
      look(at: id)
      if stream.profile == .a2dp { freed(by: id) }
    case .deviceRemoved(let device):
      obstacles[DeviceID(device)] = nil
      look(at: DeviceID(device))
    case .adapterChanged(let old, let new): if old.uuids != new.uuids || old.powered != new.powered { lookAtAll() }
    case .bluezReady, .bluezVanished, .adapterRemoved: lookAtAll()
    default: break
    }
  }

  /// The followed session, or what it has, is another one, or a wish is.
  func soundChanged() {
    lookAtAll()
    operations.assumeIsolated { $0.tellAll(.soundChanged) }
  }

  /// What kept A2DP from being connected; nil when it was.
  func hear(_ obstacle: String?, of id: DeviceID) { obstacles[id] = obstacle }

  /// What a verdict on a device's sound is made from.
  func evidence(on id: DeviceID, hasBlueALSA: Bool) -> AudioEvidence {
    // Some of what it saw is over by now.
    look(at: id)
    return AudioEvidence(watches[id]?.watch ?? AudioWatch(id), obstacle: obstacles[id], hasBlueALSA: hasBlueALSA)
  }

  /// How long the steps of the followed session's login took.
  var milestones: [LoginWatch.Milestone: Duration] {
    sessions.assumeIsolated { $0.followed }.flatMap { logins[$0.user]?.milestones } ?? [:]
  }

  // MARK: Devices

  private func lookAtAll() {
    for id in Set(watches.keys).union(mirror.allDevices.filter(\.connected).map(\.id)) { look(at: id, alone: false) }
    lookAtLogin()
  }

  private func look(at id: DeviceID, alone: Bool = true) {
    if alone { lookAtLogin() }
    let device = mirror.device(id)
    if watches[id] == nil {
      guard let device, device.connected, device.bonded, device.isAudio else { return }
      watches[id] = Watched(watch: AudioWatch(id))
    }
    guard var watched = watches[id] else { return }
    let steps = watched.watch.look(at: now, in: world)
    watches[id]?.watch = watched.watch
    for step in steps { perform(step, of: id) }
    if device?.connected != true, watches[id]?.watch.isBusy != true { watches[id] = nil }
  }

  /// A device has given its A2DP stream up, which others may have waited for.
  private func freed(by id: DeviceID) {
    for other in watches.keys where other != id && other.adapter == id.adapter {
      obstacles[other] = nil
      watches[other]?.watch.freed()
      look(at: other)
    }
  }

  private func perform(_ step: AudioWatch.Step, of id: DeviceID) {
    switch step {
    case .arm(let delay):
      disarm(id)
      watches[id]?.timer = loop.schedule(after: delay) { self.assumeIsolated { $0.expired(id) } }
    case .disarm: disarm(id)
    case .tell(let words): log.notice("sound: \(words)", ["device": title(id)])
    case .correct(let kind):
      watches[id]?.watch.begins()
      loop.spawn { await self.correct(kind, id) }
    }
  }

  private func expired(_ id: DeviceID) {
    guard var watched = watches[id] else { return }
    let steps = watched.watch.expired(at: now, in: world)
    watches[id]?.watch = watched.watch
    watches[id]?.timer = nil
    for step in steps { perform(step, of: id) }
  }

  private func disarm(_ id: DeviceID) {
    if let timer = watches[id]?.timer { loop.cancel(timer) }
    watches[id]?.timer = nil
  }

  private func correct(_ kind: AudioCard.Kind, _ id: DeviceID) async {
    let operation = ProfileOperation(id, .kind(kind), preference: world.wish(of: id).preference)
    do throws(OperationError) {
      _ = try await operations.run(operation, on: [.device(id)], endsWithCaller: false, yields: true)
      log.info("the sound was put into what its policy wants", ["device": title(id), "kind": kind.rawValue])
    } catch {
      if error.code == .busy || error.code == .cancelled, var watched = watches[id] {
        let steps = watched.watch.postponed()
        watches[id]?.watch = watched.watch
        for step in steps { perform(step, of: id) }
        return
      }
      log.notice("sound: \(error.message)", ["device": title(id), "evidence": error.evidence ?? ""])
      return ended(id, by: nil)
    }
    ended(id, by: .policy)
  }

  // MARK: Commands

  /// A user's command begins to change the sound of a device.
  func begins(_ id: DeviceID) {
    disarm(id)
    watches[id]?.watch.begins()
  }

  /// It could not begin.
  func abandoned(_ id: DeviceID) {
    watches[id]?.watch.abandoned()
    look(at: id)
  }

  /// The user disconnects a device, and wants it to stay so.
  func leave(_ id: DeviceID) { for user in logins.keys { logins[user]?.leave(id) } }

  /// It has ended; `decider` made the sound what it is now, nil when it did not work.
  func ended(_ id: DeviceID, by decider: AudioWatch.Decider?) {
    watches[id]?.watch.ended(by: decider, at: now, in: world)
    look(at: id)
  }

  // MARK: Logging in and out

  /// The daemon stops: the sessions leave because of that, and nobody logs out.
  func stop() { isStopping = true }

  private func lookAtLogin() {
    guard !isStopping else { return }
    forgetLogins()
    guard let session = sessions.assumeIsolated({ $0.followed }) else { return }
    let user = session.user
    for other in logins.keys where other != user { logins[other]?.pause() }
    let isNew = logins[user] == nil
    var login = logins[user] ?? LoginWatch(at: now, hasCalled: called.assumeIsolated { $0.contains(user) })
    let guests = login.guests
    // Connecting waits for it to listen; the sound server takes longer to start.
    if isNew, !login.hasCalled, session.isHost { helper.assumeIsolated { $0.prepare() } }
    let isShared = sessions.assumeIsolated { $0.isShared }
    let wanted = login.look(at: now, in: world, mirror.allAdapters, isShared: isShared) { isOthers($0, than: user) }
    logins[user] = login
    for id in login.guests.subtracting(guests) {
      if let key = mirror.key(of: id) { history.assumeIsolated { $0.used(key, by: user) } }
    }
    if login.hasCalled { called.assumeIsolated { $0.insert(user) } }
    guard !wanted.isEmpty else { return }
    let order = wanted.map { (id: $0, use: use(of: $0, by: user)) }.sorted { $0.use > $1.use }.map(\.id)
    loop.spawn { await self.call(order, for: user) }
  }

  /// When this user had a device, and when it was used at all; later uses are greater.
  private func use(of id: DeviceID, by user: UInt32) -> (Int, Int) {
    guard let key = mirror.key(of: id) else { return (0, 0) }
    return history.assumeIsolated { ($0.use(of: key, by: user) ?? 0, $0.lastUse(key)) }
  }

  /// Whether other users had a device in their sessions, and this one never.
  private func isOthers(_ id: DeviceID, than user: UInt32) -> Bool {
    guard let key = mirror.key(of: id) else { return false }
    return history.assumeIsolated { $0.isUsed(key) && $0.use(of: key, by: user) == nil }
  }

  /// The next login of who has logged out is a new one.
  private func forgetLogins() {
    let gone = Set(logins.keys).union(called.assumeIsolated { $0.users }).filter { user in
      let wasThere = logins[user] != nil
      return sessions.assumeIsolated { $0.isLoginOver(of: user, wasThere: wasThere) }
    }
    for user in gone {
      logins[user] = nil
      called.assumeIsolated { $0.remove(user) }
    }
  }

  /// Connects the first that answers, while nobody else has come and the user is still followed.
  private func call(_ devices: [DeviceID], for user: UInt32) async {
    for id in devices {
      let isStillWanted =
        await sessions.followed?.user == user
        && !devices.contains { mirror.device($0)?.connected == true }
      guard isStillWanted else { return }
      do throws(OperationError) {
        _ = try await operations.run(ConnectOperation(id), on: [.device(id)], endsWithCaller: false, yields: true)
        return log.info("connected at login", ["device": title(id)])
      } catch {
        log.info("not connected at login: \(error.message)", ["device": title(id)])
      }
    }
  }

  /// Nobody is logged in any more whose sound server had these devices, as his session said: those with which BlueZ had
  /// a stream while he was followed are free for another computer.
  func release(_ addresses: Set<Address>, of user: UInt32) {
    let guests = logins[user]?.guests ?? []
    for id in guests where addresses.contains(id.address) && mirror.device(id)?.connected == true {
      log.info("disconnected at logout", ["device": title(id)])
      loop.spawn { [operations] in
        _ = try? await operations.run(
          ChangeOperation(.disconnect(id)), on: [.device(id)], endsWithCaller: false, yields: true)
      }
    }
  }

  private func title(_ id: DeviceID) -> String { mirror.device(id)?.alias ?? "a device" }
}
