import Core
import Testing
import Vocabulary

/// Drives an operation as the daemon would, and holds it to the rules of every operation: one finish and nothing after
/// it, no deadline armed twice or left armed, everything taken of BlueZ given back, and nothing asked of BlueZ that
/// breaks a bond.
struct Script<Subject: Operation> {
  var world: FakeWorld
  var label = ""
  private(set) var operation: Subject
  private(set) var actions: [Action] = []
  /// Asked for and not answered, in order of asking.
  private(set) var outstanding: [Request] = []
  private(set) var armed: Set<Deadline> = []
  private(set) var result: Result<Outcome, OperationError>?
  /// What was told last of each device's bond; nil in the optional when it is sound.
  private(set) var verdicts: [DeviceID: Verdict?] = [:]
  /// What was told last to keep A2DP from each device; nil in the optional when it was connected.
  private(set) var obstacles: [DeviceID: String?] = [:]
  /// The devices whose link is taken down behind the answer.
  private(set) var hungUp: [DeviceID] = []
  /// Whether the helper's look at what is about to be removed is answered at once.
  var answersLooks = true
  /// How often each was refused because somebody else's was under way, after which it may be asked for again.
  private var busy: [Request: Int] = [:]
  private var held: Set<String> = []
  private var bondsOfOurs: Set<DeviceID> = []
  /// The devices of journal entries that were seen without a bond since a removal began.
  private var seenGone: Set<DeviceID> = []
  /// Whether something was done that cannot be taken back.
  private var hasDestroyed = false

  init(_ operation: Subject, _ world: FakeWorld) {
    self.operation = operation
    self.world = world
  }

  // MARK: What came of it

  var outcome: Outcome? { try? result?.get() }
  var error: OperationError? {
    if case .failure(let error) = result { error } else { nil }
  }
  var requests: [Request] { actions.compactMap { if case .request(let request) = $0 { request } else { nil } } }
  var toBlueZ: [Request] { requests.filter(\.isOfBlueZ) }
  var progress: [String] { actions.compactMap { if case .progress(_, let text) = $0 { text } else { nil } } }
  var awaited: [Awaited] { actions.compactMap { if case .await(let awaited) = $0 { awaited } else { nil } } }
  var stages: [Stage] { actions.compactMap { if case .progress(let stage, _) = $0 { stage } else { nil } } }

  // MARK: What happens

  mutating func start() { take(operation.start(in: world)) }

  mutating func tell(_ event: Event) {
    for id in world.journal.values.flatMap({ [$0.device] + $0.twins }) {
      if event == .deviceRemoved(id) || world.device(id)?.bonded != true { seenGone.insert(id) }
    }
    take(operation.handle(event, in: world))
  }

  /// Answers a request that is outstanding.
  mutating func answer(_ request: Request, _ kind: Refusal.Kind? = nil) {
    guard let index = outstanding.firstIndex(of: request) else {
      return complain("\(request) is not outstanding, but only \(outstanding)")
    }
    if case .helper(.inspect(let id, let layers)) = request { return answer(request, layers: .same(kind, id, layers)) }
    if case .helper(.flush(let id, let layers)) = request { return answer(request, layers: .same(kind, id, layers)) }
    outstanding.remove(at: index)
    switch request {
    case .bluez(.pair(let id)) where kind == nil: bondsOfOurs.insert(id)
    case .journal(.record(let entry)) where kind == nil: world.journal[entry.device] = entry
    case .journal(.erase(let id)) where kind == nil: world.journal[id] = nil
    case .bluez(.remove) where kind == nil: hasDestroyed = true
    default: break
    }
    if kind == .inProgress { busy[request, default: 0] += 1 }
    if kind != nil { held.remove(Self.hold(request) ?? "") }
    tell(.answered(request, kind.map { Refusal($0) }))
  }

  /// Has the helper answer a request that is outstanding.
  mutating func answer(_ request: Request, layers answer: LayerAnswer) {
    guard let index = outstanding.firstIndex(of: request) else {
      return complain("\(request) is not outstanding, but only \(outstanding)")
    }
    outstanding.remove(at: index)
    switch request {
    case .helper(.inspect(let id, _)), .helper(.flush(let id, _)): tell(.layers(id, answer))
    default: complain("\(request) is not for the helper")
    }
  }

  /// Tells what carrying a request out came to; an answer that is lost is told as one that never came.
  mutating func tell(_ event: Event, of request: Request, isLost: Bool) {
    switch event {
    case .answered(request, let refusal): answer(request, isLost ? .noReply : refusal?.kind)
    case .layers(_, let answer): self.answer(request, layers: isLost ? .unavailable("No answer.") : answer)
    default: tell(event)
    }
  }

