import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// A headset that the user keeps this computer off.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BlockedTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  private func show(_ programs: Programs) async throws -> Device {
    try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device
  }

  @Test func `one that is blocked is disconnected, keeps its bond, and connects when it is unblocked`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let blocked = try await programs.expect(.ok, "block", "wf-1000").reply(Control.DeviceReply.self).device
      #expect(blocked.blocked && blocked.bonded && blocked.trusted && !blocked.connected)
      try await programs.simulator.happen(.connectFromHeadset(Sony.bonded))
      #expect(try await !show(programs).connected)
      #expect(try await !programs.expect(.ok, "unblock", "wf-1000").reply(Control.DeviceReply.self).device.blocked)
      try await programs.expect(.ok, "connect", Sony.bonded)
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `whatever would call it, or remove it to pair it anew, fails at once and says how to unblock it`(
    _ version: BluezVersion
  ) async throws {
    try await withPrograms(version: version, helper: .works, prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "block", Sony.bonded)
      for words in [
        ["connect", Sony.bonded], ["pair", Sony.bonded], ["repair", Sony.bonded, "--yes"], ["repair", Sony.bonded],
        ["profile", Sony.bonded, "stereo", "--once"],
      ] {
        let result = try await programs.start(words + ["--json"]).result()
        #expect(result.ending == .failed(.deviceBlocked), "\(words): \(result.output)")
        #expect(result.error?.hint == "Unblock it: mdrctl unblock \(Sony.bonded).")
      }
      for method in ["Connect", "ConnectProfile", "Pair", "RemoveDevice", "StartDiscovery"] {
        #expect(await programs.simulator.calls(method).isEmpty, "\(method)")
      }
      let device = try await show(programs)
      #expect(device.blocked && device.bonded)
      #expect(device.verdict == nil)
      let why = try await programs.mdrctl("why", Sony.bonded)
      #expect(why.output.contains("is blocked"))
      #expect(why.output.contains("mdrctl unblock \(Sony.bonded)"))
      for words in [["list"], ["status"], ["show", Sony.bonded]] {
        #expect(try await programs.start(words).result().output.contains("blocked"), "\(words)")
      }
    }
  }

  @Test func `it is not called at a login, and what is wished of its sound is kept for later`() async throws {
    try await withPrograms {
      await Self.prepare($0)
      await $0.setSoundServer(.none)
    } _: { programs in
      try await programs.expect(.ok, "block", Sony.bonded)
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report(.pipewire("00:00:00:00:00:01"))
      let kept = try await programs.expect(.ok, "profile", Sony.bonded, "call").reply(Control.OperationReply.self)
      #expect(kept.audio?.policy == .call)
      #expect(kept.audio?.hint == "mdrctl unblock \(Sony.bonded)")
      try await programs.simulator.happen(.startSoundServer)
      // A call would be under way before this is answered.
      #expect(try await show(programs).operation == nil)
      #expect(await programs.simulator.calls("Connect").isEmpty)
      await session.leave()
    }
  }

  @Test func `one that somebody blocks while it is being connected is not called a stale bond`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let hold = await programs.simulator.hold("Connect")
      let command = try programs.start(["connect", Sony.bonded, "--json"])
      try await programs.simulator.waitForCall("Connect")
      await programs.simulator.block(device: Sony.bonded)
      #expect(try await command.result().ending == .failed(.deviceBlocked))
      await hold.open()
      #expect(try await show(programs).verdict == nil)
    }
  }
}
