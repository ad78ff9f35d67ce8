internal import Vocabulary

/// Connects a bonded device and proves what came of it: the link, its services, and A2DP at the transport.
///
/// A part of operations. `Connect` returning without error does not mean that A2DP is up: BlueZ reports success when
/// any profile connected (`device.c device_profile_connected`), so the transport is looked at.
struct AudioConnection: Equatable, Sendable {
  enum Step: Equatable {
    case go([Action])
    case done([Action], [Proof])
    case failed([Action], OperationError)
  }

  private enum Phase: Equatable {
    case connecting, busy, resolving, awaitingTransport, connectingProfile, profileBusy, awaitingTransportAgain
    /// The key was probably refused; how the link falls will tell which key is wrong.
    case awaitingFall(OperationError)
    /// It fell, and why is still to be told.
    case awaitingReason(OperationError)
    /// It failed, unless the adapter is going off.
    case awaitingAdapter(OperationError)
  }

  /// SDP after a connection takes 0.1 to 0.7 s in the laboratory; a headset that hangs holds for BlueZ's own 30 s.
  static let resolvingLimit = Duration.seconds(30)
  /// The transport appears with or shortly after Connect's answer (0.1 to 0.4 s in the laboratory).
  static let audioLimit = Duration.seconds(8)
  /// An attempt of somebody else ends without a signal, so BlueZ is asked again: while that goes on it refuses at once,
  /// and nothing comes of it (5.66 to 5.87).
  static let busyDelay = Duration.seconds(1)
  /// The longest that an attempt of somebody else was seen to take is 41 s (BlueZ's, of a blocked device). Operations
  /// have their own limits besides.
  static let mostBusyAnswers = 60
  /// A link over which nothing could be connected falls after 2.0 to 4.5 s in the laboratory (5.66 to 5.87).
  static let fallLimit = Duration.seconds(6)
  /// The kernel's word comes through the helper, and may come later than the same news over D-Bus.
  static let reasonLimit = Duration.seconds(1)

  private let id: DeviceID
  private var phase = Phase.connecting
  private var proofs: [Proof] = []
  /// Nil before it was started.
  private var evidence: Evidence?
  /// The kernel is listened to.
  private var isWatched: Bool
  /// False when somebody else's attempt is watched, which is not ours to end.
  private(set) var isOurs = true
  /// A link stood before, which is not ours to end either.
  private var wasConnected = false
  /// How often BlueZ was busy with somebody else's attempt.
  private var busyAnswers = 0

  /// Whether it is enough to say so when no sound server is there. After a pairing it is: that stands by itself, and its
  /// link falls within seconds.
  private let mayBeSilent: Bool

  /// What is told of a pairing whose audio cannot be connected.
  private static func silence(_ device: Device, _ adapter: Adapter?) -> [Proof] {
    let ends = AudioEnds(device, on: adapter)
    let none = "No sound server has registered with BlueZ, so there is no audio to connect."
    let obstacle = ends?.gap ?? ends?.lack(of: .stereo) ?? none
    return [.open(.connected, because: obstacle), .open(.a2dp, because: obstacle)]
  }

  init(_ id: DeviceID, mayBeSilent: Bool = false, isWatched: Bool = false) {
    self.id = id
    self.mayBeSilent = mayBeSilent
    self.isWatched = isWatched
  }

  /// Somebody else's attempt is under way, and its end is waited for.
  var isWaitingForOthers: Bool { phase == .busy }

  /// Whether the bond was seen to be sound.
  var isSound: Bool { evidence?.isSound == true }

  /// What is wrong with the bond, as far as was seen.
  var verdict: Verdict? { evidence.flatMap(Diagnosis.verdict) }

  /// What is to be remembered of the bond.
  var told: [Action] { isSound ? [.diagnose(id, nil)] : verdict.map { [.diagnose(id, $0)] } ?? [] }

