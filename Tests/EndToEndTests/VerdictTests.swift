import Foundation
import Glibc
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// What status and show say is wrong with a bond.
@Suite(.serialized, .timeLimit(.minutes(5))) struct VerdictTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  private static func verdict(_ programs: Programs) async throws -> Verdict? {
    try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device.verdict
  }

  /// Connects once the daemon listens to the kernel, which in life takes less time than an attempt.
  private static func connect(_ programs: Programs) async throws -> Ending {
    let watches = await programs.helper.callCount(.watch)
    let hold = await programs.simulator.hold("Connect")
    let command = try programs.start(["connect", Sony.bonded, "--json"])
    try await programs.helper.waitForCall(.watch, count: watches + 1)
    await hold.open()
    return try await command.result().ending
  }

  private static func lost(_ programs: Programs) async throws -> [Device]? {
    try await programs.expect(.ok, "status").reply(Control.StatusReply.self).lost
  }

  /// The bonds that are lost, once there are so many; nothing but status tells of them.
  private static func lost(_ programs: Programs, of count: Int) async throws -> [Device]? {
    let deadline = ContinuousClock.now + .seconds(20)
    while .now < deadline {
      if let lost = try await lost(programs), lost.count == count { return lost }
    }
    return nil
  }

  @Test(arguments: BluezVersion.allCases, [false, true])
  func `with the helper a headset that was reset is told for sure from one with another key`(
    _ version: BluezVersion, _ hasOtherKey: Bool
  ) async throws {
    try await withPrograms(version: version, helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(hasOtherKey ? .changeKey(Sony.bonded) : .wipe(Sony.bonded))
      #expect(try await Self.connect(programs) == .failed(.staleBond))
      let verdict = try await Self.verdict(programs)
      #expect(verdict?.cause == (hasOtherKey ? .headsetOtherKey : .headsetLostKey))
      #expect(verdict?.certainty == .certain)
      #expect(verdict?.stale == true)
      #expect(verdict?.evidence.isEmpty == false && verdict?.hint.contains("repair") == true)
    }
  }

  /// The link of the attempt may stand for seconds, and BlueZ may still be at it: the next command waits for its end.
  @Test(arguments: BluezVersion.allCases, [false, true])
  func `whoever asks for a device whose key was refused just now finds it at rest`(
    _ version: BluezVersion, _ isRepaired: Bool
  ) async throws {
    try await withPrograms(version: version, helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.wipe(Sony.bonded))
      #expect(try await Self.connect(programs) == .failed(.staleBond))
      #expect(try await Self.verdict(programs)?.certainty == .certain)
      if isRepaired {
        await programs.simulator.change(Sony.bonded) { $0.isInPairingMode = true }
        try await programs.expect(.ok, "repair", Sony.bonded, "--yes")
      } else {
        try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
        #expect(try await Self.verdict(programs)?.certainty == .certain)
      }
      #expect(await programs.simulator.calls("Disconnect").isEmpty == false)
    }
  }

  /// The older versions call the headset again by themselves, and it hangs up as if it had called.
  @Test(arguments: [BluezVersion.v5_66, .v5_82])
  func `what BlueZ tries by itself afterwards changes nothing in the verdict`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version, helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.changeKey(Sony.bonded))
      let news = EventLog<LinkNews>(programs.simulator.loop)
      _ = await programs.simulator.listen(to: Sony.bonded, on: "00:1A:7D:DA:71:13") { news.note($0) }
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      #expect(try await Self.connect(programs) == .failed(.staleBond))
      try await news.wait { $0.count { if case .disconnected = $0 { true } else { false } } == 3 }
      // What comes later by the same ways tells that the daemon has heard all of it.
      try await programs.simulator.happen(.rename(Sony.bonded, "Heard"))
      #expect(await monitor.wait(for: "Heard"))
      try await programs.expect(.ok, "cache", "show", Sony.bonded)
      #expect(try await Self.verdict(programs)?.cause == .headsetOtherKey)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test(arguments: BluezVersion.allCases, [false, true])
  func `without the helper the bond is stale as well`(_ version: BluezVersion, _ hasOtherKey: Bool) async throws {
    try await withPrograms(version: version, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(hasOtherKey ? .changeKey(Sony.bonded) : .wipe(Sony.bonded))
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.stale == true)
    }
  }

  @Test func `a verdict outlives the daemon, and goes when the bond is seen to work`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let keys = await programs.simulator.headset(Sony.bonded)?.keys ?? [:]
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let before = try await Self.verdict(programs)
      #expect((before?.since ?? 0) > 1_700_000_000)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      #expect(try await Self.verdict(programs) == before)
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.devices.first?.verdict == before)
      await programs.simulator.change(Sony.bonded) { $0.keys = keys }
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await Self.verdict(programs) == nil)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      #expect(try await Self.verdict(programs) == nil)
    }
  }

  @Test func `what has nothing to do with keys makes no bond stale`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.vanish(Sony.bonded))
      try await programs.expect(.failed(.pageTimeout), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.stale != true)
      await programs.simulator.setSoundServer(.none)
      try await programs.expect(.failed(.noSoundServer), "connect", Sony.bonded)
      #expect(try await Self.verdict(programs)?.stale != true)
    }
  }

  @Test func `a key that went with another system that was booted is called so`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon(boot: "first")
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.simulator.happen(.changeKey(Sony.bonded))
      try await programs.startDaemon(boot: "second")
      #expect(try await Self.connect(programs) == .failed(.staleBond))
      #expect(try await Self.verdict(programs)?.cause == .dualBoot)
    }
  }

  @Test func `a bond that works when the daemon is started works in this boot`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon(boot: "first")
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon(boot: "second")
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      try await programs.simulator.happen(.changeKey(Sony.bonded))
      #expect(try await Self.connect(programs) == .failed(.staleBond))
      #expect(try await Self.verdict(programs)?.cause == .headsetOtherKey)
    }
  }

  @Test func `who listened to a helper that died takes nothing from who listens to the next`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.simulator.happen(.connectFromHeadset(Sony.bonded))
      // For a while the daemon listens by itself.
      try await programs.helper.waitForCall(.watch)
      await programs.helper.stop()
      try await programs.helper.start(.works)
      #expect(try await Self.connect(programs) == .failed(.staleBond))
      let verdict = try await Self.verdict(programs)
      #expect(verdict?.cause == .headsetLostKey && verdict?.certainty == .certain)
    }
  }

  // MARK: Links that nobody asked for

  @Test func `a headset that was reset and calls is noticed, for sure when the kernel is heard`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.simulator.happen(.connectFromHeadset(Sony.bonded))
      #expect(await monitor.wait(for: "repairingRefused"))
      // From then on the daemon listens to the kernel for a while.
      try await programs.helper.waitForCall(.watch)
      try await programs.simulator.happen(.connectFromHeadset(Sony.bonded))
      #expect(await monitor.wait(for: "\"certain\""))
      let verdict = try await Self.verdict(programs)
      #expect(verdict?.cause == .repairingRefused && verdict?.stale == true)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `a link that bluetoothd made by itself tells of the key as well`() async throws {
    try await withPrograms(version: .v5_87, helper: .works, prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.vanish(Sony.bonded))
      #expect(await monitor.wait(for: "\"connected\":false"))
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.simulator.happen(.appear(Sony.bonded))
      #expect(await monitor.wait(for: "headsetLostKey"))
      #expect(await programs.simulator.calls("Connect").count == 1)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  // MARK: Bonds that are gone

  /// While nobody looked, somebody has deleted the bond and restarted bluetoothd.
  @Test(arguments: [false, true])
  func `a bond that vanished is told, until it is forgotten or paired again`(_ isDaemonRunning: Bool) async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
    } _: { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      if !isDaemonRunning { #expect(try await programs.stopDaemon() == 0) }
      try await programs.simulator.happen(.stopBluez)
      await programs.simulator.clear(.bond, of: Sony.bonded)
      try await programs.simulator.happen(.startBluez)
      try await programs.simulator.waitForAdapter()
      if isDaemonRunning {
        #expect(await monitor.wait(for: "adapterAdded"))
        monitor.signal(2)
      } else {
        try await programs.startDaemon()
      }
      _ = try await monitor.result()
      let lost = try await Self.lost(programs, of: 1)
      #expect(lost?.map(\.address) == [Sony.bonded])
      #expect(lost?.first?.verdict?.cause == .hostLostKey)
      #expect(lost?.first?.alias == "WF-1000XM5")
      try await programs.expect(.ok, "pair", "WF-1000XM5")
      #expect(try await Self.lost(programs) == nil)
    }
  }

  @Test(arguments: [false, true]) func `repair finds a bond that is listed as lost`(_ isOfOtherAdapter: Bool)
    async throws
  {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
    } _: { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      if isOfOtherAdapter {
        try await programs.simulator.happen(.unplug("hci0"))
        await programs.simulator.add(Controller("hci0", address: "00:1A:7D:DA:71:99"))
      } else {
        try await programs.simulator.happen(.stopBluez)
        await programs.simulator.clear(.bond, of: Sony.bonded)
        try await programs.simulator.happen(.startBluez)
        try await programs.simulator.waitForAdapter()
      }
      #expect(await monitor.wait(for: "adapterAdded"))
      #expect(try await Self.lost(programs, of: 1)?.first?.alias == "WF-1000XM5")
      let repaired: Control.OperationReply = try await programs.expect(.ok, "repair", "WF-1000XM5", "--yes").reply()
      #expect(repaired.device?.bonded == true && repaired.device?.trusted == true)
      #expect(try await Self.lost(programs) == nil)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `bluetoothd stopping, dying or an adapter pulled loses no bond`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      for happening in [Happening.restartBluez, .crashBluez] {
        try await programs.simulator.happen(happening)
        #expect(await monitor.wait(for: "deviceAdded"))
        #expect(try await Self.lost(programs) == nil)
      }
      try await programs.simulator.happen(.unplug("hci0"))
      #expect(await monitor.wait(for: "adapterRemoved"))
      #expect(try await Self.lost(programs) == nil)
      try await programs.simulator.happen(.plug("hci0"))
      #expect(await monitor.wait(for: "deviceAdded"))
      #expect(try await Self.lost(programs) == nil)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test(arguments: [false, true])
  func `bonds with another address of the adapter are told, not forgotten`(_ isDaemonRunning: Bool) async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      if !isDaemonRunning { #expect(try await programs.stopDaemon() == 0) }
      try await programs.simulator.happen(.unplug("hci0"))
      await programs.simulator.add(Controller("hci0", address: "00:1A:7D:DA:71:99"))
      if !isDaemonRunning { try await programs.startDaemon() }
      let lost = try await Self.lost(programs, of: 1)
      #expect(lost?.map(\.address) == [Sony.bonded])
      #expect(lost?.first?.verdict?.cause == .adapterChanged)
      #expect(lost?.first?.verdict?.evidence.contains("00:1A:7D:DA:71:99") == true)
      // It is missed until it is paired with this adapter, or forgotten.
      if isDaemonRunning {
        try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
        try await programs.expect(.ok, "pair", Sony.bonded)
      } else {
        try await programs.expect(.ok, "forget", Sony.bonded)
      }
      #expect(try await Self.lost(programs) == nil)
    }
  }

  @Test func `a bond that another program removed is neither stale nor missed, though the headset is in sight`()
    async throws
  {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
      try await $0.happen(.wipe(Sony.bonded))
    } _: { programs in
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let scan = try programs.start(["scan", "--timeout", "30", "--json"])
      #expect(await scan.wait(for: Sony.bonded))
      let removed = try await programs.run([
        "dbus-send", "--system", "--print-reply", "--dest=org.bluez", "/org/bluez/hci0",
        "org.bluez.Adapter1.RemoveDevice", "objpath:/org/bluez/hci0/dev_AC_80_0A_2E_00_02",
      ])
      #expect(removed.status == 0, "\(removed.errors)")
      #expect(await scan.wait(for: "\"bonded\":false"))
      #expect(try await Self.verdict(programs) == nil)
      // The daemon waits whether bluetoothd is only ending, and writes what it knows a little later.
      try await JournalFolder(path: programs.statePath).wait { $0["bonds"]?.contains(Sony.bonded) == false }
      scan.signal(2)
      _ = try await scan.result()
    }
  }

  // MARK: Who may

  /// Root and the daemon's own user may do everything; for anybody else the test must be root.
  @Test func `other users may look at a verdict, and neither repair nor forget nor look below BlueZ`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let before = await programs.simulator.changes
      let isRoot = getuid() == 0
      let other = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
      let client = try await programs.publicClient()
      let shown = try await programs.run(other + [client, "show", Sony.bonded, "--json"])
      #expect(shown.status == 0, "\(shown.output)\(shown.errors)")
      #expect(try shown.reply(Control.DeviceReply.self).device.verdict?.stale == true)
      for words in [
        ["repair", "--yes"], ["repair", "--dry-run"], ["forget"], ["forget", "--dry-run"], ["cache show"],
      ] {
        let command = words.flatMap { $0.split(separator: " ").map(String.init) } + [Sony.bonded, "--json"]
        guard isRoot else { continue }
        #expect(try await programs.run(other + [client] + command).ending == .failed(.notAuthorized), "\(words)")
      }
      #expect(await programs.simulator.changes == before)
      #expect(await programs.helper.callCount(.flush) == 0)
    }
  }
}
