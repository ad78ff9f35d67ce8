import Core
import Support
import Testing
import Vocabulary

extension SeededGenerator {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// One thing that happens, and what it happens to is left to chance.
private enum Step: CaseIterable {
  case answered, refused, expired, changed, appeared, removed, transport, trouble, recovered, noise

  /// Events as often as they are in life: mostly answers and news of devices.
  static let weighted: [Self] =
    Array(repeating: .answered, count: 8) + Array(repeating: .changed, count: 8)
    + Array(repeating: .transport, count: 2) + Array(repeating: .recovered, count: 2) + Self.allCases
}

/// Random life around an operation; the rules of ``Script`` hold throughout.
struct Chaos<Subject: Operation> {
  var script: Script<Subject>
  var random: SeededGenerator
  private let devices: [Device] = [.found, .otherFound, .twinFound, .own.at(.neighbour, name: "LinkBuds")]
  private let healthy: FakeWorld

  init(_ operation: Subject, _ world: FakeWorld, seed: UInt64) {
    script = Script(operation, world)
    script.label = "\(operation.name), seed \(seed)"
    random = SeededGenerator(seed: seed)
    healthy = world
  }

  /// Lets things happen until the operation ends; then, or at some time, cancels it and answers what it still asks.
  mutating func run() {
    script.start()
    let patience = Int.random(in: 5..<60, using: &random)
    for _ in 0..<patience where script.result == nil { step() }
    script.cancel()
    for _ in 0..<20 where script.result == nil {
      guard let request = script.outstanding.randomElement(using: &random) else { break }
      script.answer(request, random.chance(30) ? refusal : nil)
    }
    for _ in 0..<5 { step() }
  }

  private var refusal: Refusal.Kind? {
    mutating get { Refusal.Kind.allCases.randomElement(using: &random) }
  }
  private var anyone: DeviceID {
    mutating get {
      [.headset, .headset, .headset, .other, .twin, .neighbour].randomElement(using: &random) ?? .headset
    }
  }

  private mutating func step() {
    switch Step.weighted.randomElement(using: &random) ?? .noise {
    case .answered: answer(nil)
    case .refused: answer(refusal)
    case .expired:
      guard let deadline = script.armed.sorted(by: { "\($0)" < "\($1)" }).randomElement(using: &random) else { return }
      script.expire(deadline)
    case .changed: change()
    case .appeared:
      if let device = devices.randomElement(using: &random) { script.appear(device) }
    case .removed: script.remove(anyone)
    case .transport:
      let id = anyone
      script.world.streams[id] = random.chance(60) ? [Transport(profile: .a2dp)] : nil
      script.tell(.deviceChanged(id))
    case .trouble:
      if random.chance(40), let trouble = Trouble.allCases.randomElement(using: &random) { script.happen(trouble) }
    case .recovered:
      guard !script.world.hasBlueZ || script.world.adapters != healthy.adapters else { return }
      let journal = script.world.journal
      script.world = healthy
      script.world.journal = journal
      script.tell(.worldChanged)
    case .noise: noise()
    }
  }

  /// Answers as BlueZ does: what was asked for has mostly happened by then, and is mostly told before the answer.
  private mutating func answer(_ kind: Refusal.Kind?) {
    guard let request = script.outstanding.randomElement(using: &random) else { return }
    let before = random.chance(70)
    if before { effect(of: request, kind) }
    script.answer(request, kind)
    if !before { effect(of: request, kind) }
  }

  private mutating func effect(of request: Request, _ kind: Refusal.Kind?) {
    guard kind == nil, random.chance(80) else { return }
    switch request {
    case .bluez(.pair(let id)):
      script.world.known[id]?.paired = true
      script.world.known[id]?.bonded = true
      script.tell(.deviceChanged(id))
    case .bluez(.connect(let id)), .bluez(.connectProfile(let id, _)):
      script.world.known[id]?.connected = true
      script.world.known[id]?.servicesResolved = random.chance(50)
      script.tell(.deviceChanged(id))
    case .bluez(.disconnect(let id)), .helper(.endLink(let id)):
      script.world.known[id]?.connected = false
      script.tell(.deviceChanged(id))
    case .bluez(.remove(let id)): script.remove(id)
    case .bluez(.trust(let id, let on)):
      script.world.known[id]?.trusted = on
      script.tell(.deviceChanged(id))
    case .bluez(.block(let id, let on)):
      script.world.known[id]?.blocked = on
      if on { script.world.known[id]?.connected = false }
      script.tell(.deviceChanged(id))
    case .bluez(.rename(let id, let alias)):
      let own = script.world.known[id]?.name ?? id.address.description
      script.world.known[id]?.alias = alias.isEmpty ? own : alias
      script.tell(.deviceChanged(id))
    case .bluez(.power(let id, let on)):
      script.world.adapters[id]?.powered = on
      script.tell(.worldChanged)
    default: break
    }
  }