  mutating func start(in world: some World) -> Step {
    guard let adapter = world.adapter(id.adapter) else { return .failed([], .noAdapter(world.host)) }
    guard let device = world.device(id) else { return .failed([], .deviceGone(id)) }
    evidence = Evidence(.connect, device, in: world)
    guard !device.blocked else { return .failed([], .deviceBlocked(device)) }
    guard device.bonded else { return .failed([], .notBonded(device)) }
    wasConnected = device.connected
    if !adapter.hasAudio, !device.connected || mayBeSilent { return .done([], Self.silence(device, adapter)) }
    if !device.connected, let gap = AudioEnds(device, on: adapter)?.gap {
      return mayBeSilent ? .done([], Self.silence(device, adapter)) : .failed([], .noSharedAudio(device, gap))
    }
    return .go([.progress(.connecting, "Connecting to \(device.alias)"), .request(.connect(id))])
  }

  mutating func handle(_ event: Event, in world: some World) -> Step {
    look(at: event, in: world)
    guard let device = world.device(id) else {
      return .failed(disarmed, .deviceGone(id))
    }
    // Whatever is asked of a device without a bond pairs implicitly.
    guard device.bonded else { return .failed(disarmed, .notBonded(device)) }
    guard !device.blocked else { return .failed(disarmed, .deviceBlocked(device)) }
    let adapter = world.adapter(id.adapter)
    if case .awaitingAdapter(let error) = phase {
      let isOver = [.expired(.audio), .expired(.overall)].contains(event)
      guard isOver || evidence?.reasons.isSubset(of: [.local]) == false else { return .go([]) }
      return given(error, with: disarmed)
    }
    if hasHungUp(device, event) { return fail(.dropped(device), with: disarmed, in: world) }
    switch (phase, event) {
    case (.connecting, .link(id, .keyRefused)) where isHopeless,
      (.awaitingFall, .link(id, .keyRefused)) where isHopeless:
      return given(.dropped(device), with: [.disarm(.audio), .hangUp(id)])
    case (.connecting, .answered(.connect(id), let refusal)):
      return connected(device, adapter, refusal, in: world)
    case (.busy, _) where device.connected && device.servicesResolved:
      let step = resolve(device, adapter, in: world)
      return step.prefixed(by: [.disarm(.audio)])
    case (.busy, .expired(.audio)): return askAgain(device, in: world)
    case (.busy, .link(id, .disconnected)) where evidence?.isKeyRefused == true:
      return given(.dropped(device), with: [.disarm(.audio)])
    case (.awaitingFall, _) where isSound, (.awaitingReason, _) where isSound:
      return resolve(device, adapter, in: world).prefixed(by: [.disarm(.audio)])
    case (.awaitingFall(let error), .link(id, .disconnected)), (.awaitingFall(let error), .expired),
      (.awaitingReason(let error), .link(id, .disconnected)), (.awaitingReason(let error), .expired):
      return given(error, with: [.disarm(.audio)])
    case (.awaitingFall(let error), .deviceChanged(id)) where evidence?.falls != 0:
      guard isWatched else { return given(error, with: [.disarm(.audio)]) }
      phase = .awaitingReason(error)
      return .go([.disarm(.audio), .arm(.audio, Self.reasonLimit)])
    case (.resolving, _) where device.servicesResolved:
      return resolve(device, adapter, in: world)
    case (.resolving, .expired(.resolving)):
      proofs.append(.open(.servicesResolved, because: "BlueZ did not finish reading the device's services."))
      return audio(device, adapter, in: world)
    case (.awaitingTransport, _) where hasStereo(world), (.profileBusy, _) where hasStereo(world),
      (.awaitingTransportAgain, _) where hasStereo(world):
      return finish([.proven(.a2dp)])
    case (.awaitingTransport, .expired(.audio)), (.profileBusy, .expired(.audio)):
      phase = .connectingProfile
      return .go([.request(.connectProfile(id, .a2dpSink))])
    case (.connectingProfile, .answered(.connectProfile(id, .a2dpSink), let refusal)):
      return profileConnected(device, adapter, refusal, in: world)
    case (.awaitingTransportAgain, .expired(.audio)):
      let why = obstacle(device, in: world) ?? "BlueZ reported success, but no A2DP transport appeared."
      return finish([.open(.a2dp, because: why)])
    default:
      return .go([])
    }
  }

  // MARK: What is wrong

