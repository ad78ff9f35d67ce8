import Core
import Testing
import Vocabulary

@Suite struct AudioDiagnosisTests {
  private func verdict(
    _ world: FakeWorld, obstacle: String? = nil, hasBlueALSA: Bool = false,
    _ live: (inout AudioWatch) -> Void = { _ in }
  ) -> AudioVerdict {
    var watch = AudioWatch(.headset)
    _ = watch.handle(.soundChanged, at: .zero, in: world)
    _ = watch.handle(.audioObstacle(.headset, obstacle), at: .zero, in: world)
    live(&watch)
    return AudioDiagnosis.verdict(on: .headset, AudioEvidence(watch, hasBlueALSA: hasBlueALSA), in: world)
  }

  private var withoutStream: FakeWorld {
    var world = FakeWorld.playing(.pipewire(in: "headset-head-unit"))
    world.streams[.headset] = [Transport(profile: .hfp)]
    return world
  }

  private var withoutEndpoints: FakeWorld {
    var world = withoutStream
    world.adapters[.first]?.services = []
    world.sound?.cards = [:]
    return world
  }

  @Test func `stereo is told with its profile`() {
    let verdict = verdict(.playing())
    #expect(verdict.cause == .stereo)
    #expect(verdict.message == "WH-1000XM4 is in stereo.")
    #expect(verdict.evidence == "Its card is in the profile a2dp-sink.")
    #expect(verdict.hint == nil)
  }

  @Test func `a profile in which the sound server chooses the codec is stereo`() {
    var world = FakeWorld.playing()
    let automatic = AudioCard.Profile(name: "a2dp-auto-prefer-quality", priority: 20, sinks: 1)
    world.sound?.cards[DeviceID.headset.address]?.profiles.append(automatic)
    world.sound?.cards[DeviceID.headset.address]?.activeProfile = "a2dp-auto-prefer-quality"
    let verdict = verdict(world)
    #expect(verdict.cause == .stereo)
    #expect(verdict.evidence == "Its card is in the profile a2dp-auto-prefer-quality.")
  }

  @Test func `a device that is not connected`() {
    #expect(verdict(FakeWorld(.own)).cause == .notConnected)
  }

  @Test func `a device that could not be connected either is told why`() {
    var world = withoutEndpoints
    world.known[.headset] = .own
    world.sound?.presence = .online
    #expect(verdict(world).cause == .seatGate)
  }

  @Test(arguments: [
    (AudioPolicy.off, "off", AudioVerdict.Cause.policyOff), (.call, "headset-head-unit", .policyCall),
    (.call, "a2dp-sink", .stereo), (.off, "a2dp-sink", .stereo),
  ])
  func `a policy is the reason where the card is as it wants`(
    policy: AudioPolicy, profile: String, cause: AudioVerdict.Cause
  ) {
    #expect(verdict(.playing(.pipewire(in: profile), policy: policy)).cause == cause)
  }

  @Test func `the application that has the microphone open is named with its process`() {
    let verdict = verdict(.playing(.pipewire(in: "headset-head-unit", recordedBy: .firefox)))
    #expect(verdict.cause == .application)
    #expect(verdict.message == "WH-1000XM4 is mono because Firefox (process 4711) has its microphone open.")
    #expect(verdict.hint?.contains("mdrctl profile 94:DB:56:00:00:01 stereo") == true)
  }

  @Test func `under the policy stereo it is the sound server's own setting that helps`() {
    let card = AudioCard.pipewire(in: "headset-head-unit", recordedBy: .firefox)
    #expect(verdict(.playing(card, policy: .stereo)).hint?.contains("wpctl settings") == true)
  }

  @Test func `a headset profile that the card came up in was remembered`() {
    #expect(verdict(.playing(.pipewire(in: "headset-head-unit"))).cause == .remembered)
  }

  @Test func `one that it was put into later is the sound server's`() {
    let verdict = verdict(.playing(.pipewire(in: "headset-head-unit"))) { watch in
      _ = watch.handle(.soundChanged, at: .zero, in: FakeWorld.playing())
      _ = watch.handle(.soundChanged, at: .zero, in: FakeWorld.playing(.pipewire(in: "headset-head-unit")))
    }
    #expect(verdict.cause == .soundServer)
  }

  @Test func `A2DP that could not be connected is told in BlueZ's words`() {
    let verdict = verdict(withoutStream, obstacle: "BlueZ could not connect A2DP: br-connection-refused")
    #expect(verdict.cause == .a2dpFailed)
    #expect(verdict.evidence == "BlueZ could not connect A2DP: br-connection-refused")
  }

