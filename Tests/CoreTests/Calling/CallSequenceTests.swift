import Core
import Support
import Testing
import Vocabulary

/// Random life of three headsets around one adapter. Operations take their time, and end as chance has it.
private struct Life {
  var world = FakeWorld()
  var watch = CallWatch(.first)
  var random: SeededGenerator
  var now = Duration.zero
  let seed: UInt64
  private var timers: [Deadline: Duration] = [:]
  /// What the watch has begun and has not heard the end of.
  private var running: [Undertaking] = []
  /// Those that a person, or their own button, ended, and nobody has connected since.
  private var leftAlone: Set<DeviceID> = []
  private(set) var attempts = 0
  private static let ids: [DeviceID] = [.headset, .other, .neighbour]

  init(seed: UInt64) {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    for id in Self.ids {
      world.known[id] = .own.at(id, name: "WH-1000XM\(id.address)")
      world.callWishes[id] = CallWish(
        isAutomatic: !random.chance(10), tier: Int.random(in: 4...6, using: &random))
      world.backgrounds[id] = BondContext(bluezMajor: 5, bluezMinor: random.chance(50) ? 82 : 87)
    }
    world.callRules = CallRules(
      better: BetterHeadset.allCases.randomElement(using: &random) ?? .ask,
      idleLimit: random.chance(50) ? .seconds(600) : nil)
    world.join(nil)
  }

  private mutating func fail(_ words: String) { Issue.record("seed \(seed), \(now): \(words)") }

  mutating func tell(_ event: Event) {
    if case .expired = event {} else if !watch.isConcerned(by: event) { return }
    for action in watch.handle(event, at: now, in: world) { perform(action) }
  }

  private mutating func perform(_ action: WatchAction) {
    switch action {
    case .begin(let undertaking): begin(undertaking)
    case .hold(let id, let reason):
      world.holds[id] = reason.map { Hold($0) }
      if reason == .disconnected || reason == .left || reason == .elsewhere { leftAlone.insert(id) }
      tell(.holdChanged(id))
    case .arm(let deadline, let delay):
      if delay < .zero { fail("a negative time") }
      timers[deadline] = now + delay
    case .disarm(let deadline): timers[deadline] = nil
    case .tell, .request: break
    default: fail("not of a watch of calls: \(action)")
    }
  }

  private mutating func begin(_ undertaking: Undertaking) {
    let id = undertaking.device
    let device = world.known[id]
    switch undertaking {
    case .connect:
      attempts += 1
      if running.contains(where: { if case .connect = $0 { true } else { false } }) { fail("two attempts at a time") }
      if device?.bonded != true { fail("a device without a bond is called") }
      if device?.connected == true { fail("a device that is here is called") }
      if device?.blocked == true || device?.trusted != true { fail("a device that may not connect is called") }
      if world.callWishes[id]?.isAutomatic == false { fail("a device is called that nobody wants called") }
      if leftAlone.contains(id) { fail("what a person ended is undone") }
    case .disconnect:
      let tier = world.callWishes[id]?.tier ?? 5
      let isOutranked = world.known.values.contains { other in
        other.connected && other.id != id && (world.callWishes[other.id]?.tier ?? 5) < tier
      }
      let isInUse = world.isInUse(id)
      if isInUse, !(world.callRules.better == .always && isOutranked) { fail("a device is let go that is in use") }
      if !isOutranked, world.callRules.idleLimit == nil { fail("a device is let go for nothing") }
    case .audio: fail("it is no matter of its")
    }
    running.append(undertaking)
    tell(.operationBegan(DeviceOperation(begunAs: undertaking)))
  }

  private mutating func end(_ undertaking: Undertaking, _ isGood: Bool) {
    running.removeAll { $0 == undertaking }
    let id = undertaking.device
    var error: OperationError?
    switch undertaking {
    case .connect where isGood && world.known[id]?.bonded == true: connect(id)
    case .disconnect where isGood: disconnect(id, nil)
    default:
      let codes: [ErrorCode] = [.pageTimeout, .busy, .connectFailed, .staleBond, .adapterOff]
      error = OperationError(codes.randomElement(using: &random) ?? .failed, "It did not work.")
    }
    tell(.operationEnded(DeviceOperation(begunAs: undertaking), error))
  }

