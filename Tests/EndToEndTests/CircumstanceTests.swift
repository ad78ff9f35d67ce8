import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// What is in the way of a connection is told for as long as it is there, and no longer.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CircumstanceTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  private static func verdict(_ programs: Programs) async throws -> Verdict? {
    try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device.verdict
  }

  /// Lets something happen and waits until the daemon tells that nothing is wrong any more, once it has told of it.
  private static func expectOver(
    _ programs: Programs, after happening: Happening, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let monitor = try programs.start(["monitor", "--json"])
    #expect(await monitor.wait(for: "state"), sourceLocation: sourceLocation)
    try await programs.simulator.happen(happening)
    let deadline = ContinuousClock.now + .seconds(20)
    while try await verdict(programs) != nil, .now < deadline {}
    #expect(try await verdict(programs) == nil, sourceLocation: sourceLocation)
    monitor.signal(2)
    let told = try await monitor.result().replies(Control.MonitorReply.self)
    #expect(told.last { $0.device != nil }?.device?.verdict == nil, sourceLocation: sourceLocation)
  }

  @Test(arguments: [Happening.switchOff("hci0"), .block("hci0"), .unplug("hci0")])
  func `trouble with the adapter ends when it is there and on`(trouble: Happening) async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.switchOff("hci0"))
      try await programs.expect(.failed(.adapterOff), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.cause == .adapterTrouble)
      try await programs.simulator.happen(trouble)
      if trouble == .unplug("hci0") { try await programs.simulator.happen(.plug("hci0")) }
      try await Self.expectOver(programs, after: trouble == .block("hci0") ? .unblock("hci0") : .switchOn("hci0"))
    }
  }

  @Test func `a sound server that has registered is not missed any more`() async throws {
    try await withPrograms {
      await Self.prepare($0)
      await $0.setSoundServer(.none)
    } _: { programs in
      try await programs.expect(.failed(.noSoundServer), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.cause == .noSoundServer)
      try await Self.expectOver(programs, after: .startSoundServer)
    }
  }

  @Test func `a headset that did not answer is told with the time of the last try, until it is there`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.isInRange = false }], bonded: true)
    } _: { programs in
      try await programs.expect(.failed(.pageTimeout), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.cause == .unreachable)
      for words in [["status"], ["list"], ["show", Sony.bonded]] {
        let output = try await programs.start(words).result().output
        #expect(output.contains("WF-1000XM5 does not answer. Last try: just now."), "\(output)")
        #expect(output.contains("off or out of range at the last try"), "\(output)")
      }
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      #expect(try await Self.verdict(programs)?.cause == .unreachable)
      try await programs.simulator.happen(.appear(Sony.bonded))
      try await Self.expectOver(programs, after: .connectFromHeadset(Sony.bonded))
    }
  }

  @Test func `what ended while the daemon did not run is over when it is started`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.switchOff("hci0"))
      try await programs.expect(.failed(.adapterOff), "connect", Sony.bonded)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.simulator.happen(.switchOn("hci0"))
      try await programs.startDaemon()
      #expect(try await Self.verdict(programs) == nil)
      // Nor does it come back with the next time that the adapter goes off.
      try await programs.simulator.happen(.switchOff("hci0"))
      #expect(try await Self.verdict(programs) == nil)
    }
  }
}