  @Test func `an endpoint that another headset has`() {
    var world = withoutStream
    world.known[.other] = .listening.at(.other, name: "WH-1000XM5")
    world.streams[.other] = [Transport(profile: .a2dp)]
    let verdict = verdict(world)
    #expect(verdict.cause == .endpointTaken)
    #expect(verdict.message == "WH-1000XM4 gets no stereo audio while WH-1000XM5 has it.")
  }

  @Test func `no codec in common`() {
    let words = "BlueZ could not connect A2DP: br-connection-create-socket"
    #expect(verdict(withoutStream, obstacle: words).cause == .noSharedCodec)
  }

  @Test func `a headset that offers no A2DP`() {
    var world = withoutStream
    world.known[.headset]?.services = [.handsFree]
    #expect(verdict(world).cause == .noStereoOffered)
  }

  @Test func `no session, no server, and a server that has not registered`() {
    var world = withoutEndpoints
    #expect(verdict(world).cause == .noSoundServer)
    #expect(verdict(world).message == "PipeWire 1.4.2 of alice has not registered with BlueZ.")
    world.sound?.server = nil
    #expect(verdict(world).message == "The sound server of alice does not run.")
    world.sound = nil
    #expect(verdict(world).cause == .noSession)
  }

  @Test func `PipeWire without its session manager is not a gate, nor is what had registered in this login`() {
    var world = withoutEndpoints
    world.sound?.presence = .online
    world.sound?.hasManager = true
    #expect(verdict(world).cause == .seatGate)
    world.sound?.hasManager = false
    #expect(verdict(world).cause == .noSoundServer)
    #expect(
      verdict(world).message == "PipeWire 1.4.2 of alice runs, but its session manager, WirePlumber, does not.")
    #expect(verdict(world).hint?.contains("As alice: systemctl --user restart wireplumber") == true)
    world.sound?.hasManager = true
    world.sound?.hadEndpoints = true
    #expect(verdict(world).message == "PipeWire 1.4.2 of alice has not registered with BlueZ.")
  }

  @Test(arguments: [AudioSession.Presence.online, .lingering, nil])
  func `WirePlumber's seat gate, with the drop-in that opens it`(presence: AudioSession.Presence?) {
    var world = withoutEndpoints
    world.sound?.presence = presence
    let verdict = verdict(world)
    #expect(verdict.cause == .seatGate)
    #expect(verdict.hint?.contains("monitor.bluez.seat-monitoring = disabled") == true)
    #expect(verdict.hint?.contains("with-logind") == true)
    world.sound?.server = "PulseAudio 17.0"
    #expect(self.verdict(world).cause == .noSoundServer)
  }

  @Test func `a stream without a card is BlueALSA's, or nobody's`() {
    var world = FakeWorld.playing(nil)
    #expect(verdict(world).cause == .cardMissing)
    #expect(verdict(world, hasBlueALSA: true).cause == .bluealsa)
    world.sound = nil
    #expect(verdict(world).cause == .noSession)
    #expect(verdict(world, hasBlueALSA: true).cause == .bluealsa)
  }

  @Test func `who may not know which application records is told the cause without its name`() {
    let world = FakeWorld.playing(.pipewire(in: "headset-head-unit", recordedBy: .firefox))
    var watch = AudioWatch(.headset)
    _ = watch.handle(.soundChanged, at: .zero, in: world)
    let verdict = AudioDiagnosis.verdict(on: .headset, AudioEvidence(watch, namesRecorders: false), in: world)
    #expect(verdict.cause == .application)
    #expect(verdict.message == "WH-1000XM4 is mono because an application has its microphone open.")
    for second in 0..<8 {
      let card = AudioCard.pipewire(in: second % 2 == 0 ? "a2dp-sink" : "headset-head-unit", recordedBy: .firefox)
      for step in watch.handle(.soundChanged, at: .seconds(second), in: FakeWorld.playing(card)) {
        if case .tell(_, let words) = step { #expect(!words.contains("Firefox")) }
      }
    }
    let flapping = AudioDiagnosis.verdict(on: .headset, AudioEvidence(watch, namesRecorders: false), in: world)
    #expect(flapping.cause == .flapping)
    #expect(flapping.evidence == "Its sound changed 6 times within 30 s while an application recorded.")
    #expect(
      AudioDiagnosis.verdict(on: .headset, AudioEvidence(watch), in: world).evidence?.contains("Firefox") == true)
  }

  @Test func `a policy that is the user's own is told to be his`() {
    var world = FakeWorld.playing(.pipewire(in: "headset-head-unit"), policy: .call)
    #expect(verdict(world).message == "WH-1000XM4 is mono because its policy is \"call\".")
    world.wishes[.headset]?.isOwn = true
    #expect(verdict(world).message == "WH-1000XM4 is mono because alice's own policy is \"call\".")
    world = .playing(.pipewire(in: "off"), policy: .off)
    world.wishes[.headset]?.isOwn = true
    #expect(verdict(world).message == "WH-1000XM4 is off by alice's own policy.")
  }

  @Test func `a stream that another program holds is silent, whoever plays, and so is one that was not taken up again`()
  {
    var world = FakeWorld.playing()
    world.sound?.cards[DeviceID.headset.address]?.hasFailed = true
    world.streams[.headset] = [Transport(profile: .a2dp, isActive: true)]
    let held = verdict(world)
    #expect(held.cause == .transportHeld)
    #expect(held.message == "WH-1000XM4 is in stereo, but silent: another program holds its stream.")
    world.streams[.headset] = [Transport(profile: .a2dp)]
    #expect(verdict(world).cause == .transportHeld)
    #expect(verdict(world).evidence?.contains("nobody has the stream") == true)
    world.sound?.cards[DeviceID.headset.address]?.hasFailed = false
    world.streams[.headset] = [Transport(profile: .a2dp, isActive: true)]
    #expect(verdict(world).cause == .stereo)
  }

  @Test func `who holds a stream is looked at where something plays, and told to who may know it`() {
    var world = FakeWorld.playing()
    world.streams[.headset] = [Transport(profile: .a2dp, isActive: true)]
    #expect(!AudioDiagnosis.asksForHolders(of: .headset, in: world))
    world.sound?.isPlaying = true
    #expect(AudioDiagnosis.asksForHolders(of: .headset, in: world))
    func verdict(_ holders: StreamHolders?, names: Bool = true) -> AudioVerdict {
      let evidence = AudioEvidence(AudioWatch(.headset), namesRecorders: names, holders: holders)
      return AudioDiagnosis.verdict(on: .headset, evidence, in: world)
    }
    let recorder = StreamHolders.Program(name: "recorder", process: 4711)
    #expect(verdict(nil).cause == .stereo)
    // What plays goes elsewhere, and somebody else's sound over this headset is none of its business.
    #expect(verdict(StreamHolders(isPlaying: false, hasServer: false, programs: [recorder])).cause == .stereo)
    #expect(verdict(StreamHolders(isPlaying: true, hasServer: true, programs: [recorder])).cause == .stereo)
    let held = verdict(StreamHolders(isPlaying: true, hasServer: false, programs: [recorder]))
    #expect(held.cause == .transportHeld)
    #expect(held.message == "WH-1000XM4 is in stereo, but silent: its stream is held by recorder (process 4711).")
    for unnamed in [
      verdict(StreamHolders(isPlaying: true, hasServer: false, programs: [recorder]), names: false),
      verdict(StreamHolders(isPlaying: true, hasServer: false, programs: [])),
    ] {
      #expect(unnamed.cause == .transportHeld)
      #expect(unnamed.message == "WH-1000XM4 is in stereo, but silent: another program holds its stream.")
    }
    world.streams[.headset] = [Transport(profile: .a2dp)]
    #expect(!AudioDiagnosis.asksForHolders(of: .headset, in: world))
  }

  @Test func `flapping comes before what the card happens to be in`() {
    let verdict = verdict(.playing(.pipewire(in: "headset-head-unit"))) { watch in
      for second in 0..<8 {
        let profile = second % 2 == 0 ? "a2dp-sink" : "headset-head-unit"
        _ = watch.handle(.soundChanged, at: .seconds(second), in: FakeWorld.playing(.pipewire(in: profile)))
      }
    }
    #expect(verdict.cause == .flapping)
    #expect(verdict.evidence?.hasPrefix("Its sound changed 6 times") == true)
  }

  @Test func `what a headset calls itself gets into no command`() {
    var world = FakeWorld.playing(.pipewire(in: "headset-head-unit"))
    world.known[.headset]?.alias = "$(reboot)"
    #expect(verdict(world).hint?.contains("reboot") == false)
    var script = Script(ProfileOperation(.headset, .codec("ldac")), world)
    script.start()
    #expect(script.error?.hint?.contains("reboot") == false)
  }

  @Test func `every verdict says what to do, but for stereo`() {
    let worlds = [
      FakeWorld(.own), withoutStream, withoutEndpoints, .playing(nil), .playing(.pipewire(in: "off")),
      .playing(.pipewire(in: "off"), policy: .off), .playing(.pipewire(in: "headset-head-unit"), policy: .call),
    ]
    for world in worlds { #expect(verdict(world).hint?.isEmpty == false) }
  }
}
