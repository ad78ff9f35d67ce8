import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// What is forgotten below BlueZ's objects. The helper is a fake; the lab proves the real one.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ForgetLayerTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
  }

  @Test(arguments: BluezVersion.allCases)
  func `with --reset-cache nothing is left in any layer, and each is told of`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version, helper: .works) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.plant(.storedLinkKey, of: Sony.earbuds())
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded, "--reset-cache").reply()
      #expect(
        reply.story(of: Sony.bonded) == [
          "bluez: present, removed, absent", "bond: present, removed, absent", "linkKey: unknown, nothing, absent",
          "storedLinkKey: present, removed, absent", "inquiryCache: unknown, removed, absent",
          "cache: present, removed, absent",
        ])
      #expect(reply.layers?.first { $0.layer == .cache }?.detail?.contains("General") == true)
      #expect(await programs.simulator.remnants(of: Sony.bonded).isEmpty)
      #expect(await programs.simulator.knownDevices.isEmpty)
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `a dual-mode headset and its twin are forgotten in all layers, on the BlueZ that keeps them`() async throws
  {
    try await withPrograms(version: .v5_66, helper: .works) {
      let headset = Sony.earbuds { $0.bearer = .dual }
      await $0.add(known: [headset], bonded: true)
      await $0.add(known: [Headset.twin(of: headset, address: Sony.twin)], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded, "--reset-cache").reply()
      #expect(reply.removed?.map(\.address) == [Sony.bonded, Sony.twin])
      for address in [Sony.bonded, Sony.twin] {
        #expect(await programs.simulator.remnants(of: address).isEmpty)
        #expect(reply.layers?.contains { $0.address == address && $0.layer == .bluez } == true)
      }
    }
  }

  @Test(arguments: [false, true]) func `what BlueZ took along is told as it was before`(isConnected: Bool) async throws
  {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      if isConnected { try await programs.expect(.ok, "connect", Sony.bonded) }
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded, "--reset-cache").reply()
      let story = reply.story(of: Sony.bonded)
      #expect(story.contains("bluez: present, removed, absent"))
      #expect(story.contains("bond: present, removed, absent"))
      #expect(story.contains("cache: present, removed, absent"))
      // Whether the kernel had one nobody can tell.
      #expect(story.contains("linkKey: unknown, nothing, absent"))
    }
  }

  /// RemoveDevice does not take it, and it makes the next pairing end with "Already Paired".
  @Test func `a key that only the kernel holds is found, removed, and in nobody's way`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      await programs.simulator.strandKernelKey(of: Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded).reply()
      #expect(reply.story(of: Sony.bonded).contains("linkKey: present, removed, absent"))
      try await programs.expect(.ok, "pair", "WF-1000XM5")
    }
  }

  @Test func `endpoints that are spoilt survive forget on the old BlueZ, and --reset-cache cures them`() async throws {
    try await withPrograms(version: .v5_66, helper: .works, prepare: Self.prepare) { programs in
      await programs.simulator.spoilEndpoints(of: Sony.bonded)
      func hasStereo(after words: String...) async throws -> Bool? {
        #expect(try await programs.start(words + ["--json"]).result().ending == .ok)
        await programs.simulator.change(Sony.bonded) { $0.isInPairingMode = true }
        let paired: Control.OperationReply = try await programs.expect(.ok, "pair", "WF-1000XM5").reply()
        return paired.proofs?.first { $0.what == .a2dp }?.proven
      }
      let spoilt = try await hasStereo(after: "forget", Sony.bonded)
      #expect(spoilt == false)
      let cured = try await hasStereo(after: "forget", Sony.bonded, "--reset-cache")
      #expect(cured == true)
    }
  }

  @Test func `what is left of a device that BlueZ does not know is seen and flushed by its address`() async throws {
    try await withPrograms(helper: .works) { programs in
      for remnant in [Remnant.linkKey, .bond, .cache] {
        await programs.simulator.plant(remnant, of: Sony.pairing())
      }
      let shown: Control.LayersReply = try await programs.expect(.ok, "cache", "show", Sony.new).reply()
      #expect(shown.layers.first { $0.layer == .bluez }?.before == .absent)
      #expect(shown.layers.first { $0.layer == .bond }?.before == .present)
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.new, "--reset-cache").reply()
      #expect(reply.story(of: Sony.new).contains("linkKey: present, removed, absent"))
      // The discovery that empties the kernel's inquiry cache may see the headset anew.
      #expect(await programs.simulator.remnants(of: Sony.new).subtracting([.inquiryCache]).isEmpty)
      try await programs.expect(.ok, "pair", "WH-1000XM4")
    }
  }

  // MARK: Looking only

  @Test func `cache show tells each layer and changes nothing`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let before = await programs.simulator.changes
      let reply: Control.LayersReply = try await programs.expect(.ok, "cache", "show", Sony.bonded).reply()
      let told = reply.layers.filter { $0.address == Sony.bonded }.map { "\($0.layer): \($0.before)" }
      #expect(told.contains("bluez: present"))
      #expect(told.contains("bond: present"))
      // The kernel tells only when it is asked to remove it.
      #expect(told.contains("linkKey: unknown"))
      #expect(told.contains("storedLinkKey: absent"))
      #expect(told.contains("cache: present"))
      #expect(reply.layers.allSatisfy { $0.done == .nothing && $0.after == $0.before })
      #expect(await programs.simulator.changes == before)
      #expect(await programs.helper.callCount(.flush) == 0)
      try await programs.expect(.failed(.deviceNotFound), "cache", "show", "nobody")
    }
  }

  @Test func `a plan of everything changes nothing at all`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let before = await programs.simulator.changes
      let remnants = await programs.simulator.remnants(of: Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(
        .ok, "forget", Sony.bonded, "--reset-cache", "--power-cycle", "--dry-run"
      ).reply()
      #expect(reply.plan?.isEmpty == false)
      #expect(reply.layers?.contains { $0.layer == .bond && $0.before == .present && $0.done == .planned } == true)
      #expect(reply.layers?.contains { $0.done == .removed } == false)
      #expect(await programs.simulator.changes == before)
      #expect(await programs.simulator.remnants(of: Sony.bonded) == remnants)
      #expect(await programs.helper.callCount(.flush) == 0)
      #expect(programs.journal.files.isEmpty)
    }
  }

  // MARK: The link

  @Test(arguments: BluezVersion.allCases, [false, true])
  func `the helper ends the link of what is forgotten, beside one that stays connected`(
    _ version: BluezVersion, keepsOnce: Bool
  ) async throws {
    let speaker = Headset("00:11:22:33:44:55", name: "Speaker")
    try await withPrograms(version: version, helper: .works) {
      await $0.add(known: [Sony.earbuds(), speaker], bonded: true)
      // As BlueZ answers while a profile has not noticed that its link is down.
      if keepsOnce { await $0.inject(Fault("RemoveDevice", .reply([]), times: 1)) }
    } _: { programs in
      try await programs.expect(.ok, "connect", "Speaker")
      try await programs.expect(.ok, "connect", Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded).reply()
      #expect(reply.removed?.map(\.address) == [Sony.bonded])
      #expect(await programs.simulator.calls("Disconnect").isEmpty)
      #expect(await programs.simulator.calls("RemoveDevice").count == (keepsOnce ? 2 : 1))
      #expect(await programs.helper.callCount(.disconnect) == 1)
      #expect(try await programs.expect(.ok, "show", "Speaker").reply(Control.DeviceReply.self).device.connected)
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `where the helper ends no links, BlueZ does`() async throws {
    try await withPrograms(helper: .endsNoLinks) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(.ok, "forget", Sony.bonded, "--reset-cache")
      #expect(await programs.simulator.calls("Disconnect").count == 1)
      #expect(await programs.simulator.remnants(of: Sony.bonded).isEmpty)
    }
  }

  // MARK: Helpers that do not help

  @Test(
    arguments: [
      nil, .refuses(.refused), .says("nonsense"), .says("{\"parameters\":{\"layers\":7}}"), .says("{}"), .hangsUp,
      .tells([]), .tells([Flush.Layer(layer: .cache, before: .present, after: .absent)]),
      .refuses(.devicePresent), .refuses(.bluezUnknown), .refuses(.noAdapter), .refuses(.invalidInput),
    ] as [FakeHelper.Manner?])
  func `without a helper that helps the device is forgotten, and the rest is told to be left`(
    _ manner: FakeHelper.Manner?
  ) async throws {
    try await withPrograms(helper: manner, prepare: Self.prepare) { programs in
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded, "--reset-cache").reply()
      // A headset in pairing mode may be in sight again.
      #expect(await programs.simulator.holds(.bond, of: Sony.bonded) == false)
      let below = (reply.layers ?? []).filter { [.bond, .linkKey, .storedLinkKey, .cache].contains($0.layer) }
      #expect(below.count == 4)
      #expect(below.allSatisfy { $0.done == .left && $0.after == .unknown && $0.reason?.isEmpty == false })
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `what a helper could not remove is told to be left, with its reason`() async throws {
    let stuck = Flush.LayerName.allCases.map {
      Flush.Layer(layer: $0, before: .present, after: .present, reason: "It is stuck.")
    }
    try await withPrograms(helper: .tells(stuck), prepare: Self.prepare) { programs in
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded, "--reset-cache").reply()
      for name in ["bond", "linkKey", "storedLinkKey", "cache"] {
        #expect(reply.story(of: Sony.bonded).contains("\(name): present, left, present"))
      }
      #expect(reply.layers?.first { $0.layer == .bond }?.reason == "It is stuck.")
    }
  }

  @Test func `a slow helper is waited for`() async throws {
    try await withPrograms(helper: .works) {
      // Not in pairing mode: the discovery that empties the kernel's inquiry cache does not see it anew.
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      let latch = try await programs.holdHelper()
      let command = try programs.start(["forget", Sony.bonded, "--reset-cache", "--json"])
      try await programs.helper.waitForCall(.inspect)
      // Nothing is removed before it has looked.
      #expect(await programs.simulator.object(of: Sony.bonded) != nil)
      #expect(programs.journal.files.count == 1)
      await latch.open()
      let reply: Control.OperationReply = try await command.result().reply()
      #expect(reply.story(of: Sony.bonded).contains("cache: present, removed, absent"))
      #expect(programs.journal.files.isEmpty)
    }
  }

  // MARK: The power cycle

  @Test func `the adapter is switched off and on, not under other devices unless by force`() async throws {
    let speaker = Headset("00:11:22:33:44:55", name: "Speaker")
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds(), speaker], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", "Speaker")
      let before = await programs.simulator.changes
      let refused = try await programs.expect(.failed(.devicesConnected), "forget", Sony.bonded, "--power-cycle")
      #expect(refused.error?.message.contains("Speaker") == true)
      #expect(await programs.simulator.changes == before)
      #expect(programs.journal.files.isEmpty)
      try await programs.expect(.ok, "forget", Sony.bonded, "--power-cycle", "--force")
      #expect(await programs.simulator.calls("Set Powered").count == 2)
      #expect(await programs.simulator.controller("hci0")?.isPowered == true)
      #expect(await programs.simulator.object(of: Sony.bonded) == nil)
      #expect(try await !programs.expect(.ok, "show", "Speaker").reply(Control.DeviceReply.self).device.connected)
      #expect(try await programs.json("forget", "Speaker", "--force").status == ExitCode.usage.rawValue)
    }
  }

  @Test func `an rfkill switch that falls in between is told, and what is left is done when it is off`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.on("Set Powered", .block("hci0"))
    } _: { programs in
      try await programs.expect(.failed(.adapterBlocked), "forget", Sony.bonded, "--power-cycle")
      #expect(await programs.simulator.object(of: Sony.bonded) == nil)
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.unfinished?.map(\.address) == [Sony.bonded])
      #expect(status.unfinished?.first?.operation == .forget)
      let before = await programs.simulator.calls("Set Powered").count
      try await programs.simulator.happen(.unblock("hci0"))
      try await programs.journal.waitUntilEmpty()
      // It was off and is on: that is all there was to do.
      #expect(await programs.simulator.calls("Set Powered").count == before)
      #expect(try await programs.expect(.ok, "status").reply(Control.StatusReply.self).unfinished == nil)
      #expect(await programs.simulator.controller("hci0")?.isPowered == true)
    }
  }
}

