import Core
import Testing
import Vocabulary

@Suite struct ScanOperationTests {
  /// How far a scan has come.
  enum Phase: CaseIterable, Sendable {
    case starting, running, stopping

    func script() -> Script<ScanOperation> {
      var script = Script(ScanOperation(on: .first, limit: .seconds(10)), FakeWorld(.own))
      script.label = "scan, \(self)"
      script.start()
      if self == .starting { return script }
      script.answer(.startDiscovery(.first))
      if self == .running { return script }
      script.expire(.search)
      return script
    }
  }

  @Test func `a scan runs for its time and stops the discovery`() {
    var script = Phase.running.script()
    #expect(script.actions.last == .arm(.search, .seconds(10)))
    script.expire(.search)
    #expect(script.result == nil)
    script.answer(.stopDiscovery(.first))
    #expect(script.outcome == Outcome())
    #expect(script.requests == [.startDiscovery(.first), .stopDiscovery(.first)])
  }

  @Test func `the time does not count before the discovery runs`() {
    #expect(Phase.starting.script().armed.isEmpty)
  }

  @Test func `the inquiry of a bluetoothd that died is waited for, but not for ever`() {
    var script = Phase.starting.script()
    for _ in 0..<InquiryBusy.mostAttempts {
      script.answer(.startDiscovery(.first), .inProgress)
      script.expire(.retry)
    }
    script.answer(.startDiscovery(.first), .inProgress)
    #expect(script.error?.code == .busy)
    #expect(script.armed.isEmpty)
  }

  @Test func `a scan that waits for another inquiry can be cancelled`() {
    var script = Phase.starting.script()
    script.answer(.startDiscovery(.first), .inProgress)
    script.cancel()
    #expect(script.error?.code == .cancelled)
    #expect(script.requests == [.startDiscovery(.first)])
  }

  @Test(
    arguments: [
      (.notReady, .adapterOff), (.blocked, .adapterBlocked), (.bluezGone, .bluezMissing),
      (.noReply, .bluezMissing), (.other, .failed),
    ] as [(Refusal.Kind, OperationError.Code)])
  func `a discovery that does not start says why`(kind: Refusal.Kind, code: OperationError.Code) {
    var script = Phase.starting.script()
    script.answer(.startDiscovery(.first), kind)
    #expect(script.error?.code == code)
    #expect(script.requests == [.startDiscovery(.first)])
  }

  @Test(arguments: [nil] + Refusal.Kind.allCases) func `however stopping is answered, the scan is over`(
    kind: Refusal.Kind?
  ) {
    var script = Phase.stopping.script()
    script.answer(.stopDiscovery(.first), kind)
    #expect(script.outcome == Outcome())
  }

  @Test(arguments: [Phase.starting, .running]) func `a cancelled scan stops its discovery`(phase: Phase) {
    var script = phase.script()
    script.cancel()
    #expect(script.outstanding == [phase == .starting ? .startDiscovery(.first) : .stopDiscovery(.first)])
    script.cancel()
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(script.requests == [.startDiscovery(.first), .stopDiscovery(.first)])
  }

  @Test(arguments: Phase.allCases, Trouble.allCases)
  func `trouble with the adapter or BlueZ ends it and says so`(phase: Phase, trouble: Trouble) {
    var script = phase.script()
    script.happen(trouble)
    script.answerAll(phase == .starting ? nil : .notReady)
    #expect(script.requests.contains(.stopDiscovery(.first)) == (trouble != .bluezGone || phase == .stopping))
    if phase == .stopping, trouble != .bluezGone {
      #expect(script.outcome == Outcome())
    } else {
      #expect(script.error?.code == trouble.code)
    }
  }

  @Test(arguments: Trouble.allCases) func `nothing is asked where there is trouble already`(trouble: Trouble) {
    var script = Script(ScanOperation(on: .first, limit: .seconds(1)), FakeWorld())
    trouble.befall(&script.world)
    script.start()
    #expect(script.error?.code == trouble.code)
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: Phase.allCases) func `what is found is not its own matter`(phase: Phase) {
    var script = phase.script()
    let before = script.actions
    script.appear(.found)
    script.remove()
    script.tell(.answered(.startDiscovery(.second), nil))
    script.tell(.answered(.stopDiscovery(.second), nil))
    script.tell(.unanswered("PIN"))
    #expect(script.actions == before)
  }
}
