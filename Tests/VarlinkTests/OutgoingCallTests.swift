import EventLoop
import Foundation
import Support
import Testing

@testable import Varlink

@Suite struct OutgoingCallTests {
  private struct Question: Codable, Sendable { var text: String }
  private struct Answer: Codable, Hashable, Sendable { var text: String }

  /// A service that answers each connection with these bytes, and then does as it is told.
  private enum Ending: Sendable { case close, hold }

  private func serve(
    _ bytes: [UInt8], then ending: Ending, _ body: @escaping @Sendable (EventLoop, String) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    let listener = try UnixSocket.listen(path: path, mode: 0o600)
    let number = listener.number
    try await withEventLoop { loop in
      let service = Service(loop: loop, bytes: bytes, ending: ending)
      try await service.listen(on: number)
      try await body(loop, path)
    }
    _ = consume listener
  }

  private actor Service: LoopActor {
    nonisolated let loop: EventLoop
    let bytes: [UInt8]
    let ending: Ending
    private var open: [Int32: Watch] = [:]

    init(loop: EventLoop, bytes: [UInt8], ending: Ending) {
      self.loop = loop
      self.bytes = bytes
      self.ending = ending
    }

    deinit { for number in open.keys { _ = FileDescriptor(owning: number) } }

    func listen(on listener: Int32) throws {
      _ = try loop.watch(listener, for: .readable) { _ in self.accept(listener) }
    }

    private func accept(_ listener: Int32) {
      guard let socket = try? UnixSocket.accept(listener) else { return }
      let number = socket.take()
      open[number] = try? loop.watch(number, for: .readable) { _ in self.answer(number) }
    }

    /// The call is read first: a socket that is closed with something unread takes back what it sent.
    private func answer(_ number: Int32) {
      guard let watch = open.removeValue(forKey: number) else { return }
      loop.cancel(watch)
      let socket = FileDescriptor(owning: number)
      var call = [UInt8](repeating: 0, count: 4096)
      _ = try? socket.read(into: &call)
      _ = try? socket.send(bytes[...])
      if ending == .hold { open[socket.take()] = watch }
    }
  }

  private func ask(_ loop: EventLoop, _ path: String) async throws -> Answer {
    try await OutgoingCall.perform(
      on: loop, path: path, method: "a.b.C", Question(text: "?"), within: .milliseconds(200), returning: Answer.self)
  }

  @Test func `a call is answered`() async throws {
    try await serve(Array("{\"parameters\":{\"text\":\"yes\"}}\u{0}".utf8), then: .hold) { loop, path in
      let answer = try await ask(loop, path)
      #expect(answer.text == "yes")
    }
  }

  @Test func `a connection that was made before is used for it`() async throws {
    try await serve(Array("{\"parameters\":{\"text\":\"yes\"}}\u{0}".utf8), then: .hold) { loop, path in
      let socket = try UnixSocket.connectAtOnce(path: path)
      let answer = try await OutgoingCall.perform(
        on: loop, path: "/nonexistent/socket", over: socket, method: "a.b.C", Question(text: "?"),
        within: .milliseconds(200), returning: Answer.self)
      #expect(answer.text == "yes")
    }
  }

  @Test(arguments: [
    ("{\"parameters\":{\"text\":\"yes\"}}\u{0}", true), ("{\"error\":\"a.b.No\"}\u{0}", true),
    ("{\"parameters\":{\"text\":\"yes\"}}\u{0}{", false), ("nonsense\u{0}", false),
  ])
  func `a connection is kept for the next call unless there is something wrong with it`(
    reply: String, isKept: Bool
  ) async throws {
    try await serve(Array(reply.utf8), then: .hold) { loop, path in
      let kept = Locked(0)
      let keep: OutgoingCall.Keeping = { socket in
        if (try? socket.send([0][...])) == 1 { kept.withLock { $0 += 1 } }
      }
      _ = try? await OutgoingCall.perform(
        on: loop, path: path, method: "a.b.C", Question(text: "?"), within: .milliseconds(200), keeping: keep,
        returning: Answer.self)
      #expect(kept.withLock { $0 } == (isKept ? 1 : 0))
    }
  }

  @Test func `an error is told as it came`() async throws {
    try await serve(Array("{\"error\":\"a.b.No\",\"parameters\":{\"n\":1}}\u{0}".utf8), then: .hold) { loop, path in
      await #expect(throws: VarlinkClientError.refused(VarlinkError("a.b.No", parameters: .object(["n": .integer(1)]))))
      {
        try await ask(loop, path)
      }
    }
  }

  @Test(arguments: ["nonsense\u{0}", "[]\u{0}", "{\"parameters\":{}}\u{0}", "{\"continues\":true}\u{0}"])
  func `what is no reply is an error`(text: String) async throws {
    try await serve(Array(text.utf8), then: .hold) { loop, path in
      await #expect { try await ask(loop, path) } throws: { error in
        if case .malformed? = error as? VarlinkClientError { true } else { false }
      }
    }
  }

  @Test func `a reply without an end is cut off`() async throws {
    let bytes = [UInt8](repeating: UInt8(ascii: " "), count: OutgoingCall.replySize + 100)
    try await serve(bytes, then: .hold) { loop, path in
      await #expect { try await ask(loop, path) } throws: { error in
        if case .malformed? = error as? VarlinkClientError { true } else { false }
      }
    }
  }

  @Test func `a service that hangs up is not waited for`() async throws {
    try await serve([], then: .close) { loop, path in
      await #expect(throws: VarlinkClientError.closed) { try await ask(loop, path) }
    }
  }

  @Test func `a service that says nothing is waited for as long as was asked`() async throws {
    try await serve([], then: .hold) { loop, path in
      await #expect(throws: VarlinkClientError.timedOut) { try await ask(loop, path) }
    }
  }

  @Test func `where nobody listens nobody answers`() async throws {
    _ = try await withEventLoop { loop in
      await #expect(throws: VarlinkClientError.notRunning) { try await ask(loop, "/nonexistent/socket") }
    }
  }

  @Test func `replies with more come one by one, and nothing after the call was given up`() async throws {
    let one = "{\"parameters\":{\"text\":\"1\"},\"continues\":true}\u{0}"
    try await serve(Array((one + one).utf8), then: .close) { loop, path in
      let events = AsyncStream<String>.makeStream()
      let call = OutgoingCall.start(
        on: loop, path: path, method: "a.b.C", Question(text: "?"), more: true, within: nil
      ) { event in
        switch event {
        case .reply(let parameters, let isLast):
          events.continuation.yield("\(parameters.members?["text"]?.string ?? "") \(isLast)")
        case .failed(let error): events.continuation.yield("\(error)")
        }
      }
      var seen: [String] = []
      for await event in events.stream {
        seen.append(event)
        if seen.count == 3 { break }
      }
      #expect(seen == ["1 false", "1 false", "the connection was closed before the answer"])
      await call.end()
    }
  }
}
