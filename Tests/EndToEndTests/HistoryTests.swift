import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// What the flight recorder of the built daemon keeps and tells, and what it must not.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HistoryTests {
  private static let stranger: Headset = {
    var headset = Headset("11:22:33:44:55:66", name: "Erika's Buds")
    headset.isInPairingMode = true
    return headset
  }()

  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  private func events(_ programs: Programs, _ words: String...) async throws -> [HistoryEvent] {
    let result = try await programs.start(["history", "--json"] + words).result()
    #expect(result.status == 0, "\(result.errors)")
    return try result.replies(HistoryEvent.self)
  }

  /// All that lies in the daemon's record.
  private func record(_ programs: Programs) throws -> String {
    let folder = "\(programs.statePath)/recorder"
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
  }

  @Test func `who asked for what and what became of it is told in its order`() async throws {
    try await withPrograms(version: .v5_87, prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      let all = try await events(programs)
      let kinds: [HistoryKind] = [
        .started, .adapterAdded, .bluezAppeared, .asked, .linked, .streamAdded, .done, .asked, .streamRemoved,
        .unlinked,
        .done,
      ]
      #expect(all.map(\.kind) == kinds)
      #expect(all.first { $0.kind == .asked }?.verb == "Connect")
      #expect(all.first { $0.kind == .asked }?.uid == Int(geteuid()))
      #expect(all.first { $0.kind == .linked }?.address == Sony.bonded)
      #expect(all.first { $0.kind == .unlinked }?.word == "local")
      #expect(all.map(\.time) == all.map(\.time).sorted())
      let story = try await programs.mdrctl("history", Sony.bonded)
      #expect(story.output.contains(" is disconnected: this computer hung up."), "\(story.output)")
    }
  }

  @Test func `a time and a device leave out the rest`() async throws {
    try await withPrograms(prepare: {
      await Self.prepare($0)
      await $0.add(known: [Headset("AC:80:0A:2E:00:99", name: "Other")], bonded: true)
    }) { programs in
      try await programs.expect(.ok, "connect", "AC:80:0A:2E:00:99")
      let other = try await events(programs, Sony.bonded)
      #expect(!other.isEmpty && other.allSatisfy { $0.kind.isOfComputer }, "\(other)")
      #expect(try await events(programs, "--until", "yesterday", "--since", "2d").isEmpty)
      #expect(try await !events(programs, "--since", "1m").isEmpty)
      try await programs.expect(.failed(.deviceNotFound), "history", "nobody")
    }
  }

  @Test func `what BlueZ refused, what was found and what failed is told with its reason`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let all = try await events(programs)
      #expect(all.first { $0.kind == .failed }?.word == "stale-bond")
      #expect(all.first { $0.kind == .found }?.word == BondCause.headsetLostKey.rawValue)
      #expect(all.contains { $0.kind == .linkFailed && $0.address == Sony.bonded })
    }
  }

  @Test func `what mdrctld does by itself is told with its reason`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try programs.configure("[Connection]\nIdleRelease=1\n")
      #expect(try await programs.run([Built.daemon, "--reload"]).status == 0)
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report()
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "60")
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "disconnected", "--timeout", "60")
      try await session.play(true)
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "60")
      let all = try await events(programs)
      #expect(all.contains { $0.kind == .configured })
      let decisions = all.filter { $0.kind == .decided }
      #expect(decisions.allSatisfy { $0.address == Sony.bonded })
      #expect(decisions.first?.word == "login" && decisions.first?.text == "connect")
      #expect(decisions.contains { $0.text == "It is let go: nothing was heard over it for 1 s." })
      #expect(decisions.contains { $0.word == "call" && $0.text == "disconnect" })
      #expect(decisions.contains { $0.word == "call" && $0.text == "connect" && $0.evidence == "Something plays" })
      await session.leave()
    }
  }

  @Test func `adapters and bluetoothd come and go`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.switchOff("hci0"))
      try await programs.expect(.ok, "adapter", "power", "on")
      try await programs.simulator.happen(.unplug("hci0"))
      try await programs.simulator.happen(.stopBluez)
      #expect(await programs.comes { try await events($0).contains { $0.kind == .bluezVanished } })
      let kinds = try await events(programs).map(\.kind).filter { $0 != .asked && $0 != .done }
      #expect(
        kinds == [
          .started, .adapterAdded, .bluezAppeared, .adapterOff, .adapterOn, .adapterOff, .adapterRemoved,
          .bluezVanished,
        ])
    }
  }

  @Test func `names and addresses lie in no record, and go with the bond`() async throws {
    try await withPrograms(prepare: {
      await Self.prepare($0)
      await $0.add(Self.stranger)
    }) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await programs.json("scan", "--timeout", "1").output.contains("11:22:33:44:55:66"))
      _ = try await programs.json("connect", "Erika's Buds")
      try await programs.expect(.ok, "forget", Sony.bonded, "--yes")
      let all = try await events(programs)
      let ofBond = all.filter { $0.kind == .linked || $0.kind == .unpaired }
      #expect(ofBond.count >= 2 && ofBond.contains { $0.stranger == nil })
      let text = try record(programs) + String(contentsOfFile: "\(programs.statePath)/recorded", encoding: .utf8)
      for secret in [Sony.bonded, "WF-1000XM5", "11:22:33:44:55:66", "44_55_66"] {
        #expect(!text.contains(secret), "\(secret)")
      }
      #expect(all.allSatisfy { $0.address != Sony.bonded && $0.name != "WF-1000XM5" })
    }
  }

  @Test func `a kill loses at most what was not written, and a damaged end is told`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let before = try await events(programs)
      try await programs.killDaemon()
      let folder = "\(programs.statePath)/recorder"
      let piece = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).max())
      let handle = try #require(FileHandle(forWritingAtPath: "\(folder)/\(piece)"))
      try handle.truncate(atOffset: try handle.seekToEnd() - 5)
      try handle.close()
      try await programs.startDaemon(boot: "another")
      let result = try await programs.json("history")
      let after = try result.replies(HistoryEvent.self)
      #expect(after.prefix(before.count - 1).map(\.kind) == before.dropLast().map(\.kind))
      #expect(after.contains { $0.kind == .started && $0.boot == "another" })
      #expect(!after.contains { $0.kind == .stopped })
      #expect(result.errors.contains("1 lines of the record could not be read"), "\(result.errors)")
    }
  }

  @Test func `who may not control is told of the computer, and of nobody's headset`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let client = try await programs.publicClient()
      let result = try await programs.run([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", client, "history", "--json",
      ])
      let told = try result.replies(HistoryEvent.self)
      #expect(told.map(\.kind) == [.started, .adapterAdded, .bluezAppeared])
      #expect(!result.output.contains(Sony.bonded))
      // Nor of the headset that he names.
      let named = try await programs.run([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", client, "history", Sony.bonded, "--json",
      ])
      #expect(try named.replies(HistoryEvent.self) == told)
    }
  }

  @Test func `a size of 0 records nothing, and removes what there is`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      #expect(try await !events(programs).isEmpty)
      try programs.configure("[History]\nSize=0\n")
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      let result = try await programs.json("history")
      #expect(result.output.isEmpty && result.errors.contains("[History] Size is 0"), "\(result.errors)")
      #expect(try record(programs).isEmpty)
    }
  }

  @Test func `where nothing happens nothing is written`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      _ = try await events(programs)
      let before = try record(programs)
      for _ in 0..<20 { _ = try await programs.json("status") }
      _ = try await events(programs)
      #expect(try record(programs) == before)
    }
  }
}

extension Programs {
  /// Whether something comes to be so within the patience of a test.
  fileprivate func comes(_ isSo: (Programs) async throws -> Bool) async -> Bool {
    for _ in 0..<100 where (try? await isSo(self)) == true { return true }
    return false
  }
}
