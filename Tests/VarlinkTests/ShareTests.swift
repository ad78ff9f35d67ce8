import EventLoop
import Support
import Testing
import Varlink

private func echo(_ text: String) -> String { #"{"method":"org.example.test.Echo","parameters":{"text":"\#(text)"}}"# }
private func echoed(_ text: String) -> String { #"{"parameters":{"text":"\#(text)"}}"# }
private let hold = #"{"method":"org.example.test.Hold"}"#

private func user(_ uid: UInt32) -> PeerCredentials { PeerCredentials(pid: 1, uid: uid, groups: [uid]) }

@Suite(.timeLimit(.minutes(5))) struct ShareTests {
  // MARK: Places

  @Test func `eight users that keep every place busy cannot lock out a ninth`() async throws {
    var limits = VarlinkLimits()
    (limits.connections, limits.connectionsPerUser) = (16, 2)
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)], limits: limits) { harness in
      var kept: [VarlinkPeer] = []
      for uid: UInt32 in 1001...1008 {
        for _ in 0..<2 {
          kept.append(try await harness.connect(as: user(uid), sending: hold))
          await log.wait(for: "held")
        }
      }
      let ninth = try await harness.connect(as: user(1009))
      #expect(ninth.exchange(echo("in")) == echoed("in"))
      #expect(await harness.server.connectionCount == 16)
      // Each has one at least; the ninth has no right to more than the others have.
      let other = try await harness.connect(as: user(1009))
      #expect(other.exchange(echo("in")) == nil)
    }
  }

  @Test func `whoever has most loses the connection that has been idle for longest`() async throws {
    var limits = VarlinkLimits()
    (limits.connections, limits.connectionsPerUser) = (4, 4)
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)], limits: limits) { harness in
      let busy = try await harness.connect(as: user(1001), sending: hold)
      await log.wait(for: "held")
      var idle: [VarlinkPeer] = []
      for _ in 0..<3 { idle.append(try await harness.connect(as: user(1001))) }
      for peer in [idle[1], idle[0], idle[2]] { #expect(peer.exchange(echo("in")) == echoed("in")) }
      let other = try await harness.connect(as: user(1002))
      #expect(other.exchange(echo("in")) == echoed("in"))
      #expect(idle[1].receive() == nil)
      #expect(idle[0].exchange(echo("still")) == echoed("still"))
      #expect(idle[2].exchange(echo("still")) == echoed("still"))
      #expect(await harness.server.connectionCount == 4)
      busy.close()
    }
  }

  @Test func `places are reserved for those with priority`() async throws {
    var limits = VarlinkLimits()
    (limits.connections, limits.connectionsPerUser, limits.reservedConnections) = (2, 2, 2)
    let isMember: @Sendable (PeerCredentials) -> Bool = { $0.uid == 0 || $0.uid == 1001 }
    try await withVarlinkServer([Example.interface()], limits: limits, hasPriority: isMember) { harness in
      var kept: [VarlinkPeer] = []
      func fits(_ uid: UInt32) async throws -> Bool {
        let peer = try await harness.connect(as: user(uid))
        kept.append(peer)
        return peer.exchange(echo("in")) == echoed("in")
      }
      var fit: [Bool] = []
      for uid: UInt32 in [2001, 2002, 2003, 1001, 1001, 0, 2003] { fit.append(try await fits(uid)) }
      // The member gives one of his two to root.
      #expect(fit == [true, true, false, true, true, true, false])
      #expect(await harness.server.connectionCount == 4)
    }
  }

  // MARK: Bytes that wait

  @Test func `unfinished messages have a budget for each user, and the one that stands still for longest goes`()
    async throws
  {
    var limits = VarlinkLimits()
    limits.waitingPerUser = 100_000
    try await withVarlinkServer([Example.interface()], limits: limits) { harness in
      let half = [UInt8](repeating: UInt8(ascii: " "), count: 40_000)
      let prober = try await harness.connect(as: user(1003))
      var peers: [VarlinkPeer] = []
      for uid: UInt32 in [1001, 1002, 1001, 1001] {
        let peer = try await harness.connect(as: user(uid))
        peer.send(bytes: half)
        // By the second answer the server has taken what was sent before.
        for _ in 0..<2 { #expect(prober.exchange(echo("in")) == echoed("in")) }
        peers.append(peer)
      }
      while await harness.server.connectionCount == 5 { await Task.yield() }
      #expect(await harness.server.connectionCount == 4)
      #expect(peers[0].receive() == nil)
      for peer in peers[1...] { #expect(peer.exchange(echo("whole")) == echoed("whole")) }
    }
  }

  @Test func `replies that nobody reads have a budget for each user`() async throws {
    var limits = VarlinkLimits()
    limits.waitingPerUser = 2_000_000
    try await withVarlinkServer([Example.interface()], limits: limits) { harness in
      var deaf: [VarlinkPeer] = []
      for _ in 0..<10 {
        deaf.append(
          try await harness.connect(
            as: user(1001),
            sending: #"{"method":"org.example.test.Burst","parameters":{"count":900000},"more":true}"#))
      }
      while await harness.server.connectionCount > 3 { await Task.yield() }
      let other = try await harness.connect(as: user(1001))
      #expect(other.exchange(echo("in")) == echoed("in"))
    }
  }

  // MARK: Turns

  @Test func `turns are given to users, not to connections`() async throws {
    var limits = VarlinkLimits()
    limits.callsPerTurn = 4
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)], limits: limits) { harness in
      // Eight connections of one user and one of another's, all with calls waiting before the server looks at any.
      var peers: [VarlinkPeer] = []
      var sockets: [(Int32, UInt32)] = []
      for number in 0..<9 {
        let (near, far) = try UnixSocket.pair()
        let peer = try VarlinkPeer(near)
        let (uid, text, count): (UInt32, String, Int) = number < 8 ? (1001, "many", 100) : (1002, "one", 20)
        peer.send(bytes: String(repeating: echo(text) + "\0", count: count).utf8)
        peers.append(peer)
        sockets.append((far, uid))
      }
      let prepared = sockets
      await harness.loop.spawn {
        for (socket, uid) in prepared { await harness.server.serve(FileDescriptor(owning: socket), peer: user(uid)) }
      }.value
      for _ in 0..<20 { #expect(peers[8].receive() == echoed("one")) }
      for peer in peers[..<8] { for _ in 0..<100 { #expect(peer.receive() == echoed("many")) } }
      let order = log.all
      let last = try #require(order.lastIndex(of: "one"))
      // Five turns of four, and those that the others had around them.
      #expect(order[..<last].count { $0 == "many" } <= 28)
    }
  }
}
