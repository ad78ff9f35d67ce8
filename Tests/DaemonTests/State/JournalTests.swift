import Core
import EventLoop
import Foundation
import Service
import Support
import Testing
import Vocabulary

@testable import Daemon

@Suite struct JournalTests {
  private static let adapter = Address(bits: 0x001A_7DDA_7113)
  private static let headset = Address(bits: 0x94DB_5600_0001)
  private static let key = BondKey(adapter: adapter, device: headset)
  private static let hci0 = AdapterID("hci0")
  private static let file = "journal/001A7DDA7113-94DB56000001"
  private static let entry = JournalEntry(
    purpose: .repair, phase: .removing, device: DeviceID(hci0, headset),
    twins: [DeviceID(hci0, Address(bits: 0x94DB_5600_0002))], name: "WH-1000XM4", alias: "Großmutters \"Ohren\"",
    trusted: true, resetsCache: true, powerCycles: true)

  /// Runs `body` with an empty state directory and a journal that is opened anew at each call of its argument.
  private func inFolder(
    _ body: @escaping @Sendable (String, @escaping @Sendable () -> Journal) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mdrctl-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withEventLoop { loop in
      try await body(folder) { Journal(loop: loop, directory: folder, log: Log()) }
    }
  }

  @Test func `an entry outlives the daemon, and finds its adapter under another name`() async throws {
    try await inFolder { _, open in
      #expect(await open().record(Self.entry, of: Self.adapter) == nil)
      let again = open()
      #expect(await again.keys == [Self.key])
      #expect(await again.entry(Self.key, on: Self.hci0) == Self.entry)
      let renamed = try #require(await again.entry(Self.key, on: AdapterID("hci7")))
      #expect(renamed.device == DeviceID(AdapterID("hci7"), Self.headset))
      #expect(renamed.twins.map(\.adapter) == [AdapterID("hci7")])
    }
  }

  @Test func `what is recorded again replaces what was there`() async throws {
    try await inFolder { _, open in
      let journal = open()
      var entry = Self.entry
      #expect(await journal.record(entry, of: Self.adapter) == nil)
      entry.phase = .pairing
      #expect(await journal.record(entry, of: Self.adapter) == nil)
      #expect(await open().entry(Self.key, on: Self.hci0)?.phase == .pairing)
    }
  }

  @Test func `an erased entry leaves nothing`() async throws {
    try await inFolder { folder, open in
      let journal = open()
      #expect(await journal.record(Self.entry, of: Self.adapter) == nil)
      #expect(await journal.erase(Self.headset, of: Self.adapter) == nil)
      #expect(await journal.keys.isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/journal")
      #expect(left.isEmpty)
      #expect(await open().keys.isEmpty)
    }
  }

  @Test func `an entry that cannot be erased is still there, and can be erased again`() async throws {
    try await inFolder { folder, open in
      let journal = open()
      #expect(await journal.record(Self.entry, of: Self.adapter) == nil)
      // A directory in the place of the file: not even root can unlink it.
      try FileManager.default.removeItem(atPath: "\(folder)/\(Self.file)")
      try FileManager.default.createDirectory(atPath: "\(folder)/\(Self.file)", withIntermediateDirectories: true)
      #expect(await journal.erase(Self.headset, of: Self.adapter)?.kind == .other)
      #expect(await journal.entry(Self.key, on: Self.hci0) == Self.entry)
      try FileManager.default.removeItem(atPath: "\(folder)/\(Self.file)")
      #expect(await journal.erase(Self.headset, of: Self.adapter) == nil)
      #expect(await journal.keys.isEmpty)
    }
  }

  @Test func `a journal that cannot be written refuses, and holds nothing`() async throws {
    try await inFolder { folder, open in
      let journal = open()
      // A directory in the place of the file: not even root can replace it.
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(Self.file)/x", withIntermediateDirectories: true)
      #expect(await journal.record(Self.entry, of: Self.adapter)?.kind == .other)
      #expect(await journal.keys.isEmpty)
    }
  }

  @Test(arguments: [
    "", "{}", "not JSON", "{\"purpose\":\"forget\"}", "[1,2",
    #"{"purpose":"destroy","phase":"removing","twins":[],"trusted":true,"resetsCache":true,"powerCycles":false}"#,
  ])
  func `a file that is no entry is passed over and left for a person`(text: String) async throws {
    try await inFolder { folder, open in
      try FileManager.default.createDirectory(atPath: "\(folder)/journal", withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Self.file)"))
      #expect(await open().keys.isEmpty)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(Self.file)"))
    }
  }

  @Test(arguments: ["link", "pipe", "folder", "foreign name"])
  func `what lies in the journal and is no file of it is neither followed nor waited for`(kind: String) async throws {
    try await inFolder { folder, open in
      try FileManager.default.createDirectory(atPath: "\(folder)/journal", withIntermediateDirectories: true)
      let path = "\(folder)/\(Self.file)"
      switch kind {
      case "link":
        #expect(await open().record(Self.entry, of: Self.adapter) == nil)
        try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/elsewhere")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder)/elsewhere")
      case "pipe": try #require(unsafe mkfifo(path, 0o600) == 0)
      case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      default:
        #expect(await open().record(Self.entry, of: Self.adapter) == nil)
        try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/journal/001a7dda7113-94db56000001")
      }
      #expect(await open().keys.isEmpty)
    }
  }

  @Test func `what a crash left before it was complete is no entry, and is removed`() async throws {
    try await inFolder { folder, open in
      try FileManager.default.createDirectory(atPath: "\(folder)/journal", withIntermediateDirectories: true)
      try Data("{".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Self.file).new"))
      #expect(await open().keys.isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/journal")
      #expect(left.isEmpty)
    }
  }

  @Test func `an adapter that was made pairable is remembered until it was released`() async throws {
    try await inFolder { _, open in
      let journal = open()
      await journal.madePairable(Self.adapter)
      #expect(await open().leftPairable == [Self.adapter])
      await journal.releasedPairable(Self.adapter)
      #expect(await open().leftPairable.isEmpty)
    }
  }

  @Test func `without a state directory entries last as long as the daemon`() async throws {
    try await withEventLoop { loop in
      let journal = Journal(loop: loop, directory: nil, log: Log())
      #expect(await journal.record(Self.entry, of: Self.adapter) == nil)
      #expect(await journal.entry(Self.key, on: Self.hci0) == Self.entry)
      #expect(await journal.erase(Self.headset, of: Self.adapter) == nil)
      #expect(await journal.keys.isEmpty)
    }
  }
}
