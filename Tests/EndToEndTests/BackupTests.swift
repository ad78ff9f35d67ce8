import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// What a headset holds is saved and put back: client, daemon, and a virtual headset that plays a recorded session.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BackupTests {
  private static let xm4 = "wh-1000xm4-v1-vendor-app"

  /// The commands that change something among all that came.
  private func sets(_ headset: VirtualSony) async -> [String] {
    await headset.received.filter { word in
      ["68", "58", "e8", "f8", "d8", "28", "a8", "48", "fc", "3c", "22", "24"].contains(word.dropFirst(3).prefix(2))
    }
  }

  private func settings(_ report: HeadsetReport) -> [HeadsetSettingName: String] {
    report.settings.reduce(into: [:]) { $0[$1.name] = $1.value }
  }

  private func steps(_ result: CommandResult) throws -> [String: RestoreState] {
    try result.reply(Control.RestoreReply.self).steps.reduce(into: [:]) { $0[$1.item.rawValue] = $1.state }
  }

  @Test func `what was changed after a backup is as it was after a restore, and nothing else is sent`() async throws {
    try await withHeadset(Self.xm4, [.alertGate]) { programs, headset in
      let file = "\(programs.statePath)/xm4.json"
      try await programs.expect(.ok, "noise", Sony.bonded, "ambient", "7", "--voice")
      try await programs.expect(.ok, "eq", Sony.bonded, "clear-bass=5", "1k=-3")
      let before = try await picture(programs, isWhole: true)
      let saved = try await programs.expect(.ok, "backup", Sony.bonded, file).reply(Control.BackupReply.self).backup
      #expect(saved.model == "WH-1000XM4" && saved.generation == .v1)
      #expect(saved.noise == HeadsetNoiseWish(mode: .ambient, level: 7, voice: true))
      #expect(saved.equalizer?.preset == "user2" && saved.equalizer?.bands?.count == 6)
      #expect(saved.settings.contains(SavedSetting(name: .autoOff, value: "taken-off")))
      let text = try String(contentsOfFile: file, encoding: .utf8)
      for secret in [headset.identifier, Sony.bonded] { #expect(!text.contains(secret)) }

      let count = await sets(headset).count
      try await programs.expect(.ok, "noise", Sony.bonded, "off")
      try await programs.expect(.ok, "eq", Sony.bonded, "speech")
      try await programs.expect(
        .ok, "settings", Sony.bonded, "dsee=on", "auto-off=never", "priority=connection", "--yes")
      try await programs.expect(.ok, "settings", Sony.bonded, "multipoint=on", "--yes")
      let changed = await sets(headset).count
      #expect(changed == count + 6)

      let plan = try await programs.expect(.ok, "restore", Sony.bonded, file, "--dry-run")
      let planned = try steps(plan)
      #expect(
        planned.filter { $0.value == .planned }.keys.sorted() == [
          "autoOff", "dsee", "equalizer", "multipoint", "noise", "priority",
        ])
      #expect(planned["pauseOnRemoval"] == .same)
      // Without a terminal and without consent it is a plan, too.
      let refused = try await programs.start(["restore", Sony.bonded, file, "--json"]).result()
      #expect(refused.status == ExitCode.needsPerson.rawValue)
      #expect(await sets(headset).count == changed)

      let restored = try await programs.expect(.ok, "restore", Sony.bonded, file, "--yes")
      #expect(try steps(restored).values.filter { $0 == .done }.count == 6)
      #expect(await sets(headset).count == changed + 6)
      let after = try await picture(programs, isWhole: true)
      #expect(after.noise == before.noise)
      #expect(after.equalizer == before.equalizer)
      #expect(settings(after) == settings(before))
      let again = try await programs.expect(.ok, "restore", Sony.bonded, file, "--yes")
      #expect(try steps(again).values.allSatisfy { $0 == .same })
      #expect(await sets(headset).count == changed + 6)
    }
  }

  @Test(arguments: ["wh-1000xm5-v2-fw241", "wh-xb910n-v2"])
  func `headsets of the second generation are put back as well, from what the daemon keeps`(id: String) async throws {
    try await withHeadset(id) { programs, headset in
      let before = try await picture(programs)
      try await programs.expect(.ok, "backup", Sony.bonded)
      try await programs.expect(.ok, "settings", Sony.bonded, "dsee=\(id.contains("xb910n") ? "off" : "on")")
      try await programs.expect(.ok, "eq", Sony.bonded, "off")
      let restored = try await programs.expect(.ok, "restore", Sony.bonded, "--yes")
      #expect(try steps(restored).filter { $0.value == .done }.keys.sorted() == ["dsee", "equalizer"])
      let after = try await picture(programs)
      #expect(after.equalizer == before.equalizer)
      #expect(settings(after) == settings(before))
    }
  }

  @Test func `a state that is told as passing is not saved, and said so`() async throws {
    try await withHeadset("wh-1000xm6-v2-fw315-state") { programs, _ in
      let saved = try await programs.expect(.ok, "backup", Sony.bonded).reply(Control.BackupReply.self).backup
      #expect(saved.noise == nil)
      #expect(saved.omitted?.first { $0.item == .noise }?.reason.contains("nobody wears") == true)
      #expect(saved.equalizer?.preset == "user1" && saved.equalizer?.bands?.count == 10)
      #expect(saved.settings.contains(SavedSetting(name: .dsee, value: "on")))
      #expect(!saved.settings.contains { $0.name == .volume })
    }
  }

  @Test func `it stops at the first setting that the headset refuses, and says what stands`() async throws {
    for habit in [Habit.refusedSet, .ignoredSet] {
      try await withHeadset(Self.xm4) { programs, headset in
        try await programs.expect(.ok, "backup", Sony.bonded)
        try await programs.expect(.ok, "settings", Sony.bonded, "dsee=on", "auto-off=never")
        await headset.set(habit, true)
        let count = await sets(headset).count
        let stopped = try await programs.expect(.failed(.notChanged), "restore", Sony.bonded, "--yes")
        #expect(stopped.error?.message.contains("stopped at dsee") == true)
        #expect(stopped.error?.evidence?.contains("stands: nothing. Not tried: autoOff.") == true)
        #expect(await sets(headset).count == count + 1)
        await headset.set(habit, false)
        try await programs.expect(.ok, "restore", Sony.bonded, "--yes")
      }
    }
  }

  @Test func `settings of another model are set only when they are named`() async throws {
    try await withHeadset(Self.xm4) { programs, headset in
      let file = "\(programs.statePath)/xm5.json"
      let text = """
        {"version":1,"time":1,"model":"WH-1000XM5","firmware":"2.4.1","generation":"v2",
        "settings":[{"name":"dsee","value":"on"},{"name":"autoOff","value":"never"},{"name":"headGesture","value":"on"}]}
        """
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let refused = try await programs.expect(.failed(.needsConsent), "restore", Sony.bonded, file, "--yes")
      #expect(refused.error?.message.contains("WH-1000XM5") == true)
      #expect(await sets(headset).isEmpty)
      let one = try await programs.expect(.ok, "restore", Sony.bonded, file, "--yes", "--only", "dsee,head-gesture")
      #expect(try steps(one) == ["dsee": .done, "headGesture": .impossible])
      #expect(await sets(headset).count == 1)
      try await programs.expect(.failed(.invalidArgument), "restore", Sony.bonded, file, "--yes", "--only", "touch")
    }
  }

  @Test func `a backup with a value that means nothing is refused before the headset is asked`() async throws {
    try await withHeadset(Self.xm4) { programs, headset in
      let file = "\(programs.statePath)/bad.json"
      let text = #"""
        {"version":1,"time":1,"model":"WH-1000XM4","generation":"v1",
        "settings":[{"name":"dsee","value":"on"},{"name":"autoOff","value":"tomorrow"}]}
        """#
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      try await programs.expect(.failed(.invalidArgument), "restore", Sony.bonded, file, "--yes")
      try await programs.expect(.failed(.invalidArgument), "restore", Sony.bonded, "--number", "3", "--yes")
      #expect(await headset.accepted == 0)
    }
  }

  @Test func `a backup is taken before a repair and a destructive guide, kept over both, and listed`() async throws {
    try await withHeadset("wh-1000xm5-v2-fw241") { programs, headset in
      let guide = try await programs.mdrctl("guide", "initialize", Sony.bonded)
      #expect(guide.status == 0 && guide.errors.contains("settings are saved"))
      try await programs.expect(.ok, "settings", Sony.bonded, "dsee=on")
      try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
      let repaired = try await programs.start(["repair", Sony.bonded, "--yes", "--json"]).result()
      #expect(repaired.ending == .ok, "\(repaired.output)")
      let kept = try await programs.expect(.ok, "backup", "--list").reply(Control.BackupsReply.self).backups
      #expect(kept.map(\.occasion) == [.repair, .guide])
      #expect(kept.allSatisfy { $0.model == "WH-1000XM5" && $0.address == Sony.bonded && !$0.items.isEmpty })
      try await programs.expect(.ok, "connect", Sony.bonded)
      let plan = try await programs.expect(.ok, "restore", Sony.bonded, "--number", "2", "--dry-run")
      #expect(try steps(plan)["dsee"] == .planned)
    }
  }

  @Test func `nothing waits long for a backup that cannot be had`() async throws {
    // The guide is shown all the same.
    try await withHeadset("wh-1000xm5-v2-fw241", [.secondClient]) { programs, headset in
      let guide = try await programs.mdrctl("guide", "reset", Sony.bonded)
      #expect(guide.status == 0 && guide.errors.contains("not saved"))
      #expect(await headset.accepted == 0)
      let kept = try await programs.expect(.ok, "backup", "--list").reply(Control.BackupsReply.self)
      #expect(kept.backups.isEmpty)
    }
    try await withHeadset("wh-1000xm5-v2-fw241", isListed: false) { programs, _ in
      let guide = try await programs.mdrctl("guide", "initialize", Sony.bonded)
      #expect(guide.status == 0 && !guide.errors.contains("saved"))
    }
  }
}
