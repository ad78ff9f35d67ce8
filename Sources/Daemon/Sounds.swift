internal import BlueZ
internal import Core
internal import EventLoop
internal import Service

/// Sees to the sound of connected devices, and to headsets at login: runs a ``SoundWatch`` for each device and a
/// ``LoginWatch`` for the followed session, and carries out what they want.
actor Sounds: LoopActor {
  nonisolated let loop: EventLoop
  private let mirror: MirrorView
  private let sessions: Sessions
  private let operations: Operations
  private let log: Log
  private var watches: [DeviceID: Watched] = [:]
  private var obstacles: [DeviceID: String] = [:]
  private var logins: [Int: LoginWatch] = [:]
  private let begun = ContinuousClock.now

  private struct Watched {
    var watch: SoundWatch
    var timer: TimerToken?
  }

  init(loop: EventLoop, mirror: MirrorView, sessions: Sessions, operations: Operations, log: Log) {
    self.loop = loop
    self.mirror = mirror
    self.sessions = sessions
    self.operations = operations
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
        || old.trusted != new.trusted
      if isOfSound { look(at: DeviceID(new)) }
    case .transportAdded(let stream), .transportRemoved(let stream):
      if let id = DeviceID(ofStream: stream) { look(at: id) }
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
  func evidence(on id: DeviceID, hasBlueALSA: Bool) -> SoundEvidence {
    SoundEvidence(watches[id]?.watch ?? SoundWatch(id), obstacle: obstacles[id], hasBlueALSA: hasBlueALSA)
  }

  /// How long the steps of the followed session's login took.
  var milestones: [LoginWatch.Milestone: Duration] {
    sessions.assumeIsolated { $0.followedNumber }.flatMap { logins[$0]?.milestones } ?? [:]
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
      watches[id] = Watched(watch: SoundWatch(id))
    }
    guard var watched = watches[id] else { return }
    let steps = watched.watch.look(at: now, in: mirror)
    watches[id]?.watch = watched.watch
    for step in steps { perform(step, of: id) }
    if device?.connected != true, watches[id]?.watch.isBusy != true { watches[id] = nil }
  }

  private func perform(_ step: SoundWatch.Step, of id: DeviceID) {
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
    let steps = watched.watch.expired(at: now, in: mirror)
    watches[id]?.watch = watched.watch
    watches[id]?.timer = nil
    for step in steps { perform(step, of: id) }
  }

  private func disarm(_ id: DeviceID) {
    if let timer = watches[id]?.timer { loop.cancel(timer) }
    watches[id]?.timer = nil
  }

  private func correct(_ kind: SoundCard.Kind, _ id: DeviceID) async {
    let operation = ProfileOperation(id, .kind(kind), preference: mirror.wish(of: id).preference)
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
    }
    ended(id, byCommand: false)
  }

  // MARK: Commands

  /// A user's command begins to change the sound of a device.
  func begins(_ id: DeviceID) {
    disarm(id)
    watches[id]?.watch.begins()
  }

  func ended(_ id: DeviceID, byCommand: Bool) {
    watches[id]?.watch.ended(byCommand: byCommand, at: now, in: mirror)
    look(at: id)
  }

  // MARK: Logging in and out

  private func lookAtLogin() {
    guard let number = sessions.assumeIsolated({ $0.followedNumber }) else { return }
    var login = logins[number] ?? LoginWatch(at: now)
    let wanted = login.look(at: now, in: mirror, mirror.allAdapters)
    logins = logins.filter { number, _ in sessions.assumeIsolated { $0.isThere(number) } }
    for other in logins.keys where other != number { logins[other]?.pause() }
    logins[number] = login
    guard !wanted.isEmpty else { return }
    let order = mirror.history.assumeIsolated { history in
      wanted.sorted { history.lastUse(mirror.key(of: $0)) > history.lastUse(mirror.key(of: $1)) }
    }
    loop.spawn { await self.call(order) }
  }

  /// Connects the first that answers.
  private func call(_ devices: [DeviceID]) async {
    for id in devices {
      do throws(OperationError) {
        _ = try await operations.run(ConnectOperation(id), on: [.device(id)], endsWithCaller: false, yields: true)
        return log.info("connected at login", ["device": title(id)])
      } catch {
        log.info("not connected at login: \(error.message)", ["device": title(id)])
      }
    }
  }

  /// Nobody is logged in any more whose sound server it was: the headset is free for another device.
  func release() {
    for device in mirror.allDevices where device.connected && device.bonded && device.isAudio {
      log.info("disconnected at logout", ["device": device.alias])
      loop.spawn { [operations] in
        _ = try? await operations.run(
          ApplyOperation(.disconnect(device.id)), on: [.device(device.id)], endsWithCaller: false, yields: true)
      }
    }
  }

  private func title(_ id: DeviceID) -> String { mirror.device(id)?.alias ?? "a device" }
}
