import Core
import Testing
import Vocabulary

/// What ends a pairing from outside, wherever it is.
@Suite struct PairEndingTests {
  @Test(arguments: PairPhase.deciding) func `a cancelled pairing gives everything back and leaves no device`(
    phase: PairPhase
  ) {
    var script = phase.script()
    script.cancel()
    #expect(script.requests.contains(.cancelPairing(.headset)) == (phase == .pairing))
    script.answerAll(phase == .pairing ? .authenticationCancelled : nil)
    #expect(script.error?.code == .cancelled)
    #expect(script.requests.contains(.remove(.headset)) == !PairPhase.beforePair.contains(phase))
    #expect(script.armed.isEmpty)
  }

  @Test func `a cancelled pairing waits for Pair to end before it removes the device`() {
    var script = PairPhase.pairing.script()
    script.cancel()
    script.answer(.cancelPairing(.headset))
    #expect(script.outstanding == [.pair(.headset)])
    script.answer(.pair(.headset), .authenticationCancelled)
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test func `a Pair that succeeds although it was cancelled is undone`() {
    var script = PairPhase.pairing.script()
    script.cancel()
    script.change { $0.bonded = true }
    script.answer(.pair(.headset))
    script.answer(.cancelPairing(.headset), .doesNotExist)
    #expect(script.outstanding == [.remove(.headset)])
    script.answerAll()
    #expect(script.error?.code == .cancelled)
  }

  @Test(arguments: [Refusal.Kind.alreadyBonded, .inProgress])
  func `cancelling does not remove what another program has bonded or is pairing`(kind: Refusal.Kind) {
    var script = PairPhase.pairing.script()
    script.cancel()
    script.answer(.pair(.headset), kind)
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test(arguments: PairPhase.allCases) func `cancelling twice is cancelling once`(phase: PairPhase) {
    var script = phase.script()
    script.cancel()
    let before = script.requests
    script.cancel()
    #expect(script.requests == before)
    script.answerAll()
    #expect(script.result != nil)
  }

  @Test(arguments: [PairPhase.undoing, .closing]) func `what it came to is not changed by cancelling at the end`(
    phase: PairPhase
  ) {
    var script = phase.script()
    script.cancel()
    script.answerAll()
    #expect(script.error?.code == (phase == .undoing ? .refused : .pageTimeout))
  }

  @Test(arguments: PairPhase.deciding, Trouble.allCases)
  func `trouble with the adapter or BlueZ ends it and says so`(phase: PairPhase, trouble: Trouble) {
    var script = phase.script()
    script.happen(trouble)
    if trouble == .bluezGone { #expect(script.result != nil) }
    script.answerAll(.bluezGone)
    #expect(script.error?.code == trouble.code)
    #expect(script.error?.message.hasPrefix("Paired, but: ") == PairPhase.afterBonding.contains(phase))
    #expect(script.armed.isEmpty)
  }

  @Test(arguments: Trouble.allCases) func `trouble while it gives back changes nothing of what it came to`(
    trouble: Trouble
  ) {
    var script = PairPhase.closing.script()
    script.happen(trouble)
    script.answerAll(.notReady)
    #expect(script.error?.code == .pageTimeout)
  }

  @Test(arguments: Trouble.allCases) func `trouble while it undoes ends it`(trouble: Trouble) {
    var script = PairPhase.undoing.script()
    script.happen(trouble)
    script.answerAll(.bluezGone)
    #expect(script.error?.code == trouble.code)
  }

  @Test(arguments: Trouble.allCases) func `nothing is asked where there is trouble already`(trouble: Trouble) {
    var script = Script(PairOperation(), FakeWorld(.found))
    trouble.befall(&script.world)
    script.start()
    #expect(script.error?.code == trouble.code)
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: PairPhase.deciding) func `a device that is removed meanwhile does not hold it up`(phase: PairPhase) {
    guard ![.preparing, .searching].contains(phase) else { return #expect(phase.script().world.known.isEmpty) }
    var script = phase.script()
    script.remove()
    if phase == .settling {
      script.expire(.settle)
      script.expire(.search)
    }
    script.answerAll(.doesNotExist)
    let code: OperationError.Code =
      switch phase {
      case .settling: .notFoundInTime
      case .stopping, .pairing: .pageTimeout
      default: .failed
      }
    #expect(script.error?.code == code)
    #expect(script.error?.code != .noAdapter)
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test func `a device that is removed before Pair answers success is told at once`() {
    var script = PairPhase.pairing.script()
    script.remove()
    script.answer(.pair(.headset))
    script.answerAll()
    #expect(script.error?.message == "94:DB:56:00:00:01 was removed meanwhile.")
  }

  @Test(arguments: PairPhase.allCases) func `what happens to other devices and adapters is ignored`(phase: PairPhase) {
    var script = phase.script()
    script.world.adapters[.second] = Adapter(id: .second, powered: false)
    let before = script.actions
    let elsewhere = DeviceID(1, on: .second)
    script.world.known[elsewhere] = .found.at(elsewhere)
    for event: Event in [
      .worldChanged, .deviceChanged(.neighbour), .deviceRemoved(.neighbour), .deviceChanged(elsewhere),
      .deviceRemoved(elsewhere), .answered(.pair(.other), nil), .answered(.connect(.other), Refusal(.other)),
      .answered(.remove(.other), nil), .answered(.trust(.other, true), nil), .answered(.stopDiscovery(.second), nil),
    ] { script.tell(event) }
    #expect(script.actions == before)
  }

  @Test(arguments: PairPhase.allCases) func `an event without news changes nothing`(phase: PairPhase) {
    var script = phase.script()
    let before = script.actions
    script.tell(.deviceChanged(.headset))
    script.tell(.deviceChanged(.headset))
    #expect(script.actions == before)
  }

  @Test func `after the finish nothing is done`() {
    var script = PairPhase.awaitingTransport.script()
    script.addTransport()
    script.answerAll()
    let before = script.actions
    for event: Event in [
      .cancelled, .deviceRemoved(.headset), .deviceChanged(.headset), .worldChanged, .expired(.search),
      .expired(.audio), .answered(.pair(.headset), nil), .unanswered("late"),
    ] { script.tell(event) }
    script.happen(.bluezGone)
    #expect(script.actions == before)
  }

  @Test func `before the start nothing is done`() {
    var script = Script(PairOperation(), FakeWorld(.found))
    script.tell(.deviceChanged(.headset))
    script.cancel()
    #expect(script.actions.isEmpty)
  }
}
