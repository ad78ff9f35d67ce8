import DBus
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct StreamTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(Sony.pairing())
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  @Test func `scan tells what it finds and ends by itself`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let result = try await programs.expect(.ok, "scan", "--timeout", "1")
      #expect(result.lines.contains { $0.contains("\"event\":\"found\"") && $0.contains(Sony.new) })
      #expect(try result.reply(Control.ScanReply.self).event == .finished)
      #expect(await programs.simulator.discoveryCount() == 0)
    }
  }

  @Test func `Ctrl-C ends a scan, and its discovery with it`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let scan = try programs.start(["scan", "--json", "--timeout", "60"])
      #expect(await scan.wait(for: Sony.new))
      scan.signal(2)
      #expect(try await scan.result().status == 130)
      try await programs.simulator.waitForCall("StopDiscovery")
      #expect(await programs.simulator.discoveryCount() == 0)
    }
  }

  @Test func `two scans share one discovery, which ends with the last`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let first = try programs.start(["scan", "--json", "--timeout", "60"])
      #expect(await first.wait(for: Sony.new))
      let second = try programs.start(["scan", "--json", "--timeout", "60"])
      #expect(await second.wait(for: Sony.new))
      first.signal(2)
      #expect(try await first.result().status == 130)
      #expect(await programs.simulator.discoveryCount() == 1)
      second.signal(2)
      #expect(try await second.result().status == 130)
      try await programs.simulator.waitForCall("StopDiscovery")
    }
  }

  @Test func `a scan waits until the kernel has ended the inquiry of a bluetoothd that died`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
      await $0.fail("StartDiscovery", with: BluezError.operationInProgress, times: 1)
    } _: { programs in
      let events = try await programs.expect(.ok, "scan", "--timeout", "1").replies(Control.ScanReply.self).map {
        $0.event
      }
      #expect(events.first == .started)
      #expect(events.contains(.found))
      #expect(events.last == .finished)
      #expect(await programs.simulator.discoveryCount() == 0)
    }
  }

  @Test(arguments: [
    (Happening.stopBluez, ErrorCode.bluezMissing), (.crashBluez, .bluezMissing), (.switchOff("hci0"), .adapterOff),
    (.unplug("hci0"), .adapterOff),
  ])
  func `what goes away during a scan ends it`(_ happening: Happening, _ code: ErrorCode) async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let scan = try programs.start(["scan", "--json", "--timeout", "60"])
      #expect(await scan.wait(for: Sony.new))
      try await programs.simulator.happen(happening)
      #expect(try await scan.result().ending == .failed(code))
      #expect(try await programs.mdrctl("status").status == 0)
    }
  }

  @Test func `monitor tells the state first and then each change`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "\"event\":\"state\""))
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(await monitor.wait(for: "\"connected\":true"))
      try await programs.simulator.happen(.rename(Sony.bonded, "Earbuds"))
      #expect(await monitor.wait(for: "Earbuds"))
      try await programs.expect(.ok, "forget", Sony.bonded)
      #expect(await monitor.wait(for: "deviceRemoved"))
      monitor.signal(15)
      #expect(try await monitor.result().status == 128 + 15)
    }
  }

  @Test func `monitor and status agree on the adapter that is used`() async throws {
    try await withPrograms {
      await $0.add(Controller("hci1", address: "00:1A:7D:DA:71:99"))
    } _: { programs in
      func selected() async throws -> [String] {
        let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
        return status.adapters.filter(\.selected).map(\.name)
      }
      func event(_ text: String) async throws -> Control.MonitorReply {
        #expect(await monitor.wait(for: text))
        return try monitor.last()
      }
      let monitor = try programs.start(["monitor", "--json"])
      let state = try await event("\"event\":\"state\"")
      #expect(state.adapters?.filter(\.selected).map(\.name) == ["hci0"])
      #expect(try await selected() == ["hci0"])
      // Without a choice it is the first that is on.
      try await programs.expect(.ok, "adapter", "power", "off")
      #expect(try await event("\"powered\":false").adapter?.selected == false)
      #expect(try await event("\"name\":\"hci1\"").adapter?.selected == true)
      #expect(try await selected() == ["hci1"])
      try await programs.expect(.ok, "adapter", "select", "hci0")
      #expect(try await event("\"name\":\"hci1\"").adapter?.selected == false)
      #expect(try await event("\"name\":\"hci0\"").adapter?.selected == true)
      #expect(try await selected() == ["hci0"])
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `monitor follows an adapter out and in again, and bluetoothd`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "\"event\":\"state\""))
      try await programs.simulator.happen(.unplug("hci0"))
      #expect(await monitor.wait(for: "adapterRemoved"))
      try await programs.simulator.happen(.plug("hci0"))
      #expect(await monitor.wait(for: "adapterAdded"))
      #expect(await monitor.wait(for: Sony.bonded))
      let comeback = ["bluezVanished", "bluezAppeared", "adapterAdded", "deviceAdded"]
      try await programs.simulator.happen(.crashBluez)
      for event in comeback { #expect(await monitor.wait(for: event)) }
      // The same when its objects are all there at once.
      await programs.simulator.kill()
      try await programs.simulator.start()
      for event in comeback { #expect(await monitor.wait(for: event)) }
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `a storm of signals passes, and what it ends with is true`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.storm(Sony.bonded, 20_000))
      try await programs.simulator.happen(.rename(Sony.bonded, "Calm"))
      let shown = try await programs.expect(.ok, "wait", "Calm", "--for", "paired", "--timeout", "240")
      #expect(try shown.reply(Control.OperationReply.self).device?.rssi == -89)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }
}
