import Core
import EventLoop
import Foundation
import KeyFiles
import Service
import Support
import Testing
import Vocabulary

@testable import Daemon

@Suite struct BondHistoryTests {
  private static let key = BondKey(
    adapter: Address(bits: 0x001A_7DDA_7113), device: Address(bits: 0x94DB_5600_0001))
  private static let headset = Device(id: DeviceID(AdapterID("hci0"), key.device), name: "WH-1000XM4", bonded: true)
  private static let stale = Verdict(
    .headsetLostKey, .certain, message: "It was reset.", evidence: "br-connection-key-missing", hint: "Repair it.")
  private static let lost = Verdict(
    .hostLostKey, .probable, message: "It is gone.", evidence: "Bonded is false.", hint: "Pair it.")

  /// Runs `body` with a state directory and a history that is opened anew, in a boot of this name.
  private func inFolder(
    _ body: @escaping @Sendable (String, @escaping @Sendable (String?) -> BondHistory) async throws -> Void
  )
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mdrctl-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withEventLoop { loop in
      try await body(folder) { BondHistory(loop: loop, directory: folder, boot: $0, log: Log()) }
    }
  }

  @Test func `a verdict and its time outlive the daemon`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.seen(Self.key, Self.headset)
      await history.found(Self.stale, Self.key, alias: "WH")
      let finding = try #require(await history[Self.key]?.finding)
      #expect(finding.verdict == Self.stale)
      #expect(abs(finding.since - Int(Date().timeIntervalSince1970)) < 60)
      await history.write()
      #expect(await open("two")[Self.key]?.finding == finding)
    }
  }

  @Test func `the same verdict again keeps its time`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.found(Self.stale, Self.key, alias: "WH")
      let first = await history[Self.key]?.finding
      await history.found(Self.stale, Self.key, alias: "WH")
      #expect(await history[Self.key]?.finding == first)
    }
  }

  @Test func `a try that comes to the same is told with its own time`() async throws {
    try await inFolder { folder, open in
      let away = Verdict(.unreachable, .certain, message: "It is away.", evidence: "", hint: "")
      let history = open("one")
      await history.found(away, Self.key, alias: "WH")
      await history.write()
      let path = "\(folder)/bonds"
      // As if it had been an hour ago.
      var text = try String(contentsOfFile: path, encoding: .utf8)
      let since = try #require(await history[Self.key]?.finding?.since)
      text = text.replacingOccurrences(of: "\(since)", with: "\(since - 3600)")
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let next = open("one")
      #expect(await next[Self.key]?.finding?.since == since - 3600)
      await next.found(away, Self.key, alias: "WH")
      let again = try #require(await next[Self.key]?.finding?.since)
      #expect(again >= since)
    }
  }

  @Test func `what is over is dropped and told of, but not what is of the bond`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      let told = EventLog<BondKey>(history.loop)
      await history.seen(Self.key, Self.headset)
      await history.found(Self.stale, Self.key, alias: "WH")
      _ = await history.observe { told.note($0) }
      await history.ended(Self.key)
      #expect(await history[Self.key]?.finding?.verdict == Self.stale)
      await history.found(nil, Self.key, alias: "WH")
      await history.found(
        Verdict(.busy, .certain, message: "", evidence: "", hint: ""), Self.key, alias: "WH")
      await history.ended(Self.key)
      #expect(await history[Self.key]?.finding == nil)
      #expect(await history[Self.key]?.isBond == true)
      let heard = try await told.wait { $0.count >= 3 }
      #expect(heard == [Self.key, Self.key, Self.key])
      await history.write()
      #expect(await open("one")[Self.key]?.finding == nil)
    }
  }

  @Test func `a bond that works has no verdict, and is known to have worked in this boot`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.bluezAppeared(as: ":1.2")
      await history.found(Self.stale, Self.key, alias: "WH")
      await history.found(nil, Self.key, alias: "WH")
      #expect(await history[Self.key]?.finding == nil)
      #expect(await history.context(Self.key) == (true, false, true))
      await history.write()
      // Also for a daemon that was started after that.
      let next = open("one")
      await next.bluezAppeared(as: ":1.2")
      #expect(await next.context(Self.key) == (true, false, true))
      await history.bluezAppeared(as: ":1.3")
      #expect(await history.context(Self.key) == (true, false, false))
      await history.write()
      #expect(await open("one").context(Self.key) == (true, false, false))
      #expect(await open("two").context(Self.key) == (false, true, false))
    }
  }

  @Test func `a bond that was made anew has no past`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.found(nil, Self.key, alias: "WH")
      await history.found(Self.stale, Self.key, alias: "WH")
      await history.renewed(Self.key, Self.headset)
      #expect(await history[Self.key]?.finding == nil)
      #expect(await history.context(Self.key) == (false, false, false))
    }
  }

  @Test func `a lost bond that is there again is not lost, but stays stale if it was`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.found(Self.lost, Self.key, alias: "WH")
      await history.seen(Self.key, Self.headset)
      #expect(await history[Self.key]?.finding == nil)
      await history.found(Self.stale, Self.key, alias: "WH")
      await history.seen(Self.key, Self.headset)
      #expect(await history[Self.key]?.finding?.verdict == Self.stale)
    }
  }

  @Test func `a bond that is not there is told to be so, whatever was wrong with it`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.found(Self.stale, Self.key, alias: "WH")
      await history.missed(Self.lost, Self.key, alias: "WH")
      let finding = await history[Self.key]?.finding
      #expect(finding?.verdict == Self.lost)
      await history.missed(Self.lost, Self.key, alias: "WH")
      #expect(await history[Self.key]?.finding == finding)
    }
  }

  @Test func `a device that was never bonded may have a verdict, and is no bond`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.found(Self.stale, Self.key, alias: "WH")
      #expect(await history[Self.key]?.isBond == false)
      await history.seen(Self.key, Self.headset)
      #expect(await history[Self.key]?.isBond == true)
    }
  }

  @Test func `a bond that was given up leaves nothing`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      await history.found(Self.stale, Self.key, alias: "WH")
      await history.write()
      await history.forget(Self.key, present: [])
      await history.write()
      #expect(await open("one").keys.isEmpty)
    }
  }

  @Test func `who had a bond in his session, and in which order, outlives the daemon`() async throws {
    try await inFolder { _, open in
      let history = open("one")
      let other = BondKey(adapter: Self.key.adapter, device: Address(bits: 0x94DB_5600_0002))
      await history.seen(Self.key, Self.headset)
      await history.seen(other, Self.headset)
      #expect(await !history.isUsed(Self.key))
      await history.used(Self.key, by: 1000)
      await history.used(other, by: 1000)
      await history.used(other, by: 1001)
      await history.write()
      let next = open("two")
      #expect(await next.use(of: Self.key, by: 1001) == nil)
      #expect(await next.isUsed(Self.key))
      let earlier = try #require(await next.use(of: Self.key, by: 1000))
      let later = try #require(await next.use(of: other, by: 1000))
      #expect(earlier < later)
      await next.used(Self.key, by: 1000)
      let again = try #require(await next.use(of: Self.key, by: 1000))
      #expect(again > later)
      for user in UInt32(2000)..<2100 { await next.used(Self.key, by: user) }
      #expect(await next[Self.key]?.users?.count == 16)
      // A bond that is made anew is nobody's yet.
      await next.renewed(Self.key, Self.headset)
      #expect(await !next.isUsed(Self.key))
    }
  }

  @Test func `a finding that only a newer version knows stays until something else is seen`() async throws {
    try await inFolder { folder, open in
      let text = """
        {"bonds":[{"adapter":"00:1A:7D:DA:71:13","device":"94:DB:56:00:00:01","alias":"WH","isBond":true,\
        "cause":"eaten","certainty":"certain","message":"m","evidence":"e","hint":"h","since":1}]}
        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/bonds"))
      let history = open("one")
      #expect(await history[Self.key]?.finding == nil)
      await history.seen(Self.key, Self.headset)
      await history.write()
      let kept = try String(contentsOfFile: "\(folder)/bonds", encoding: .utf8)
      #expect(kept.contains("eaten"))
      await history.found(nil, Self.key, alias: "WH")
      await history.write()
      let written = try String(contentsOfFile: "\(folder)/bonds", encoding: .utf8)
      #expect(!written.contains("eaten"))
    }
  }

  @Test(arguments: ["", "[]", "{\"bonds\":[{}]}", "{\"bonds\":", "\u{0}"])
  func `a file that cannot be read costs the history and nothing else`(text: String) async throws {
    try await inFolder { folder, open in
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/bonds"))
      let history = open("one")
      #expect(await history.keys.isEmpty)
      await history.seen(Self.key, Self.headset)
      await history.write()
      #expect(await open("one").keys == [Self.key])
    }
  }

  @Test(arguments: [
    ("[General]\nJustWorksRepairing = always\n", BondContext.Repairing.always),
    ("[General]\nJustWorksRepairing=confirm", .confirm), ("[General]\n#JustWorksRepairing = always\n", .never),
    ("[Policy]\nJustWorksRepairing = always\n", .never), ("", .never),
    ("[General]\n JustWorksRepairing = always\nJustWorksRepairing = never\n", .never),
    ("[General]\nJustWorksRepairing = sometimes\n", .never), ("[General]\nJustWorksRepairing = always \n", .never),
    ("[General]\nJustWorksRepairing = always\nno key\n", .never), ("JustWorksRepairing = always\n", .never),
  ])
  func `BlueZ's setting for repairing is read as BlueZ reads it`(text: String, setting: BondContext.Repairing) {
    #expect(BlueZConfiguration.repairing(in: KeyFile(Array(text.utf8))) == setting)
  }

  @Test(
    arguments: [
      ("[General]\nControllerMode = le\n", "le"), ("[General]\nControllerMode=bredr\n", "bredr"),
      ("[General]\n#ControllerMode = le\n", nil), ("[General]\nControllerMode = dual\n", nil),
      ("[Policy]\nControllerMode = le\n", nil), ("", nil), ("[General]\nControllerMode = le\n[\n", nil),
      ("[General]\nControllerMode = le", "le"),
    ] as [(String, String?)])
  func `a mode of the controller that is not dual is read as BlueZ reads it`(text: String, mode: String?) throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/main.conf"
    try StateFile(path: path).write(Array(text.utf8))
    #expect(BlueZConfiguration.controllerMode(path: path) == mode)
  }

  @Test func `the kernel's adapters are those that it numbers`() throws {
    let directory = try TemporaryDirectory()
    for name in ["hci1", "hci0", "hci0:256", "rfkill0", "hci", "hcix"] {
      try StateFile(path: "\(directory.path)/\(name)").write([])
    }
    #expect(KernelAdapters.names(sysfs: directory.path) == ["hci0", "hci1"])
    #expect(KernelAdapters.names(sysfs: "\(directory.path)/absent")?.isEmpty == true)
  }

  @Test func `a configuration that is not there says nothing`() {
    #expect(BlueZConfiguration.repairing(path: "/nonexistent/main.conf") == nil)
  }
}
