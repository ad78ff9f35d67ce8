import EventLoop
import Support
import Testing
import Varlink

private let patience = Duration.seconds(10)

/// Runs `body` with a server at a path, off the server's loop.
private func withServer(
  authoriser: any Authoriser = AllowEveryone(), log: Example.Log = Example.Log(), _ body: (String) throws -> Void
) async throws {
  let directory = try TemporaryDirectory()
  let path = directory.path + "/socket"
  try await withVarlinkServer([Example.interface(log: log), Example.long], authoriser: authoriser) { harness in
    let socket = try ServerSocket.listen(at: path, mode: 0o600)
    try await harness.server.listen(on: socket.descriptor)
    try body(path)
    await harness.server.shutDown(grace: .zero)
    socket.remove()
  }
}

/// What a client makes of a server that answers with the given bytes and closes.
private func outcome(of reply: [UInt8], more: Bool = false) throws -> VarlinkClientError? {
  let directory = try TemporaryDirectory()
  let listener = try UnixSocket.listen(path: directory.path + "/socket", mode: 0o600)
  do throws(VarlinkClientError) {
    var client = try VarlinkClient(path: directory.path + "/socket", timeout: patience)
    do {
      let accepted = try VarlinkPeer(UnixSocket.accept(listener.number).take())
      accepted.send(bytes: reply)
      try client.send("a.B", NoParameters(), more: more)
      accepted.close()
    } catch let error as VarlinkClientError { throw error } catch { throw .timedOut }
    _ = try client.receive(Example.Text.self, within: patience)
    return nil
  } catch {
    return error
  }
}

@Suite(.timeLimit(.minutes(5))) struct ClientTests {
  @Test func `a call returns its reply, and another one may follow`() async throws {
    try await withServer { path in
      var client = try VarlinkClient(path: path, timeout: patience)
      for text in ["one", "two", String(repeating: "x", count: 500_000)] {
        let reply: Example.Text = try client.call("org.example.long.Echo", Example.Text(text: text), timeout: patience)
        #expect(reply.text == text)
      }
    }
  }

  @Test func `a stream ends with the reply that does not continue`() async throws {
    try await withServer { path in
      var client = try VarlinkClient(path: path, timeout: patience)
      try client.send("org.example.test.Count", Example.Count(count: 3), more: true)
      var seen: [Int] = []
      while let reply = try client.receive(Example.Number.self, within: patience) {
        seen.append(reply.parameters.number)
        if !reply.continues { break }
      }
      #expect(seen == [1, 2, 3])
    }
  }

  @Test func `a client that leaves waits until the server has ended its call`() async throws {
    let log = Example.Log()
    try await withServer(log: log) { path in
      var client = try VarlinkClient(path: path, timeout: patience)
      try client.send("org.example.test.Watch", NoParameters(), more: true)
      _ = try client.receive(Example.Number.self, within: patience)
      client.leave(within: patience)
      #expect(log.all == ["cancelled"])
    }
  }

  @Test func `a client that is interrupted while it leaves waits no longer`() throws {
    let directory = try TemporaryDirectory()
    let listener = try UnixSocket.listen(path: directory.path + "/socket", mode: 0o600)
    let (interrupt, sender) = try UnixSocket.pair()
    let start = ContinuousClock.now
    let client = try VarlinkClient(path: directory.path + "/socket", timeout: patience, interrupt: interrupt)
    let peer = try VarlinkPeer(UnixSocket.accept(listener.number).take())
    try VarlinkPeer(sender).send("!")
    client.leave(within: .seconds(3600))
    // What the other side sees is the end.
    #expect(peer.receive() == nil)
    #expect(.now - start < patience)
  }

  @Test func `a wait that runs out can be gone on with`() async throws {
    try await withServer { path in
      var client = try VarlinkClient(path: path, timeout: patience)
      try client.send("org.example.test.Watch", NoParameters(), more: true)
      let first = try client.receive(Example.Number.self, within: patience)
      #expect(first?.continues == true)
      let second = try client.receive(Example.Number.self, within: .milliseconds(5))
      #expect(second == nil)
      let third = try client.receive(Example.Number.self, within: .zero)
      #expect(third == nil)
    }
  }

  @Test func `an error reply keeps its name and parameters`() async throws {
    try await withServer { path in
      var client = try VarlinkClient(path: path, timeout: patience)
      do throws(VarlinkClientError) {
        let _: NoParameters = try client.call("org.example.test.Fail", NoParameters(), timeout: patience)
        Issue.record("the call succeeded")
      } catch {
        #expect(error == .refused(VarlinkError("org.example.test.Broken", Example.Number(number: 7))))
      }
    }
  }

  @Test func `something on the interrupting descriptor ends the wait`() async throws {
    try await withServer { path in
      let (near, far) = try UnixSocket.pair()
      let ends = [FileDescriptorHolder(near), FileDescriptorHolder(far)]
      var client = try VarlinkClient(path: path, timeout: patience, interrupt: near)
      try client.send("org.example.test.Hold", NoParameters())
      _ = try ends[1].descriptor.send([1])
      do throws(VarlinkClientError) {
        _ = try client.receive(NoParameters.self, within: patience)
        Issue.record("the wait was not interrupted")
      } catch {
        #expect(error == .interrupted)
      }
    }
  }

  @Test func `no socket and nobody listening both mean that the server does not run`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    func failure() -> VarlinkClientError? {
      do throws(VarlinkClientError) { _ = try VarlinkClient(path: path, timeout: patience) } catch { return error }
      return nil
    }
    #expect(failure() == .notRunning)
    do { _ = try UnixSocket.listen(path: path, mode: 0o600) }
    #expect(failure() == .notRunning)
  }

  @Test func `a server that takes nobody runs into the time-out`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    let listener = try UnixSocket.listen(path: path, backlog: 0, mode: 0o600)
    let first = try VarlinkClient(path: path, timeout: patience)
    do throws(VarlinkClientError) {
      _ = try VarlinkClient(path: path, timeout: .milliseconds(10))
      Issue.record("connected to a full queue")
    } catch {
      #expect(error == .timedOut)
    }
    _ = consume first
    #expect(UnixSocket.isListener(listener.number))
  }

  @Test(arguments: [
    #"{"parameters":{"text":"x"}}"#, #"{"parameters":{"text":"x"},"continues":false}"#,
  ])
  func `a reply of the right shape is taken`(reply: String) throws {
    #expect(try outcome(of: Array(reply.utf8) + [0]) == nil)
  }

  @Test(arguments: [
    "nonsense", "[]", "{}", #"{"parameters":{}}"#, #"{"parameters":{"text":5}}"#, #"{"parameters":null}"#,
    #"{"parameters":{"text":"x"},"continues":true}"#, "",
  ])
  func `a reply of another shape is refused`(reply: String) throws {
    guard case .malformed = try outcome(of: Array(reply.utf8) + [0]) else {
      Issue.record("taken")
      return
    }
  }

  @Test(arguments: ["", #"{"parameters":{"text""#])
  func `a connection that ends too early is noticed`(reply: String) throws {
    #expect(try outcome(of: Array(reply.utf8)) == .closed)
  }
}

/// Keeps a descriptor in a place where a type that cannot be copied cannot stand.
private final class FileDescriptorHolder {
  let descriptor: FileDescriptor
  init(_ number: Int32) { descriptor = FileDescriptor(owning: number) }
}
