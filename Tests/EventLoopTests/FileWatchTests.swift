import EventLoop
import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct FileWatchTests {
  /// Makes a watch, then does something, and returns when the watch has told of it.
  private func tells(_ path: String, when body: @escaping @Sendable () throws -> Void) async throws {
    try await withEventLoop { loop in
      let (events, told) = AsyncStream.makeStream(of: Void.self)
      let probe = Probe(loop)
      try await probe.watch(path) { told.yield() }
      try body()
      var event = events.makeAsyncIterator()
      #expect(await event.next() != nil)
      await probe.cancel()
    }
  }

  private actor Probe: LoopActor {
    nonisolated let loop: EventLoop
    private var watch: FileWatch?
    init(_ loop: EventLoop) { self.loop = loop }

    func watch(_ path: String, _ handler: @escaping () -> Void) throws {
      watch = try FileWatch(path, on: loop, handler)
    }
    func cancel() { watch?.cancel() }
    var isActive: Bool { watch?.isActive == true }
  }

  private func make(_ path: String) throws { try Data().write(to: URL(fileURLWithPath: path)) }

  @Test func `a file that is made is told`() async throws {
    let directory = try TemporaryDirectory()
    try await tells("\(directory.path)/socket") { try make("\(directory.path)/socket") }
  }

  @Test func `a file that is moved there is told`() async throws {
    let directory = try TemporaryDirectory()
    try make("\(directory.path)/other")
    try await tells("\(directory.path)/socket") {
      try FileManager.default.moveItem(atPath: "\(directory.path)/other", toPath: "\(directory.path)/socket")
    }
  }

  @Test func `a file is told whose directories are made later`() async throws {
    let directory = try TemporaryDirectory()
    try await tells("\(directory.path)/a/b/socket") {
      try FileManager.default.createDirectory(atPath: "\(directory.path)/a/b", withIntermediateDirectories: true)
      try make("\(directory.path)/a/b/socket")
    }
  }

  @Test func `a file is told whose directory went away and came back`() async throws {
    let directory = try TemporaryDirectory()
    let inner = "\(directory.path)/inner"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    try await tells("\(inner)/socket") {
      try FileManager.default.removeItem(atPath: inner)
      try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
      try make("\(inner)/socket")
    }
  }

  @Test func `a way that cannot be watched any more is told`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let (events, told) = AsyncStream.makeStream(of: Void.self)
      let probe = Probe(loop)
      try await probe.watch("\(directory.path)/a/socket") { told.yield() }
      #expect(await probe.isActive)
      try make("\(directory.path)/a")
      var event = events.makeAsyncIterator()
      #expect(await event.next() != nil)
      #expect(await !probe.isActive)
    }
  }

  @Test func `a directory on the way is not the file`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let (events, told) = AsyncStream.makeStream(of: String.self)
      let (probe, witness) = (Probe(loop), Probe(loop))
      try await probe.watch("\(directory.path)/a/socket") { told.yield("socket") }
      try await witness.watch("\(directory.path)/a") { told.yield("a") }
      try FileManager.default.createDirectory(atPath: "\(directory.path)/a", withIntermediateDirectories: false)
      var event = events.makeAsyncIterator()
      #expect(await event.next() == "a")
      try make("\(directory.path)/a/socket")
      #expect(await event.next() == "socket")
      await probe.cancel()
      await witness.cancel()
    }
  }

  @Test func `other files are not told`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let (events, told) = AsyncStream.makeStream(of: String.self)
      let (probe, witness) = (Probe(loop), Probe(loop))
      try await probe.watch("\(directory.path)/socket") { told.yield("socket") }
      try await witness.watch("\(directory.path)/other") { told.yield("other") }
      try make("\(directory.path)/sock")
      try make("\(directory.path)/other")
      try make("\(directory.path)/socket")
      var event = events.makeAsyncIterator()
      // Of one and the same turn, or not: each is told once, and nothing else is.
      let first = await event.next()
      let second = await event.next()
      #expect(Set([first, second]) == ["socket", "other"])
      await probe.cancel()
      await witness.cancel()
    }
  }

  @Test func `a path through a file is refused`() async throws {
    let directory = try TemporaryDirectory()
    try make("\(directory.path)/file")
    try await withEventLoop { loop in
      let probe = Probe(loop)
      await #expect(throws: SystemError.self) { try await probe.watch("\(directory.path)/file/socket") {} }
    }
  }
}
