import Core
import EventLoop
import Foundation
import Service
import Support
import Synchronization
import Testing
import Vocabulary

@testable import Daemon

/// What lasts over restarts, and what becomes of records that this version does not know.
@Suite struct StoreTests {
  private struct Name: Codable, Hashable, Comparable {
    let name: String
    static func < (left: Self, right: Self) -> Bool { left.name < right.name }
  }
  private struct Value: Codable, Hashable { var size: Int }
  private typealias Records = Store<Name, Value>

  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mdrctl-\(UUID().uuidString)").path
  private var path: String { "\(folder)/things" }
  private let a = Name(name: "a")
  private let b = Name(name: "b")

  /// Runs `body` in an empty state directory, with this in the file.
  private func withFile(_ text: String?, _ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    try body()
  }

  private func open(in folder: String?) -> Records {
    Store("things", in: folder, list: "things", of: "things", log: Log())
  }
  private func open() -> Records { open(in: folder) }
  private var content: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  @Test func `what is written is read again, and what was removed is gone`() throws {
    try withFile(nil) {
      var store = open()
      store[a] = Value(size: 1)
      store[b] = Value(size: 2)
      #expect(store.write() == nil)
      #expect(open()[a] == Value(size: 1))
      store[a] = nil
      #expect(store.write() == nil)
      #expect(open().ids == [b])
      #expect(content == #"{"things":[{"name":"b","size":2}],"version":1}"#)
    }
  }

  @Test(arguments: [
    #"{"name":"a","size":"huge"}"#, #"{"name":"a"}"#, #"{}"#, "7", "null", #"[{"name":"a","size":1}]"#,
  ])
  func `one strange record costs no other, and is written back`(strange: String) throws {
    try withFile(#"{"things":[\#(strange),{"name":"b","size":2}]}"#) {
      var store = open()
      #expect(store.ids == [b])
      store[b] = Value(size: 3)
      #expect(store.write() == nil)
      #expect(content == #"{"things":[\#(strange),{"name":"b","size":3}],"version":1}"#)
    }
  }

