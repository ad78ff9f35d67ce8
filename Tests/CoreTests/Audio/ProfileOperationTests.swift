import Core
import Testing
import Vocabulary

extension FakeWorld {
  /// A connected headset with A2DP, and the session of a user whose sound server shows it.
  static func playing(_ card: AudioCard? = .pipewire(), policy: AudioPolicy = .auto) -> Self {
    var world = FakeWorld(.listening)
    world.streams[.headset] = [Transport(profile: .a2dp)]
    world.join(card)
    world.wishes[.headset] = AudioWish(policy: policy)
    return world
  }

  mutating func join(_ card: AudioCard?) {
    sound = AudioSession(
      user: 1000, name: "alice", presence: .active, server: "PipeWire 1.4.2",
      cards: card.map { [DeviceID.headset.address: $0] } ?? [:])
  }

  mutating func put(_ id: DeviceID = .headset, into profile: String?) {
    sound?.cards[id.address]?.activeProfile = profile
  }
}

extension Device {
  static let listening = Device.own.with { ($0.connected, $0.servicesResolved) = (true, true) }
}

@Suite struct ProfileOperationTests {
  private func start(_ goal: ProfileOperation.Goal, _ world: FakeWorld) -> Script<ProfileOperation> {
    var script = Script(ProfileOperation(.headset, goal), world)
    script.start()
    return script
  }

  // MARK: What is there already

  @Test(arguments: ["a2dp-sink", "a2dp-sink-sbc_xq"]) func `stereo is left as it is, whatever its codec`(
    profile: String
  ) {
    let script = start(.kind(.stereo), .playing(.pipewire(in: profile)))
    #expect(script.requests.isEmpty)
    #expect(script.outcome?.proofs.map(\.what) == [.a2dp, .profile])
    #expect(script.outcome?.proofs.allSatisfy { $0.obstacle == nil } == true)
  }

  @Test func `a device that is not connected is not touched`() {
    let script = start(.kind(.stereo), FakeWorld(.own))
    #expect(script.requests.isEmpty)
    #expect(script.error?.code == .notConnected)
  }

  // MARK: Somebody else is connecting

  @Test func `stereo is asked for again until somebody else's attempt has ended, and the link is left alone`() {
    var script = ProfilePhase.asking.script()
    for _ in 0..<5 {
      script.answer(.connectProfile(.headset, .a2dpSink), .inProgress)
      script.expire(.audio)
    }
    script.answer(.connectProfile(.headset, .a2dpSink), .inProgress)
    script.world.streams[.headset] = [Transport(profile: .a2dp)]
    script.tell(.deviceChanged(.headset))
    #expect(script.outstanding == [.setProfile(.headset, "a2dp-sink")])
    #expect(!script.requests.contains(.disconnect(.headset)))
  }

  @Test func `waiting for somebody else's attempt is ended by cancelling, and by the end of the link`() {
    var cancelled = ProfilePhase.asking.script()
    cancelled.answer(.connectProfile(.headset, .a2dpSink), .inProgress)
    cancelled.cancel()
    #expect(cancelled.error?.code == .cancelled)
    var fallen = ProfilePhase.asking.script()
    fallen.answer(.connectProfile(.headset, .a2dpSink), .inProgress)
    fallen.change { $0.connected = false }
    fallen.expire(.audio)
    #expect(fallen.error?.code == .noProfile)
  }

  // MARK: The card

  @Test(arguments: [
    (AudioCard.Kind.stereo, "headset-head-unit", "a2dp-sink"), (.call, "a2dp-sink", "headset-head-unit"),
    (.off, "a2dp-sink", "off"), (.stereo, "off", "a2dp-sink"),
  ])
  func `the card is put into the best profile, and read again`(kind: AudioCard.Kind, from: String, to: String) {
    var script = start(.kind(kind), .playing(.pipewire(in: from)))
    #expect(script.outstanding == [.setProfile(.headset, to)])
    script.world.put(into: to)
    script.answer(.setProfile(.headset, to))
    #expect(script.outcome?.proofs.last == .proven(.profile))
  }

  @Test func `a card that says otherwise after it was done is waited for, and then told of`() {
    var script = start(.kind(.stereo), .playing(.pipewire(in: "headset-head-unit")))
    script.answer(.setProfile(.headset, "a2dp-sink"))
    #expect(script.result == nil)
    var late = script
    late.world.put(into: "a2dp-sink")
    late.tell(.soundChanged)
    #expect(late.outcome != nil)
    script.expire(.card)
    #expect(script.error?.message == "The sound server took the profile of WH-1000XM4 back.")
    #expect(script.requests.count == 1)
  }

