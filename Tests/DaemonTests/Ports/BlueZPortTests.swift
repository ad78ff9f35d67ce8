import Core
import DBus
import Simulator
import Support
import Testing
import Vocabulary

@testable import Daemon

/// What operations share of an adapter is taken from BlueZ once, and given back once; refusals keep BlueZ's meaning.
@Suite(.timeLimit(.minutes(5))) struct BlueZPortTests {
  private static let hci0 = AdapterID("hci0")

  @Test func `two that search share one discovery, which ends with the second of them`() async throws {
    try await withDaemon { scene in
      for _ in 0..<2 { #expect(await scene.bluez.perform(.startDiscovery(Self.hci0)) == nil) }
      #expect(await scene.simulator.calls("StartDiscovery").count == 1)
      #expect(await scene.bluez.perform(.stopDiscovery(Self.hci0)) == nil)
      #expect(await scene.simulator.discoveryCount() == 1)
      #expect(await scene.bluez.perform(.stopDiscovery(Self.hci0)) == nil)
      #expect(await scene.simulator.discoveryCount() == 0)
    }
  }

  @Test func `our filter asks for BR EDR, and for every name whatever others' patterns say`() async throws {
    try await withDaemon { scene in
      #expect(await scene.bluez.perform(.startDiscovery(Self.hci0)) == nil)
      #expect(await scene.simulator.calls("SetDiscoveryFilter").count == 1)
      #expect(await scene.bluez.perform(.stopDiscovery(Self.hci0)) == nil)
    }
  }

  @Test func `an adapter that is held pairable is noted before, and put back after`() async throws {
    try await withDaemon { scene in
      #expect(await scene.bluez.perform(.holdPairable(Self.hci0)) == nil)
      #expect(await scene.journal.leftPairable == [Known.controller])
      #expect(await scene.simulator.controller("hci0")?.isPairable == true)
      #expect(await scene.bluez.perform(.releasePairable(Self.hci0)) == nil)
      #expect(await scene.simulator.controller("hci0")?.isPairable == false)
      #expect(await scene.journal.leftPairable.isEmpty)
    }
  }

  @Test func `an adapter that its user made pairable stays so`() async throws {
    let pairable: @Sendable (Simulator) async throws -> Void = { simulator in
      var controller = Controller()
      controller.isPairable = true
      await simulator.add(controller)
    }
    try await withDaemon(prepare: pairable) { scene in
      #expect(await scene.bluez.perform(.holdPairable(Self.hci0)) == nil)
      #expect(await scene.journal.leftPairable.isEmpty)
      #expect(await scene.bluez.perform(.releasePairable(Self.hci0)) == nil)
      #expect(await scene.simulator.controller("hci0")?.isPairable == true)
      #expect(await scene.simulator.calls("Set Pairable").isEmpty)
    }
  }

  @Test func `an adapter that an earlier daemon left pairable is put back`() async throws {
    try await withDaemon { scene in
      #expect(await scene.bluez.perform(.holdPairable(Self.hci0)) == nil)
      // bluetoothd is another one, the adapter is pairable still, and nobody holds it.
      await scene.bluez.bluezVanished()
      await scene.bluez.releaseLeftPairable(Self.hci0, Known.controller)
      try await scene.simulator.waitForCall("Set Pairable", count: 2)
      while await !scene.journal.leftPairable.isEmpty { await Task.yield() }
      #expect(await scene.simulator.controller("hci0")?.isPairable == false)
    }
  }

  @Test(arguments: [
    (BluezError.alreadyExists, Refusal.Kind.alreadyBonded), (BluezError.alreadyPaired, .keyInKernel),
    (BluezError.inProgress, .inProgress), (BluezError.notReady, .notReady), (BluezError.doesNotExist, .doesNotExist),
    (BluezError.authenticationRejected, .rejected), (BluezError.authenticationTimeout, .authenticationTimeout),
  ]) func `a refusal keeps what BlueZ means by it`(error: DBusError, kind: Refusal.Kind) async throws {
    try await withDaemon(prepare: { await $0.add(known: [Known.headset], bonded: false) }) { scene in
      await scene.simulator.fail("Pair", with: error, times: 1)
      #expect(await scene.bluez.perform(.pair(Known.id))?.kind == kind)
    }
  }

  @Test func `what is not there is refused without asking`() async throws {
    try await withDaemon { scene in
      let strange = DeviceID(AdapterID("nothing/../here"), Known.id.address)
      #expect(await scene.bluez.perform(.connect(strange))?.kind == .doesNotExist)
      #expect(await scene.simulator.calls("Connect").isEmpty)
    }
  }
}
