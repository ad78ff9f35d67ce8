import Core
import Testing
import Vocabulary

/// Drives a watch as the daemon would: makes one when a link comes up, throws it away when it is at rest, and holds it
/// to its rules.
private struct Stage {
  var world = FakeWorld(.own)
  /// Whether an operation is running on the device.
  var isOurs = false {
    didSet {
      let operation = DeviceOperation(on: .headset, nil, isAsked: true)
      if isOurs != oldValue { tell(isOurs ? .operationBegan(operation) : .operationEnded(operation, nil)) }
    }
  }
  private(set) var watch: BondWatch?
  private(set) var armed: Set<Deadline> = []
  private(set) var requests: [Request] = []
  private(set) var verdicts: [Verdict?] = []

  init(_ repairing: BondContext.Repairing? = nil) {
    world.backgrounds[.headset] = BondContext(bluezMajor: 5, bluezMinor: 82, repairing: repairing)
  }

  var last: Verdict? { verdicts.last ?? nil }

  mutating func change(_ change: (inout Device) -> Void) {
    guard var device = world.known[.headset] else { return }
    let wasConnected = device.connected
    change(&device)
    world.known[.headset] = device
    if watch == nil,
      BondWatch.isWanted(.headset, wasConnected: wasConnected, isOurs: isOurs, in: world)
    {
      watch = BondWatch(.headset)
    }
    tell(.deviceChanged(.headset))
  }

  mutating func hear(_ link: LinkEvent) { tell(.link(.headset, link)) }

  mutating func expire(_ deadline: Deadline) {
    if armed.remove(deadline) == nil { Issue.record("\(deadline) is not armed") }
    tell(.expired(deadline))
  }

  mutating func tell(_ event: Event) {
    guard let actions = watch?.handle(event, at: .zero, in: world) else { return }
    for action in actions {
      switch action {
      case .arm(let deadline, _): if !armed.insert(deadline).inserted { Issue.record("\(deadline) is armed twice") }
      case .disarm(let deadline): armed.remove(deadline)
      case .request(let request): requests.append(request)
      case .diagnose(.headset, let verdict): verdicts.append(verdict)
      default: Issue.record("not of a watch: \(action)")
      }
    }
    guard watch?.isAtRest == true else { return }
    if !armed.isEmpty { Issue.record("left armed: \(armed)") }
    if requests.count(where: { $0 == .watch(.headset) }) > requests.count(where: { $0 == .unwatch(.headset) }) + refused
    {
      Issue.record("still listening")
    }
    watch = nil
  }

  private var refused = 0
  mutating func refuse() {
    refused += 1
    tell(.answered(.watch(.headset), Refusal(.other)))
  }

  /// The headset calls, and its link falls without having been of use.
  mutating func callInVain() {
    change { $0.connected = true }
    change { $0.connected = false }
  }
}

@Suite struct BondWatchTests {
  // MARK: Sound links

  @Test func `a link that brings audio is sound at once, and the watch is over`() {
    var stage = Stage()
    stage.change { $0.connected = true }
    #expect(stage.armed == [.verifying])
    stage.world.streams[.headset] = [Transport(profile: .a2dp)]
    stage.tell(.deviceChanged(.headset))
    #expect(stage.verdicts == [nil])
    #expect(stage.watch == nil)
    #expect(stage.requests.isEmpty)
  }

  @Test func `a link that lasts with its services is sound`() {
    var stage = Stage()
    stage.change { $0.connected = true }
    stage.change { $0.servicesResolved = true }
    #expect(stage.verdicts.isEmpty)
    stage.expire(.verifying)
    #expect(stage.verdicts == [nil])
    #expect(stage.watch == nil)
  }

  @Test func `a link that lasts without services is not judged`() {
    var stage = Stage()
    stage.change { $0.connected = true }
    stage.expire(.verifying)
    #expect(stage.verdicts.isEmpty)
    #expect(stage.watch == nil)
  }

