import Core
import Testing
import Vocabulary

@Suite struct FixOperationTests {
  /// Paired and connected, with HFP alone.
  private static let mono = FakeWorld(.own.with { ($0.connected, $0.servicesResolved) = (true, true) })
  /// Paired and not connected.
  private static let away = FakeWorld(.own)

  private static func fixing(
    _ world: FakeWorld, _ options: FixOperation.Options = .init(), lost: Device? = nil, known: Verdict? = nil
  ) -> Script<FixOperation> {
    var script = Script(FixOperation(.headset, options, lost: lost, known: known), world)
    script.start()
    return script
  }

  private static let agreed = FixOperation.Options(mayDeleteBond: true)
  private static let stale = Verdict(.headsetLostKey, .certain, message: "It lost its key.", evidence: "x", hint: "y")

  // MARK: Nothing to do

  @Test func `a headset that sounds as it is wished needs nothing`() {
    var world = Self.mono
    world.streams[.headset] = [Transport(profile: .a2dp)]
    let script = Self.fixing(world, Self.agreed)
    #expect(script.requests.isEmpty)
    #expect(script.outcome?.ladder.map(\.rung) == [.observe])
    #expect(script.outcome?.ladder.first?.came == "Nothing is wrong.")
    #expect(script.outcome?.proofs == [.proven(.bonded), .proven(.connected), .proven(.a2dp)])
  }

  @Test func `what a person wishes is no fault`() {
    var off = Self.mono
    off.wishes[.headset] = AudioWish(policy: .off)
    #expect(Self.fixing(off).outcome?.ladder.first?.came?.contains("its policy is \"off\"") == true)
    var inCall = FakeWorld.playing(.pipewire(in: "headset-head-unit"))
    inCall.sound?.cards[DeviceID.headset.address]?.captures = [AudioCard.Capture(application: "Firefox", process: 1)]
    #expect(Self.fixing(inCall).outcome?.ladder.first?.came?.contains("microphone open") == true)
  }

  // MARK: What no rung helps against

  @Test(arguments: Trouble.allCases) func `what is no matter of the headset's is told at once`(trouble: Trouble) {
    var world = Self.away
    trouble.befall(&world)
    let script = Self.fixing(world, Self.agreed)
    #expect(script.error?.code == trouble.code)
    #expect(script.requests.isEmpty)
  }

  @Test func `a headset that is blocked, never paired, or a twin is left alone`() {
    #expect(Self.fixing(FakeWorld(.own.with { $0.blocked = true })).error?.code == .deviceBlocked)
    #expect(Self.fixing(FakeWorld(.found)).error?.code == .notBonded)
    #expect(Self.fixing(FakeWorld()).error?.code == .deviceNotFound)
    var twin = Script(FixOperation(.twin, Self.agreed), FakeWorld(.twinFound))
    twin.start()
    #expect(twin.error?.code == .lowEnergyTwin)
  }

  @Test func `without a sound server that is what is said, and nothing is deleted`() {
    for var world in [Self.away, Self.mono] {
      world.adapters[.first]?.services = []
      var script = Self.fixing(world, Self.agreed)
      script.answerAll()
      // Without a session one may be about to register.
      if script.armed.contains(.retry) { script.expire(.retry) }
      #expect(script.error?.code == .noSoundServer)
      #expect(!script.requests.contains(.remove(.headset)))
    }
  }

  @Test func `another headset that has the only stereo is what is said`() {
    var world = Self.mono
    let other = Device.own.at(.other, name: "WF-1000XM5").with { $0.connected = true }
    world.known[.other] = other
    world.streams[.other] = [Transport(profile: .a2dp)]
    #expect(Self.fixing(world, Self.agreed).error?.message.contains("while WF-1000XM5 has it") == true)
  }

  // MARK: Climbing