/// Beside the others, because it takes as long as the daemon waits for its helper.
@Suite(.timeLimit(.minutes(5))) struct HangingHelperTests {
  @Test func `a helper that hangs is given up, and the device is forgotten`() async throws {
    try await withPrograms(helper: .hangs) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      let command = try programs.start(["forget", Sony.bonded, "--reset-cache", "--json"])
      try await programs.helper.waitForCall(.flush)
      // The daemon does not hang with it.
      try await programs.expect(.ok, "status")
      let reply: Control.OperationReply = try await command.result().reply()
      #expect(reply.removed?.map(\.address) == [Sony.bonded])
      #expect(reply.layers?.contains { $0.layer == .linkKey && $0.done == .left } == true)
      #expect(programs.journal.files.isEmpty)
    }
  }
}

extension Control.OperationReply {
  /// What became of a device's layers, a line each.
  func story(of address: String) -> [String] {
    (layers ?? []).filter { $0.address == address }.map { "\($0.layer): \($0.before), \($0.done), \($0.after)" }
  }
}

extension Programs {
  /// Keeps the helper's calls, or those of one method, waiting until the latch opens.
  func holdHelper(at method: Flush.Method? = nil) async throws -> Latch {
    let latch = Latch(simulator.loop)
    try await helper.start(method.map { .waitsAt($0, latch) } ?? .waits(latch))
    return latch
  }
}
