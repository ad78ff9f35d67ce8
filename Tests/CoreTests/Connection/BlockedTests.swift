import Core
import Testing
import Vocabulary

/// A device that is blocked is not called, is not removed to be called again, and says how to unblock it.
@Suite struct BlockedTests {
  private let blocked = Device.own.with { $0.blocked = true }

  private func expectRefused<Subject: Operation>(
    _ operation: Subject, _ device: Device? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var script = Script(operation, FakeWorld(device ?? blocked))
    script.start()
    #expect(script.error?.code == .deviceBlocked, sourceLocation: sourceLocation)
    #expect(
      script.error?.message == "WH-1000XM4 is blocked: this computer keeps off it.", sourceLocation: sourceLocation)
    #expect(
      script.error?.hint == "Unblock it: mdrctl unblock 94:DB:56:00:00:01 --adapter hci0.",
      sourceLocation: sourceLocation)
    #expect(script.requests.isEmpty, sourceLocation: sourceLocation)
    #expect(script.verdicts.isEmpty, sourceLocation: sourceLocation)
  }

  @Test func `connecting it fails at once, whether or not a sound server is there`() {
    expectRefused(ConnectOperation(.headset))
    var script = Script(ConnectOperation(.headset), FakeWorld(blocked))
    script.world.adapters[.first]?.services = []
    script.start()
    #expect(script.error?.code == .deviceBlocked)
  }

  @Test func `one that is not paired either is told as blocked: pairing would not help`() {
    expectRefused(ConnectOperation(.headset), Device.found.with { $0.blocked = true })
  }

  @Test(arguments: [false, true]) func `repairing it removes nothing`(isDryRun: Bool) {
    expectRefused(RepairOperation(.headset, RepairOperation.Options(isDryRun: isDryRun)))
  }

  @Test(arguments: [AudioCard.Kind.stereo, .call, .off]) func `its profile cannot be switched`(kind: AudioCard.Kind) {
    expectRefused(ProfileOperation(.headset, .kind(kind)))
  }

  @Test(arguments: ["WH-1000XM4", "xm4", "94:DB:56:00:00:01"], [false, true])
  func `pairing it fails at once`(text: String, isBonded: Bool) {
    expectRefused(PairOperation(text), Device.found.with { ($0.blocked, $0.bonded) = (true, isBonded) })
  }

  @Test func `pairing whatever is in pairing mode passes over it`() {
    var script = Script(PairOperation(nil), FakeWorld())
    script.world.known[.headset] = .found.with { $0.blocked = true }
    script.world.known[.other] = .otherFound
    script.start()
    for request in script.outstanding { script.answer(request) }
    script.expire(.settle)
    script.answer(.stopDiscovery(.first))
    #expect(script.outstanding == [.pair(.other)])
  }

  @Test func `one that is blocked while it is being connected is given up, and not called a stale bond`() {
    for phase in ConnectOperationTests.Phase.everyone {
      var script = phase.script()
      script.change {
        $0.blocked = true
        $0.connected = false
      }
      script.answerAll()
      #expect(script.error?.code == .deviceBlocked, "\(phase)")
      #expect(script.requests.contains(.disconnect(.headset)) == (phase != .busy), "\(phase)")
      #expect(script.verdicts.values.allSatisfy { $0 == nil }, "\(phase)")
    }
  }

  @Test func `forgetting it is what the user asks for`() {
    var script = Script(ForgetOperation(.headset, ForgetOperation.Options()), FakeWorld(blocked))
    script.start()
    script.answerBelow()
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test func `why names it, whatever else is in the way`() {
    for services in [Set<AudioService>.soundServer, []] {
      var world = FakeWorld(blocked)
      world.adapters[.first]?.services = services
      let verdict = AudioDiagnosis.verdict(on: .headset, AudioEvidence(AudioWatch(.headset)), in: world)
      #expect(verdict.message == "WH-1000XM4 is blocked: this computer keeps off it.")
      #expect(verdict.hint == "mdrctl unblock 94:DB:56:00:00:01 --adapter hci0")
    }
  }
}
