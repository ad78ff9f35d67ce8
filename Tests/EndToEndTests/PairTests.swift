import DBus
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct PairTests {
  @Test func `a headset in pairing mode is paired, bonded, trusted and connected with stereo`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(Sony.pairing())
      await $0.add(Headset.twin(of: Sony.pairing(), address: Sony.twin))
    } _: { programs in
      let result = try await programs.expect(.ok, "pair", "WH-1000XM4")
      let reply: Control.OperationReply = try result.reply()
      #expect(reply.device?.address == Sony.new)
      #expect(reply.proofs?.map(\.what) == [.bonded, .trusted, .connected, .servicesResolved, .a2dp])
      #expect(reply.proofs?.allSatisfy(\.proven) == true)
      #expect(reply.device?.transports.first?.profile == .a2dp)
      #expect(await programs.simulator.keysMatch(Sony.new))
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `without the helper nobody has seen the bond on the disk, which is no fault`() async throws {
    try await withPrograms(prepare: { await $0.add(Sony.pairing()) }) { programs in
      let reply: Control.OperationReply = try await programs.expect(.ok, "pair", "WH-1000XM4").reply()
      let bonded = reply.proofs?.first { $0.what == .bonded }
      #expect(bonded?.proven == false)
      #expect(bonded?.reason?.contains("privileged helper is not there") == true)
      #expect(reply.device?.bonded == true)
      #expect(reply.device?.verdict == nil)
    }
  }

  @Test func `a bond that is not on the disk is not proven, and is told until it is made anew`() async throws {
    let nothing = Flush.Layer(layer: .bond, before: .absent, after: .absent)
    try await withPrograms(helper: .tells([nothing]), prepare: { await $0.add(Sony.pairing()) }) { programs in
      let reply: Control.OperationReply = try await programs.expect(.ok, "pair", "WH-1000XM4").reply()
      #expect(reply.proofs?.first { $0.what == .bonded }?.reason?.contains("not on the disk") == true)
      #expect(reply.device?.verdict?.cause == .pairedNotBonded)
      try await programs.expect(.ok, "disconnect", "WH-1000XM4")
      try await programs.expect(.ok, "connect", "WH-1000XM4")
      let shown: Control.DeviceReply = try await programs.expect(.ok, "show", "WH-1000XM4").reply()
      #expect(shown.device.verdict?.cause == .pairedNotBonded)
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `without a name the only headset in pairing mode is taken, never a low-energy twin`(
    _ version: BluezVersion
  ) async throws {
    try await withPrograms(version: version) {
      await $0.add(Sony.pairing())
      await $0.add(known: [Headset.twin(of: Sony.pairing(), address: Sony.twin)], bonded: false)
    } _: { programs in
      let result = try await programs.expect(.ok, "pair")
      #expect(try result.reply(Control.OperationReply.self).device?.address == Sony.new)
      #expect(await programs.simulator.calls("Pair").map(\.path.text).allSatisfy { $0.hasSuffix("94_DB_56_8A_00_01") })
    }
  }

  @Test(
    arguments: [
      (Headset.PairingOutcome.refused, ErrorCode.refused),
      (.authenticationFailed, .authenticationFailed),
      (.cancelled, .authenticationCancelled),
      (.timedOut, .authenticationTimeout),
      (.vanishes, .authenticationCancelled),
      (.asksForAuthorization, nil),
    ] as [(Headset.PairingOutcome, ErrorCode?)])
  func `a pairing that fails says how, and leaves nothing behind`(
    _ outcome: Headset.PairingOutcome, _ code: ErrorCode?
  ) async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pairing = outcome })
    } _: { programs in
      let result = try await programs.json("pair", "WH-1000XM4")
      #expect(result.ending == code.map(Ending.failed) ?? .ok)
      #expect(await programs.simulator.isTidy)
      if code != nil {
        #expect(result.error?.hint?.isEmpty == false)
        #expect(await programs.simulator.knownDevices.isEmpty)
      }
    }
  }

  @Test func `a headset that does not show itself is not found in time`() async throws {
    try await withPrograms { programs in
      try await programs.expect(.failed(.notFoundInTime), "pair", "WH-1000XM4", "--timeout", "5")
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `one that leaves when it is to be paired does not answer`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
      await $0.on("Pair", .vanish(Sony.new))
    } _: { programs in
      try await programs.expect(.failed(.pageTimeout), "pair", "WH-1000XM4")
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `one that is bonded is not paired again`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      for name in ["wf-1000", Sony.bonded] {
        let refused = try await programs.expect(.failed(.alreadyBonded), "pair", name)
        #expect(refused.error?.hint?.contains("mdrctl repair \(Sony.bonded)") == true)
        #expect(refused.error?.hint?.contains("forget") == false)
      }
      #expect(await programs.simulator.isTidy)
      #expect(await programs.simulator.calls("Pair").isEmpty)
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }

  @Test(arguments: ["WH-1000XM4", "xm4"])
  func `a second headset of the same name is paired beside the first`(name: String) async throws {
    try await withPrograms {
      await $0.add(known: [Headset(Sony.bonded, name: "WH-1000XM4")], bonded: true)
      await $0.add(Sony.pairing())
    } _: { programs in
      let reply: Control.OperationReply = try await programs.expect(.ok, "pair", name).reply()
      #expect(reply.device?.address == Sony.new)
      #expect(await programs.simulator.keysMatch(Sony.new))
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }

  @Test(arguments: [false, true])
  func `a key that only the kernel holds is removed by the helper, or named as such`(_ hasHelper: Bool) async throws {
    try await withPrograms(helper: hasHelper ? .works : nil) {
      await $0.add(Sony.pairing())
      // bluetoothd's start would clear it.
      try await $0.start()
      await $0.plant(.linkKey, of: Sony.pairing())
    } _: { programs in
      let result = try await programs.json("pair", "WH-1000XM4")
      #expect(result.ending == (hasHelper ? .ok : .failed(.alreadyBonded)))
      #expect(await programs.simulator.keysMatch(Sony.new) == hasHelper)
      #expect(hasHelper || result.error?.message.contains("kernel") == true)
      #expect(hasHelper || result.error?.hint?.contains("mdrctl-flush.socket") == true)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `a pairing whose key is not stored is undone`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
      // BlueZ says yes, and the adapter does not become pairable.
      await $0.inject(Fault("Set Pairable", .reply([])))
    } _: { programs in
      try await programs.expect(.failed(.pairedNotBonded), "pair", "WH-1000XM4")
      #expect(await programs.simulator.knownDevices.isEmpty)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `two headsets of one name are ambiguous, and both are told`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
      var second = Headset("94:DB:56:8A:00:09", name: "WH-1000XM4")
      second.isInPairingMode = true
      await $0.add(second)
    } _: { programs in
      let result = try await programs.expect(.failed(.ambiguousDevice), "pair", "1000X")
      #expect(result.error?.candidates?.count == 2)
      #expect(await programs.simulator.calls("Pair").isEmpty)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `a low-energy twin that is asked for by name is refused`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
      var twin = Headset.twin(of: Sony.pairing(), address: Sony.twin)
      twin.bearer = .dual
      await $0.add(twin)
    } _: { programs in
      try await programs.expect(.failed(.lowEnergyTwin), "pair", "LE_WH-1000XM4")
      try await programs.expect(.failed(.lowEnergyTwin), "pair", Sony.twin)
      #expect(await programs.simulator.calls("Pair").isEmpty)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `a comparison of passkeys needs a person, or --yes`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.capability = .displayYesNo })
    } _: { programs in
      try await programs.expect(.ok, "pair", "WH-1000XM4", "--yes")
    }
    try await withPrograms {
      await $0.add(
        Sony.pairing {
          $0.pairing = .asItIs; $0.pin = "4711"
        })
    } _: { programs in
      let result = try await programs.json("pair", "WH-1000XM4")
      #expect([.failed(.needsAnswer), .failed(.authenticationFailed)].contains(result.ending))
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `Ctrl-C cancels the pairing and leaves nothing behind`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pairing = .silent })
    } _: { programs in
      let command = try programs.start(["pair", "WH-1000XM4", "--json"])
      try await programs.simulator.waitForCall("Pair")
      command.signal(2)
      let result = try await command.result()
      #expect(result.status == 130)
      // Nothing has to be waited for: the command ends last.
      #expect(await programs.simulator.calls("CancelPairing").count == 1)
      #expect(await programs.simulator.calls("UnregisterAgent").count == 1)
      #expect(await programs.simulator.isTidy)
      #expect(await programs.simulator.knownDevices.isEmpty)
    }
  }

  @Test func `a second pairing is told that the first is running`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pairing = .silent })
    } _: { programs in
      let first = try programs.start(["pair", "WH-1000XM4", "--json"])
      try await programs.simulator.waitForCall("Pair")
      let second = try await programs.json("pair", "WF-1000XM5")
      #expect(second.ending == .failed(.busy))
      #expect(second.error?.operation == "pair")
      first.signal(2)
      _ = try await first.result()
    }
  }

  @Test(arguments: [
    (Happening.switchOff("hci0"), "\"powered\":false", ErrorCode.adapterOff),
    (.block("hci0"), "\"blocked\":true", .adapterBlocked), (.unplug("hci0"), "adapterRemoved", .noAdapter),
    (.stopBluez, "bluezVanished", .bluezMissing),
  ])
  func `without a usable adapter nothing is started`(
    _ happening: Happening, _ sign: String, _ code: ErrorCode
  ) async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "\"event\":\"state\""))
      try await programs.simulator.happen(happening)
      #expect(await monitor.wait(for: sign))
      try await programs.expect(.failed(code), "pair", "WH-1000XM4")
      #expect(await programs.simulator.calls("RegisterAgent").isEmpty)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test(arguments: [
    (Happening.crashBluez, ErrorCode.bluezMissing), (.stopBluez, .bluezMissing), (.switchOff("hci0"), .adapterOff),
    // BlueZ says first that an adapter is off when it is pulled out.
    (.unplug("hci0"), .adapterOff),
  ])
  func `what goes away during a pairing ends it, and the daemon goes on`(
    _ happening: Happening, _ code: ErrorCode
  ) async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pairing = .silent })
    } _: { programs in
      await programs.simulator.on("Pair", after: .milliseconds(500), happening)
      try await programs.expect(.failed(code), "pair", "WH-1000XM4")
      #expect(try await programs.mdrctl("status").status == 0)
    }
  }
}
