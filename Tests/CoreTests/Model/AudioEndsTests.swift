import Core
import Testing
import Vocabulary

/// A sound server that registered for one side, or a headset that has one: the missing side is named, and nobody says
/// that there is no sound server.
@Suite struct AudioEndsTests {
  private static let stereoOnly: Set<AudioService> = [.a2dpSource, .remoteControl]
  private static let callsOnly: Set<AudioService> = [.handsFreeGateway]
  private static func headset(_ services: Set<AudioService>) -> Device { .listening.with { $0.services = services } }

  private func world(_ local: Set<AudioService>, _ device: Device, _ card: AudioCard? = nil) -> FakeWorld {
    var world = FakeWorld(device)
    world.adapters[.first]?.services = local
    world.join(card)
    return world
  }

  private func why(_ world: FakeWorld) -> AudioVerdict {
    AudioDiagnosis.verdict(on: .headset, AudioEvidence(AudioWatch(.headset)), in: world)
  }

  private func error(_ kind: AudioCard.Kind, _ world: FakeWorld) -> OperationError? {
    var script = Script(ProfileOperation(.headset, .kind(kind)), world)
    script.start()
    return script.error
  }

  private func expectFair(_ text: String?, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = text?.lowercased() ?? ""
    #expect(!text.contains("no sound server") && !text.contains("seat"), "\(text)", sourceLocation: sourceLocation)
  }

  @Test(
    arguments: [
      ([.handsFree], stereoOnly, "WH-1000XM4 offers HFP, and the sound server has registered A2DP."),
      ([.a2dpSink], callsOnly, "WH-1000XM4 offers A2DP, and the sound server has registered HFP."),
      ([.headset], .soundServer, "WH-1000XM4 offers HSP, and the sound server has registered A2DP and HFP."),
    ] as [(Set<AudioService>, Set<AudioService>, String)])
  func `what has nothing in common is not called, and both ends are named`(
    remote: Set<AudioService>, local: Set<AudioService>, words: String
  ) {
    let world = world(local, Self.headset(remote).with { $0.connected = false })
    var script = Script(ConnectOperation(.headset), world)
    script.start()
    #expect(script.error?.code == .noProfile)
    #expect(script.error?.evidence == words)
    #expect(script.requests.isEmpty && script.verdicts.isEmpty)
    #expect(why(world).evidence == words)
    expectFair(why(world).message + (script.error?.message ?? ""))
  }

  @Test func `services that are not known yet are tried`() {
    var script = Script(ConnectOperation(.headset), world(Self.stereoOnly, .own.with { $0.services = [] }))
    script.start()
    #expect(script.requests == [.watch(.headset)])
  }

  @Test func `stereo that the sound server has not registered for`() {
    let world = world(Self.callsOnly, Self.headset(.headset), .pipewire(in: "headset-head-unit"))
    let words = "The sound server has registered for calls only (HFP), not for stereo (A2DP)."
    let error = error(.stereo, world)
    #expect(error?.code == .noProfile)
    #expect(error?.evidence == words)
    #expect(why(world).evidence == words)
    #expect(why(world).message == error?.message)
    expectFair(error?.message)
    var script = Script(ConnectOperation(.headset), world)
    script.start()
    script.answer(.watch(.headset), .other)
    script.answer(.connect(.headset))
    #expect(script.outcome?.proofs.last == .open(.a2dp, because: words))
  }

  @Test func `calls that the sound server has not registered for, in profile and why alike`() {
    var world = world(Self.stereoOnly, Self.headset(.headset), .pipewire())
    world.streams[.headset] = [Transport(profile: .a2dp)]
    world.wishes[.headset] = AudioWish(policy: .call)
    let words = "The sound server has registered for stereo only (A2DP), not for calls (HFP or HSP)."
    let error = error(.call, world)
    #expect(error?.code == .noProfile)
    #expect(error?.message == "WH-1000XM4 cannot be used for calls.")
    #expect(error?.evidence == words)
    #expect(why(world).message == error?.message)
    #expect(why(world).evidence == words)
    #expect(why(world).cause == .stereo)
    // Where calls are not wanted there is nothing to say of them.
    world.wishes[.headset] = AudioWish(policy: .auto)
    #expect(why(world).message == "WH-1000XM4 is in stereo.")
  }