  @Test func `a card that is still to appear is waited for`() {
    var script = start(.kind(.stereo), .playing(nil))
    #expect(script.requests.isEmpty)
    script.world.join(.pipewire(in: nil))
    script.tell(.soundChanged)
    #expect(script.requests.isEmpty)
    script.world.put(into: "headset-head-unit")
    script.tell(.soundChanged)
    #expect(script.outstanding == [.setProfile(.headset, "a2dp-sink")])
    var missing = start(.kind(.stereo), .playing(nil))
    missing.expire(.card)
    #expect(missing.error?.message == "The sound server does not show WH-1000XM4.")
  }

  @Test func `a stereo profile that cannot be used yet is waited for`() {
    var card = AudioCard.pipewire(in: "headset-head-unit")
    card.disable(.stereo)
    var bare = card
    bare.profiles.removeAll { $0.kind == .stereo }
    for card in [card, bare] {
      var script = start(.kind(.stereo), .playing(card))
      #expect(script.requests.isEmpty)
      var never = script
      script.world.join(.pipewire(in: "headset-head-unit"))
      script.tell(.soundChanged)
      #expect(script.outstanding == [.setProfile(.headset, "a2dp-sink")])
      never.expire(.card)
      #expect(never.error?.code == .noProfile)
    }
  }

  @Test func `a profile that the card does not have is told with those it has`() {
    var card = AudioCard.pipewire()
    card.disable(.call)
    var script = start(.kind(.call), .playing(card))
    // It may be a moment behind the others.
    #expect(script.result == nil)
    script.expire(.card)
    #expect(script.error?.code == .noProfile)
    #expect(script.error?.evidence == "It has: off, a2dp-sink, a2dp-sink-sbc_xq.")
  }

  @Test func `a session that refuses, or goes, is told in its own words`() {
    var script = start(.kind(.call), .playing())
    script.answer(.setProfile(.headset, "headset-head-unit"), .other)
    #expect(script.error?.code == .failed)
    #expect(script.error?.evidence == "org.bluez.Error: other")
    var gone = start(.kind(.call), .playing())
    gone.world.sound = nil
    gone.answer(.setProfile(.headset, "headset-head-unit"), .other)
    #expect(gone.error?.code == .noSession)
  }

  @Test func `without a session stereo is BlueZ's matter, and a call is not possible`() {
    var world = FakeWorld.playing()
    world.sound = nil
    let script = start(.kind(.stereo), world)
    #expect(script.outcome?.proofs.first == .proven(.a2dp))
    #expect(script.outcome?.proofs.last?.obstacle?.contains("No login session") == true)
    #expect(start(.kind(.call), world).error?.code == .noSession)
  }

  // MARK: BlueZ's layer

  private var monaural: FakeWorld {
    var world = FakeWorld.playing(.pipewire(in: "headset-head-unit"))
    world.streams[.headset] = [Transport(profile: .hfp)]
    return world
  }

  @Test func `A2DP that is not connected is asked for first`() {
    var script = start(.kind(.stereo), monaural)
    #expect(script.outstanding == [.connectProfile(.headset, .a2dpSink)])
    script.answer(.connectProfile(.headset, .a2dpSink))
    script.addTransport()
    #expect(script.outstanding == [.setProfile(.headset, "a2dp-sink")])
    #expect(script.obstacles[.headset] == .some(nil))
  }

