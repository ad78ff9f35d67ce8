import Core
import Testing
import Vocabulary

@Suite struct ConnectOperationTests {
  /// How far a connection has come.
  enum Phase: CaseIterable, Sendable {
    case connecting, busy, resolving, awaitingTransport, connectingProfile, awaitingTransportAgain
    /// Refused, and the kernel is still to say how the link falls.
    case awaitingFall, awaitingReason

    static let allCases: [Self] = [.connecting, .busy] + linked
    static let everyone = allCases + [.awaitingFall, .awaitingReason]
    static let linked: [Self] = [.resolving, .awaitingTransport, .connectingProfile, .awaitingTransportAgain]

    func script() -> Script<ConnectOperation> {
      var script = Script(ConnectOperation(.headset), FakeWorld(.own))
      script.label = "connect, \(self)"
      script.start()
      // The helper is not there, but where something is expected of it.
      let isWatched = self == .awaitingFall || self == .awaitingReason
      script.answer(.watch(.headset), isWatched ? nil : .other)
      if self == .connecting { return script }
      if self == .busy {
        script.answer(.connect(.headset), .inProgress)
        return script
      }
      script.change { $0.connected = true }
      if isWatched {
        script.answer(.connect(.headset), .profilesRefused)
        if self == .awaitingReason { script.change { $0.connected = false } }
        return script
      }
      script.answer(.connect(.headset))
      if self == .resolving { return script }
      script.change { $0.servicesResolved = true }
      if self == .awaitingTransport { return script }
      script.expire(.audio)
      if self == .connectingProfile { return script }
      script.answer(.connectProfile(.headset, .a2dpSink))
      return script
    }
  }

  private let everything: [Proof] = [.bonded, .connected, .servicesResolved, .a2dp].map { .proven($0) }

  /// What was asked of BlueZ.
  private func asked(_ script: Script<ConnectOperation>) -> [Request] {
    script.requests.filter { $0 != .watch(.headset) && $0 != .unwatch(.headset) }
  }

  private func open(_ script: Script<ConnectOperation>) -> [Proof.What]? {
    script.outcome?.proofs.filter { $0.obstacle != nil }.map(\.what)
  }

  // MARK: Before it begins

  @Test(arguments: Trouble.allCases) func `nothing is asked where there is trouble already`(trouble: Trouble) {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    trouble.befall(&script.world)
    script.start()
    #expect(script.error?.code == trouble.code)
    #expect(script.requests.isEmpty)
  }

  @Test func `a device that BlueZ does not know is not found`() {
    var script = Script(ConnectOperation(.headset), FakeWorld())
    script.start()
    #expect(script.error?.code == .deviceNotFound)
  }

  @Test(arguments: [false, true]) func `a device without a bond is never connected`(paired: Bool) {
    var script = Script(ConnectOperation(.headset), FakeWorld(.found.with { $0.paired = paired }))
    script.start()
    #expect(script.error?.code == .notBonded)
    #expect(script.error?.evidence?.hasPrefix("Paired is true") == paired)
    #expect(script.requests.isEmpty)
  }

