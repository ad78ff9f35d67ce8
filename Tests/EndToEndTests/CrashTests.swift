import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// The daemon is killed in the middle of something; the next one finishes it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CrashTests {
  /// Where the daemon stands when it is killed.
  enum Moment: Sendable, CustomTestStringConvertible {
    /// A call of BlueZ is under way, the so-manieth of its kind.
    case call(String, Int)
    /// The helper has been asked, and has not done it.
    case helper(Flush.Method)

    var testDescription: String {
      switch self {
      case .call(let method, let count): "\(method) \(count)"
      case .helper(let method): method.rawValue
      }
    }
  }

  /// Brings a command to a moment, kills the daemon there, and lets the world go on.
  private static func kill(_ programs: Programs, at moment: Moment, of words: [String]) async throws {
    let latch: Latch
    switch moment {
    case .call(let method, let count):
      let before = await programs.simulator.calls(method).count
      latch = await programs.simulator.hold(method, after: count - 1)
      let command = try programs.start(words)
      try await programs.simulator.waitForCall(method, count: before + count)
      try await programs.killDaemon()
      #expect(try await command.result().status != 0)
    case .helper(let method):
      latch = try await programs.holdHelper(at: method)
      let command = try programs.start(words)
      try await programs.helper.waitForCall(method)
      try await programs.killDaemon()
      #expect(try await command.result().status != 0)
      try await programs.helper.start(.works)
    }
    await latch.open()
  }

  @Test(
    arguments: [
      (.helper(.disconnect), .works), (.helper(.inspect), .works), (.call("RemoveDevice", 1), .works),
      (.helper(.flush), .works), (.call("StartDiscovery", 1), .works), (.call("StopDiscovery", 1), .works),
      (.call("Set Powered", 1), .works), (.call("Set Powered", 2), .works),
      (.call("Disconnect", 1), .endsNoLinks), (.call("RemoveDevice", 1), .endsNoLinks),
    ] as [(Moment, FakeHelper.Manner)])
  func `a removal that was broken off is finished, and the headset can be paired again`(
    _ moment: Moment, _ manner: FakeHelper.Manner
  ) async throws {
    try await withPrograms(helper: manner) {
      await $0.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
      await $0.plant(.storedLinkKey, of: Sony.earbuds())
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await Self.kill(
        programs, at: moment, of: ["forget", Sony.bonded, "--reset-cache", "--power-cycle", "--json"])
      #expect(programs.journal.files.count == 1)
      try await programs.startDaemon()
      try await programs.journal.waitUntilEmpty()
      #expect(await programs.simulator.object(of: Sony.bonded) == nil)
      #expect(await programs.simulator.remnants(of: Sony.bonded).isEmpty)
      #expect(await programs.simulator.controller("hci0")?.isPowered == true)
      #expect(await programs.simulator.isTidy)
      #expect(try await programs.expect(.ok, "status").reply(Control.StatusReply.self).unfinished == nil)
      try await programs.expect(.ok, "pair", "WF-1000XM5")
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }

  @Test(
    arguments: [
      .call("RemoveDevice", 1), .helper(.flush), .call("StartDiscovery", 1), .call("Pair", 1), .call("Connect", 1),
    ] as [Moment])
  func `a repair that was broken off is as far as it came, and goes on when it is asked for`(
    _ moment: Moment
  ) async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds { $0.isInPairingMode = true }], bonded: true)
      await $0.setAlias("Left and right", of: Sony.bonded)
      try await $0.happen(.wipe(Sony.bonded))
    } _: { programs in
      try await Self.kill(programs, at: moment, of: ["repair", Sony.bonded, "--yes", "--json"])
      await programs.simulator.change(Sony.bonded) { $0.isInPairingMode = true }
      try await programs.startDaemon()
      try await programs.journal.wait { $0.values.allSatisfy { $0.contains("\"pairing\"") } }
      let repaired = try await programs.json("repair", Sony.bonded, "--yes")
      #expect(repaired.ending == .ok, "\(repaired.output)")
      let shown: Control.DeviceReply = try await programs.expect(.ok, "show", Sony.bonded).reply()
      #expect(shown.device.bonded && shown.device.trusted && shown.device.connected)
      #expect(shown.device.alias == "Left and right")
      #expect(await programs.simulator.keysMatch(Sony.bonded))
      #expect(await programs.simulator.isTidy)
      #expect(programs.journal.files.isEmpty)
    }
  }

  @Test(arguments: ["Set Trusted", "Pair"])
  func `a pairing that was broken off leaves no adapter pairable`(_ method: String) async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
    } _: { programs in
      try await Self.kill(programs, at: .call(method, 1), of: ["pair", "WH-1000XM4", "--json"])
      #expect(await programs.simulator.controller("hci0")?.isPairable == true)
      try await programs.startDaemon()
      try await programs.simulator.waitForCall("Set Pairable", count: 2)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `an adapter that was pairable before is left so`() async throws {
    try await withPrograms {
      var controller = Controller()
      controller.isPairable = true
      await $0.add(controller)
      await $0.add(Sony.pairing())
    } _: { programs in
      try await Self.kill(programs, at: .call("Pair", 1), of: ["pair", "WH-1000XM4", "--json"])
      try await programs.startDaemon()
      try await programs.expect(.ok, "status")
      #expect(await programs.simulator.calls("Set Pairable").isEmpty)
      #expect(await programs.simulator.controller("hci0")?.isPairable == true)
    }
  }

  @Test func `a removal that was broken off waits for bluetoothd and the adapter`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await Self.kill(programs, at: .call("RemoveDevice", 1), of: ["forget", Sony.bonded, "--json"])
      try await programs.simulator.happen(.stopBluez)
      try await programs.startDaemon()
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.unfinished?.map(\.address) == [Sony.bonded])
      #expect(status.unfinished?.first?.message.contains("bluetoothd") == true)
      try await programs.simulator.happen(.startBluez)
      try await programs.journal.waitUntilEmpty()
      #expect(await programs.simulator.object(of: Sony.bonded) == nil)
    }
  }

  // MARK: What lies in the journal

  @Test func `a journal that somebody else has written is told of, and stops nothing`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      #expect(try await programs.stopDaemon() == 0)
      let folder = programs.journal.path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      func name(_ number: Int) -> String { "001A7DDA7113-94DB560000\(number)" }
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
      }
      try write(name(10), "")
      try write(name(11), "{\"purpose\":\"forget\",\"phase\":")
      try write(name(12), "{\"purpose\":\"conquer\",\"phase\":\"removing\",\"twins\":[],\"trusted\":false}")
      try write(name(13), String(repeating: "[", count: 200_000))
      try write("README", "not an entry")
      try write("001A7DDA7113-ACB00A2E0002x", "{}")
      let secret = "\(programs.statePath)/secret"
      try Data("{}".utf8).write(to: URL(filePath: secret))
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name(14))", withDestinationPath: secret)
      let pipe = try await programs.run(["mkfifo", "\(folder)/\(name(15))"])
      #expect(pipe.status == 0)
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name(16))", withIntermediateDirectories: false)
      let strange = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      try await programs.startDaemon()
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      // By the makers' halves of the addresses.
      for file in strange { #expect(log.contains(file == "README" ? file : "\(file.prefix(6))xxxxxx-"), "\(log)") }
      #expect(!strange.contains { $0 != "README" && log.contains($0) }, "\(log)")
      #expect(try await programs.expect(.ok, "status").reply(Control.StatusReply.self).unfinished == nil)
      try await programs.expect(.ok, "forget", Sony.bonded)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == strange)
      #expect(await programs.simulator.calls("RemoveDevice").count == 1)
    }
  }

  @Test func `a journal that cannot be written begins nothing`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      // Not even root writes into a file as if it were a directory.
      try FileManager.default.removeItem(atPath: programs.journal.path)
      try Data().write(to: URL(filePath: programs.journal.path))
      let before = await programs.simulator.changes
      try await programs.expect(.failed(.notRecorded), "forget", Sony.bonded)
      #expect(await programs.simulator.changes == before)
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }
}