  @Test func `a headset that is switched off is not suspected, although BlueZ takes its services away first`() {
    // 5.87 does (laboratory, b).
    var stage = Stage()
    stage.world.known[.headset]?.connected = true
    stage.world.known[.headset]?.servicesResolved = true
    stage.change { $0.servicesResolved = false }
    stage.change { $0.connected = false }
    #expect(stage.watch == nil)
    #expect(stage.verdicts.isEmpty)
  }

  @Test func `a headset that comes and goes with its services is not suspected`() {
    var stage = Stage()
    stage.change { $0.connected = true }
    stage.change { $0.servicesResolved = true }
    stage.change { $0.servicesResolved = false }
    stage.change { $0.connected = false }
    #expect(stage.verdicts.isEmpty)
    #expect(stage.watch == nil)
  }

  // MARK: What is not looked at

  @Test func `without a sound server nothing is looked at`() {
    var stage = Stage()
    stage.world.adapters[.first]?.services = []
    stage.callInVain()
    #expect(stage.verdicts.isEmpty && stage.requests.isEmpty && stage.armed.isEmpty)
  }

  @Test func `a device without a bond is not looked at`() {
    var stage = Stage()
    stage.world.known[.headset]?.bonded = false
    stage.callInVain()
    #expect(stage.verdicts.isEmpty && stage.requests.isEmpty && stage.armed.isEmpty)
  }

  @Test func `a link of an operation is not looked at`() {
    var stage = Stage()
    stage.isOurs = true
    stage.callInVain()
    #expect(stage.verdicts.isEmpty && stage.armed.isEmpty)
  }

  @Test func `a link that an operation left behind, or ended, is not looked at`() {
    var stage = Stage()
    stage.isOurs = true
    stage.change { $0.connected = true }
    stage.isOurs = false
    stage.change { $0.connected = false }
    stage.change { $0.connected = true }
    #expect(stage.armed == [.verifying])
    stage.isOurs = true
    stage.change { $0.connected = false }
    #expect(stage.verdicts.isEmpty && stage.requests.isEmpty && stage.armed.isEmpty)
  }

  @Test func `an operation that begins takes over`() {
    var stage = Stage()
    stage.callInVain()
    stage.isOurs = true
    #expect(stage.requests == [.watch(.headset), .unwatch(.headset)])
    #expect(stage.watch == nil)
  }

  // MARK: Links in doubt

  @Test func `the first link that falls at once is a suspicion, and the kernel is listened to`() {
    var stage = Stage()
    stage.callInVain()
    #expect(stage.last?.cause == .repairingRefused)
    #expect(stage.last?.certainty == .possible)
    #expect(stage.requests == [.watch(.headset)])
    #expect(stage.armed == [.overall])
  }

  @Test func `a headset that wants to pair and is refused by the kernel is known at its second call`() {
    // Laboratory, g2: the failure is told before the link.
    var stage = Stage()
    stage.callInVain()
    stage.tell(.answered(.watch(.headset), nil))
    stage.hear(.authenticationFailed(0x0B))
    stage.hear(.connected)
    stage.change { $0.connected = true }
    stage.hear(.disconnected(.local))
    stage.change { $0.connected = false }
    #expect(stage.last?.cause == .repairingRefused)
    #expect(stage.last?.certainty == .certain)
    #expect(stage.last?.isStale == true)
    #expect(stage.requests == [.watch(.headset)])
  }

  @Test(arguments: [nil, BondContext.Repairing.never, .confirm, .always])
  func `a failed authentication is BlueZ's refusal where BlueZ refuses`(repairing: BondContext.Repairing?) {
    var stage = Stage(repairing)
    stage.callInVain()
    stage.change { $0.connected = true }
    stage.hear(.authenticationFailed(5))
    stage.hear(.disconnected(.local))
    stage.change { $0.connected = false }
    let isRefused = repairing == nil || repairing == .never
    #expect(stage.last?.cause == (isRefused ? .repairingRefused : .headsetOtherKey))
    #expect(stage.last?.certainty == .certain)
  }

  @Test func `a link that fell for a missing key tells that the headset lost it, at the first call`() {
    // Laboratory, b2 on 5.87: bluetoothd connects again by itself after a loss.
    var stage = Stage()
    stage.change { $0.connected = true }
    stage.hear(.disconnected(.authentication))
    stage.change { $0.connected = false }
    #expect(stage.last?.cause == .headsetLostKey)
    #expect(stage.last?.certainty == .certain)
  }