  private mutating func change() {
    let id = anyone
    guard script.world.known[id] != nil else { return script.tell(.deviceChanged(id)) }
    let (which, on) = (Int.random(in: 0..<8, using: &random), random.chance(60))
    script.change(id) {
      switch which {
      case 0: $0.bonded = on
      case 1: $0.paired = on
      case 2, 3: $0.connected = on
      case 4: $0.servicesResolved = on
      case 5: $0.rssi = on ? -50 : nil
      case 6: $0.blocked = !on
      default: $0.services = on ? .headset : []
      }
    }
  }

  /// Events that mean nothing to it, and news that are none.
  private mutating func noise() {
    let id = anyone
    let events: [Event] = [
      .worldChanged, .deviceChanged(id), .deviceRemoved(DeviceID(9)), .unanswered("RequestPinCode"),
      .answered(.pair(DeviceID(9)), nil), .answered(.remove(DeviceID(9)), Refusal(.other)),
      .link(id, .connected), .link(id, .authenticationFailed(5)), .link(id, .disconnected(.authentication)),
      .link(id, .disconnected(.remote)), .link(id, .connectFailed(4)),
    ]
    if let event = events.randomElement(using: &random) { script.tell(event) }
  }
}

/// Whatever happens: no crash, at most one finish, nothing left armed or held, and cancelling always comes to an end.
@Suite(.timeLimit(.minutes(5))) struct RandomSequenceTests {
  private static let seeds: Range<UInt64> = 0..<1_500

  /// How many of the runs succeeded, failed and were cancelled: all of it must happen, or nothing was tested.
  private func expectVariety(_ make: (UInt64) -> (any Operation, FakeWorld)) {
    var codes: Set<String> = []
    for seed in Self.seeds {
      let (operation, world) = make(seed)
      codes.insert(run(operation, world, seed))
    }
    #expect(codes.contains("success"))
    #expect(codes.contains("cancelled"))
    #expect(codes.contains("bluez-missing"))
    #expect(codes.count >= 4)
  }

  /// Runs one sequence; what came of it.
  private func run(_ operation: some Operation, _ world: FakeWorld, _ seed: UInt64) -> String {
    var chaos = Chaos(operation, world, seed: seed)
    chaos.run()
    if chaos.script.result == nil {
      Issue.record("\(chaos.script.label) never ended; outstanding: \(chaos.script.outstanding)")
    }
    return chaos.script.error?.code.rawValue ?? "success"
  }

  @Test func `a pairing always ends`() {
    expectVariety { seed in
      let text = ["WH-1000XM4", "WH", "LE_WH", "94:DB:56:00:00:01", nil][Int(seed % 5)]
      return (PairOperation(text), seed % 3 == 0 ? FakeWorld() : FakeWorld(.found))
    }
  }

  @Test func `a connection always ends`() {
    expectVariety { _ in (ConnectOperation(.headset), FakeWorld(.own)) }
  }

  @Test func `a removal always ends`() {
    expectVariety { seed in
      (
        ForgetOperation(.headset),
        FakeWorld(.own.with { $0.connected = seed % 2 == 0 }, .twinFound.with { $0.connected = seed % 3 == 0 })
      )
    }
  }

  @Test func `a removal with all that can be asked of it always ends`() {
    expectVariety { seed in
      let options = ForgetOperation.Options(resetCache: seed % 2 == 0, powerCycle: true, force: seed % 3 == 0)
      return (ForgetOperation(.headset, options), FakeWorld(.own.with { $0.connected = seed % 2 == 0 }))
    }
  }

  @Test func `a repair always ends`() {
    expectVariety { seed in
      guard seed % 2 == 0 else { return (RepairOperation(.headset), FakeWorld(.own)) }
      let entry = JournalEntry(purpose: .repair, phase: .pairing, device: .headset, alias: "Mine", trusted: true)
      var world = FakeWorld(seed % 4 == 0 ? .own : .found)
      world.journal[.headset] = entry
      return (RepairOperation(resuming: entry), world)
    }
  }

  @Test func `waiting always ends`() throws {
    let query = try #require(DeviceQuery("WH-1000XM4"))
    var codes: Set<String> = []
    for seed in Self.seeds {
      let state = WaitOperation.State.allCases[Int(seed % 4)]
      let wait = WaitOperation(query, on: { [.first] }, state: state, limit: .seconds(9))
      codes.insert(run(wait, FakeWorld(.own.with { $0.connected = state == .disconnected }), seed))
    }
    #expect(codes == ["success", "cancelled", "timed-out"])
  }

  @Test(arguments: ChangeOperationTests.Case.allCases) func `a change always ends`(change: ChangeOperationTests.Case) {
    expectVariety { _ in (ChangeOperation(change.change), change.script.world) }
  }

  @Test func `the same seed tells the same story`() {
    var first = Chaos(PairOperation(), FakeWorld(.found), seed: 7)
    var second = first
    first.run()
    second.run()
    #expect(first.script.actions == second.script.actions)
    #expect(!first.script.actions.isEmpty)
  }
}
