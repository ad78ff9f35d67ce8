import DBus
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct ConnectTests {
  @Test(arguments: BluezVersion.allCases)
  func `a bonded headset is connected, and stereo is proven at its transport`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version) {
      await $0.add(known: [Sony.earbuds { $0.transportDelay = .milliseconds(400) }], bonded: true)
    } _: { programs in
      let result = try await programs.expect(.ok, "connect", "wf-1000")
      let reply: Control.OperationReply = try result.reply()
      #expect(reply.device?.connected == true)
      #expect(reply.proofs?.map(\.what) == [.bonded, .connected, .servicesResolved, .a2dp])
      #expect(reply.proofs?.allSatisfy(\.proven) == true)
      // 5.66 shows the battery only with -E.
      #expect(reply.device?.battery == (version == .v5_66 ? nil : 80))
    }
  }

  @Test func `a headset that is connected already is looked at in the same way`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let again = try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try again.reply(Control.OperationReply.self).proofs?.last?.what == .a2dp)
    }
  }

  @Test(arguments: [
    (Headset.Stereo.onProfile, true), (.never, false),
  ])
  func `stereo that does not come with Connect is asked for once more`(
    _ stereo: Headset.Stereo, _ proven: Bool
  ) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.stereo = stereo }], bonded: true)
    } _: { programs in
      let result = try await programs.expect(.ok, "connect", Sony.bonded)
      let proofs = try result.reply(Control.OperationReply.self).proofs ?? []
      #expect(proofs.first { $0.what == .a2dp }?.proven == proven)
      #expect(await programs.simulator.calls("ConnectProfile").count == 1)
    }
  }

  @Test func `a headset without stereo connects, and says that it has none`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.services = [.handsFree] }], bonded: true)
    } _: { programs in
      let result = try await programs.expect(.ok, "connect", Sony.bonded)
      let proofs = try result.reply(Control.OperationReply.self).proofs ?? []
      #expect(proofs.contains { $0.what == .a2dp && !$0.proven && $0.reason != nil })
    }
  }

  @Test func `a device that is not bonded is never connected`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: false)
    } _: { programs in
      try await programs.expect(.failed(.notBonded), "connect", Sony.bonded)
      #expect(await programs.simulator.calls("Connect").isEmpty)
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `somebody else's attempt is waited for, and then the headset is connected`(_ version: BluezVersion) async throws
  {
    var timing = Timing.fast
    timing.pageTimeout *= 30
    try await withPrograms(version: version, timing: timing) {
      await $0.add(known: [Sony.earbuds { $0.isInRange = false }], bonded: true)
    } _: { programs in
      let bus = programs.bus
      let foreign = try await programs.simulator.connect(Sony.bonded, over: bus)
      let connect = try programs.start(["connect", Sony.bonded, "--json", "--verbose"])
      #expect(await connect.wait(for: "Waiting for the end of that"))
      try await programs.simulator.happen(.appear(Sony.bonded))
      let result = try await connect.result()
      #expect(result.ending == .ok)
      #expect(try result.reply(Control.OperationReply.self).proofs?.last == .init(what: .a2dp, proven: true))
      await foreign.close()
    }
  }

  @Test func `a headset that is off or elsewhere does not answer`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.isInRange = false }], bonded: true)
    } _: { programs in
      let result = try await programs.expect(.failed(.pageTimeout), "connect", Sony.bonded)
      #expect(result.error?.evidence?.contains("br-connection-page-timeout") == true)
    }
  }

  /// Only the newest bluetoothd says for sure that the key is missing; the others are known by how the link ends.
  @Test(arguments: BluezVersion.allCases, [false, true])
  func `a headset that was reset is told from one that is away, and the bond stays`(
    _ version: BluezVersion, _ hasOtherKey: Bool
  ) async throws {
    try await withPrograms(version: version) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      try await $0.happen(hasOtherKey ? .changeKey(Sony.bonded) : .wipe(Sony.bonded))
    } _: { programs in
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let shown = try await programs.expect(.ok, "show", Sony.bonded)
      #expect(try shown.reply(Control.DeviceReply.self).device.bonded)
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `without a sound server nothing is connected`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.setSoundServer(.none)
    } _: { programs in
      try await programs.expect(.failed(.noSoundServer), "connect", Sony.bonded)
      #expect(await programs.simulator.calls("Connect").isEmpty)
    }
  }

  @Test func `what BlueZ says itself is passed on`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.fail("Connect", with: BluezError.failed("br-connection-lmp-protocol-error"))
    } _: { programs in
      let result = try await programs.expect(.failed(.connectFailed), "connect", Sony.bonded)
      #expect(result.error?.evidence?.contains("br-connection-lmp-protocol-error") == true)
    }
  }

  @Test func `a connection that somebody else is making is waited for`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.fail("Connect", with: BluezError.connectionBusy, times: 1)
      await $0.on("Connect", after: .seconds(20), .connectFromHeadset(Sony.bonded))
    } _: { programs in
      let result = try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try result.reply(Control.OperationReply.self).device?.connected == true)
      #expect(await programs.simulator.calls("Connect").count == 1)
    }
  }

  @Test func `an attempt ends in time`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      _ = await $0.hold("Connect")
    } _: { programs in
      try await programs.expect(.failed(.timedOut), "connect", Sony.bonded, "--timeout", "1")
      // Disconnecting is what cancels an attempt.
      #expect(await programs.simulator.calls("Disconnect").count == 1)
    }
  }

  @Test func `Ctrl-C cancels the attempt`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      _ = await $0.hold("Connect")
    } _: { programs in
      let command = try programs.start(["connect", Sony.bonded])
      try await programs.simulator.waitForCall("Connect")
      let busy = try await programs.expect(.failed(.busy), "connect", Sony.bonded)
      #expect(busy.error?.operation == "connect")
      command.signal(2)
      #expect(try await command.result().status == 130)
      try await programs.simulator.waitForCall("Disconnect")
    }
  }

  @Test(arguments: [
    (Happening.crashBluez, ErrorCode.bluezMissing), (.unplug("hci0"), .adapterOff), (.switchOff("hci0"), .adapterOff),
    // BlueZ gives the attempt up first when it is stopped, and leaves the bus while the adapter is waited for.
    (.stopBluez, .bluezMissing),
  ])
  func `what goes away during an attempt ends it`(_ happening: Happening, _ code: ErrorCode) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      _ = await $0.hold("Connect")
      await $0.on("Connect", happening)
    } _: { programs in
      try await programs.expect(.failed(code), "connect", Sony.bonded)
    }
  }

  @Test func `a device that another program removes meanwhile is not bluetoothd's end`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      _ = await $0.hold("Set Trusted")
    } _: { programs in
      let command = try programs.start(["untrust", Sony.bonded, "--json"])
      try await programs.simulator.waitForCall("Set Trusted")
      let removal = try await programs.run([
        "dbus-send", "--system", "--print-reply", "--dest=org.bluez", "/org/bluez/hci0",
        "org.bluez.Adapter1.RemoveDevice", "objpath:/org/bluez/hci0/dev_AC_80_0A_2E_00_02",
      ])
      #expect(removal.status == 0)
      let result = try await command.result()
      #expect(result.ending == .failed(.failed))
      #expect(result.error?.evidence == "BlueZ removed the device.")
    }
  }

  @Test func `after a restart of bluetoothd it connects again`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.crashBluez)
      #expect(await monitor.wait(for: "deviceAdded"))
      let shown = try await programs.expect(.ok, "show", Sony.bonded)
      #expect(try !shown.reply(Control.DeviceReply.self).device.connected)
      try await programs.expect(.ok, "connect", Sony.bonded)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }
}

extension Simulator {
  /// Another client begins to connect a device, and does not wait for what comes of it.
  fileprivate func connect(_ address: String, over bus: BusAddress) async throws -> Connection {
    let client = try await Connection.open(bus, on: loop)
    let path = try #require(object(of: address))
    try await client.send(Message(call: "Connect", on: path, interface: "org.bluez.Device1", to: "org.bluez"))
    try await waitForCall("Connect")
    return client
  }
}
