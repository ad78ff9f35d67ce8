import Core
import Testing
import Vocabulary

@Suite struct ChangeOperationTests {
  /// A change, as words that a test can be named by.
  enum Case: CaseIterable, Sendable {
    case disconnect, trust, untrust, block, unblock, rename, unname, powerOn, powerOff

    var change: ChangeOperation.Change {
      switch self {
      case .disconnect: .disconnect(.headset)
      case .trust: .trust(.headset, true)
      case .untrust: .trust(.headset, false)
      case .block: .block(.headset, true)
      case .unblock: .block(.headset, false)
      case .rename: .rename(.headset, "Mine")
      case .unname: .rename(.headset, "")
      case .powerOn: .power(.first, true)
      case .powerOff: .power(.first, false)
      }
    }
    var request: Request {
      switch self {
      case .disconnect: .disconnect(.headset)
      case .trust: .trust(.headset, true)
      case .untrust: .trust(.headset, false)
      case .block: .block(.headset, true)
      case .unblock: .block(.headset, false)
      case .rename: .rename(.headset, "Mine")
      case .unname: .rename(.headset, "")
      case .powerOn: .power(.first, true)
      case .powerOff: .power(.first, false)
      }
    }
    static let ofDevices: [Self] = [.disconnect, .trust, .untrust, .block, .unblock, .rename, .unname]
    static let ofAdapters: [Self] = [.powerOn, .powerOff]

    /// The opposite of what the change wants.
    var script: Script<ChangeOperation> {
      let device = Device.own.with {
        $0.connected = self != .unblock
        $0.trusted = self == .untrust
        $0.blocked = self == .unblock
        if self == .unname { $0.alias = "Mine" }
      }
      var script = Script(ChangeOperation(change), FakeWorld(device))
      script.world.adapters[.first]?.powered = self != .powerOn
      script.label = "\(self)"
      return script
    }

    func apply(to world: inout FakeWorld) {
      switch self {
      case .disconnect: world.known[.headset]?.connected = false
      case .trust: world.known[.headset]?.trusted = true
      case .untrust: world.known[.headset]?.trusted = false
      case .block:
        world.known[.headset]?.blocked = true
        world.known[.headset]?.connected = false
      case .unblock: world.known[.headset]?.blocked = false
      case .rename: world.known[.headset]?.alias = "Mine"
      case .unname: world.known[.headset]?.alias = "WH-1000XM4"
      case .powerOn: world.adapters[.first]?.powered = true
      case .powerOff: world.adapters[.first]?.powered = false
      }
    }

    var event: Event { Self.ofAdapters.contains(self) ? .worldChanged : .deviceChanged(.headset) }
    var outcome: Outcome { Self.ofAdapters.contains(self) ? Outcome() : Outcome(device: .headset) }
  }

  /// A change that BlueZ has accepted.
  private func accepted(_ change: Case) -> Script<ChangeOperation> {
    var script = change.script
    script.start()
    script.answer(change.request)
    return script
  }

  @Test(arguments: Case.allCases) func `a change is proven by being seen, not by the answer`(change: Case) {
    var script = accepted(change)
    #expect(script.requests == [change.request])
    #expect(script.armed == [.applying])
    script.tell(change.event)
    #expect(script.result == nil)
    change.apply(to: &script.world)
    script.tell(change.event)
    #expect(script.outcome == change.outcome)
  }

  @Test(arguments: Case.allCases) func `a change that is seen before the answer ends with the answer`(change: Case) {
    var script = change.script
    script.start()
    change.apply(to: &script.world)
    script.tell(change.event)
    #expect(script.result == nil)
    script.answer(change.request)
    #expect(script.outcome == change.outcome)
  }

  @Test(arguments: Case.allCases) func `what is so already is not asked for, but names and disconnecting are`(
    change: Case
  ) {
    var script = change.script
    change.apply(to: &script.world)
    script.start()
    #expect(script.requests.isEmpty == ![.rename, .unname, .disconnect].contains(change))
    script.answerAll()
    #expect(script.outcome == change.outcome)
  }

  @Test(arguments: Case.ofAdapters)
  func `an adapter that is being switched already is waited for, and told as busy where that does not end`(change: Case)
  {
    var script = change.script
    script.start()
    script.answer(change.request, .inProgress)
    #expect(script.result == nil)
    var other = script
    change.apply(to: &script.world)
    script.tell(change.event)
    #expect(script.outcome == change.outcome)
    other.expire(.applying)
    #expect(other.error?.code == .busy)
    #expect(other.requests == [change.request])
  }

  @Test(arguments: Case.allCases) func `a change that does not happen is told of`(change: Case) {
    var script = accepted(change)
    script.expire(.applying)
    #expect(script.error?.code == .timedOut)
  }

  @Test(arguments: Case.allCases) func `a change that is there in the instant the time is up has happened`(change: Case)
  {
    var script = accepted(change)
    change.apply(to: &script.world)
    script.expire(.applying)
    #expect(script.outcome == change.outcome)
  }

