import EventLoop
import Support
import Testing
import Varlink

private let hold = #"{"method":"org.example.test.Hold"}"#
private let watch = #"{"method":"org.example.test.Watch","more":true}"#
private func echo(_ text: String) -> String { #"{"method":"org.example.test.Echo","parameters":{"text":"\#(text)"}}"# }

@Suite(.timeLimit(.minutes(5))) struct LifetimeTests {
  @Test(arguments: [hold, watch])
  func `a handler is cancelled when its client leaves`(call: String) async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let peer = try await harness.connect(sending: call)
      if call == watch { _ = peer.receive() } else { await log.wait(for: "held") }
      peer.close()
      await log.wait(for: "cancelled")
      while await harness.server.connectionCount > 0 { await Task.yield() }
      #expect(log.all.last == "cancelled")
    }
  }

  @Test func `oneway calls of a client that left at once are served, other ones are not`() async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let (near, far) = try UnixSocket.pair()
      let peer = try VarlinkPeer(near)
      let oneway = #"{"method":"org.example.test.Echo","parameters":{"text":"%"},"oneway":true}"#
      for number in 1...40 { peer.send(oneway.replacing("%", with: "\(number)")) }
      peer.send(echo("unheard"))
      peer.send(oneway.replacing("%", with: "last"))
      peer.close()
      // A process that another test starts at this moment has a copy of the client's end until it runs its program.
      while try UnixSocket.wait(far, for: [], timeout: .seconds(10)).isDisjoint(with: .broken) {}
      await harness.server.serve(FileDescriptor(owning: far), peer: PeerCredentials(pid: 1, uid: 0, groups: []))
      await log.wait(for: "last")
      #expect(log.all == (1...40).map { "\($0)" } + ["last"])
      while await harness.server.connectionCount > 0 { await Task.yield() }
    }
  }

  @Test(arguments: ["Hold", "Stay"])
  func `a oneway call ends with its client, unless its method goes on`(method: String) async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let peer = try await harness.connect(sending: #"{"method":"org.example.test.\#(method)","oneway":true}"#)
      await log.wait(for: "held")
      peer.close()
      if method == "Hold" {
        await log.wait(for: "cancelled")
        while await harness.server.connectionCount > 0 { await Task.yield() }
      } else {
        let other = try await harness.connect()
        #expect(other.exchange(echo("still")) == #"{"parameters":{"text":"still"}}"#)
        #expect(log.all == ["held", "still"])
        #expect(await harness.server.connectionCount == 2)
      }
    }
  }

  @Test func `a oneway call that is of no use without its client is not begun when he has left`() async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let (near, far) = try UnixSocket.pair()
      let peer = try VarlinkPeer(near)
      for method in ["Hold", "Hold", "Echo"] {
        let parameters = method == "Echo" ? #","parameters":{"text":"last"}"# : ""
        peer.send(#"{"method":"org.example.test.\#(method)"\#(parameters),"oneway":true}"#)
      }
      peer.close()
      while try UnixSocket.wait(far, for: [], timeout: .seconds(10)).isDisjoint(with: .broken) {}
      await harness.server.serve(FileDescriptor(owning: far), peer: PeerCredentials(pid: 1, uid: 0, groups: []))
      await log.wait(for: "last")
      #expect(log.all == ["last"])
      while await harness.server.connectionCount > 0 { await Task.yield() }
    }
  }

  @Test func `a client that only ends its sending half gets its answers`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      peer.send(echo("a"))
      peer.send(echo("b"))
      peer.finishSending()
      #expect(peer.receive() == #"{"parameters":{"text":"a"}}"#)
      #expect(peer.receive() == #"{"parameters":{"text":"b"}}"#)
      #expect(peer.receive() == nil)
    }
  }

  @Test(arguments: [false, true])
  func `a client that ends its sending half gives up what it wanted more of, and gets the end of it`(
    atOnce: Bool
  ) async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let peer = try await harness.connect(sending: watch)
      if atOnce { peer.finishSending() }
      #expect(peer.receive() == #"{"continues":true,"parameters":{"number":0}}"#)
      if !atOnce { peer.finishSending() }
      #expect(peer.receive() == #"{"parameters":{"number":-1}}"#)
      #expect(peer.receive() == nil)
      #expect(log.all == ["cancelled"])
    }
  }

  @Test func `a shut-down cancels subscriptions at once and lets other calls finish`() async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let idle = try await harness.connect()
      let subscriber = try await harness.connect(sending: watch)
      #expect(subscriber.receive() != nil)
      let busy = try await harness.connect(sending: hold)
      await log.wait(for: "held")
      let shuttingDown = harness.loop.spawn { await harness.server.shutDown(grace: .seconds(3600)) }
      #expect(idle.receive() == nil)
      #expect(subscriber.receive() == #"{"parameters":{"number":-1}}"#)
      #expect(subscriber.receive() == nil)
      #expect(await harness.server.connectionCount == 1)
      busy.close()
      await shuttingDown.value
      #expect(await harness.server.connectionCount == 0)
    }
  }

  @Test func `a shut-down cancels what does not finish in time`() async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let busy = try await harness.connect(sending: hold)
      await log.wait(for: "held")
      await harness.server.shutDown(grace: .milliseconds(10))
      #expect(busy.receive() == #"{"parameters":{}}"#)
      #expect(busy.receive() == nil)
    }
  }

  @Test func `nobody is served after a shut-down`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      await harness.server.shutDown(grace: .zero)
      let late = try await harness.connect(sending: echo("late"))
      #expect(late.receive() == nil)
    }
  }

  @Test func `a server does not start with a method that nobody has decided on`() async {
    await #expect(processExitsWith: .failure) {
      _ = try await withVarlinkServer(
        [Example.interface()],
        authoriser: AuthorisationTable(["org.example.test.Echo": 0]) { _, _ in true }
      ) { _ in }
    }
  }

  @Test func `the table gives a method to those who have its role`() {
    let table = AuthorisationTable(["a.Read": 0, "a.Write": 1]) { peer, role in role == 0 || peer.uid == 0 }
    let root = PeerCredentials(pid: 1, uid: 0, groups: [0])
    let user = PeerCredentials(pid: 1, uid: 1000, groups: [1000])
    #expect(table.permits(user, "a.Read"))
    #expect(!table.permits(user, "a.Write"))
    #expect(table.permits(root, "a.Write"))
    #expect(!table.permits(root, "a.Other"))
    #expect(table.covers("a.Read") && !table.covers("a.Other"))
  }
}
