import Core
import Testing
import Vocabulary

@Suite struct RepairOperationTests {
  @Test func `a repair asks for this, in this order`() {
    var script = RepairPhase.erasing.script()
    script.answerAll()
    let pairing: [Request] = [.pair(.headset), .trust(.headset, true), .rename(.headset, "Mine"), .connect(.headset)]
    let proving: [Request] = [.disconnect(.headset), .connect(.headset), .erase(.headset)]
    let forgetting: [Request] = [
      .inspect(.headset, BelowPhase.helper), .remove(.headset), .flush(.headset, BelowPhase.helper),
    ]
    let recorded: [Request] = script.entries.map { .record($0) }
    var expected = recorded.prefix(1) + forgetting
    expected += recorded.dropFirst()
    expected += [Request].preparing
    expected += [Request].stopping
    expected += pairing
    expected += [Request].closing
    expected += proving
    let watching: [Request] = [.watch(.headset), .unwatch(.headset)]
    #expect(script.requests.filter { !watching.contains($0) } == Array(expected))
    #expect(script.entries.map(\.phase) == [.removing, .pairing])
    #expect(script.entries.allSatisfy { $0.purpose == .repair && $0.alias == "Mine" && $0.trusted })
  }

  @Test func `it proves the bond, the audio, and that it reconnects`() {
    var script = RepairPhase.erasing.script()
    script.answerAll()
    let proven: [Proof.What] = [.bonded, .trusted, .connected, .servicesResolved, .a2dp, .reconnected]
    #expect(script.outcome?.proofs == proven.map { .proven($0) })
    #expect(script.outcome?.layers.map(\.layer) == HostLayer.allCases)
    #expect(script.world.journal.isEmpty)
  }

  @Test func `a bond that this computer has lost is paired again, as what it was`() {
    let lost = Device(id: .headset, name: "WH-1000XM4", alias: "Mine", trusted: true)
    var script = Script(RepairOperation(.headset, lost: lost), FakeWorld())
    script.start()
    script.answerNext()
    // BlueZ has nothing to remove.
    #expect(script.outstanding == [.flush(.headset, BelowPhase.helper)])
    script.answer(.flush(.headset, BelowPhase.helper))
    script.answerNext()
    #expect(script.entries.last?.alias == "Mine")
    #expect(script.entries.last?.trusted == true)
    #expect(script.stages.last == .searching)
  }

  @Test func `a device that was never known is not repaired`() {
    var script = Script(RepairOperation(.headset), FakeWorld())
    script.start()
    #expect(script.error?.code == .deviceNotFound)
  }

  @Test func `it says when the headset is to be put into pairing mode`() {
    let script = RepairPhase.searching.script()
    #expect(script.stages.contains(.waiting))
    #expect(script.progress.contains { $0.contains("Put the headset into pairing mode") })
  }

  @Test func `without a sound server it ends paired, with what is open and why`() {
    var script = RepairPhase.pairing.script()
    script.world.adapters[.first]?.services = []
    script.change { $0.bonded = true }
    script.answer(.pair(.headset))
    script.change { $0.trusted = true }
    script.answerAll()
    #expect(script.outcome?.proofs.filter { $0.obstacle == nil }.map(\.what) == [.bonded, .trusted])
    #expect(script.outcome?.proofs.last?.what == .reconnected)
    #expect(script.world.journal.isEmpty)
  }

  @Test func `a headset that does not show itself is told, and stays in the journal`() {
    var script = RepairPhase.searching.script()
    script.expire(.search)
    script.answerAll()
    #expect(script.error?.code == .notFoundInTime)
    #expect(script.error?.hint?.contains("go on with: mdrctl repair 94:DB:56:00:00:01") == true)
    #expect(script.world.journal[.headset]?.phase == .pairing)
  }

  @Test(arguments: RepairPhase.allCases.filter { ![.recording, .erasing].contains($0) })
  func `a repair that is cancelled gives everything back and goes on when asked again`(phase: RepairPhase) {
    var script = phase.script()
    script.cancel()
    script.answerAll(phase == .pairing ? .authenticationCancelled : nil)
    #expect(script.error?.code == .cancelled)
    #expect(script.error?.hint?.contains("go on with: mdrctl repair 94:DB:56:00:00:01") == true)
    let isForgotten = ![.removing, .flushing].contains(phase)
    #expect(script.world.journal[.headset]?.phase == (isForgotten ? .pairing : .removing))
  }

