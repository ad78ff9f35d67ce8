import Core
import EventLoop
import Simulator
import Support
import Testing
import Vocabulary

@testable import Daemon

/// Who may work on what at a time, and who is told.
@Suite(.timeLimit(.minutes(5))) struct OperationsTests {
  private static let subjects: Set<Daemon.Subject> = [.device(Known.id)]
  private static let connecting = DeviceOperation(on: Known.id, .connect(Known.id), isAsked: true)

  @Test func `who asks for a device that is worked on is told by what, and nothing of it begins`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let latch = await scene.simulator.hold("Connect")
      let first = scene.loop.spawn { try? await scene.operations.run(ConnectOperation(Known.id), on: Self.subjects) }
      try await scene.simulator.waitForCall("Connect")
      let busy = await #expect(throws: OperationError.self) {
        try await scene.operations.run(ChangeOperation(.trust(Known.id, false)), on: Self.subjects)
      }
      #expect(busy?.code == .busy)
      #expect(busy?.operation == "connect")
      #expect(await scene.operations.running(on: Known.id) == "connect")
      await latch.open()
      #expect(await first.value != nil)
      #expect(await scene.operations.running(on: Known.id) == nil)
      let begun = await scene.news.events.filter(\.isBeginning)
      #expect(begun == [.operationBegan(Self.connecting)])
    }
  }

  @Test func `what nobody asked for gives way, and has ended before what somebody asks for begins`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      _ = await scene.simulator.hold("Connect")
      #expect(await scene.operations.begin(ConnectOperation(Known.id), on: Self.subjects) == nil)
      try await scene.simulator.waitForCall("Connect")
      _ = try await scene.operations.run(ChangeOperation(.trust(Known.id, false)), on: Self.subjects)
      let own = DeviceOperation(begunAs: .connect(Known.id))
      let asked = DeviceOperation(on: Known.id, nil, isAsked: true)
      let news = await scene.news.events.filter { if case .audioObstacle = $0 { false } else { true } }
      try #require(news.count == 4)
      #expect(news[0] == .operationBegan(own))
      guard case .operationEnded(own, let error) = news[1] else {
        Issue.record("the other operation began first: \(news)")
        return
      }
      #expect(error?.code == .cancelled)
      #expect(news[2] == .operationBegan(asked))
      #expect(news[3] == .operationEnded(asked, nil))
    }
  }

  @Test(arguments: [ChangeOperation.Change.disconnect(Known.id), .block(Known.id, true)])
  func `to disconnect a headset, or to block it, ends a connect that is under way`(
    change: ChangeOperation.Change
  ) async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      _ = await scene.simulator.hold("Connect")
      let connect = scene.loop.spawn {
        do throws(OperationError) {
          _ = try await scene.operations.run(ConnectOperation(Known.id), on: Self.subjects)
          return OperationError?.none
        } catch { return error }
      }
      try await scene.simulator.waitForCall("Connect")
      _ = try await scene.operations.run(ChangeOperation(change), on: Self.subjects)
      let error = await connect.value
      #expect(error?.code == .cancelled)
      #expect(error?.message.contains("somebody asked to") == true)
      #expect(await scene.operations.running(on: Known.id) == nil)
    }
  }

  @Test func `what nobody asked for does not begin beside what somebody asked for`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let latch = await scene.simulator.hold("Connect")
      let first = scene.loop.spawn { try? await scene.operations.run(ConnectOperation(Known.id), on: Self.subjects) }
      try await scene.simulator.waitForCall("Connect")
      #expect(await scene.operations.begin(ChangeOperation(.disconnect(Known.id)), on: Self.subjects)?.code == .busy)
      await latch.open()
      #expect(await first.value != nil)
    }
  }

  @Test(arguments: [true, false]) func `a caller that goes away ends its operation, unless that goes on without it`(
    endsWithCaller: Bool
  ) async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      let latch = await scene.simulator.hold("Connect")
      let caller = scene.loop.spawn {
        do throws(OperationError) {
          _ = try await scene.operations.run(
            ConnectOperation(Known.id), on: Self.subjects, endsWithCaller: endsWithCaller)
          return ErrorCode?.none
        } catch { return error.code }
      }
      try await scene.simulator.waitForCall("Connect")
      caller.cancel()
      if !endsWithCaller { await latch.open() }
      #expect(await caller.value == (endsWithCaller ? .cancelled : nil))
      if endsWithCaller { await latch.open() }
    }
  }

  @Test func `once the daemon ends nothing begins any more, and what runs is cancelled first`() async throws {
    try await withDaemon(prepare: Known.bond) { scene in
      _ = await scene.simulator.hold("Connect")
      let running = scene.loop.spawn {
        do throws(OperationError) {
          _ = try await scene.operations.run(ConnectOperation(Known.id), on: Self.subjects, endsWithCaller: false)
          return ErrorCode?.none
        } catch { return error.code }
      }
      try await scene.simulator.waitForCall("Connect")
      await scene.operations.cancelAll(within: .seconds(60))
      #expect(await running.value == .cancelled)
      let late = await #expect(throws: OperationError.self) {
        try await scene.operations.run(ChangeOperation(.trust(Known.id, false)), on: Self.subjects)
      }
      #expect(late?.code == .cancelled)
      #expect(await scene.operations.begin(ConnectOperation(Known.id), on: Self.subjects)?.code == .cancelled)
    }
  }
}