  @Test func `without a sound server there is nothing to connect, and the headset is not blamed`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    script.world.adapters[.first]?.services = []
    script.start()
    // Without a session nobody tells whether one is about to register.
    #expect(script.error == nil)
    script.expire(.retry)
    #expect(script.error?.code == .noSoundServer)
    #expect(script.requests.isEmpty)
  }

  /// PipeWire runs, and what registers for it does not.
  private var withoutManager: Script<ConnectOperation> {
    var world = FakeWorld(.own)
    world.adapters[.first]?.services = []
    world.join(nil)
    world.sound?.hasManager = false
    var script = Script(ConnectOperation(.headset), world)
    script.start()
    return script
  }

  @Test func `a session manager that is being started again is waited for`() {
    var script = withoutManager
    #expect(script.error == nil && script.requests.isEmpty)
    script.tell(.soundChanged)
    #expect(script.requests.isEmpty)
    script.world.adapters[.first]?.services = .soundServer
    script.tell(.worldChanged)
    #expect(script.requests == [.watch(.headset)])
    script.answer(.watch(.headset))
    #expect(script.requests.last == .connect(.headset))
  }

  @Test func `one that does not come is named, and the headset is not called`() {
    var script = withoutManager
    script.expire(.retry)
    #expect(script.error?.code == .noSoundServer)
    let cause = "PipeWire 1.4.2 of alice runs, but its session manager, WirePlumber, does not."
    #expect(script.error?.message == "WH-1000XM4 cannot be connected for audio. \(cause)")
    #expect(script.requests.isEmpty)
    var cancelled = withoutManager
    cancelled.tell(.cancelled)
    #expect(cancelled.error?.code == .cancelled)
  }

  /// The same, and it may be restarted.
  private func restarting(_ restart: ConnectOperation.Restart) -> Script<ConnectOperation> {
    var script = Script(ConnectOperation(.headset, restart: restart), withoutManager.world)
    script.start()
    return script
  }

  @Test func `who may have it restarted is told how, and who wants that need not wait`() {
    var offered = restarting(.offered)
    offered.expire(.retry)
    #expect(offered.requests.isEmpty)
    #expect(offered.error?.hint?.contains("--restart-sound restarts it. As alice: systemctl") == true)
    var wanted = restarting(.now)
    #expect(wanted.requests == [.restartServer])
    wanted.answer(.restartServer)
    wanted.world.adapters[.first]?.services = .soundServer
    wanted.tell(.worldChanged)
    #expect(wanted.requests.last == .watch(.headset))
  }

  @Test func `one that does not come back by itself is restarted once, where that may be`() {
    var script = restarting(.late)
    #expect(script.requests.isEmpty)
    script.expire(.retry)
    #expect(script.requests == [.restartServer])
    script.answer(.restartServer)
    script.expire(.retry)
    #expect(script.requests == [.restartServer])
    #expect(script.error?.code == .noSoundServer)
  }

  @Test func `why it is not restarted is told`() {
    var script = restarting(.now)
    script.answer(.restartServer, .other)
    #expect(script.error?.code == .noSoundServer)
    #expect(script.error?.evidence?.hasSuffix(Refusal(.other).words) == true)
    var cancelled = restarting(.now)
    cancelled.tell(.cancelled)
    #expect(cancelled.error?.code == .cancelled)
  }

  @Test func `a server that registered while it was asked to restart is used`() {
    var script = restarting(.now)
    script.world.adapters[.first]?.services = .soundServer
    script.answer(.restartServer, .other)
    #expect(script.requests.last == .watch(.headset))
  }

  @Test(arguments: [
    AudioAbsence.noSession, .notRunning(user: "alice"), .seatGate(server: "PipeWire", user: "alice", state: "is away"),
  ])
  func `what a restart would not cure is not restarted`(absence: AudioAbsence) { #expect(!absence.isCurable) }

  @Test func `a connected device is looked at also without a sound server`() {
    let linked = Device.own.with {
      $0.connected = true
      $0.servicesResolved = true
    }
    var script = Script(ConnectOperation(.headset), FakeWorld(linked))
    script.world.adapters[.first]?.services = []
    script.start()
    script.answer(.watch(.headset), .other)
    script.answer(.connect(.headset))
    #expect(open(script) == [.a2dp])
  }

  // MARK: Connect

  @Test func `a connection goes from the link over its services to stereo audio`() {
    var script = Phase.awaitingTransport.script()
    script.addTransport(.hfp)
    #expect(script.result == nil)
    script.addTransport()
    #expect(script.outcome == Outcome(device: .headset, proofs: everything))
    #expect(asked(script) == [.connect(.headset)])
    #expect(script.stages == [.connecting, .resolving, .audio])
  }

  @Test(arguments: [nil, Refusal.Kind.alreadyConnected])
  func `all that stands before Connect answers is proven with its answer`(kind: Refusal.Kind?) {
    var script = Phase.connecting.script()
    script.change {
      $0.connected = true
      $0.servicesResolved = true
    }
    script.addTransport()
    #expect(script.result == nil)
    script.answer(.connect(.headset), kind)
    #expect(script.outcome?.proofs == everything)
  }

  @Test(
    arguments: [
      (.alreadyBonded, .connectFailed), (.keyInKernel, .connectFailed), (.notConnected, .connectFailed),
      (.doesNotExist, .connectFailed), (.notReady, .adapterOff), (.blocked, .adapterBlocked),
      (.pageTimeout, .pageTimeout), (.rejected, .connectFailed), (.authenticationFailed, .connectFailed),
      (.authenticationCancelled, .connectFailed), (.authenticationTimeout, .connectFailed),
      (.profileUnavailable, .connectFailed), (.keyMissing, .staleBond), (.notAuthorized, .connectFailed),
      (.noReply, .connectFailed), (.bluezGone, .bluezMissing), (.other, .connectFailed),
    ] as [(Refusal.Kind, OperationError.Code)])
  func `a refused Connect says why`(kind: Refusal.Kind, code: OperationError.Code) {
    var script = Phase.connecting.script()
    script.answer(.connect(.headset), kind)
    // Without a link it might be the adapter that is going off.
    if kind == .other { script.expire(.audio) }
    #expect(script.error?.code == code)
    #expect(script.error?.hint != nil)
    #expect(asked(script) == [.connect(.headset)])
  }

  @Test func `no profile without A2DP endpoints of a sound server names what is missing`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    script.world.adapters[.first]?.services = [.handsFreeGateway]
    script.start()
    script.answer(.watch(.headset), .other)
    script.answer(.connect(.headset), .profileUnavailable)
    #expect(script.error?.code == .noProfile)
    #expect(script.error?.evidence?.contains("calls only (HFP), not for stereo (A2DP)") == true)
  }

  // MARK: Somebody else is connecting

  @Test func `an attempt of somebody else is watched and not raced`() {
    var script = Phase.busy.script()
    #expect(script.armed == [.overall, .audio])
    script.change { $0.connected = true }
    #expect(script.result == nil)
    script.change { $0.servicesResolved = true }
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
    #expect(asked(script) == [.connect(.headset)])
  }

  @Test func `it is waited for, which is told once, and then it is connected all the same`() {
    var script = Phase.busy.script()
    for _ in 0..<5 {
      script.expire(.audio)
      script.answer(.connect(.headset), .inProgress)
    }
    #expect(script.stages.filter { $0 == .waiting }.count == 1)
    script.expire(.audio)
    script.answer(.connect(.headset))
    script.change {
      $0.connected = true
      $0.servicesResolved = true
    }
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
  }

  @Test func `the end of it in a failure is not taken for the failure of ours`() {
    var script = Phase.busy.script()
    script.change { $0.connected = true }
    script.change { $0.connected = false }
    script.expire(.audio)
    #expect(script.outstanding == [.connect(.headset)])
    script.answer(.connect(.headset), .pageTimeout)
    #expect(script.error?.code == .pageTimeout)
  }

  @Test func `one that outlasts the time limit is named as what was in the way, and not ended`() {
    var script = Phase.busy.script()
    script.expire(.overall)
    #expect(script.error?.code == .busy)
    #expect(script.error?.hint?.contains("mdrctl disconnect") == true)
    #expect(!script.requests.contains(.disconnect(.headset)))
  }

  @Test func `our own attempt after it is ended by cancelling`() {
    var script = Phase.busy.script()
    script.expire(.audio)
    script.cancel()
    #expect(script.outstanding == [.connect(.headset), .disconnect(.headset)])
    script.answer(.disconnect(.headset))
    #expect(script.error?.code == .cancelled)
  }

  @Test func `a link of theirs is not ended by cancelling after our Connect joined it`() {
    var script = Phase.busy.script()
    script.change { $0.connected = true }
    script.expire(.audio)
    script.cancel()
    #expect(script.error?.code == .cancelled)
    #expect(!script.requests.contains(.disconnect(.headset)))
  }

  @Test func `stereo is asked for again while somebody else is connecting`() {
    var script = Phase.connectingProfile.script()
    script.answer(.connectProfile(.headset, .a2dpSink), .inProgress)
    script.expire(.audio)
    #expect(script.outstanding == [.connectProfile(.headset, .a2dpSink)])
    script.answer(.connectProfile(.headset, .a2dpSink), .inProgress)
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
  }

  @Test func `an operation without a time limit of its own gives it up after a minute`() {
    var script = PairPhase.busy.script()
    for _ in 1..<60 {
      script.expire(.audio)
      script.answer(.connect(.headset), .inProgress)
    }
    script.expire(.audio)
    script.answerAll()
    #expect(script.error?.code == .busy)
    #expect(script.requests.filter { $0 == .connect(.headset) }.count == 60)
  }

  @Test func `an attempt of somebody else is not ended by cancelling`() {
    var script = Phase.busy.script()
    script.cancel()
    #expect(script.error?.code == .cancelled)
    #expect(asked(script) == [.connect(.headset)])
  }

  // MARK: Services and audio

  @Test func `services that are never read are open, and audio is looked for all the same`() {
    var script = Phase.resolving.script()
    script.expire(.resolving)
    #expect(script.armed == [.overall, .audio])
    script.addTransport()
    #expect(open(script) == [.servicesResolved])
  }

  @Test func `services read in the instant the time is up are proven`() {
    var script = Phase.resolving.script()
    script.world.known[.headset]?.servicesResolved = true
    script.expire(.resolving)
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
  }

  @Test func `services that are not known are not said to lack A2DP`() {
    var script = Phase.resolving.script()
    script.change { $0.services = [] }
    script.expire(.resolving)
    #expect(script.outcome?.proofs.last == .open(.a2dp, because: "The device's services are not known."))
  }

  @Test func `a device without A2DP is connected, and its audio open`() {
    var script = Phase.resolving.script()
    script.change {
      $0.services = [.handsFree]
      $0.servicesResolved = true
    }
    #expect(script.outcome?.proofs.last == .open(.a2dp, because: "The device offers no A2DP sink."))
  }

  @Test func `a sound server without A2DP endpoints leaves A2DP open`() {
    var script = Phase.resolving.script()
    script.world.adapters[.first]?.services = [.handsFreeGateway]
    script.change { $0.servicesResolved = true }
    #expect(open(script) == [.a2dp])
  }

  @Test func `a transport that does not come is asked for once`() {
    var script = Phase.awaitingTransportAgain.script()
    #expect(script.armed == [.overall, .audio])
    script.expire(.audio)
    #expect(open(script) == [.a2dp])
    #expect(asked(script) == [.connect(.headset), .connectProfile(.headset, .a2dpSink)])
  }

  @Test func `a transport that comes after it was asked for is proven`() {
    var script = Phase.awaitingTransportAgain.script()
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
  }

  @Test(arguments: [Phase.awaitingTransport, .awaitingTransportAgain])
  func `a transport that comes in the instant the time is up is proven`(phase: Phase) {
    var script = phase.script()
    script.world.streams[.headset] = [Transport(profile: .a2dp)]
    script.expire(.audio)
    script.tell(.deviceChanged(.headset))
    #expect(script.outcome?.proofs == everything)
    #expect(script.requests.contains(.connectProfile(.headset, .a2dpSink)) == (phase == .awaitingTransportAgain))
  }

  @Test(arguments: [nil] + Refusal.Kind.allCases) func `a transport that stands when ConnectProfile answers is proven`(
    kind: Refusal.Kind?
  ) {
    var script = Phase.connectingProfile.script()
    script.addTransport()
    #expect(script.result == nil)
    script.answer(.connectProfile(.headset, .a2dpSink), kind)
    #expect(script.outcome?.proofs == everything)
  }

  @Test(arguments: [Refusal.Kind.inProgress, .alreadyConnected])
  func `a transport that somebody else is making is waited for`(kind: Refusal.Kind) {
    var script = Phase.connectingProfile.script()
    script.answer(.connectProfile(.headset, .a2dpSink), kind)
    #expect(script.armed == [.overall, .audio])
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
  }

  @Test func `A2DP that is refused is open, with BlueZ's own words`() {
    var script = Phase.connectingProfile.script()
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(open(script) == [.a2dp])
    #expect(script.outcome?.proofs.last?.obstacle?.contains("org.bluez.Error: other") == true)
  }

  @Test func `A2DP that is refused with the link down is no connection`() {
    var script = Phase.connectingProfile.script()
    script.change { $0.connected = false }
    script.answer(.connectProfile(.headset, .a2dpSink), .keyMissing)
    #expect(script.error?.code == .staleBond)
  }

  // MARK: Endings

  @Test(arguments: Phase.linked) func `a headset that hangs up is noticed`(phase: Phase) {
    var script = phase.script()
    script.change { $0.connected = false }
    if phase == .connectingProfile {
      script.answer(.connectProfile(.headset, .a2dpSink))
      script.expire(.audio)
    }
    // The adapter might be going off.
    script.expire(.audio)
    #expect(script.error?.code == .connectFailed)
    #expect(script.error?.message == "WH-1000XM4 connected and hung up again.")
  }

  @Test func `a link whose news is later than Connect's answer is waited for`() {
    var script = Phase.connecting.script()
    script.answer(.connect(.headset))
    #expect(script.result == nil)
    script.change { $0.connected = true }
    script.change { $0.servicesResolved = true }
    script.addTransport()
    #expect(script.outcome?.proofs == everything)
  }

  @Test func `a link that never shows after Connect's answer is no connection`() {
    var script = Phase.connecting.script()
    script.answer(.connect(.headset))
    script.expire(.resolving)
    script.expire(.audio)
    #expect(script.error?.code == .connectFailed)
  }

  @Test(arguments: Phase.everyone) func `a device that is removed ends it`(phase: Phase) {
    var script = phase.script()
    script.remove()
    #expect(script.error?.message == "94:DB:56:00:00:01 was removed meanwhile.")
  }

  @Test(arguments: Phase.everyone) func `a bond that is lost ends it`(phase: Phase) {
    var script = phase.script()
    script.change { $0.bonded = false }
    #expect(script.error?.code == .notBonded)
  }

  @Test(arguments: Phase.everyone, Trouble.allCases)
  func `trouble with the adapter or BlueZ ends it and says so`(phase: Phase, trouble: Trouble) {
    var script = phase.script()
    script.happen(trouble)
    #expect(script.error?.code == trouble.code)
  }

  @Test(arguments: Phase.everyone) func `cancelling ends the link that was being made`(phase: Phase) {
    var script = phase.script()
    script.cancel()
    #expect(script.outstanding.contains(.disconnect(.headset)) == (phase != .busy))
    script.cancel()
    if phase != .busy { script.answer(.disconnect(.headset), .notConnected) }
    #expect(script.error?.code == .cancelled)
  }

  @Test(arguments: Trouble.allCases) func `trouble while it undoes ends it`(trouble: Trouble) {
    var script = Phase.connecting.script()
    script.cancel()
    script.happen(trouble)
    #expect(script.error?.code == trouble.code)
  }

  @Test(arguments: Phase.allCases.filter { $0 != .busy }) func `the limit ends it and says how far it came`(
    phase: Phase
  ) {
    var script = phase.script()
    script.expire(.overall)
    script.answerAll()
    #expect(script.error?.code == .timedOut)
    #expect(script.error?.message.contains("was connected, but not its audio,") == Phase.linked.contains(phase))
    #expect(script.error?.message.hasSuffix(" within 60 s.") == true)
  }

  @Test func `what is complete in the instant the limit is reached is a success`() {
    var script = Phase.awaitingTransport.script()
    script.world.streams[.headset] = [Transport(profile: .a2dp)]
    script.expire(.overall)
    #expect(script.outcome?.proofs == everything)
  }

  @Test func `a link that stood before is left alone by cancelling`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own.with { $0.connected = true }))
    script.start()
    script.answer(.watch(.headset), .other)
    script.cancel()
    #expect(script.error?.code == .cancelled)
    #expect(!script.requests.contains(.disconnect(.headset)))
  }

  @Test func `what happens after the cancelling until the link is down changes nothing`() {
    var script = Phase.connecting.script()
    script.cancel()
    script.answer(.connect(.headset))
    script.change { $0.connected = true }
    script.expire(.overall)
    #expect(script.result == nil)
    script.answer(.disconnect(.headset))
    #expect(script.error?.code == .cancelled)
  }

  @Test(arguments: Phase.everyone) func `what happens to others, and what is no news, is ignored`(phase: Phase) {
    var script = phase.script()
    let before = script.actions
    for event: Event in [
      .worldChanged, .deviceChanged(.other), .deviceRemoved(.other), .deviceChanged(.headset),
      .answered(.connect(.other), nil), .answered(.connectProfile(.other, .a2dpSink), nil), .unanswered("PIN"),
    ] { script.tell(event) }
    #expect(script.actions == before)
  }

  @Test func `after the finish nothing is done`() {
    var script = Phase.busy.script()
    script.expire(.overall)
    let before = script.actions
    for event: Event in [.cancelled, .deviceRemoved(.headset), .expired(.overall), .answered(.connect(.headset), nil)] {
      script.tell(event)
    }
    #expect(script.actions == before)
  }
}