  @Test func `HFP alone is cured by asking for the profile, and nothing else is tried`() {
    var script = Self.fixing(Self.mono)
    #expect(script.climbs == [.profile])
    #expect(script.outstanding == [.connectProfile(.headset, .a2dpSink)])
    script.addTransport()
    script.answerAll()
    #expect(script.outcome?.ladder.map(\.state) == [.seen, .fixed])
    #expect(script.outcome?.proofs.prefix(2) == [.proven(.bonded), .proven(.connected)])
    #expect(script.outcome?.proofs.contains(.proven(.a2dp)) == true)
  }

  @Test func `a profile that cannot be connected is followed by connecting anew, and that by a restart`() {
    var script = Self.fixing(Self.mono)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.climbs == [.profile, .device])
    #expect(script.outstanding == [.disconnect(.headset)])
    script.change { $0.connected = false }
    script.answer(.disconnect(.headset))
    script.answer(.watch(.headset))
    #expect(script.outstanding == [.connect(.headset)])
    script.change { ($0.connected, $0.servicesResolved) = (true, true) }
    script.answer(.connect(.headset))
    script.expire(.audio)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    #expect(script.climbs == [.profile, .device, .restart])
    #expect(script.awaited.last?.deed == .restart)
    #expect(script.result == nil)
    // Nobody has restarted it yet.
    #expect(script.outstanding.filter(\.isOfBlueZ).isEmpty)
    script.change { $0.connected = false }
    script.change { $0.connected = true }
    script.answer(.watch(.headset))
    #expect(script.outstanding.contains(.connect(.headset)))
    script.addTransport()
    script.answerAll()
    #expect(script.outcome?.ladder.map(\.state) == [.seen, .failed, .failed, .fixed])
    #expect(script.outcome?.ladder.dropLast().allSatisfy { $0.came?.isEmpty == false } == true)
  }

  @Test func `a headset that does not answer is called until it does, while a person switches it on`() {
    var script = Self.fixing(Self.away)
    script.answer(.watch(.headset))
    script.answer(.connect(.headset), .pageTimeout)
    script.answerBelow()
    #expect(script.climbs == [.device, .restart])
    #expect(script.awaited.last?.situation.contains("does not answer") == true)
    for _ in 0..<2 {
      script.expire(.guidance)
      script.answer(.watch(.headset))
      script.answer(.connect(.headset), .pageTimeout)
      script.answerBelow()
    }
    #expect(script.result == nil)
    script.expire(.search)
    script.answerAll()
    #expect(script.error?.code == .notFixable)
    #expect(script.error?.evidence?.contains("Tried: ") == true)
    #expect(script.error?.hint?.contains("Charge it") == true)
    // A headset that does not answer says nothing of its bond.
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test func `one that was not restarted has not failed`() {
    var script = Self.fixing(Self.mono)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    // It stays connected: the disconnection is refused.
    script.answer(.disconnect(.headset), .other)
    #expect(script.climbs.last == .restart)
    script.expire(.search)
    #expect(script.error?.code == .timedOut)
    #expect(script.error?.message.contains("was not restarted") == true)
  }

  // MARK: Consent

  private static func refusedKey(_ options: FixOperation.Options) -> Script<FixOperation> {
    var script = fixing(away, options)
    script.answer(.watch(.headset))
    script.change { $0.connected = true }
    script.tell(.link(.headset, .keyRefused(6)))
    script.answerBelow()
    return script
  }

  @Test func `a stale bond is deleted only where somebody has agreed`() {
    var script = Self.refusedKey(.init())
    script.answerBelow()
    #expect(script.error?.code == .needsConsent)
    #expect(script.climbs == [.device])
    #expect(!script.requests.contains(.remove(.headset)))
    #expect(script.error?.hint?.contains("--yes") == true)
    // The link on which the key was refused would stay up for seconds.
    #expect(script.hungUp == [.headset])
  }

  @Test func `with consent it is paired anew, and no restart is asked for`() {
    let script = Self.refusedKey(Self.agreed)
    #expect(script.climbs == [.device, .repair])
    #expect(script.requests.contains { if case .journal(.record) = $0 { true } else { false } })
    #expect(script.awaited.isEmpty)
    // What is taken down behind the answer would be the link of the new bond.
    #expect(script.hungUp.isEmpty)
  }

  @Test func `a bond that this computer has lost needs no call first, and consent all the same`() {
    let lost = Device(id: .headset, name: "WH-1000XM4", alias: "Mine", trusted: true)
    #expect(Self.fixing(FakeWorld(), lost: lost).error?.code == .needsConsent)
    let script = Self.fixing(FakeWorld(), Self.agreed, lost: lost)
    #expect(script.climbs == [.repair])
  }

  @Test func `what was broken off goes on where it was`() {
    var world = FakeWorld()
    world.journal[.headset] = JournalEntry(purpose: .repair, phase: .pairing, device: .headset, name: "WH-1000XM4")
    let script = Self.fixing(world, Self.agreed)
    #expect(script.climbs == [.repair])
    #expect(script.outstanding == [Request].preparing)
  }

  // MARK: The last rung

  private static func pairedInVain(_ options: FixOperation.Options) -> Script<FixOperation> {
    var world = FakeWorld()
    world.journal[.headset] = JournalEntry(purpose: .repair, phase: .pairing, device: .headset, name: "WH-1000XM4")
    var script = fixing(world, options)
    for request in [Request].preparing { script.answer(request) }
    script.appear(.found)
    script.answer(.stopDiscovery(.first))
    script.answer(.pair(.headset), .authenticationFailed)
    script.answer(.remove(.headset))
    // It is not the adapter that goes off.
    script.expire(.audio)
    for request in [Request].closing { script.answer(request) }
    return script
  }

  @Test func `factory settings are the last advice, and nothing of them happens by itself`() {
    let script = Self.pairedInVain(Self.agreed)
    #expect(script.climbs == [.repair, .initialize])
    #expect(script.awaited.last?.deed == .initialize)
    #expect(script.awaited.last?.advice.contains("Nothing happens by itself.") == true)
  }

  @Test func `factory settings that were advised too often are not advised, with the reason and what overrides it`() {
    var options = Self.agreed
    options.initializeObstacle = "It was advised 3 times."
    let script = Self.pairedInVain(options)
    #expect(script.error?.code == .notFixable)
    #expect(script.error?.hint?.contains("It was advised 3 times. With --force") == true)
    #expect(!script.awaited.contains { $0.deed == .initialize })
  }

  @Test func `a person who does not put it into pairing mode is no reason for factory settings`() {
    var world = FakeWorld()
    world.journal[.headset] = JournalEntry(purpose: .repair, phase: .pairing, device: .headset, name: "WH-1000XM4")
    var script = Self.fixing(world, Self.agreed)
    for request in [Request].preparing { script.answer(request) }
    script.expire(.search)
    script.answerAll()
    #expect(script.error?.code == .notFoundInTime)
    #expect(script.climbs == [.repair])
  }

  // MARK: The headset's own word

  /// Connected with HFP alone, with a control channel.
  private static var sony: FakeWorld {
    var world = mono
    world.known[.headset]?.hasControl = true
    return world
  }

  private static func hosts(_ connected: Int, othersPlay: Bool) -> HeadsetWord {
    HeadsetWord(hosts: .init(.init(connected: connected, othersPlay: othersPlay), isCurrent: false))
  }

  /// Until a restart would be next.
  private static func climbed(_ word: HeadsetWord, _ options: FixOperation.Options = .init()) -> Script<FixOperation> {
    var script = fixing(sony, options)
    script.world.words[.headset] = word
    script.answer(.lookAtHeadset(.headset))
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    script.answer(.disconnect(.headset), .other)
    return script
  }

  @Test func `a headset with a control channel is asked once, before anything is tried`() {
    var script = Self.fixing(Self.sony)
    #expect(script.outstanding == [.lookAtHeadset(.headset)] && script.climbs.isEmpty)
    script.answer(.lookAtHeadset(.headset))
    #expect(script.outstanding == [.connectProfile(.headset, .a2dpSink)])
    script.answerAll(.other)
    #expect(script.requests.count { $0 == .lookAtHeadset(.headset) } == 1)
  }

  @Test func `nobody asks it when nothing is wrong, for a plan, or when it is not connected`() {
    var well = Self.sony
    well.streams[.headset] = [Transport(profile: .a2dp)]
    #expect(Self.fixing(well).requests.isEmpty)
    #expect(Self.fixing(Self.sony, .init(isDryRun: true)).requests.isEmpty)
    var away = Self.away
    away.known[.headset]?.hasControl = true
    #expect(!Self.fixing(away).requests.contains(.lookAtHeadset(.headset)))
  }

  @Test func `whoever leaves while it is asked has nothing tried for him`() {
    var script = Self.fixing(Self.sony)
    script.cancel()
    script.answer(.lookAtHeadset(.headset))
    #expect(script.error?.code == .cancelled && script.climbs.isEmpty)
  }

  @Test(arguments: [false, true]) func `nobody restarts a headset, nor pairs it anew, that plays for another host`(
    isAgreed: Bool
  ) {
    let script = Self.climbed(Self.hosts(2, othersPlay: true), isAgreed ? Self.agreed : .init())
    #expect(script.climbs == [.profile, .device])
    #expect(script.awaited.isEmpty)
    #expect(script.error?.code == .notFixable)
    #expect(script.error?.message == "WH-1000XM4 plays for another device that is connected to it.")
    #expect(script.error?.evidence?.contains("Tried: its audio profile anew") == true)
    #expect(script.error?.hint?.hasPrefix("Pause it there") == true)
  }

  @Test func `where another host is connected and does not play, it is to be disconnected before a restart`() {
    let script = Self.climbed(Self.hosts(2, othersPlay: false))
    #expect(script.climbs.last == .restart)
    #expect(script.awaited.last?.isElsewhere == true)
    #expect(script.awaited.last?.advice.hasPrefix("Disconnect it from the other device first. ") == true)
    #expect(script.awaited.last?.situation.hasSuffix("Another device is connected to it.") == true)
  }

  @Test func `where it says nothing, or that it is alone, the advice is as ever`() {
    for word in [HeadsetWord(), Self.hosts(1, othersPlay: false)] {
      let script = Self.climbed(word)
      #expect(script.awaited.last?.isElsewhere == false)
      #expect(script.awaited.last?.advice == "Switch it off and on again.")
    }
  }

  @Test func `a low battery is told before a restart, and an old word of it as what it was`() {
    var world = Self.away
    world.words[.headset] = HeadsetWord(battery: .init(8, age: .seconds(240), isCurrent: false))
    var script = Self.fixing(world)
    script.answer(.watch(.headset))
    script.answer(.connect(.headset), .pageTimeout)
    script.answerBelow()
    #expect(script.awaited.last?.charge == .low)
    #expect(script.awaited.last?.batteryAge == .seconds(240))
    #expect(
      script.awaited.last?.caution == "Its battery was at 8 % 4 min ago, and may be empty: charge it first.")
    world.words[.headset]?.battery = .init(8, age: .seconds(3600), isCurrent: false)
    script = Self.fixing(world)
    script.answer(.watch(.headset))
    script.answer(.connect(.headset), .pageTimeout)
    script.answerBelow()
    #expect(script.awaited.last?.charge == .unknown)
  }

  // MARK: Two hosts

  @Test func `a headset that answers and hangs up may be connected elsewhere: that comes before its bond`() {
    var script = Self.fixing(Self.away, Self.agreed)
    script.answer(.watch(.headset))
    script.change { ($0.connected, $0.servicesResolved) = (true, false) }
    script.answer(.connect(.headset))
    script.tell(.link(.headset, .disconnected(.remote)))
    script.change { $0.connected = false }
    script.answerBelow()
    #expect(script.climbs == [.device, .restart])
    #expect(script.awaited.last?.isElsewhere == true)
    #expect(script.awaited.last?.advice.hasPrefix("Disconnect it from the other device first") == true)
  }

  @Test(arguments: [0x07, 0x0B]) func `so may one that refuses the page`(status: Int) {
    var script = Self.fixing(Self.away, Self.agreed)
    script.answer(.watch(.headset))
    script.tell(.link(.headset, .connectFailed(status)))
    script.answer(.connect(.headset), .pageTimeout)
    script.answerBelow()
    #expect(script.awaited.last?.isElsewhere == true)
  }

  // MARK: Battery

  @Test(arguments: [(12, BatteryCharge.low), (19, .low), (20, .enough), (nil, .unknown)] as [(UInt8?, BatteryCharge)])
  func `the battery is told before a restart, as it was seen last`(battery: UInt8?, charge: BatteryCharge) {
    var world = Self.mono
    world.known[.headset]?.battery = battery
    var script = Self.fixing(world)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    script.change { $0.battery = nil }
    script.answer(.disconnect(.headset), .other)
    #expect(script.awaited.last?.charge == charge)
    #expect((script.awaited.last?.caution == nil) == (charge == .enough))
    #expect(script.awaited.last?.battery == battery.map(Int.init))
  }

  // MARK: The plan

  @Test func `a plan shows the rungs for what is wrong, and touches nothing`() {
    let options = FixOperation.Options(isDryRun: true, initializeObstacle: "Not now.")
    let mono = Self.fixing(Self.mono, options)
    #expect(mono.outcome?.ladder.map(\.rung) == LadderRung.allCases)
    #expect(mono.outcome?.ladder.last?.came == "Not now.")
    let ghost = Self.fixing(Self.away, options, known: Self.stale)
    #expect(ghost.outcome?.ladder.map(\.rung) == [.observe, .device, .repair, .initialize])
    #expect(ghost.outcome?.ladder.first?.came == "It lost its key.")
    for script in [mono, ghost] {
      #expect(script.requests.isEmpty && script.awaited.isEmpty && script.climbs.isEmpty)
      #expect(script.outcome?.ladder.dropFirst().allSatisfy { $0.state == .planned } == true)
    }
  }

  @Test func `a restart that was in vain a short time ago is not asked for again`() {
    var options = Self.agreed
    options.skipsRestart = true
    var script = Self.fixing(Self.mono, options)
    script.answer(.connectProfile(.headset, .a2dpSink), .other)
    script.answer(.disconnect(.headset), .other)
    #expect(script.climbs == [.profile, .device, .repair])
  }

  // MARK: Whatever happens

  @Test func `whatever happens: one rung at a time, upwards, nothing destroyed without consent, and an end`() {
    var codes: Set<String> = []
    var highest: Set<LadderRung> = []
    for seed in 0..<1_500 as Range<UInt64> {
      let mayDelete = seed % 2 == 0
      let world = seed % 3 == 0 ? Self.mono : Self.away
      var chaos = Chaos(
        FixOperation(.headset, .init(mayDeleteBond: mayDelete, skipsRestart: seed % 5 == 0)), world, seed: seed)
      chaos.run()
      let script = chaos.script
      if script.result == nil {
        Issue.record("seed \(seed) never ended on \(script.climbs); outstanding: \(script.outstanding)")
      }
      #expect(script.climbs == script.climbs.sorted() && Set(script.climbs).count == script.climbs.count)
      if !mayDelete {
        #expect(!script.climbs.contains { $0 >= .repair })
        #expect(!script.requests.contains { $0.destroysBond })
      }
      codes.insert(script.error?.code.rawValue ?? "success")
      if let last = script.climbs.last { highest.insert(last) }
    }
    #expect(codes.isSuperset(of: ["success", "cancelled", "bluez-missing", "needs-consent"]))
    #expect(highest.isSuperset(of: [.profile, .device, .restart, .repair]))
  }
}

extension Script {
  /// The rungs that were announced.
  fileprivate var climbs: [LadderRung] {
    actions.compactMap { if case .climb(let rung, _) = $0 { rung } else { nil } }
  }
}

extension Request {
  /// Whether it takes something of a bond away.
  fileprivate var destroysBond: Bool {
    switch self {
    case .bluez(.remove), .helper(.flush), .journal(.record): true
    default: false
    }
  }
}
