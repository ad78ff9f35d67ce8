import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// The adapter is switched off by somebody else while a headset is being connected. That it is off is told after
/// everything that it takes along.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AdapterOffTests {
  /// A headset that takes its time, and an adapter whose news come late.
  private static var slow: Timing {
    var timing = Timing.fast
    timing.page = .seconds(20)
    timing.powerNews = .seconds(10)
    return timing
  }

  private static func verdict(_ programs: Programs) async throws -> Verdict? {
    try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device.verdict
  }

  @Test(arguments: BluezVersion.allCases, [Happening.switchOff("hci0"), .block("hci0")])
  func `before the headset has answered`(_ version: BluezVersion, _ end: Happening) async throws {
    try await withPrograms(version: version, timing: Self.slow) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.on("Connect", after: .seconds(2), end)
    } _: { programs in
      // Only the kernel's own files tell that of an adapter of 5.66, and this one has none.
      let isBlocked = end == .block("hci0") && version != .v5_66
      try await programs.expect(.failed(isBlocked ? .adapterBlocked : .adapterOff), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.cause == .adapterTrouble)
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `while its stereo audio is waited for`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version, timing: Self.slow) {
      await $0.add(known: [Sony.earbuds { $0.transportDelay = .seconds(100) }], bonded: true)
      await $0.on("Connect", after: .seconds(60), .switchOff("hci0"))
    } _: { programs in
      let result = try await programs.expect(.failed(.adapterOff), "connect", Sony.bonded)
      #expect(result.error?.hint?.contains("repair") == false)
      #expect(try await Self.verdict(programs)?.stale != true)
    }
  }
}