  /// Answers whatever is outstanding, and whatever that leads to.
  mutating func answerAll(_ kind: Refusal.Kind? = nil) {
    for _ in 0..<50 {
      guard let next = outstanding.first else { return }
      answer(next, kind)
    }
    complain("it asks for ever")
  }

  /// Answers what the journal and the helper are asked, and whatever of it that leads to.
  mutating func answerBelow() {
    for _ in 0..<50 {
      guard let next = outstanding.first(where: { !$0.isOfBlueZ }) else { return }
      answer(next)
    }
    complain("it asks for ever")
  }

  mutating func expire(_ deadline: Deadline) {
    guard armed.remove(deadline) != nil else { return complain("\(deadline) is not armed") }
    tell(.expired(deadline))
  }

  mutating func cancel() { tell(.cancelled) }

  mutating func appear(_ device: Device) {
    world.known[device.id] = device
    tell(.deviceChanged(device.id))
  }

  mutating func change(_ id: DeviceID = .headset, _ change: (inout Device) -> Void) {
    guard var device = world.known[id] else { return complain("\(id) is not there to change") }
    change(&device)
    world.known[id] = device
    tell(.deviceChanged(id))
  }

  mutating func remove(_ id: DeviceID = .headset) {
    world.known[id] = nil
    world.streams[id] = nil
    tell(.deviceRemoved(id))
  }

  mutating func addTransport(_ profile: Transport.Profile = .a2dp, to id: DeviceID = .headset) {
    world.streams[id, default: []].append(Transport(profile: profile))
    tell(.deviceChanged(id))
  }

  mutating func happen(_ trouble: Trouble) {
    trouble.befall(&world)
    tell(.worldChanged)
  }

  // MARK: The rules

  private mutating func take(_ new: [Action]) {
    if result != nil, !new.isEmpty { complain("after the finish: \(new)") }
    for action in new {
      actions.append(action)
      switch action {
      case .request(let request): asked(request)
      case .arm(let deadline, let limit):
        if !armed.insert(deadline).inserted { complain("\(deadline) is armed twice") }
        if limit <= .zero { complain("\(deadline) is armed for \(limit)") }
      case .disarm(let deadline): armed.remove(deadline)
      case .climb(_, let text):
        if text.isEmpty { complain("a rung without words") }
        read(text)
      case .await(let awaited):
        if awaited.situation.isEmpty || awaited.advice.isEmpty { complain("it waits without words") }
        read(awaited.message)
      case .progress(_, let text):
        if text.isEmpty { complain("progress without words") }
        read(text)
      case .diagnose(let id, let verdict):
        verdicts[id] = .some(verdict)
        read(verdict?.message, verdict?.evidence, verdict?.hint)
      case .noteAudioObstacle(let id, let obstacle): obstacles[id] = .some(obstacle)
      case .hangUp(let id):
        // What is ended is what was begun here, and is of no use.
        if !requests.contains(.connect(id)) { complain("it hangs up what it did not call") }
        if verdicts[id] == .some(nil) { complain("it hangs up what is sound") }
        hungUp.append(id)
      case .finish(let ending): finished(ending)
      }
    }
    while answersLooks, let look = outstanding.first(where: isLook) { answer(look) }
  }

  private func isLook(_ request: Request) -> Bool {
    if case .helper(.inspect(let id, _)) = request { recorded(id) != nil } else { false }
  }

  private mutating func asked(_ request: Request) {
    outstanding.append(request)
    read(request.words)
    destroys(request)
    if let hold = Self.hold(request) { held.insert(hold) }
    if let hold = Self.release(request) {
      held.remove(hold)
      if outstanding.contains(where: { Self.hold($0) == hold }) { complain("\(request) overtakes what it releases") }
    }
    switch request {
    case .bluez(.cancelPairing(let id)):
      if !outstanding.contains(.pair(id)) { complain("CancelPairing without Pair destroys the kernel's key") }
    case .bluez(.connect(let id)), .bluez(.connectProfile(let id, _)):
      if world.device(id)?.bonded != true { complain("Connect without a bond pairs implicitly") }
      // A ladder waits for a person by calling again and again.
      let most = operation is FixOperation ? 60 : operation is RepairOperation || operation is ProfileOperation ? 2 : 1
      if requests.count(where: { $0 == request }) - busy[request, default: 0] > most { complain("\(request) again") }
    case .bluez(.trust(let id, true)) where operation is PairOperation:
      if world.device(id)?.bonded != true { complain("trusted before it was bonded") }
    case .bluez(.remove(let id)):
      let isOurs = bondsOfOurs.contains(id) || recorded(id)?.phase == .removing
      if world.device(id)?.bonded == true, !isOurs { complain("removes a bond that is not its own") }
    case .journal(.erase(let id)): erased(id)
    default: break
    }
  }

