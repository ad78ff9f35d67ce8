import DBus
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// BlueZ and the bus answer late, or not at all.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LateAnswerTests {
  @Test func `what a stopped bluetoothd does when it goes on is taken back`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
    } _: { programs in
      await programs.simulator.freeze()
      try await programs.expect(.failed(.bluezMissing), "pair", "WH-1000XM4")
      await programs.simulator.thaw()
      // Set Pairable is answered by the kernel, after the agent was given back.
      try await programs.simulator.waitForCall("Set Pairable", count: 2)
      try await programs.expect(.ok, "pair", "WH-1000XM4")
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `a discovery that begins after nobody waits for it any more is ended`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
    } _: { programs in
      let held = await programs.simulator.hold("StartDiscovery")
      try await programs.expect(.failed(.bluezMissing), "scan", "--timeout", "1")
      #expect(await programs.simulator.discoveryCount() == 0)
      // It is in progress as long as it is not answered, and asked for again.
      try await programs.simulator.waitForCall("StopDiscovery")
      await held.open()
      try await programs.simulator.waitForCall("StopDiscovery", count: 2)
      let scan = try await programs.expect(.ok, "scan", "--timeout", "1")
      #expect(scan.lines.contains { $0.contains(Sony.new) })
      #expect(await programs.simulator.discoveryCount() == 0)
    }
  }

  @Test func `a pairing begun while a scan is ending has a discovery of its own`() async throws {
    try await withPrograms {
      await $0.add(Sony.earbuds())
    } _: { programs in
      let held = await programs.simulator.hold("StopDiscovery")
      let scan = try programs.start(["scan", "--json", "--timeout", "1"])
      try await programs.simulator.waitForCall("StopDiscovery")
      let pair = try programs.start(["pair", "WH-1000XM4", "--json"])
      try await programs.simulator.waitForCall("RegisterAgent")
      await held.open()
      #expect(try await scan.result().status == 0)
      try await programs.simulator.waitForCall("StartDiscovery", count: 2)
      await programs.simulator.add(Sony.pairing())
      #expect(try await pair.result().ending == .ok)
    }
  }

  @Test(arguments: ["AddMatch", "GetNameOwner"])
  func `a bus that stalls while the daemon begins is asked again`(_ call: String) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      #expect(try await programs.stopDaemon() == 0)
      let relay = try programs.relay(stallsAt: call)
      // It serves, and says what is the case, while the bus does not answer.
      try await programs.startDaemon(by: relay)
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      if !status.bluez { #expect(status.trouble?.message == "The system bus does not answer mdrctld.") }
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired", "--timeout", "60")
      try await programs.expect(.ok, "connect", Sony.bonded)
    }
  }

  @Test func `each absence of BlueZ is told by its own name, and its end is noticed`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      /// Whether `status` comes to say it.
      func told(_ message: String?) async throws -> Bool {
        for _ in 0..<500 {
          let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
          if status.trouble?.message == message { return true }
        }
        return false
      }
      #expect(try await told(nil))
      try await programs.simulator.happen(.stopBluez)
      #expect(try await told("bluetoothd is not running."))
      let refusal = DBusError(name: "org.freedesktop.DBus.Error.AccessDenied", message: "Rejected send message")
      await programs.simulator.fail("GetManagedObjects", with: refusal)
      try await programs.simulator.happen(.startBluez)
      #expect(try await told("mdrctld may not read BlueZ: a policy of the system bus refuses it."))
      try await programs.expect(.failed(.bluezMissing), "list")
      await programs.simulator.clearFaults()
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired", "--timeout", "60")
      #expect(try await told(nil))
    }
  }

  @Test func `a wait may begin before bluetoothd`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.simulator.happen(.stopBluez)
      let wait = try programs.start([
        "wait", Sony.bonded, "--for", "connected", "--timeout", "60", "--json", "--verbose",
      ])
      #expect(await wait.wait(for: "BlueZ has no adapter yet"))
      try await programs.simulator.happen(.startBluez)
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired", "--timeout", "60")
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await wait.result().ending == .ok)
    }
  }

  @Test(arguments: [BluezVersion.v5_66, .v5_82, .v5_87])
  func `another client's pattern hides no headset`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version) {
      await $0.add(Sony.pairing())
    } _: { programs in
      let bus = programs.bus
      let foreign = try await programs.simulator.discover(pattern: "Nobody", over: bus)
      let scan = try await programs.expect(.ok, "scan", "--timeout", "1").replies(Control.ScanReply.self)
      #expect(scan.contains { $0.device?.address == Sony.new && $0.device?.rssi != nil })
      try await programs.expect(.ok, "pair", "WH-1000XM4")
      await foreign.close()
    }
  }
}

extension Simulator {
  /// Another client looks for devices, and only for those whose name or address begins so.
  fileprivate func discover(pattern: String, over bus: BusAddress) async throws -> Connection {
    let client = try await Connection.open(bus, on: loop)
    try await client.call(
      Message(
        call: "SetDiscoveryFilter", on: "/org/bluez/hci0", interface: "org.bluez.Adapter1", to: "org.bluez"
      ) { arguments in arguments.properties { $0.entry("Pattern", pattern) } })
    try await client.call(
      Message(call: "StartDiscovery", on: "/org/bluez/hci0", interface: "org.bluez.Adapter1", to: "org.bluez"))
    return client
  }
}
