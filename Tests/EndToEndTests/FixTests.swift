import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// The ladder, with the built programs.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FixTests {
  private static let headset = Sony.bonded

  private static func known(_ change: @escaping @Sendable (inout Headset) -> Void = { _ in })
    -> @Sendable (Simulator) async throws -> Void
  { { await $0.add(known: [Sony.earbuds(change)], bonded: true) } }

  private static func rungs(_ result: CommandResult) throws -> [LadderRung] {
    try result.reply(Control.OperationReply.self).ladder?.map(\.rung) ?? []
  }

  @Test func `when nothing is wrong, it says so`() async throws {
    try await withPrograms(helper: .works, prepare: Self.known()) { programs in
      try await programs.expect(.ok, "connect", Self.headset)
      let before = await programs.simulator.changes
      let result = try await programs.expect(.ok, "fix", Self.headset)
      #expect(try Self.rungs(result) == [.observe])
      #expect(try await programs.mdrctl("fix", Self.headset).output.contains("Nothing is wrong."))
      #expect(await programs.simulator.changes == before)
    }
  }

  @Test func `one that is not connected is connected, and proven as a pairing is`() async throws {
    try await withPrograms(helper: .works, prepare: Self.known()) { programs in
      let result = try await programs.expect(.ok, "fix", Self.headset)
      #expect(try Self.rungs(result) == [.observe, .device])
      let reply: Control.OperationReply = try result.reply()
      #expect(reply.ladder?.last?.state == .fixed)
      #expect(reply.proofs?.contains { $0.what == .a2dp && $0.proven } == true)
      #expect(reply.device?.connected == true)
    }
  }

  @Test func `HFP alone is cured by the profile, without a new link`() async throws {
    try await withPrograms(helper: .works, prepare: Self.known { $0.stereo = .onProfile }) { programs in
      try await programs.simulator.happen(.connectFromHeadset(Self.headset))
      let wait = try await programs.expect(.ok, "wait", Self.headset, "--for", "connected", "--timeout", "20")
      #expect(wait.status == 0)
      let result = try await programs.expect(.ok, "fix", Self.headset)
      #expect(try Self.rungs(result) == [.observe, .profile])
      #expect(await programs.simulator.calls("Disconnect").isEmpty)
    }
  }

  @Test func `a headset that was wiped is paired anew, with consent`() async throws {
    try await withPrograms(helper: .works) {
      try await Self.known()($0)
      try await $0.happen(.wipe(Self.headset))
    } _: { programs in
      let refused = try await programs.expect(.failed(.needsConsent), "fix", Self.headset)
      #expect(refused.error?.evidence?.contains("Tried: connecting it") == true)
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
      // The verdict is known now, so the plan is of that.
      let plan = try await programs.expect(.ok, "fix", Self.headset, "--dry-run")
      #expect(try Self.rungs(plan) == [.observe, .device, .repair, .initialize])
      let command = try programs.start(["fix", Self.headset, "--yes", "--json", "--verbose"])
      #expect(await command.wait(for: "\"rung\":\"repair\""))
      #expect(await command.wait(for: "\"awaited\""))
      try await programs.simulator.happen(.enterPairingMode(Self.headset))
      let result = try await command.result()
      #expect(result.ending == .ok, "\(result.output)")
      #expect(try Self.rungs(result) == [.observe, .device, .repair])
      #expect(try result.reply(Control.OperationReply.self).proofs?.contains { $0.what == .reconnected } == true)
      #expect(await programs.simulator.keysMatch(Self.headset))
      #expect(await programs.simulator.isTidy)
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `a headset with another key is, too`() async throws {
    try await withPrograms(helper: .works) {
      try await Self.known { $0.isInPairingMode = true }($0)
      try await $0.happen(.changeKey(Self.headset))
    } _: { programs in
      let result = try await programs.expect(.ok, "fix", Self.headset, "--yes")
      #expect(try Self.rungs(result) == [.observe, .device, .repair])
      #expect(await programs.simulator.keysMatch(Self.headset))
    }
  }

  @Test func `a headset that is off is called until it is switched on`() async throws {
    try await withPrograms(helper: .works, prepare: Self.known { $0.isInRange = false }) { programs in
      let command = try programs.start(["fix", Self.headset, "--json", "--verbose"])
      #expect(await command.wait(for: "\"deed\":\"restart\""))
      try await programs.simulator.happen(.appear(Self.headset))
      let result = try await command.result()
      #expect(result.ending == .ok, "\(result.output)")
      #expect(try Self.rungs(result) == [.observe, .device, .restart])
    }
  }

  @Test func `one that stays off cannot be fixed from here, and keeps its bond`() async throws {
    try await withPrograms(helper: .works, prepare: Self.known { $0.isInRange = false }) { programs in
      let result = try await programs.expect(
        .failed(.notFixable), "fix", Self.headset, "--yes", "--timeout", "5")
      #expect(result.error?.evidence?.contains("a restart") == true)
      #expect(result.error?.hint?.contains("Charge it") == true)
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
    }
  }

  @Test func `without a sound server, and with an adapter that is off, that is the last sentence`() async throws {
    try await withPrograms(helper: .works, prepare: Self.known()) { programs in
      try await programs.simulator.happen(.stopSoundServer)
      try await programs.expect(.failed(.noSoundServer), "fix", Self.headset, "--yes")
      try await programs.expect(.ok, "adapter", "power", "off")
      let off = try await programs.expect(.failed(.adapterOff), "fix", Self.headset, "--yes")
      #expect(off.error?.hint?.contains("mdrctl adapter power on") == true)
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
    }
  }

  @Test func `Ctrl-C ends the waiting, and it goes on when it is run again`() async throws {
    try await withPrograms(helper: .works) {
      try await Self.known()($0)
      try await $0.happen(.wipe(Self.headset))
    } _: { programs in
      let command = try programs.start(["fix", Self.headset, "--yes", "--json", "--verbose"])
      #expect(await command.wait(for: "\"awaited\""))
      command.signal(2)
      #expect(try await command.result().status == 130)
      #expect(await programs.simulator.isTidy)
      #expect(programs.journal.files.count == 1)
      try await programs.simulator.happen(.enterPairingMode(Self.headset))
      let result = try await programs.expect(.ok, "fix", Self.headset, "--yes")
      #expect(try Self.rungs(result) == [.observe, .repair])
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test func `factory settings are advised three times a day at most, also after a restart of the daemon`() async throws
  {
    try await withPrograms(helper: .works) {
      try await Self.known { ($0.isInPairingMode, $0.pairing) = (true, .authenticationFailed) }($0)
      try await $0.happen(.wipe(Self.headset))
    } _: { programs in
      // It is advised, and then nobody is there.
      let first = try programs.start(["fix", Self.headset, "--yes", "--json", "--verbose"])
      #expect(await first.wait(for: "\"deed\":\"initialize\""))
      first.signal(2)
      _ = try await first.result()
      let stored = try String(contentsOfFile: "\(programs.statePath)/advices", encoding: .utf8)
      #expect(stored.contains("\"initialized\":["))
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      let second = try await programs.expect(.failed(.notFixable), "fix", Self.headset, "--yes")
      #expect(second.error?.hint?.contains("give it 10 minutes to settle. With --force") == true)
      let forced = try programs.start(["fix", Self.headset, "--yes", "--force", "--json", "--verbose"])
      #expect(await forced.wait(for: "\"deed\":\"initialize\""))
      forced.signal(2)
      _ = try await forced.result()
    }
  }

  @Test func `a call that loses one of its parameters deletes nothing`() async throws {
    try await withPrograms(helper: .works) {
      try await Self.known { $0.isInPairingMode = true }($0)
      try await $0.happen(.wipe(Self.headset))
    } _: { programs in
      for members in [#""force":true"#, #""confirm":true,"ask":true"#] {
        let answer = try await offPool {
          try VarlinkPeer.dial(programs).exchange(
            #"{"method":"org.mdrctl.Control.Fix","parameters":{"device":"\#(Self.headset)",\#(members)}}"#)
        }
        #expect(answer?.contains("org.mdrctl.Control.NeedsConsent") == true, "\(answer ?? "")")
      }
      #expect(await programs.simulator.calls("RemoveDevice").isEmpty)
    }
  }
}
