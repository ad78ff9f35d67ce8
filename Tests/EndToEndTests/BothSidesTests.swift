import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// A headset is forgotten on both sides: by this computer, and this computer by it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BothSidesTests {
  private static let xm6 = "wh-1000xm6-v2-fw315-state"
  private static let host = "00:1A:7D:DA:71:13"
  private static let other = "AA:BB:CC:DD:EE:01"
  private static let unpair = "0e 3c 02 02"

  private func isBonded(_ programs: Programs) async throws -> Bool {
    let reply = try await programs.expect(.ok, "list", "--all").reply(Control.ListReply.self)
    return reply.devices.contains { $0.address == Sony.bonded && $0.bonded }
  }

  @Test func `the headset forgets this computer first, and is forgotten here then`() async throws {
    try await withHeadset(Self.xm6) { programs, headset in
      await headset.pair(with: [Self.host, Self.other], mayForget: true)
      let hosts = try await programs.expect(.ok, "hosts", Sony.bonded).reply(Control.HeadsetHostsReply.self)
      #expect(hosts.hosts.map(\.own) == [true, false] && hosts.reading == .unproven)
      let plan = try await programs.expect(.ok, "forget", Sony.bonded, "--both-sides", "--dry-run")
      #expect(try plan.reply(Control.OperationReply.self).plan?.first?.contains("proves") == true)
      #expect(await headset.received.filter { $0.hasPrefix(Self.unpair) }.isEmpty)
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)

      let done = try await programs.expect(.ok, "forget", Sony.bonded, "--both-sides", "--yes")
      let reply = try done.reply(Control.OperationReply.self)
      #expect(reply.headsetSide == .removed && reply.removed?.map(\.address) == [Sony.bonded])
      #expect(await headset.hosts == [Self.other])
      #expect(await headset.received.filter { $0.hasPrefix(Self.unpair) }.count == 1)
      #expect(try await !isBonded(programs))
      #expect(programs.journal.files.isEmpty)
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      #expect(!log.contains(Self.other))
    }
  }

  @Test func `one that refuses, or ignores it, stays as it is on both sides`() async throws {
    for habit in [Habit.refusedSet, .ignoredSet] {
      try await withHeadset(Self.xm6, [habit]) { programs, headset in
        await headset.pair(with: [Self.host, Self.other], mayForget: true)
        let refused = try await programs.expect(.failed(.notChanged), "forget", Sony.bonded, "--both-sides", "--yes")
        #expect(refused.error?.message.contains("was not forgotten here") == true)
        #expect(await headset.hosts.count == 2)
        #expect(try await isBonded(programs))
        #expect(programs.journal.files.isEmpty)
        // Alone it can be forgotten.
        try await programs.expect(.ok, "forget", Sony.bonded, "--yes")
        #expect(try await !isBonded(programs))
      }
    }
  }

  @Test func `one that forgets without a word is asked whether it has, twice where that is old`() async throws {
    for habits in [[Habit.ackOnlySet], [.ackOnlySet, .staleGet]] {
      try await withHeadset(Self.xm6, Set(habits)) { programs, headset in
        await headset.pair(with: [Self.host], mayForget: true)
        let done = try await programs.expect(.ok, "forget", Sony.bonded, "--both-sides", "--yes")
        #expect(try done.reply(Control.OperationReply.self).headsetSide == .removed)
        #expect(await headset.received.filter { $0.hasPrefix(Self.unpair) }.count == 1)
        #expect(await headset.fired.keys.count == habits.count)
      }
    }
  }

  @Test func `one that does not list this computer is sent nothing, and forgotten here`() async throws {
    try await withHeadset(Self.xm6) { programs, headset in
      await headset.pair(with: [Self.other])
      let done = try await programs.expect(.ok, "forget", Sony.bonded, "--both-sides", "--yes")
      #expect(try done.reply(Control.OperationReply.self).headsetSide == .absent)
      #expect(await headset.hosts == [Self.other])
    }
  }

  @Test func `where the headset cannot be told, that is said before anything is done`() async throws {
    try await withHeadset("wh-1000xm4-v1-vendor-app") { programs, headset in
      let none = try await programs.expect(.failed(.notOffered), "forget", Sony.bonded, "--both-sides", "--yes")
      #expect(none.status == 1 && none.error?.message.contains("cannot be told to forget") == true)
      try await programs.expect(.failed(.notOffered), "hosts", Sony.bonded)
      #expect(try await isBonded(programs))
    }
    try await withHeadset(Self.xm6, isListed: false) { programs, _ in
      try await programs.expect(.failed(.noControl), "forget", Sony.bonded, "--both-sides", "--yes")
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      try await programs.expect(.failed(.notConnected), "forget", Sony.bonded, "--both-sides", "--yes")
      #expect(try await isBonded(programs))
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
    }
    try await withHeadset(Self.xm6, [.secondClient]) { programs, _ in
      try await programs.expect(.failed(.headsetHeld), "forget", Sony.bonded, "--both-sides", "--yes")
      #expect(try await isBonded(programs))
    }
  }
}