  private mutating func connect(_ id: DeviceID) {
    guard world.hasBlueZ, world.adapters[.first]?.powered == true else { return }
    leftAlone.remove(id)
    world.known[id]?.connected = true
    world.streams[id] = random.chance(90) ? [Transport(profile: .a2dp, isActive: random.chance(40))] : nil
    tell(.deviceChanged(id))
  }

  private mutating func disconnect(_ id: DeviceID, _ reason: LinkEvent.Reason?) {
    guard world.known[id]?.connected == true else { return }
    let isEarly = random.chance(50)
    if let reason, isEarly { tell(.link(id, .disconnected(reason))) }
    world.known[id]?.connected = false
    world.streams[id] = nil
    tell(.deviceChanged(id))
    if let reason, !isEarly { tell(.link(id, .disconnected(reason))) }
  }

  mutating func step() {
    pass(.seconds(Int.random(in: 0...200, using: &random)))
    let id = Self.ids.randomElement(using: &random) ?? .headset
    switch Int.random(in: 0..<13, using: &random) {
    case 0, 1: connect(id)
    case 2, 3: disconnect(id, LinkEvent.Reason.allCases.randomElement(using: &random))
    case 4:
      // A person disconnects it.
      guard world.known[id]?.connected == true, !running.contains(where: { $0.device == id }) else { return }
      let operation = DeviceOperation(on: id, .disconnect(id), isAsked: true)
      tell(.operationBegan(operation))
      disconnect(id, .local)
      tell(.operationEnded(operation, nil))
    case 5:
      let on = world.adapters[.first]?.powered != true
      world.adapters[.first]?.powered = on
      if !on { for id in Self.ids { disconnect(id, random.chance(50) ? .local : nil) } }
      tell(.worldChanged)
    case 6:
      let hasServer = world.adapters[.first]?.services.isEmpty == true
      world.adapters[.first]?.services = hasServer ? .soundServer : []
      tell(.worldChanged)
    case 7:
      guard world.known[id]?.connected == true else { return }
      world.streams[id] = [Transport(profile: .a2dp, isActive: random.chance(50))]
      tell(.deviceChanged(id))
    case 8:
      world.sound?.isPlaying.toggle()
      tell(.soundChanged)
    case 9:
      tell(.sleeping)
      pass(.seconds(60))
      tell(.resumed)
    case 10:
      world.known[id]?.trusted.toggle()
      tell(.deviceChanged(id))
    case 11:
      if let undertaking = running.randomElement(using: &random) { end(undertaking, random.chance(50)) }
    default:
      guard world.known[id]?.connected == false else { return }
      world.holds[id] = Hold(.yielded, remaining: .seconds(300))
      leftAlone.remove(id)
      tell(.holdChanged(id))
    }
  }

  mutating func pass(_ time: Duration) {
    let end = now + time
    while let next = timers.min(by: { $0.value < $1.value }), next.value <= end {
      now = max(now, next.value)
      timers[next.key] = nil
      for id in Self.ids {
        if let hold = world.holds[id], hold.remaining != nil, random.chance(50) { world.holds[id] = nil }
      }
      tell(.expired(next.key))
      if let undertaking = running.randomElement(using: &random), random.chance(70) {
        self.end(undertaking, random.chance(30))
      }
    }
    now = end
  }

  /// Nothing happens any more but time.
  mutating func settle() {
    for _ in 0..<200 where !running.isEmpty {
      if let first = running.first { end(first, false) }
      pass(.seconds(60))
    }
    for _ in 0..<20 {
      pass(.seconds(3600))
      for undertaking in running { end(undertaking, false) }
    }
    let before = attempts
    pass(.seconds(24 * 3600))
    if attempts != before { fail("it does not settle") }
    if timers.values.contains(where: { $0 > now }) { fail("it wakes up for nothing") }
  }
}

@Suite struct CallSequenceTests {
  @Test
  func `whatever happens in whatever order, at most one is called at a time, nobody against his will, and it settles`()
  {
    var attempts = 0
    for seed in 0..<2000 as Range<UInt64> {
      var life = Life(seed: seed)
      for _ in 0..<80 { life.step() }
      life.settle()
      attempts += life.attempts
    }
    #expect(attempts > 2000)
  }
}
