import EventLoop
import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct AttemptsTests {
  private static let never = Backoff(first: .seconds(3600), longest: .seconds(3600))

  @Test func `a socket that appears is a reason to try at once`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let path = "\(directory.path)/pulse/native"
      let attempts = Attempts(loop: loop, path: path, backoff: Self.never)
      await attempts.prepare()
      let waiting = loop.spawn { await attempts.wait(isAbsent: true) }
      try FileManager.default.createDirectory(atPath: "\(directory.path)/pulse", withIntermediateDirectories: false)
      try Data().write(to: URL(fileURLWithPath: path))
      await waiting.value
      await attempts.end()
    }
  }

  @Test func `a socket that appears during an attempt is not missed`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let path = "\(directory.path)/native"
      let attempts = Attempts(loop: loop, path: path, backoff: Self.never)
      await attempts.prepare()
      try Data().write(to: URL(fileURLWithPath: path))
      await attempts.wait(isAbsent: true)
      await attempts.end()
    }
  }

  @Test func `who can no longer be told of the socket does not wait for it`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let attempts = Attempts(loop: loop, path: "\(directory.path)/pulse/native", backoff: Self.never)
      await attempts.prepare()
      let waiting = loop.spawn { await attempts.wait(isAbsent: true) }
      try Data().write(to: URL(fileURLWithPath: "\(directory.path)/pulse"))
      await waiting.value
      await attempts.end()
    }
  }

  @Test func `a socket that comes again and again is noticed by one watch`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { loop in
      let path = "\(directory.path)/native"
      let attempts = Attempts(loop: loop, path: path, backoff: Self.never)
      for _ in 0..<3 {
        await attempts.prepare()
        let waiting = loop.spawn { await attempts.wait(isAbsent: true) }
        try Data().write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        await waiting.value
        try FileManager.default.removeItem(atPath: path)
      }
      await attempts.end()
    }
  }

  @Test func `attempts become rarer`() async throws {
    try await withEventLoop { loop in
      let attempts = Attempts(
        loop: loop, path: nil, backoff: Backoff(first: .milliseconds(4), longest: .milliseconds(16)))
      var waits: [Duration] = []
      for _ in 0..<4 {
        await attempts.prepare()
        let start = ContinuousClock.now
        await attempts.wait(isAbsent: true)
        waits.append(ContinuousClock.now - start)
      }
      let least: [Duration] = [.milliseconds(4), .milliseconds(8), .milliseconds(16), .milliseconds(16)]
      #expect(zip(waits, least).allSatisfy { $0 >= $1 })
    }
  }

  @Test func `a server that lets everybody in and ends at once is not asked without pause`() async throws {
    try await withEventLoop { loop in
      let attempts = Attempts(loop: loop, path: nil, backoff: Backoff(first: .milliseconds(4), longest: .seconds(60)))
      let start = ContinuousClock.now
      for _ in 0..<4 {
        await attempts.prepare()
        await attempts.succeed()
        await attempts.wait(isAbsent: false)
      }
      #expect(ContinuousClock.now - start >= .milliseconds(4 + 8 + 16 + 32))
    }
  }

  @Test func `who is told to stop does not wait`() async throws {
    try await withEventLoop { loop in
      let attempts = Attempts(loop: loop, path: nil, backoff: Self.never)
      await attempts.prepare()
      let waiting = loop.spawn { await attempts.wait(isAbsent: false) }
      await Task.yield()
      waiting.cancel()
      await waiting.value
    }
  }
}
