import Core
import Testing
import Vocabulary

/// Something that can happen in any phase.
private enum Happening: CaseIterable {
  case firstAnswered, firstRefused, lastAnswered, lastRefused, nothingAnswered, noReply
  case firstExpired, lastExpired, cancelled, nobodyAsked
  case bonded, unbonded, linked, hungUp, resolved, transport, removed, removedAndBack, otherAppears, twinAppears
  case switchedOff, blocked, unplugged, bluezGone
  case keyRefused, linkEnded
  case cardGone, cardSwitched, sessionGone

  func befall<Subject: Operation>(_ script: inout Script<Subject>) {
    switch self {
    case .firstAnswered: answer(script.outstanding.first, nil, &script)
    case .firstRefused: answer(script.outstanding.first, .other, &script)
    case .lastAnswered: answer(script.outstanding.last, nil, &script)
    case .lastRefused: answer(script.outstanding.last, .inProgress, &script)
    case .nothingAnswered: script.tell(.answered(.rename(.neighbour, ""), nil))
    case .noReply: answer(script.outstanding.first, .noReply, &script)
    case .firstExpired: expire(script.armed.min { "\($0)" < "\($1)" }, &script)
    case .lastExpired: expire(script.armed.max { "\($0)" < "\($1)" }, &script)
    case .cancelled: script.cancel()
    case .nobodyAsked: script.tell(.unanswered("RequestPinCode"))
    case .bonded: change(&script) { $0.bonded = true }
    case .unbonded: change(&script) { $0.bonded = false }
    case .linked: change(&script) { $0.connected = true }
    case .hungUp: change(&script) { $0.connected = false }
    case .resolved: change(&script) { $0.servicesResolved = true }
    case .transport: script.addTransport()
    case .removed: script.remove()
    case .removedAndBack: script.tell(.deviceRemoved(.headset))
    case .otherAppears: script.appear(.found.at(.other))
    case .twinAppears: script.appear(.twinFound)
    case .switchedOff: script.happen(.switchedOff)
    case .blocked: script.happen(.blocked)
    case .unplugged: script.happen(.unplugged)
    case .bluezGone: script.happen(.bluezGone)
    case .keyRefused: script.tell(.link(.headset, .authenticationFailed(5)))
    case .cardGone:
      script.world.sound?.cards = [:]
      script.tell(.soundChanged)
    case .cardSwitched:
      script.world.put(into: "headset-head-unit")
      script.tell(.soundChanged)
    case .sessionGone:
      script.world.sound = nil
      script.tell(.soundChanged)
    case .linkEnded: script.tell(.link(.headset, .disconnected(.authentication)))
    }
  }

  private func answer<Subject: Operation>(_ request: Request?, _ kind: Refusal.Kind?, _ script: inout Script<Subject>) {
    if let request { script.answer(request, kind) }
  }
  private func expire<Subject: Operation>(_ deadline: Deadline?, _ script: inout Script<Subject>) {
    if let deadline { script.expire(deadline) }
  }
  private func change<Subject: Operation>(_ script: inout Script<Subject>, _ change: (inout Device) -> Void) {
    if script.world.known[.headset] != nil { script.change(.headset, change) }
  }
}

/// Every phase, and every two things that can happen in it one after the other. The rules of ``Script`` hold, and a
/// cancelled operation ends as soon as all that it asked has been answered.
@Suite struct EveryTwoEventsTests {
  private func play<Subject: Operation>(_ script: Script<Subject>, refusing kind: Refusal.Kind?) {
    for first in Happening.allCases {
      for second in Happening.allCases {
        var script = script
        script.label += ", \(first), \(second)"
        first.befall(&script)
        second.befall(&script)
        script.cancel()
        script.answerAll(kind)
        if script.result == nil { Issue.record("\(script.label): never ends") }
        let end = script.actions
        for later in Happening.allCases { later.befall(&script) }
        #expect(script.actions == end)
      }
    }
  }

  @Test(arguments: PairPhase.allCases, [nil, Refusal.Kind.doesNotExist])
  func `a pairing bears any two events in any phase`(phase: PairPhase, kind: Refusal.Kind?) {
    play(phase.script(), refusing: kind)
  }

  @Test(arguments: ConnectOperationTests.Phase.everyone, [nil, Refusal.Kind.doesNotExist])
  func `a connection bears any two events in any phase`(phase: ConnectOperationTests.Phase, kind: Refusal.Kind?) {
    play(phase.script(), refusing: kind)
  }

  @Test(arguments: ForgetOperationTests.Phase.allCases, [nil, Refusal.Kind.doesNotExist])
  func `a removal bears any two events in any phase`(phase: ForgetOperationTests.Phase, kind: Refusal.Kind?) {
    play(phase.script(), refusing: kind)
  }

  @Test(arguments: BelowPhase.allCases) func `flushing and switching off and on bear any two events in any phase`(
    phase: BelowPhase
  ) {
    play(phase.script(), refusing: nil)
  }

  @Test(arguments: RepairPhase.allCases) func `a repair bears any two events in any phase`(phase: RepairPhase) {
    play(phase.script(), refusing: nil)
  }

  @Test(arguments: ProfilePhase.allCases, [nil, Refusal.Kind.doesNotExist])
  func `a change of the profile bears any two events in any phase`(phase: ProfilePhase, kind: Refusal.Kind?) {
    play(phase.script(), refusing: kind)
  }

  @Test(arguments: ScanOperationTests.Phase.allCases, [nil, Refusal.Kind.doesNotExist])
  func `a scan bears any two events in any phase`(phase: ScanOperationTests.Phase, kind: Refusal.Kind?) {
    play(phase.script(), refusing: kind)
  }

  @Test(arguments: ChangeOperationTests.Case.allCases, [nil, Refusal.Kind.doesNotExist])
  func `a change bears any two events`(change: ChangeOperationTests.Case, kind: Refusal.Kind?) {
    var script = change.script
    script.start()
    play(script, refusing: kind)
  }

  @Test(arguments: WaitOperation.State.allCases) func `waiting bears any two events`(state: WaitOperation.State) throws
  {
    let query = try #require(DeviceQuery("WH-1000XM4"))
    let device = Device.own.with { $0.connected = state == .disconnected }
    var script = Script(
      WaitOperation(query, on: { [.first] }, state: state, limit: .seconds(9)), FakeWorld(device))
    script.start()
    play(script, refusing: nil)
  }
}