  private mutating func look(at event: Event, in world: some World) {
    evidence?.look(in: world)
    // There is nothing to tell of a device that was removed.
    if world.hasBlueZ, world.device(id) == nil { evidence = nil }
    if hasStereo(world) { evidence?.isSound = true }
    switch event {
    case .link(id, let event): evidence?.note(event)
    case .answered(.watch(id), nil): isWatched = true
    case .answered(.connect(id), let refusal), .answered(.connectProfile(id, .a2dpSink), let refusal):
      evidence?.refusal = refusal
      if refusal == nil { evidence?.isSound = true }
      if refusal?.kind == .keyMissing { evidence?.isSound = false }
    default: break
    }
  }

  /// No later news can make it another verdict. BlueZ may try for seconds more, and the link falls later still, which
  /// nobody needs to wait for; but what was not begun by us is not ended by us.
  private var isHopeless: Bool {
    guard let verdict, isOurs, !wasConnected else { return false }
    return verdict.isStale && verdict.certainty == .certain
  }

  /// Whether it is worth to wait for what the kernel or BlueZ say of the link's end.
  private var mayLearnMore: Bool {
    guard let evidence, evidence.reasons.isEmpty, evidence.falls == 0 || isWatched else { return false }
    if evidence.refusal?.kind == .keyMissing || evidence.isKeyRefused {
      return isWatched || evidence.context.tellsOfKeys
    }
    return isWatched && evidence.isRefusedAfterLink
  }

  /// Fails, once it is clear that the adapter is not what failed.
  private mutating func fail(
    _ error: OperationError, with actions: [Action] = [], in world: some World
  ) -> Step {
    guard evidence?.mayBeOfAdapter == true || world.isGoingOff(id.adapter) else {
      return given(error, with: actions)
    }
    phase = .awaitingAdapter(error)
    return .go(actions + [.arm(.audio, AdapterNews.limit(on: id.adapter, in: world))])
  }

  /// Fails with what is wrong with the bond where that is known well enough, and otherwise with the error.
  private func given(_ error: OperationError, with actions: [Action]) -> Step {
    if let verdict, verdict.isStale { return .failed(actions, OperationError(stale: verdict)) }
    return .failed(actions, error)
  }

  /// The device is seen without a link although one stood. A link whose news is late is waited for until the deadline.
  private func hasHungUp(_ device: Device, _ event: Event) -> Bool {
    guard !device.connected else { return false }
    return switch (phase, event) {
    case (.resolving, .deviceChanged(id)), (.resolving, .expired(.resolving)): true
    case (.awaitingTransport, .deviceChanged(id)), (.awaitingTransport, .expired(.audio)): true
    case (.awaitingTransportAgain, .deviceChanged(id)), (.awaitingTransportAgain, .expired(.audio)): true
    case (.profileBusy, .deviceChanged(id)), (.profileBusy, .expired(.audio)): true
    default: false
    }
  }

  private mutating func connected(
    _ device: Device, _ adapter: Adapter?, _ refusal: Refusal?, in world: some World
  ) -> Step {
    switch refusal?.kind {
    case nil, .alreadyConnected:
      return resolve(device, adapter, in: world)
    case .inProgress:
      // BlueZ's policy plugin, the sound server or the headset itself is connecting, or somebody who has gone since
      // has begun it (bluetoothctl with a time-out): watch, do not race it.
      phase = .busy
      isOurs = false
      busyAnswers += 1
      let what = "\(device.alias) is being connected by another program or by itself already."
      let told: [Action] = busyAnswers == 1 ? [.progress(.waiting, "\(what) Waiting for the end of that.")] : []
      return .go(told + [.arm(.audio, Self.busyDelay)])
    default:
      guard let refusal else { return .go([]) }
      let isOneSided = adapter?.hasStereo != true || AudioEnds(device, on: adapter)?.gap != nil
      if refusal.kind == .profileUnavailable, mayBeSilent, isOneSided {
        return .done([], Self.silence(device, adapter))
      }
      let error = taken(device, refusal, in: world) ?? .connecting(device, on: adapter, world.audioAbsence, refusal)
      guard mayLearnMore else { return fail(error, in: world) }
      let isUp = evidence?.falls == 0
      phase = isUp ? .awaitingFall(error) : .awaitingReason(error)
      return .go([.arm(.audio, isUp ? Self.fallLimit : Self.reasonLimit)])
    }
  }

