import EventLoop
import Foundation
import Service
import Support
import Synchronization
import Testing
import Vocabulary

@testable import Daemon

/// When the flight recorder writes, how much, and what it says of what it could not.
@Suite struct RecorderTests {
  private let directory: TemporaryDirectory
  private var folder: String { "\(directory.path)/recorder" }

  init() throws { directory = try TemporaryDirectory() }

  /// A clock that a test sets.
  private final class Hands: Sendable {
    let wall = Locked(1_700_000_000_000)
    let uptime = Locked(5_000)
    var clock: Recorder.Clock {
      Recorder.Clock(wall: { self.wall.withLock { $0 } }, uptime: { self.uptime.withLock { $0 } })
    }
    func pass(_ milliseconds: Int) {
      wall.withLock { $0 += milliseconds }
      uptime.withLock { $0 += milliseconds }
    }
  }

  private func open(_ loop: EventLoop, _ hands: Hands = Hands(), size: Int = 1 << 20) async -> Recorder {
    let recorder = Recorder(
      loop: loop, directory: directory.path, boot: "0123456789abcdef", log: Log(least: .error), clock: hands.clock)
    await recorder.keep(size)
    return recorder
  }

  private var written: Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)")?.count }.reduce(0, +)
  }

  @Test func `what happens is written some time later, and at once before it is read`() async throws {
    try await withEventLoop { loop in
      let recorder = await open(loop)
      await recorder.record(Recorded(.slept))
      await recorder.record(Recorded(.resumed))
      #expect(written == 0)
      let part = await recorder.events(before: nil)
      #expect(part.events.map(\.kind) == [.resumed, .slept])
      #expect(part.events.allSatisfy { $0.boot == "01234567" && $0.wall == 1_700_000_000_000 && $0.uptime == 5_000 })
      #expect(written > 0)
    }
  }

  @Test func `all of an event is kept`() async throws {
    try await withEventLoop { loop in
      let recorder = await open(loop)
      let event = Recorded(
        .failed, adapter: "hci0", device: 7, user: 1000, verb: "Pair", word: "timed-out", text: "It \"is\" so.\n",
        evidence: "ä\u{1F3A7}", count: -1)
      await recorder.record(event)
      var kept = try #require(await recorder.events(before: nil).events.first)
      #expect(kept.boot == "01234567")
      (kept.wall, kept.uptime, kept.boot) = (0, 0, nil)
      #expect(kept == event)
    }
  }

  @Test func `a lot that happens at once is written before it is much memory`() async throws {
    try await withEventLoop { loop in
      let recorder = await open(loop)
      for _ in 0..<400 { await recorder.record(Recorded(.slept)) }
      #expect(written > 1 << 14)
    }
  }

  @Test func `what comes and goes pushes out nothing, and how much was left out is told`() async throws {
    let hands = Hands()
    try await withEventLoop { loop in
      let recorder = await open(loop, hands)
      for _ in 0..<1_000 { await recorder.record(Recorded(.slept)) }
      hands.pass(1_000)
      await recorder.record(Recorded(.resumed))
      let part = await recorder.events(before: nil)
      #expect(part.events.filter { $0.kind == .slept }.count == 600)
      #expect(part.events.first { $0.kind == .omitted }?.count == 400)
      #expect(part.events.first?.kind == .resumed)
    }
  }

  @Test func `lines that cannot be read are counted, and cost no other`() async throws {
    try await withEventLoop { loop in
      let recorder = await open(loop)
      await recorder.record(Recorded(.slept))
      await recorder.write()
      let file = "\(folder)/000000000000000"
      let handle = try #require(FileHandle(forWritingAtPath: file))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("{\"k\":\"from-tomorrow\",\"t\":1,\"m\":1}\nnonsense\n{\"k\":\"sle".utf8))
      try handle.close()
      let later = await open(loop)
      await later.record(Recorded(.resumed))
      let part = await later.events(before: nil)
      #expect(part.events.map(\.kind) == [.resumed, .slept])
      #expect(part.damaged == 3)
    }
  }

  @Test func `a size of 0 keeps nothing, and removes what there is`() async throws {
    try await withEventLoop { loop in
      let recorder = await open(loop)
      await recorder.record(Recorded(.slept))
      await recorder.write()
      #expect(written > 0)
      await recorder.keep(0)
      #expect(written == 0)
      await recorder.record(Recorded(.resumed))
      await recorder.write()
      #expect(written == 0)
      #expect(await recorder.trouble?.message.contains("Size is 0") == true)
      await recorder.keep(1 << 20)
      await recorder.record(Recorded(.resumed))
      #expect(await recorder.events(before: nil).events.map(\.kind) == [.resumed])
      #expect(await recorder.trouble == nil)
    }
  }

  @Test func `a record that somebody removes begins anew`() async throws {
    let hands = Hands()
    try await withEventLoop { loop in
      let recorder = await open(loop, hands)
      await recorder.record(Recorded(.slept))
      await recorder.write()
      try FileManager.default.removeItem(atPath: folder)
      for _ in 0..<2 {
        await recorder.record(Recorded(.resumed))
        await recorder.write()
      }
      #expect(await recorder.events(before: nil).events.map(\.kind) == [.resumed, .resumed])
      #expect(await recorder.trouble == nil)
    }
  }

  @Test func `without a state directory nothing is kept, which is told`() async throws {
    try await withEventLoop { loop in
      let recorder = Recorder(loop: loop, directory: nil, boot: nil, log: Log(least: .error))
      await recorder.keep(1 << 20)
      await recorder.record(Recorded(.slept))
      #expect(await recorder.events(before: nil).events.isEmpty)
      #expect(await recorder.trouble?.message.contains("no state directory") == true)
    }
  }

  @Test func `a disk that takes nothing costs little memory, and what was not kept is told when it does`() async throws
  {
    let hands = Hands()
    try await withEventLoop { loop in
      let recorder = await open(loop, hands)
      // A directory in the place of the file refuses even root.
      try FileManager.default.createDirectory(
        atPath: "\(folder)/000000000000000", withIntermediateDirectories: false)
      for _ in 0..<600 { await recorder.record(Recorded(.slept, text: String(repeating: "x", count: 400))) }
      #expect(await recorder.trouble != nil)
      try FileManager.default.removeItem(atPath: "\(folder)/000000000000000")
      await recorder.write()
      hands.pass(2_000)
      await recorder.record(Recorded(.resumed))
      var (all, place): ([Recorded], Int?) = ([], nil)
      repeat {
        let part = await recorder.events(before: place)
        all += part.events
        place = part.next
      } while place != nil
      #expect(await recorder.trouble == nil)
      #expect(all.first?.kind == .resumed)
      let told = all.filter { $0.kind == .omitted }.compactMap(\.count).reduce(0, +)
      #expect(told > 0)
      #expect(told + (all.count { $0.kind == .slept }) == 600)
    }
  }
}