  @Test func `where that does not help the device is connected once anew, and then it is told why`() {
    var script = start(.kind(.stereo), monaural)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.outstanding == [.disconnect(.headset)])
    script.answer(.disconnect(.headset))
    script.change { $0.connected = false }
    #expect(script.outstanding == [.connect(.headset)])
    script.world.streams[.headset] = nil
    script.change { $0.connected = true }
    script.answer(.connect(.headset))
    script.expire(.audio)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.error?.code == .noProfile)
    #expect(script.requests.count { $0 == .disconnect(.headset) } == 1)
    #expect(script.obstacles[.headset]??.contains("org.bluez.Error: other") == true)
  }

  @Test func `a device without a bond is not asked for anything, which would pair it`() {
    var world = monaural
    world.known[.headset]?.bonded = false
    let script = start(.kind(.stereo), world)
    #expect(script.requests.isEmpty)
    #expect(script.error?.code == .notBonded)
  }

  @Test(arguments: [ProfilePhase.disconnecting, .dropping])
  func `what was disconnected to be connected anew is not left so when it is cancelled`(phase: ProfilePhase) {
    var script = phase.script()
    script.cancel()
    script.answerAll()
    #expect(script.requests.last == .connect(.headset))
    #expect(script.error?.code == .cancelled)
  }

  @Test func `a headset that turns out to have lost its key is told as that`() {
    var script = start(.kind(.stereo), monaural)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    script.answer(.disconnect(.headset))
    script.change { $0.connected = false }
    script.answer(.connect(.headset), .keyMissing)
    while script.result == nil, let deadline = script.armed.first { script.expire(deadline) }
    #expect(script.error?.code == .staleBond)
    #expect(script.verdicts[.headset]??.isStale == true)
  }

  @Test func `a call that is going on is not interrupted by a reconnect`() {
    var world = monaural
    world.sound?.cards[DeviceID.headset.address]?.captures = [.firefox]
    var script = start(.kind(.stereo), world)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.error?.code == .noProfile)
    #expect(!script.requests.contains(.disconnect(.headset)))
  }

  @Test func `an endpoint that another headset has is not fought for`() {
    var world = monaural
    world.known[.other] = .listening.at(.other)
    world.streams[.other] = [Transport(profile: .a2dp)]
    var script = start(.kind(.stereo), world)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.error?.code == .noProfile)
    #expect(!script.requests.contains(.disconnect(.headset)))
  }

  @Test func `a headset without A2DP is not asked for it`() {
    var world = monaural
    world.known[.headset]?.services = [.handsFree]
    let script = start(.kind(.stereo), world)
    #expect(script.requests.isEmpty)
    #expect(script.error?.evidence == "WH-1000XM4 offers calls only (HFP), not stereo (A2DP).")
  }

  @Test func `without endpoints there is nothing to ask BlueZ for`() {
    var world = monaural
    world.adapters[.first]?.services = [.handsFreeGateway]
    let script = start(.kind(.stereo), world)
    #expect(script.requests.isEmpty)
    #expect(script.error?.code == .noProfile)
    var silent = monaural
    silent.adapters[.first]?.services = []
    #expect(start(.kind(.stereo), silent).error?.code == .noSoundServer)
  }

  // MARK: Codecs

  @Test func `a codec is a profile on PipeWire, and its stream is waited for`() {
    var script = start(.codec("SBC_XQ"), .playing())
    #expect(script.outstanding == [.setProfile(.headset, "a2dp-sink-sbc_xq")])
    script.world.put(into: "a2dp-sink-sbc_xq")
    script.world.streams[.headset] = nil
    script.answer(.setProfile(.headset, "a2dp-sink-sbc_xq"))
    #expect(script.result == nil)
    script.addTransport()
    #expect(script.outcome?.proofs == [.proven(.a2dp), .proven(.profile)])
  }

  @Test func `on PulseAudio it is a message`() {
    var script = start(.codec(nil), .playing(.pulseaudio()))
    #expect(script.outstanding == [.setCodec(.headset, "sbc_xq_552")])
    script.world.sound?.cards[DeviceID.headset.address]?.codec = "sbc_xq_552"
    script.answer(.setCodec(.headset, "sbc_xq_552"))
    #expect(script.outcome != nil)
  }

  @Test func `a codec that they do not share is told with those they do`() {
    let script = start(.codec("ldac"), .playing())
    #expect(script.error?.code == .noCodec)
    #expect(script.error?.candidates == ["sbc", "sbc_xq"])
  }

  // MARK: Trouble

  @Test(arguments: Trouble.allCases) func `trouble with BlueZ ends it with its name`(trouble: Trouble) {
    for world in [FakeWorld.playing(.pipewire(in: "headset-head-unit")), monaural] {
      var script = start(.kind(.stereo), world)
      script.happen(trouble)
      #expect(script.error?.code == trouble.code)
    }
  }

  @Test func `a device that goes away meanwhile ends it`() {
    var script = start(.kind(.stereo), .playing(.pipewire(in: "headset-head-unit")))
    script.change { $0.connected = false }
    // The adapter might be going off.
    script.expire(.audio)
    #expect(script.error?.code == .notConnected)
    var removed = start(.kind(.stereo), monaural)
    removed.remove()
    #expect(removed.result != nil)
  }

  @Test func `it can be cancelled while it waits`() {
    var script = start(.kind(.stereo), .playing(nil))
    script.cancel()
    #expect(script.error?.code == .cancelled)
  }
}