  /// The end of somebody else's attempt is seen by BlueZ's taking up ours.
  private mutating func askAgain(_ device: Device, in world: some World) -> Step {
    guard busyAnswers < Self.mostBusyAnswers else { return given(.attemptOfOthers(device), with: []) }
    // What was seen of an attempt whose link fell says nothing of the next one's.
    if let evidence, evidence.falls > 0, !evidence.isSound { self.evidence = Evidence(.connect, device, in: world) }
    phase = .connecting
    wasConnected = device.connected
    isOurs = !wasConnected
    return .go([.request(.connect(id))])
  }

  private mutating func profileConnected(
    _ device: Device, _ adapter: Adapter?, _ refusal: Refusal?, in world: some World
  ) -> Step {
    if hasStereo(world) { return finish([.proven(.a2dp)]) }
    switch refusal?.kind {
    case nil, .alreadyConnected:
      phase = .awaitingTransportAgain
      return .go([.arm(.audio, Self.audioLimit)])
    case .inProgress where busyAnswers < Self.mostBusyAnswers:
      phase = .profileBusy
      busyAnswers += 1
      return .go([.arm(.audio, Self.busyDelay)])
    default:
      guard let refusal else { return .go([]) }
      guard device.connected else {
        return fail(.connecting(device, on: adapter, world.audioAbsence, refusal), with: disarmed, in: world)
      }
      let why = obstacle(device, in: world) ?? "BlueZ could not connect it: \(refusal.words)"
      return finish([.open(.a2dp, because: why)])
    }
  }

  private mutating func resolve(_ device: Device, _ adapter: Adapter?, in world: some World) -> Step {
    if device.servicesResolved {
      let wasWaiting = phase == .resolving
      proofs = [.proven(.connected), .proven(.servicesResolved)]
      return audio(device, adapter, in: world).prefixed(by: wasWaiting ? [.disarm(.resolving)] : [])
    }
    proofs = [.proven(.connected)]
    phase = .resolving
    return .go([
      .progress(.resolving, "Reading the services of \(device.alias)"), .arm(.resolving, Self.resolvingLimit),
    ])
  }

  private mutating func audio(_ device: Device, _ adapter: Adapter?, in world: some World) -> Step {
    guard device.services.contains(.a2dpSink) else {
      let what = device.servicesResolved ? "The device offers no A2DP sink." : "The device's services are not known."
      return finish([.open(.a2dp, because: what)], armed: false)
    }
    guard adapter?.hasStereo == true else {
      let lack = AudioEnds(device, on: adapter)?.lack(of: .stereo)
      let why = lack ?? "No sound server has registered A2DP endpoints with BlueZ."
      return finish([.open(.a2dp, because: why)], armed: false)
    }
    if hasStereo(world) { return finish([.proven(.a2dp)], armed: false) }
    phase = .awaitingTransport
    return .go([.progress(.audio, "Waiting for stereo audio"), .arm(.audio, Self.audioLimit)])
  }

  /// Why there is no A2DP, where another headset is the reason: the sound server has one endpoint that fits, and BlueZ
  /// says of it what it says of others (5.82 with PipeWire 1.4.2: "Unable to select SEP").
  private func obstacle(_ device: Device, in world: some World) -> String? {
    world.otherInStereo(than: id).map { OperationError.endpointTakenSentence(device, by: $0) }
  }

  /// The same where nothing else connected either.
  private func taken(_ device: Device, _ refusal: Refusal, in world: some World) -> OperationError? {
    guard refusal.words.hasSuffix("br-connection-create-socket") else { return nil }
    return world.otherInStereo(than: id).map { .endpointTaken(device, by: $0, evidence: refusal.words) }
  }

  private func hasStereo(_ world: some World) -> Bool {
    world.transports(of: id).contains { $0.profile == .a2dp }
  }

  private mutating func finish(_ last: [Proof], armed: Bool = true) -> Step {
    .done(armed ? [.disarm(.audio)] : [], proofs + last)
  }

  private var disarmed: [Action] { [.disarm(.resolving), .disarm(.audio)] }
}

extension AudioConnection.Step {
  fileprivate func prefixed(by actions: [Action]) -> Self {
    switch self {
    case .go(let own): .go(actions + own)
    case .done(let own, let proofs): .done(actions + own, proofs)
    case .failed(let own, let error): .failed(actions + own, error)
    }
  }
}