  /// What is to be finished after a crash is written down before it begins.
  private mutating func destroys(_ request: Request) {
    guard operation is ForgetOperation || operation is RepairOperation else { return }
    switch request {
    case .bluez(.disconnect(let id)), .bluez(.remove(let id)), .helper(.endLink(let id)), .helper(.flush(let id, _)):
      if recorded(id) == nil { complain("\(request) before it is recorded") }
    case .bluez(.power(_, false)):
      if !world.journal.values.contains(where: { $0.phase == .powerCycling }) { complain("switches off unrecorded") }
    default: break
    }
  }

  private func recorded(_ id: DeviceID) -> JournalEntry? {
    world.journal.values.first { $0.device == id || $0.twins.contains(id) }
  }

  private mutating func erased(_ id: DeviceID) {
    guard hasDestroyed, let entry = world.journal[id] else { return }
    if operation is ForgetOperation, !([id] + entry.twins).allSatisfy(seenGone.contains) {
      complain("erases what is not gone")
    }
    if operation is RepairOperation, entry.phase == .pairing, world.device(id)?.bonded != true {
      complain("erases what is not paired again")
    }
  }

  private mutating func finished(_ ending: Result<Outcome, OperationError>) {
    if result != nil { complain("a second finish") }
    result = ending
    read(error?.message, error?.evidence, error?.hint)
    for proof in outcome?.proofs ?? [] { read(proof.obstacle) }
    for text in outcome?.plan ?? [] { read(text) }
    if !armed.isEmpty { complain("left armed: \(armed)") }
    guard world.hasBlueZ else { return }
    if !held.isEmpty { complain("not given back: \(held)") }
    for request in outstanding where request == .unregisterAgent || Self.release(request) == "pairable" {
      complain("finished before \(request) was answered")
    }
  }

  private static func hold(_ request: Request) -> String? {
    switch request {
    case .agent(.register): "agent"
    case .bluez(.holdPairable): "pairable"
    case .bluez(.startDiscovery): "discovery"
    default: nil
    }
  }

  private static func release(_ request: Request) -> String? {
    switch request {
    case .unregisterAgent: "agent"
    case .bluez(.releasePairable): "pairable"
    case .bluez(.stopDiscovery): "discovery"
    default: nil
    }
  }

  /// Users read these: no text may have Swift's own spelling of a value in it.
  private func read(_ texts: String?...) {
    for text in texts.compactMap(\.self) where hasSwiftSyntax(text) { complain("Swift's words: \(text)") }
  }

  private func complain(_ words: String) {
    Issue.record("\(label.isEmpty ? operation.name : label): \(words)")
  }
}

extension LayerAnswer {
  /// That there is nothing, or that the helper does not answer.
  fileprivate static func same(_ kind: Refusal.Kind?, _ id: DeviceID, _ layers: [HostLayer]) -> Self {
    if let kind { return .unavailable("The helper refuses: \(kind)") }
    return .reports(layers.map { LayerReport(id, $0, before: .absent, done: .nothing, after: .absent) })
  }
}

extension Request {
  /// Whether it is BlueZ that does it, and not the journal or the helper.
  var isOfBlueZ: Bool {
    switch self {
    case .bluez, .agent: true
    case .helper, .journal, .session, .headset: false
    }
  }
}

/// What can befall every operation.
enum Trouble: CaseIterable, Sendable {
  case switchedOff, blocked, unplugged, bluezGone

  func befall(_ world: inout FakeWorld) {
    switch self {
    case .switchedOff: world.adapters[.first]?.powered = false
    case .blocked:
      world.adapters[.first]?.powered = false
      world.adapters[.first]?.blocked = true
    case .unplugged:
      world.adapters[.first] = nil
      world.known = [:]
    case .bluezGone:
      world.hasBlueZ = false
      world.adapters = [:]
      world.known = [:]
      world.streams = [:]
    }
  }

  var code: OperationError.Code {
    switch self {
    case .switchedOff: .adapterOff
    case .blocked: .adapterBlocked
    case .unplugged: .noAdapter
    case .bluezGone: .bluezMissing
    }
  }
}