  @Test func `what a newer version has added to the file and to records is written back`() throws {
    try withFile(#"{"since":5,"things":[{"colour":"red","name":"a","size":1},{"colour":"blue","name":"b","size":2}]}"#)
    {
      var store = open()
      store[a]?.size = 7
      store[b] = nil
      store[b] = Value(size: 8)
      #expect(store.write() == nil)
      #expect(
        content == #"{"since":5,"things":[{"colour":"red","name":"a","size":7},{"name":"b","size":8}],"version":1}"#)
    }
  }

  @Test func `a file of a version that is not known is read as far as it can be, and never written`() throws {
    let text = #"{"things":[{"name":"a","size":1}],"version":2}"#
    try withFile(text) {
      var store = open()
      #expect(store[a] == Value(size: 1))
      store[b] = Value(size: 2)
      #expect(store.write() == "\(path) is of a newer version of mdrctl.")
      #expect(content == text)
    }
    try withFile(#"{"version":"new","worlds":{}}"#) {
      var store = open()
      store[b] = Value(size: 2)
      #expect(store.write() != nil)
      #expect(content == #"{"version":"new","worlds":{}}"#)
    }
  }

  @Test(arguments: ["", "[]", "{}", #"{"things":"#, #"{"things":{}}"#, "\u{0}"])
  func `a file that cannot be read is set aside, and the next one is written`(text: String) throws {
    try withFile(text) {
      var store = open()
      #expect(store.ids.isEmpty)
      let aside = try String(contentsOfFile: "\(path).bad", encoding: .utf8)
      #expect(aside == text)
      store[a] = Value(size: 1)
      #expect(store.write() == nil)
      #expect(open().ids == [a])
    }
  }

  @Test func `what is no file is set aside, too`() throws {
    try withFile(nil) {
      try #require(unsafe mkfifo(path, 0o600) == 0)
      var store = open()
      store[a] = Value(size: 1)
      #expect(store.write() == nil)
      #expect(open().ids == [a])
    }
  }

  @Test func `why it cannot be written is told each time, until it is`() throws {
    try withFile(nil) {
      var store = open()
      store[a] = Value(size: 1)
      // A directory in the place of the new file: not even root can write there.
      try FileManager.default.createDirectory(atPath: "\(path).new", withIntermediateDirectories: true)
      #expect(store.write()?.hasPrefix("open \(path).new: ") == true)
      #expect(store.write() != nil)
      try FileManager.default.removeItem(atPath: "\(path).new")
      #expect(store.write() == nil)
      #expect(open().ids == [a])
    }
  }

  @Test func `without a state directory records last as long as the daemon, and that is told`() {
    var store = open(in: nil)
    store[a] = Value(size: 1)
    #expect(store[a] == Value(size: 1))
    #expect(store.write() == "mdrctld has no state directory.")
  }

  // MARK: The disk

  /// Counts what is waited for.
  private final class Disk: Sendable {
    let waits = Atomic(0)
  }

  @Test func `only what is written durably waits for the disk`() throws {
    try withFile(nil) {
      let disk = Disk()
      let file = StateFile(path: path) { _ in
        disk.waits.add(1, ordering: .relaxed)
        return 0
      }
      try file.write([1])
      try file.remove()
      #expect(disk.waits.load(ordering: .relaxed) == 0)
      try file.writeDurably([1])
      #expect(disk.waits.load(ordering: .relaxed) == 2)
      try file.removeDurably()
      #expect(disk.waits.load(ordering: .relaxed) == 3)
    }
  }

  // MARK: The sound policies

  private static let key = BondKey(
    adapter: Address(bits: 0x001A_7DDA_7113), device: Address(bits: 0x94DB_5600_0001))

  @Test func `each user may have a wish of his own, and others have everybody's`() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let folder = folder
    try await withEventLoop { loop in
      let wishes = Preferences(loop: loop, directory: folder, log: Log())
      #expect(await wishes.change(Self.key, for: nil) { $0.policy = .stereo } == nil)
      #expect(await wishes.change(Self.key, for: 1000) { $0.policy = .call } == nil)
      let again = Preferences(loop: loop, directory: folder, log: Log())
      #expect(await again.wish(of: Self.key, for: 1000) == AudioWish(policy: .call, isOwn: true))
      #expect(await again.wish(of: Self.key, for: 1001) == AudioWish(policy: .stereo))
      #expect(await again.wish(of: Self.key, for: nil) == AudioWish(policy: .stereo))
      // Who wishes what everybody does has no wish of his own any more.
      #expect(await again.change(Self.key, for: 1000) { $0.policy = .stereo } == nil)
      #expect(await again.change(Self.key, for: nil) { $0.policy = .off } == nil)
      #expect(await again.wish(of: Self.key, for: 1000) == AudioWish(policy: .off))
    }
  }

  @Test func `what is told of all wishes is a user's own and everybody's, and what he takes over is his`() async throws
  {
    let other = BondKey(adapter: Self.key.adapter, device: Address(bits: 0x94DB_5600_0002))
    try await withEventLoop { loop in
      let wishes = Preferences(loop: loop, directory: nil, log: Log())
      _ = await wishes.change(Self.key, for: nil) { $0.policy = .stereo }
      _ = await wishes.changeCalls(of: Self.key, for: 1000) { $0.tier = 2 }
      _ = await wishes.changeCalls(of: other, for: 1001) { $0.tier = 3 }
      #expect(await wishes.keys(for: 1000) == [Self.key])
      #expect(await wishes.keys(for: 1001) == [Self.key, other])
      let own = await wishes.wishes(of: Self.key, for: 1000)
      #expect(own.audio?.policy == .stereo && own.call == CallWish(tier: 2, isOwn: true))
      #expect(await wishes.wishes(of: Self.key, for: nil).call == nil)
      // What everybody wishes becomes nobody's own.
      _ = await wishes.adopt([(Self.key, .init(audio: AudioWish(policy: .stereo), call: CallWish(tier: 4)))], for: 1001)
      #expect(await wishes.wish(of: Self.key, for: 1001) == AudioWish(policy: .stereo))
      #expect(await wishes.callWish(of: Self.key, for: 1001) == CallWish(tier: 4, isOwn: true))
      #expect(await wishes.callWish(of: Self.key, for: 1000).tier == 2)
    }
  }

  @Test func `a policy that only a newer version knows is in nobody's way and not lost`() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let folder = folder
    let text = """
      {"devices":[{"adapter":"00:1A:7D:DA:71:13","device":"94:DB:56:00:00:01","policy":"stereo"},\
      {"adapter":"00:1A:7D:DA:71:13","device":"94:DB:56:00:00:02","policy":"surround"}]}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/sound"))
    try await withEventLoop { loop in
      let wishes = Preferences(loop: loop, directory: folder, log: Log())
      #expect(await wishes.wish(of: Self.key, for: nil).policy == .stereo)
      #expect(await wishes.change(Self.key, for: nil) { $0.policy = .call } == nil)
    }
    let kept = try String(contentsOfFile: "\(folder)/sound", encoding: .utf8)
    #expect(kept.contains("surround"))
  }
}
