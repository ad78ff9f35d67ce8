import DBus
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// What was not begun leaves the bond as it was, and an adapter is not switched off under anybody.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BondSafetyTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
  }

  @Test func `a repair that is stopped while it disconnects removes nothing, now or later`() async throws {
    try await withPrograms(helper: .endsNoLinks, prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let latch = await programs.simulator.hold("Disconnect")
      let command = try programs.start(["repair", Sony.bonded, "--yes"])
      try await programs.simulator.waitForCall("Disconnect")
      command.signal(2)
      // The daemon has heard of it when it says so to others.
      try await programs.expect(.ok, "status")
      await latch.open()
      #expect(try await command.result().status == 130)
      #expect(programs.journal.files.isEmpty)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }

  @Test func `an adapter that is pulled before the removal leaves nothing to be finished when it is back`() async throws
  {
    try await withPrograms(helper: .endsNoLinks, prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      _ = await programs.simulator.hold("Disconnect")
      let command = try programs.start(["forget", Sony.bonded, "--json"])
      try await programs.simulator.waitForCall("Disconnect")
      try await programs.simulator.happen(.unplug("hci0"))
      let result = try await command.result()
      #expect(result.status == ExitCode.unavailable.rawValue)
      #expect(result.error?.hint?.contains("has begun") == false)
      #expect(programs.journal.files.isEmpty)
      try await programs.simulator.happen(.plug("hci0"))
      try await programs.simulator.waitForAdapter()
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired")
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
    }
  }

  @Test func `an unknown device is not said to be half forgotten when the adapter is off`() async throws {
    try await withPrograms(helper: .works) { programs in
      try await programs.expect(.ok, "adapter", "power", "off")
      let result = try await programs.expect(.failed(.adapterOff), "forget", Sony.new, "--reset-cache")
      #expect(result.error?.hint?.contains("has begun") == false)
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `the adapter is not switched off under a pairing`() async throws {
    try await withPrograms(helper: .works) {
      await Self.prepare($0)
      await $0.add(Sony.pairing())
    } _: { programs in
      let latch = await programs.simulator.hold("Pair")
      let pairing = try programs.start(["pair", "WH-1000XM4", "--json"])
      try await programs.simulator.waitForCall("Pair")
      try await programs.expect(.failed(.busy), "forget", Sony.bonded, "--power-cycle")
      await latch.open()
      #expect(try await pairing.result().ending == .ok)
      try await programs.expect(.ok, "disconnect", Sony.new)
      try await programs.expect(.ok, "forget", Sony.bonded, "--power-cycle")
    }
  }

  @Test func `a pairing gives way to a removal of the headset that it finds`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let latch = try await programs.holdHelper()
      let removal = try programs.start(["forget", Sony.bonded, "--json"])
      try await programs.helper.waitForCall(.flush)
      try await programs.expect(.failed(.busy), "pair", "WF-1000XM5")
      #expect(await programs.simulator.calls("Pair").isEmpty)
      #expect(await programs.simulator.isTidy)
      await latch.open()
      #expect(try await removal.result().ending == .ok)
      try await programs.helper.start(.works)
      try await programs.expect(.ok, "pair", "WF-1000XM5")
    }
  }

  @Test func `a helper that ended before it was asked is started again`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      let latch = await programs.simulator.hold("RemoveDevice")
      let command = try programs.start(["forget", Sony.bonded, "--json"])
      try await programs.simulator.waitForCall("RemoveDevice")
      await programs.helper.stop()
      try await programs.helper.start(.works)
      await latch.open()
      let reply: Control.OperationReply = try await command.result().reply()
      #expect(reply.layers?.first { $0.layer == .linkKey }?.after == .absent)
    }
  }

  @Test(arguments: ["0", "4.999"]) func `a repair that could not find the headset removes nothing`(
    time: String
  ) async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      for words in [["repair", Sony.bonded, "--yes"], ["repair", Sony.bonded, "--dry-run"], ["pair", "WH-1000XM4"]] {
        let result = try await programs.start(words + ["--timeout", time, "--json"]).result()
        #expect(result.ending == .failed(.invalidArgument), "\(words)")
        #expect(result.error?.hint?.contains("between 5000 and") == true)
      }
      for words in [["connect", Sony.bonded], ["scan"]] where time == "0" {
        let result = try await programs.start(words + ["--timeout", time, "--json"]).result()
        #expect(result.ending == .failed(.invalidArgument), "\(words)")
      }
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
      #expect(await programs.simulator.calls("StartDiscovery").isEmpty)
      #expect(programs.journal.files.isEmpty)
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }

  // MARK: Two adapters

  @Test func `the bond of a headset with one adapter is safe from what is wrong on another`() async throws {
    try await withPrograms(helper: .works) {
      await Self.prepare($0)
      await $0.change(Sony.bonded) { $0.isInPairingMode = false }
      await $0.add(Controller("hci1", address: "00:1A:7D:DA:71:14"))
    } _: { programs in
      #expect(try await programs.stopDaemon() == 0)
      try programs.write(
        """
        {"purpose":"repair","phase":"pairing","twins":[],"name":"WF-1000XM5","trusted":true,"resetsCache":true,\
        "powerCycles":false}
        """, on: "001A7DDA7114")
      try await programs.startDaemon()
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.unfinished?.map(\.adapter) == ["hci1"])
      #expect(status.unfinished?.first?.hint.contains("mdrctl repair \(Sony.bonded) --adapter hci1.") == true)
      for name in [Sony.bonded, "WF-1000XM5"] {
        let refused = try await programs.expect(.failed(.ambiguousDevice), "forget", name)
        #expect(refused.error?.hint?.contains("--adapter hci0 or --adapter hci1") == true)
      }
      // It is not in pairing mode, so each goes on with the repair and waits in vain.
      for words in [["repair", Sony.bonded], ["repair", "--all-stale"]] {
        let late = try await programs.start(words + ["--yes", "--timeout", "5", "--json"]).result()
        #expect(late.status == ExitCode.timedOut.rawValue)
      }
      #expect(await programs.simulator.keysMatch(Sony.bonded))
      try await programs.expect(.ok, "forget", Sony.bonded, "--adapter", "hci1")
      #expect(programs.journal.files.isEmpty)
      #expect(await programs.simulator.keysMatch(Sony.bonded))
      try await programs.expect(.ok, "forget", Sony.bonded)
      #expect(await programs.simulator.object(of: Sony.bonded) == nil)
    }
  }

  // MARK: At the start of the daemon

  @Test func `who asks first for what is being finished waits for it`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      #expect(try await programs.stopDaemon() == 0)
      try programs.write(
        """
        {"purpose":"repair","phase":"removing","twins":[],"name":"WF-1000XM5","trusted":true,"resetsCache":true,\
        "powerCycles":false}
        """)
      let latch = await programs.simulator.hold("RemoveDevice")
      try await programs.startDaemon()
      try await programs.simulator.waitForCall("RemoveDevice")
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.unfinished?.first?.message.contains("mdrctld is at it") == true)
      let command = try programs.start(["repair", Sony.bonded, "--yes", "--json"])
      // By now it has been taken, or refused.
      for _ in 0..<5 { try await programs.expect(.ok, "status") }
      await latch.open()
      #expect(try await command.result().ending == .ok)
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `an adapter that is just being put right is made pairable for a pairing all the same`() async throws {
    try await withPrograms {
      var controller = Controller()
      controller.isPairable = true
      await $0.add(controller)
      await $0.add(Sony.pairing())
    } _: { programs in
      #expect(try await programs.stopDaemon() == 0)
      try Data("00:1A:7D:DA:71:13\n".utf8).write(to: URL(filePath: "\(programs.statePath)/pairable"))
      let latch = await programs.simulator.hold("Set Pairable", then: .reply([]))
      try await programs.startDaemon()
      try await programs.simulator.waitForCall("Set Pairable")
      let pairing = try programs.start(["pair", "WH-1000XM4", "--json"])
      try await programs.simulator.waitForCall("RegisterAgent")
      // One request at a time: the pairing's comes when this one is answered.
      await latch.open()
      try await programs.simulator.waitForCall("Set Pairable", count: 2)
      #expect(try await pairing.result().ending == .ok)
      #expect(await programs.simulator.isTidy)
      #expect(!FileManager.default.fileExists(atPath: "\(programs.statePath)/pairable"))
    }
  }

  @Test func `what nobody works on is not said to be worked on`() async throws {
    try await withPrograms(helper: .works) {
      await Self.prepare($0)
      // As if bluetoothd had gone with it: nobody knows whether it was done.
      let noReply = DBusError(name: "org.freedesktop.DBus.Error.NoReply", message: "No answer.")
      await $0.fail("RemoveDevice", with: noReply, times: 1)
    } _: { programs in
      try await programs.expect(.failed(.bluezMissing), "forget", Sony.bonded)
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.unfinished?.first?.message.contains("mdrctld is at it") == false)
      #expect(status.unfinished?.first?.hint == "Run: mdrctl forget \(Sony.bonded).")
      try await programs.expect(.ok, "forget", Sony.bonded)
      #expect(try await programs.expect(.ok, "status").reply(Control.StatusReply.self).unfinished == nil)
    }
  }
}

extension Programs {
  /// Puts an entry for the earbuds into the journal of a daemon that does not run.
  func write(_ entry: String, on adapter: String = "001A7DDA7113") throws {
    try FileManager.default.createDirectory(atPath: journal.path, withIntermediateDirectories: true)
    try Data(entry.utf8).write(to: URL(filePath: "\(journal.path)/\(adapter)-AC800A2E0002"))
  }
}
