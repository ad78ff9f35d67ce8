import Core
import Simulator
import Support
import Testing
import Vocabulary

@testable import Daemon

/// Which adapter and which device a caller means.
@Suite(.timeLimit(.minutes(5))) struct ResolverTests {
  private static let second = Controller("hci1", address: "00:1A:7D:DA:71:14")

  /// The headset is bonded with both of two adapters.
  private static let bothBonds: @Sendable (Simulator) async throws -> Void = { simulator in
    await simulator.add(second)
    await simulator.add(known: [Known.headset], bonded: true)
    await simulator.add(known: [Known.headset], bonded: true, on: "hci1")
  }

  private func error<Value: Sendable>(
    _ body: @Sendable () async throws(OperationError) -> Value
  ) async -> OperationError? {
    do throws(OperationError) {
      _ = try await body()
      return nil
    } catch { return error }
  }

  // MARK: Adapters

  @Test(arguments: ["hci1", "00:1A:7D:DA:71:14", "00-1a-7d-da-71-14", "001a7dda7114"])
  func `an adapter is named by its name or its address`(_ name: String) async throws {
    try await withDaemon(prepare: { await $0.add(Self.second) }) { scene in
      let found = try await scene.resolver.adapter(name)
      #expect(found == AdapterID("hci1"))
    }
  }

  @Test func `an adapter that is not there is told with those that are`() async throws {
    try await withDaemon(prepare: { await $0.add(Self.second) }) { scene in
      let error = await error { () async throws(OperationError) in try await scene.resolver.adapter("hci7") }
      #expect(error?.code == .adapterNotFound)
      #expect(error?.hint?.contains("hci0, hci1") == true || error?.message.contains("hci0, hci1") == true)
    }
  }

  @Test func `without a name it is the selected one, then the first that is on`() async throws {
    try await withDaemon(prepare: { await $0.add(Self.second) }) { scene in
      let first = try await scene.resolver.adapter(nil)
      #expect(first == AdapterID("hci0"))
      try await scene.simulator.happen(.switchOff("hci0"))
      try await scene.wait { $0.adapter(AdapterID("hci0"))?.powered == false }
      let second = try await scene.resolver.adapter(nil)
      #expect(second == AdapterID("hci1"))
      _ = await scene.selected.select("00:1A:7D:DA:71:13")
      let third = try await scene.resolver.adapter(nil)
      #expect(third == AdapterID("hci0"))
    }
  }

  @Test func `without bluetoothd no adapter is known, and that is why`() async throws {
    try await withDaemon { scene in
      await scene.simulator.stop()
      try await scene.wait { !$0.hasBlueZ }
      let error = await error { () async throws(OperationError) in try await scene.resolver.adapter("hci0") }
      #expect(error?.code == .bluezMissing)
    }
  }

  // MARK: Devices

  @Test(arguments: [Known.address, "ac-80-0a-2e-00-02", "WF-1000XM5", "wf-1000"])
  func `a device is named by its address, its name or a part of it`(_ text: String) async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let found = try await scene.resolver.device(text, adapter: nil).id
      #expect(found == Known.id)
    }
  }

  @Test func `without a text it is the only one that is paired`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let found = try await scene.resolver.device(nil, adapter: nil).id
      #expect(found == Known.id)
    }
  }

  @Test(arguments: ["", "   "]) func `a text that shows nothing names no device`(_ text: String) async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let error = await error { () async throws(OperationError) in try await scene.resolver.device(text, adapter: nil) }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func `a bond that was lost is told as that, not as a device that never was`() async throws {
    try await withDaemon { scene in
      let lost = Verdict(
        .hostLostKey, .certain, message: "This computer lost its key.", evidence: "Bonded became false.",
        hint: "mdrctl repair \(Known.address)")
      await scene.history.missed(lost, Known.key, alias: "WF-1000XM5")
      let error = await error { () async throws(OperationError) in
        try await scene.resolver.device("WF-1000XM5", adapter: nil)
      }
      #expect(error?.code == .deviceNotFound)
      #expect(error?.message == lost.message)
      #expect(error?.evidence == lost.evidence)
    }
  }

  // MARK: Bonds

  @Test func `of two bonds of one headset none is forgotten unless its adapter is named`() async throws {
    try await withDaemon(prepare: Self.bothBonds) { scene in
      let error = await error { () async throws(OperationError) in
        try await scene.resolver.bondToForget(Known.address, adapter: nil)
      }
      #expect(error?.code == .ambiguousDevice)
      let named = try await scene.resolver.bondToForget(Known.address, adapter: "hci1")
      #expect(named == DeviceID(AdapterID("hci1"), Known.id.address))
    }
  }

  @Test func `of two bonds the one that is known to be stale is repaired`() async throws {
    try await withDaemon(prepare: Self.bothBonds) { scene in
      let key = BondKey(adapter: Address(bits: 0x001A_7DDA_7114), device: Known.id.address)
      let stale = Verdict(
        .headsetLostKey, .certain, message: "It no longer holds the key.", evidence: "HCI: 0x06.", hint: "Repair it.")
      await scene.history.found(stale, key, alias: "WF-1000XM5")
      let found = try await scene.resolver.bondToRepair(Known.address, adapter: nil)
      #expect(found == DeviceID(AdapterID("hci1"), Known.id.address))
    }
  }

  @Test func `an address may be forgotten that BlueZ does not know`() async throws {
    try await withDaemon { scene in
      let found = try await scene.resolver.bondToForget(Known.address, adapter: nil)
      #expect(found == Known.id)
    }
  }
}