  @Test func `a headset without calls, and one without stereo`() {
    let stereo = error(.call, world(.soundServer, Self.headset([.a2dpSink]), .pipewire()))
    #expect(stereo?.evidence == "WH-1000XM4 offers stereo only (A2DP), not calls (HFP or HSP).")
    let calls = error(.stereo, world(.soundServer, Self.headset([.handsFree, .headset])))
    #expect(calls?.evidence == "WH-1000XM4 offers calls only (HFP and HSP), not stereo (A2DP).")
    #expect(why(world(.soundServer, Self.headset([.handsFree]))).cause == .noStereoOffered)
  }

  @Test func `a pairing whose audio does not fit says so, and is a success`() {
    var script = PairPhase.trusting.script()
    script.world.adapters[.first]?.services = Self.callsOnly
    script.change { ($0.trusted, $0.services) = (true, [.a2dpSink]) }
    script.answerAll()
    let obstacle = "WH-1000XM4 offers A2DP, and the sound server has registered HFP."
    #expect(script.outcome?.proofs.filter { $0.obstacle != nil }.map(\.obstacle) == [obstacle, obstacle])
  }

  @Test func `services that BlueZ reads while it connects are judged by what they are`() {
    let gap = "WH-1000XM4 offers HFP, and the sound server has registered A2DP."
    var pairing = PairPhase.trusting.script()
    pairing.world.adapters[.first]?.services = Self.stereoOnly
    pairing.change { ($0.trusted, $0.services) = (true, []) }
    pairing.answer(.trust(.headset, true))
    pairing.change { $0.services = [.handsFree] }
    pairing.answer(.connect(.headset), .profileUnavailable)
    pairing.answerAll()
    #expect(pairing.outcome?.proofs.filter { $0.obstacle != nil }.map(\.obstacle) == [gap, gap])
    var connecting = Script(ConnectOperation(.headset), world(Self.stereoOnly, .own.with { $0.services = [] }))
    connecting.start()
    connecting.answer(.watch(.headset), .other)
    connecting.change { $0.services = [.handsFree] }
    connecting.answer(.connect(.headset), .profileUnavailable)
    #expect(connecting.error?.code == .noProfile)
    #expect(connecting.error?.evidence?.hasPrefix(gap) == true)
  }

  // MARK: One endpoint for two

  private static let taken = "WH-1000XM4 gets no stereo audio while WH-1000XM5 has it."

  private func busy() -> FakeWorld {
    var world = FakeWorld(.own, Device.listening.at(.other, name: "WH-1000XM5"))
    world.streams[.other] = [Transport(profile: .a2dp)]
    return world
  }

  @Test func `the second headset of one sound server is told who has the first's endpoint, as why does`() {
    var script = Script(ConnectOperation(.headset), busy())
    script.start()
    script.answer(.watch(.headset), .other)
    script.change { ($0.connected, $0.servicesResolved) = (true, true) }
    script.answer(.connect(.headset))
    script.expire(.audio)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.outcome?.proofs.last == .open(.a2dp, because: Self.taken))
    #expect(why(script.world).message == Self.taken)
  }

  @Test func `also where nothing else connected`() {
    var script = Script(ConnectOperation(.headset), busy())
    script.start()
    script.answer(.watch(.headset), .other)
    script.change { ($0.connected, $0.servicesResolved) = (true, true) }
    script.tell(
      .answered(.connect(.headset), Refusal(.other, "org.bluez.Error.Failed: br-connection-create-socket")))
    #expect(script.error?.message == Self.taken)
    #expect(script.error?.hint?.contains("mdrctl disconnect 94:DB:56:00:00:02") == true)
  }

  @Test func `and when its stereo is asked for`() {
    var world = busy()
    world.known[.headset] = .listening
    world.join(nil)
    var script = Script(ProfileOperation(.headset, .kind(.stereo)), world)
    script.start()
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.error?.message == Self.taken)
  }
}
