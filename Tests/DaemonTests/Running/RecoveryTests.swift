import BlueZ
import Core
import EventLoop
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@testable import Daemon

/// What a crash, BlueZ or a pulled adapter broke off is finished at the next occasion, and told until then.
@Suite(.timeLimit(.minutes(5))) struct RecoveryTests {
  private static let removal = JournalEntry(
    purpose: .forget, phase: .removing, device: Known.id, name: "WF-1000XM5", alias: "WF-1000XM5")

  /// A daemon that starts with this in its journal, and does not know what has been since.
  private func withEntry(
    _ entry: JournalEntry, isOn: Bool = true, _ body: @escaping @Sendable (DaemonScene) async throws -> Void
  ) async throws {
    try await withSimulator(prepare: Known.bond) { simulator, address in
      if !isOn { try await simulator.happen(.switchOff("hci0")) }
      let scene = DaemonScene(simulator)
      #expect(await scene.journal.record(entry, of: Known.controller) == nil)
      try await scene.start(at: address)
      try await body(scene)
    }
  }

  private func complete(_ scene: DaemonScene) async throws {
    try await scene.wait { $0.device(Known.id) == nil && $0.hasBlueZ }
    while await !scene.journal.keys.isEmpty { await Task.yield() }
    #expect(await scene.recovery.unfinished().isEmpty)
  }

  @Test func `a removal is finished as soon as BlueZ is there`() async throws {
    try await withEntry(Self.removal) { scene in try await complete(scene) }
  }

  @Test func `on an adapter that is off it waits for it to come on, and says so`() async throws {
    try await withEntry(Self.removal, isOn: false) { scene in
      let told = try #require(await scene.recovery.unfinished().first)
      #expect(told.operation == .forget)
      #expect(told.message == "WF-1000XM5 is not completely forgotten: the adapter hci0 is off.")
      #expect(told.hint == "Switch it on, and mdrctld goes on: mdrctl adapter power on.")
      try await scene.simulator.happen(.switchOn("hci0"))
      try await complete(scene)
    }
  }

  @Test func `what is to be paired again waits for its user`() async throws {
    let repair = JournalEntry(
      purpose: .repair, phase: .pairing, device: Known.id, name: "WF-1000XM5", alias: "WF-1000XM5")
    try await withEntry(repair) { scene in
      #expect(await scene.journal.keys == [Known.key])
      let told = try #require(await scene.recovery.unfinished().first)
      #expect(told.message == "WF-1000XM5 was forgotten to be repaired, and is not paired again yet.")
      #expect(told.hint.hasPrefix("Put it into pairing mode and run: mdrctl repair AC:80:0A:2E:00:02"))
    }
  }

  @Test func `what is in the way is waited for`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let latch = await scene.simulator.hold("Connect")
      let asked = scene.loop.spawn {
        try? await scene.operations.run(ConnectOperation(Known.id), on: [.device(Known.id)])
      }
      try await scene.simulator.waitForCall("Connect")
      #expect(await scene.journal.record(Self.removal, of: Known.controller) == nil)
      await scene.recovery.take(.bluezReady)
      // It is not begun beside the connection; what it is at is told.
      #expect(await scene.recovery.unfinished().map(\.hint) == ["Wait a moment."])
      await latch.open()
      _ = await asked.value
      try await complete(scene)
    }
  }
}