  @Test func `a repair that is cancelled keeps the bond that it was for`() {
    for phase in [RepairPhase.naming, .connecting, .disconnecting, .reconnecting, .restoring] {
      var script = phase.script()
      script.cancel()
      script.answerAll()
      #expect(script.requests.count { $0 == .remove(.headset) } == (phase == .restoring ? 0 : 1))
    }
  }

  @Test func `a repair that is cancelled before it begins leaves nothing`() {
    var script = RepairPhase.recording.script()
    script.cancel()
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(script.world.journal.isEmpty)
  }

  @Test(arguments: RepairPhase.allCases.filter { ![.recording, .erasing].contains($0) }, Trouble.allCases)
  func `trouble ends it and says so, and what is left stays in the journal`(phase: RepairPhase, trouble: Trouble) {
    var script = phase.script()
    script.happen(trouble)
    let refusal: Refusal.Kind =
      switch trouble {
      case .switchedOff: .notReady
      case .blocked: .blocked
      case .unplugged, .bluezGone: .bluezGone
      }
    for request in script.outstanding where request.isOfBlueZ { script.answer(request, refusal) }
    script.answerAll()
    if phase == .recordingPairing, script.error == nil { return }
    #expect(script.error?.code == trouble.code)
    #expect(script.world.journal[.headset] != nil)
  }

  @Test func `a headset that is paired again but does not reconnect is told, and the next repair begins anew`() {
    var script = RepairPhase.reconnecting.script()
    script.answer(.connect(.headset), .pageTimeout)
    script.answerAll()
    #expect(script.error?.code == .pageTimeout)
    #expect(script.error?.message.hasPrefix("Paired, but: ") == true)
    #expect(script.world.journal.isEmpty)
  }

  @Test func `what was paired meanwhile is given back what it had, and proven`() {
    var script = RepairPhase.restoring.script()
    #expect(script.outstanding == [.rename(.headset, "Mine")])
    script.answer(.rename(.headset, "Mine"))
    script.answer(.watch(.headset))
    #expect(script.outstanding.contains(.connect(.headset)))
    script.change { ($0.connected, $0.servicesResolved) = (true, true) }
    script.addTransport()
    script.answerAll()
    #expect(script.outcome?.proofs.last == .proven(.reconnected))
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test func `a headset that pairs by itself while it is looked for is taken as it is`() {
    var script = RepairPhase.searching.script()
    script.appear(.own)
    for request in script.outstanding { script.answer(request) }
    #expect(script.outstanding == [.rename(.headset, "Mine")])
    #expect(script.result == nil)
  }

  @Test func `a low-energy twin is not repaired`() {
    var script = Script(RepairOperation(.twin), FakeWorld(.twinFound))
    script.start()
    #expect(script.error?.code == .lowEnergyTwin)
    #expect(script.requests.isEmpty)
  }

  @Test func `a plan only looks`() {
    var script = Script(RepairOperation(.headset, .init(isDryRun: true)), FakeWorld(.own))
    script.start()
    #expect(script.requests == [.inspect(.headset, BelowPhase.helper)])
    script.answerAll()
    #expect(script.requests.count == 1)
    #expect(script.outcome?.plan.contains { $0.hasPrefix("Wait at most 120 s for WH-1000XM4") } == true)
    #expect(script.outcome?.layers.isEmpty == false)
  }

  @Test func `a journal that cannot be told that all is forgotten ends it before the pairing`() {
    var script = RepairPhase.recordingPairing.script()
    for request in script.outstanding { script.answer(request, .other) }
    #expect(script.error?.code == .notRecorded)
    #expect(!script.requests.contains(.startDiscovery(.first)))
    #expect(script.world.journal[.headset]?.phase == .removing)
  }
}

extension Script {
  /// What was to be recorded, in order.
  fileprivate var entries: [JournalEntry] {
    requests.compactMap { if case .journal(.record(let entry)) = $0 { entry } else { nil } }
  }
}