  @Test(
    arguments: Case.ofDevices,
    [
      (.notReady, .adapterOff), (.blocked, .adapterBlocked), (.inProgress, .busy), (.noReply, .failed),
      (.bluezGone, .bluezMissing), (.other, .failed), (.doesNotExist, .failed),
    ] as [(Refusal.Kind, OperationError.Code)])
  func `a refused change of a device says why`(change: Case, refusal: (Refusal.Kind, OperationError.Code)) {
    var script = change.script
    script.start()
    script.answer(change.request, refusal.0)
    #expect(script.error?.code == refusal.1)
  }

  @Test(
    arguments: Case.ofAdapters,
    [(.blocked, .adapterBlocked), (.other, .failed), (.notReady, .failed)]
      as [(Refusal.Kind, OperationError.Code)])
  func `a refused change of an adapter says why`(change: Case, refusal: (Refusal.Kind, OperationError.Code)) {
    var script = change.script
    script.start()
    script.answer(change.request, refusal.0)
    #expect(script.error?.code == refusal.1)
    #expect(script.error?.evidence == "org.bluez.Error: \(refusal.0)")
  }

  @Test func `a Disconnect that is refused because there is no link waits until that is seen`() {
    var script = Case.disconnect.script
    script.start()
    script.answer(.disconnect(.headset), .notConnected)
    #expect(script.result == nil)
    script.change { $0.connected = false }
    #expect(script.outcome?.device == .headset)
  }

  @Test(arguments: [true, false]) func `a device that BlueZ drops with its link is disconnected`(answered: Bool) {
    var script = Case.disconnect.script
    script.start()
    if answered { script.answer(.disconnect(.headset)) }
    script.remove()
    #expect(script.outcome?.device == .headset)
  }

  @Test(arguments: [Case.trust, .untrust, .block, .unblock, .rename, .unname], [true, false])
  func `a device that is removed meanwhile is told of`(change: Case, answered: Bool) {
    var script = change.script
    script.start()
    if answered { script.answer(change.request) }
    script.remove()
    #expect(script.error?.message == "94:DB:56:00:00:01 was removed meanwhile.")
  }

  @Test(arguments: Case.ofAdapters, [true, false])
  func `an adapter that is unplugged meanwhile is told of`(change: Case, answered: Bool) {
    var script = change.script
    script.start()
    if answered { script.answer(change.request) }
    script.happen(.unplugged)
    #expect(script.error?.code == .noAdapter)
    #expect(script.error?.message.hasPrefix("The adapter hci0 went away") == true)
  }

  @Test(arguments: Case.allCases, [true, false]) func `without BlueZ it ends`(change: Case, answered: Bool) {
    var script = change.script
    script.start()
    if answered { script.answer(change.request) }
    script.happen(.bluezGone)
    #expect(script.error?.code == .bluezMissing)
  }

  @Test(arguments: Case.allCases) func `nothing is asked without BlueZ or of what is not there`(change: Case) {
    var script = change.script
    script.world.hasBlueZ = false
    script.start()
    #expect(script.error?.code == .bluezMissing)
    var missing = change.script
    missing.world.known = [:]
    missing.world.adapters = [:]
    missing.start()
    #expect(missing.error?.code == (Case.ofAdapters.contains(change) ? .noAdapter : .deviceNotFound))
    #expect(missing.requests.isEmpty)
  }

  @Test(arguments: Case.allCases) func `a cancelled change ends when nothing is asked any more`(change: Case) {
    var asked = change.script
    asked.start()
    asked.cancel()
    #expect(asked.result == nil)
    var applied = asked
    asked.answer(change.request)
    #expect(asked.error?.code == .cancelled)
    change.apply(to: &applied.world)
    applied.answer(change.request)
    #expect(applied.outcome == change.outcome)
    var accepted = accepted(change)
    accepted.cancel()
    #expect(accepted.error?.code == .cancelled)
  }

  @Test func `a device is blocked when its link is down, too`() {
    var script = Case.block.script
    script.start()
    script.change { $0.blocked = true }
    script.answer(.block(.headset, true))
    #expect(script.result == nil)
    script.change { $0.connected = false }
    #expect(script.outcome?.device == .headset)
  }

  @Test func `a device without a name of its own has any alias as its own`() {
    var script = Script(ChangeOperation(.rename(.headset, "")), FakeWorld(Device(id: .headset, name: nil)))
    script.start()
    script.answerAll()
    #expect(script.outcome?.device == .headset)
  }

  @Test(arguments: Case.allCases) func `what happens to others is ignored, and all after the finish`(change: Case) {
    var script = change.script
    script.start()
    let before = script.actions
    for event: Event in [
      .deviceChanged(.other), .deviceRemoved(.other), .worldChanged, .answered(.disconnect(.other), nil),
      .answered(.power(.second, true), nil), .unanswered("PIN"),
    ] { script.tell(event) }
    #expect(script.actions == before)
    change.apply(to: &script.world)
    script.answer(change.request)
    let after = script.actions
    script.cancel()
    script.happen(.bluezGone)
    #expect(script.actions == after)
  }

  @Test func `every change has a name of its own`() {
    #expect(
      Set(Case.allCases.map { ChangeOperation($0.change).name }) == [
        "disconnect", "trust", "untrust", "block", "unblock", "rename", "power on", "power off",
      ])
  }
}
