import EventLoop
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct RepairTests {
  /// A headset that was reset, with the name that its owner gave it.
  private static func prepare(_ simulator: Simulator) async throws {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
    await simulator.setAlias("Left and right", of: Sony.bonded)
    try await simulator.happen(.wipe(Sony.bonded))
  }

  private static func expectRepaired(_ programs: Programs, trusted: Bool = true) async throws {
    let shown: Control.DeviceReply = try await programs.expect(.ok, "show", Sony.bonded).reply()
    #expect(shown.device.bonded && shown.device.connected)
    #expect(shown.device.trusted == trusted)
    #expect(shown.device.alias == "Left and right")
    #expect(shown.device.verdict == nil)
    #expect(await programs.simulator.keysMatch(Sony.bonded))
    #expect(await programs.simulator.isTidy)
    #expect(programs.journal.files.isEmpty)
    #expect(try await programs.expect(.ok, "status").reply(Control.StatusReply.self).unfinished == nil)
  }

  @Test(arguments: BluezVersion.allCases)
  func `a headset that was reset is repaired once it is in pairing mode, with its name and its trust`(
    _ version: BluezVersion
  ) async throws {
    try await withPrograms(version: version, helper: .works, prepare: Self.prepare) { programs in
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let command = try programs.start(["repair", Sony.bonded, "--yes", "--json"])
      try await programs.simulator.waitForCall("StartDiscovery")
      try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
      let result = try await command.result()
      #expect(result.ending == .ok, "\(result.output)")
      let reply: Control.OperationReply = try result.reply()
      #expect(reply.removed?.map(\.address) == [Sony.bonded])
      #expect(reply.proofs?.contains { $0.what == .reconnected && $0.proven } == true)
      #expect(reply.proofs?.allSatisfy(\.proven) == true)
      #expect(reply.layers?.contains { $0.layer == .cache && $0.done == .removed } == true)
      try await Self.expectRepaired(programs)
    }
  }

  @Test func `one that was not trusted is not trusted afterwards`() async throws {
    try await withPrograms(helper: .works) {
      try await Self.prepare($0)
      await $0.change(Sony.bonded) { $0.isInPairingMode = true }
    } _: { programs in
      try await programs.expect(.ok, "untrust", Sony.bonded)
      try await programs.expect(.ok, "repair", Sony.bonded, "--yes")
      try await Self.expectRepaired(programs, trusted: false)
    }
  }

  @Test func `without the helper it is repaired as well, and what could not be seen is told`() async throws {
    try await withPrograms {
      try await Self.prepare($0)
      await $0.change(Sony.bonded) { $0.isInPairingMode = true }
    } _: { programs in
      let reply: Control.OperationReply = try await programs.expect(.ok, "repair", Sony.bonded, "--yes").reply()
      #expect(reply.layers?.contains { $0.layer == .linkKey && $0.done == .left } == true)
      try await Self.expectRepaired(programs)
    }
  }

  // MARK: Consent

  @Test(arguments: [false, true])
  func `nothing is deleted unless somebody agrees`(_ isDryRun: Bool) async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let before = await programs.simulator.changes
      let result = try await programs.start(["repair", Sony.bonded, "--json"] + (isDryRun ? ["--dry-run"] : []))
        .result()
      #expect(result.ending == (isDryRun ? .ok : .failed(.needsConsent)))
      #expect(result.output.contains("\"plan\""))
      #expect(await programs.simulator.changes == before)
      #expect(await programs.helper.callCount(.flush) == 0)
      #expect(programs.journal.files.isEmpty)
      // Nor by any other client.
      let refused = try await offPool {
        try VarlinkPeer.dial(programs).exchange(
          #"{"method":"org.mdrctl.Control.Repair","parameters":{"device":"\#(Sony.bonded)"},"more":true}"#)
      }
      #expect(refused?.contains("org.mdrctl.Control.NeedsConsent") == true)
      #expect(await programs.simulator.changes == before)
    }
  }

  // MARK: Interruptions

  @Test func `one that does not come into pairing mode times out, and goes on when it does`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let late = try await programs.json("repair", Sony.bonded, "--yes", "--timeout", "5")
      #expect(late.status == ExitCode.timedOut.rawValue)
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.unfinished?.map(\.address) == [Sony.bonded])
      #expect(status.unfinished?.first?.operation == .repair)
      #expect(status.unfinished?.first?.alias == "Left and right")
      #expect(await programs.simulator.isTidy)
      try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
      // By the name that only the journal knows now.
      try await programs.expect(.ok, "repair", "Left and right", "--yes")
      try await Self.expectRepaired(programs)
    }
  }

  @Test func `Ctrl-C while it waits for pairing mode puts everything back, and it goes on`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let command = try programs.start(["repair", Sony.bonded, "--yes"])
      try await programs.simulator.waitForCall("StartDiscovery")
      command.signal(2)
      #expect(try await command.result().status == 130)
      #expect(await programs.simulator.isTidy)
      #expect(programs.journal.files.count == 1)
      try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
      try await programs.expect(.ok, "repair", Sony.bonded, "--yes")
      try await Self.expectRepaired(programs)
    }
  }

  @Test func `who does not want to go on forgets it`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      #expect(try await programs.json("repair", Sony.bonded, "--yes", "--timeout", "5").status == 3)
      try await programs.expect(.ok, "forget", Sony.bonded)
      #expect(programs.journal.files.isEmpty)
      #expect(try await programs.expect(.ok, "status").reply(Control.StatusReply.self).unfinished == nil)
    }
  }

  @Test(arguments: ["RemoveDevice", "StartDiscovery", "Pair"])
  func `bluetoothd dies on the way, and it goes on afterwards`(_ method: String) async throws {
    try await withPrograms(helper: .works) {
      try await Self.prepare($0)
      await $0.change(Sony.bonded) { $0.isInPairingMode = true }
      _ = await $0.hold(method)
      await $0.on(method, .crashBluez)
    } _: { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.expect(.failed(.bluezMissing), "repair", Sony.bonded, "--yes")
      #expect(await monitor.wait(for: "bluezVanished"))
      #expect(await monitor.wait(for: "adapterAdded"))
      // What was to be removed is removed now, whoever asks.
      try await programs.journal.wait { $0.values.contains { $0.contains("\"pairing\"") } }
      try await programs.expect(.ok, "repair", Sony.bonded, "--yes")
      try await Self.expectRepaired(programs)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  // MARK: Several

  @Test func `all that are stale are repaired, one after the other, and nobody else`() async throws {
    let speaker = Headset("00:11:22:33:44:55", name: "Speaker")
    var second = Headset("94:DB:56:8A:00:07", name: "WH-1000XM4")
    second.isInPairingMode = true
    let stale = [Sony.bonded, second.address]
    try await withPrograms(helper: .works) { [second] simulator in
      await simulator.add(known: [Sony.earbuds { $0.isInPairingMode = true }, second, speaker], bonded: true)
      for address in stale { try await simulator.happen(.wipe(address)) }
    } _: { programs in
      for address in stale { try await programs.expect(.failed(.staleBond), "connect", address) }
      try await programs.expect(.ok, "connect", "Speaker")
      let plan = try await programs.json("repair", "--all-stale", "--dry-run")
      #expect(plan.status == 0)
      #expect(plan.lines.count == 2)
      let result = try await programs.expect(.ok, "repair", "--all-stale", "--yes")
      #expect(Set(try result.replies(Control.OperationReply.self).compactMap(\.device?.address)) == Set(stale))
      for address in stale { #expect(await programs.simulator.keysMatch(address)) }
      #expect(await programs.simulator.calls("RemoveDevice").count == 2)
      let nothing = try await programs.json("repair", "--all-stale", "--yes")
      #expect(nothing.ending == .ok)
    }
  }

  @Test func `while one is being forgotten nobody else works on it`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let hold = await programs.simulator.hold("RemoveDevice")
      let forget = try programs.start(["forget", Sony.bonded, "--json"])
      try await programs.simulator.waitForCall("RemoveDevice")
      for words in [["repair", Sony.bonded, "--yes"], ["forget", Sony.bonded], ["connect", Sony.bonded]] {
        let busy = try await programs.start(words + ["--json"]).result()
        #expect(busy.ending == .failed(.busy))
        #expect(busy.error?.operation == "forget")
      }
      await hold.open()
      #expect(try await forget.result().ending == .ok)
      #expect(await programs.simulator.calls("RemoveDevice").count == 1)
    }
  }
}

extension VarlinkPeer {
  /// A client of the daemon, without any library between.
  static func dial(_ programs: Programs) throws -> VarlinkPeer {
    try VarlinkPeer(try UnixSocket.connect(path: programs.socketPath).take())
  }
}
