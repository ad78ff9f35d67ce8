import Core
import EventLoop
import Simulator
import Support
import Testing
import Vocabulary

@testable import Daemon

/// The one runner of all watches, on a simulated bluetoothd.
@Suite(.timeLimit(.minutes(5))) struct WatchesTests {
  @Test func `a headset that calls and brings audio has a sound bond`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      try await scene.simulator.happen(.connectFromHeadset(Known.address))
      #expect(try await scene.verdicts.wait(for: 1) == [nil])
    }
  }

  @Test func `a headset that calls and has another key is found out by nobody's command`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      try await scene.simulator.happen(.changeKey(Known.address))
      try await scene.simulator.happen(.connectFromHeadset(Known.address))
      let verdict = try #require(try await scene.verdicts.wait(for: 1).first ?? nil)
      #expect(verdict.cause == .repairingRefused)
      #expect(await scene.news.events.isEmpty)
    }
  }

  @Test func `the links of an operation are its own to judge`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      _ = try await scene.operations.run(ConnectOperation(Known.id), on: [.device(Known.id)])
      #expect(await scene.verdicts.events.isEmpty)
    }
  }

  @Test func `a login calls the headset, in an operation that gives way, and its user has it then`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      await scene.history.seen(Known.key, Device(id: Known.id, name: "WF-1000XM5"))
      try await scene.join(1000, [Known.id.address: .playing])
      let own = DeviceOperation(begunAs: .connect(Known.id))
      try await scene.news.wait { $0.contains(.operationEnded(own, nil)) }
      #expect(await scene.news.events.first == .operationBegan(own))
      #expect(await scene.history.use(of: Known.key, by: 1000) != nil)
      #expect(await scene.watches.milestones[.connected] != nil)
      // It is the same login, and not called for again.
      await scene.watches.take(.worldChanged)
      #expect(await scene.news.events.count(where: \.isBeginning) == 1)
    }
  }

  @Test func `a call that cannot begin is told, and is not waited for`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let latch = await scene.simulator.hold("Connect")
      let asked = scene.loop.spawn {
        try? await scene.operations.run(ConnectOperation(Known.id), on: [.device(Known.id)])
      }
      try await scene.simulator.waitForCall("Connect")
      try await scene.join(1000)
      // The login has none to call but this one, which somebody connects already.
      #expect(await scene.news.events.count(where: \.isBeginning) == 1)
      await latch.open()
      #expect(await asked.value != nil)
    }
  }

  @Test(arguments: [false, true])
  func `a call waits for the end of another one on its adapter, and is made where it is still wanted`(
    isWanted: Bool
  ) async throws {
    let other = DeviceID(Known.id.adapter, try #require(Address("AC:80:0A:2E:00:03")))
    try await withDaemon(prepare: { simulator in
      try await Known.bond(simulator)
      var absent = Headset(other.address.description, name: "WH-1000XM5")
      absent.isInRange = false
      await simulator.add(known: [absent], bonded: true)
    }) { scene in
      let latch = await scene.simulator.hold("Connect")
      let asked = scene.loop.spawn {
        try? await scene.operations.run(ConnectOperation(other), on: [.device(other)])
      }
      try await scene.simulator.waitForCall("Connect")
      await scene.history.used(Known.key, by: 1000)
      try await scene.join(1000)
      #expect(await scene.news.events.count(where: \.isBeginning) == 1)
      if !isWanted { _ = await scene.holds.set(.yielded, on: Known.key) }
      await latch.open()
      _ = await asked.value
      let own = DeviceOperation(begunAs: .connect(Known.id))
      if isWanted { try await scene.news.wait { $0.contains(.operationEnded(own, nil)) } }
      #expect(await scene.news.events.contains(.operationBegan(own)) == isWanted)
    }
  }

  @Test func `what a command made of the sound is told as its doing`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      _ = try await scene.operations.run(ConnectOperation(Known.id), on: [.device(Known.id)])
      let operation = DeviceOperation(on: Known.id, .audio(Known.id, .stereo), isAsked: true)
      await scene.watches.take(.operationBegan(operation))
      await scene.watches.take(.operationEnded(operation, nil))
      let evidence = await scene.watches.audioEvidence(on: Known.id, hasBlueALSA: false)
      #expect(evidence.watch.decider == .command)
      await scene.watches.take(.audioObstacle(Known.id, "Its endpoint is taken."))
      #expect(await scene.watches.audioEvidence(on: Known.id, hasBlueALSA: false).watch.obstacle != nil)
      // What was seen of a link ends with it.
      _ = try await scene.operations.run(ChangeOperation(.disconnect(Known.id)), on: [.device(Known.id)])
      #expect(await scene.watches.audioEvidence(on: Known.id, hasBlueALSA: false).watch == AudioWatch(Known.id))
    }
  }
}

extension AudioCard {
  /// A headset in stereo, as a session of PipeWire tells it.
  fileprivate static let playing = AudioCard(
    name: "bluez_card.AC_80_0A_2E_00_02", profiles: [.init(name: "a2dp-sink", priority: 18)],
    activeProfile: "a2dp-sink")
}