  @Test func `the kernel's word that comes after the fall counts`() {
    var stage = Stage()
    stage.callInVain()
    stage.callInVain()
    stage.hear(.authenticationFailed(0x0B))
    #expect(stage.last?.certainty == .certain)
  }

  @Test func `a suspicion that the kernel does not share is not told again`() {
    // Laboratory, h2: a good bond, over which the headset opens nothing.
    var stage = Stage()
    stage.callInVain()
    stage.hear(.connected)
    stage.change { $0.connected = true }
    stage.hear(.disconnected(.local))
    stage.change { $0.connected = false }
    #expect(stage.verdicts.count == 1)
  }

  @Test func `a suspicion is gone when a link turns out sound`() {
    var stage = Stage()
    stage.callInVain()
    stage.world.streams[.headset] = [Transport(profile: .a2dp)]
    stage.change { $0.connected = true }
    #expect(stage.verdicts.last == .some(nil))
    #expect(stage.requests == [.watch(.headset), .unwatch(.headset)])
    #expect(stage.watch == nil)
  }

  @Test func `the kernel is listened to for some minutes, and then it is over`() {
    var stage = Stage()
    stage.callInVain()
    stage.expire(.overall)
    #expect(stage.requests == [.watch(.headset), .unwatch(.headset)])
    #expect(stage.watch == nil)
  }

  @Test func `minutes that end while a link is up do not end the doubt about it`() {
    var stage = Stage()
    stage.callInVain()
    stage.change { $0.connected = true }
    stage.expire(.overall)
    #expect(stage.armed == [.verifying])
    stage.hear(.authenticationFailed(0x0B))
    stage.change { $0.connected = false }
    #expect(stage.last?.certainty == .certain)
  }

  @Test func `without the helper nothing is kept between the links`() {
    var stage = Stage()
    stage.callInVain()
    stage.refuse()
    #expect(stage.watch == nil)
    stage.callInVain()
    #expect(stage.last?.certainty == .possible)
  }

  @Test(arguments: [0, 1, 2, 3]) func `what takes the device away ends it`(way: Int) {
    var stage = Stage()
    stage.callInVain()
    stage.change { $0.connected = true }
    switch way {
    case 0: stage.world.known[.headset] = nil
    case 1: stage.world.adapters[.first]?.powered = false
    case 2: stage.world.hasBlueZ = false
    default: stage.world.known[.headset]?.bonded = false
    }
    stage.tell(.worldChanged)
    #expect(stage.requests == [.watch(.headset), .unwatch(.headset)])
    #expect(stage.watch == nil)
  }

  @Test func `whatever happens in whatever order, nothing is left armed or listening`() {
    let happenings: [(inout Stage) -> Void] = [
      { $0.change { $0.connected = true } }, { $0.change { $0.connected = false } },
      { $0.change { $0.servicesResolved.toggle() } }, { $0.hear(.authenticationFailed(5)) },
      { $0.hear(.disconnected(.authentication)) }, { $0.isOurs.toggle() }, { $0.tell(.worldChanged) },
      { $0.tell(.answered(.watch(.headset), nil)) },
      { if $0.armed.contains(.verifying) { $0.expire(.verifying) } },
      { if $0.armed.contains(.overall) { $0.expire(.overall) } },
      { stage in stage.change { $0.bonded.toggle() } },
      { $0.world.streams[.headset] = $0.world.streams[.headset] == nil ? [Transport(profile: .a2dp)] : nil },
    ]
    var number: UInt64 = 1
    for _ in 0..<4_000 {
      var stage = Stage()
      for _ in 0..<8 {
        number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        happenings[Int((number >> 33) % UInt64(happenings.count))](&stage)
      }
      stage.world.known[.headset] = nil
      stage.tell(.deviceRemoved(.headset))
      if stage.watch != nil || !stage.armed.isEmpty { Issue.record("left: \(stage)") }
    }
  }
}
