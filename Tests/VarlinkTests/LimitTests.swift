import EventLoop
import Foundation
import Support
import Testing
import Varlink

private func echo(_ text: String) -> String { #"{"method":"org.example.test.Echo","parameters":{"text":"\#(text)"}}"# }
private func echoed(_ text: String) -> String { #"{"parameters":{"text":"\#(text)"}}"# }
private let badMessage = #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"message"}}"#
private let watch = #"{"method":"org.example.test.Watch","more":true}"#

private func user(_ uid: UInt32) -> PeerCredentials { PeerCredentials(pid: 1, uid: uid, groups: [uid]) }

@Suite(.timeLimit(.minutes(5))) struct LimitTests {
  @Test func `a message may be as long as the limit`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let text = String(repeating: "x", count: VarlinkLimits().messageSize - echo("").utf8.count)
      #expect(peer.exchange(echo(text)) == echoed(text))
    }
  }

  @Test func `behind a reply of any size the next ones find room`() async throws {
    var limits = VarlinkLimits()
    limits.unreadReplies = 1_000
    try await withVarlinkServer([Example.interface()], limits: limits) { harness in
      let peer = try await harness.connect(
        sending: #"{"method":"org.example.test.Burst","parameters":{"count":3000000},"more":true}"#)
      #expect(peer.receive()?.utf8.count ?? 0 > 3_000_000)
      for text in ["a", "b", "c"] { #expect(peer.receive() == #"{"continues":true,"parameters":{"text":"\#(text)"}}"#) }
      #expect(peer.receive() == echoed("d"))
    }
  }

  @Test func `a longer message is refused and ends its connection`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      peer.send(bytes: [UInt8](repeating: UInt8(ascii: " "), count: VarlinkLimits().messageSize + 1))
      #expect(peer.receive() == badMessage)
      #expect(peer.receive() == nil)
    }
  }

  @Test(arguments: [
    "nonsense", "[]", "5", "{", #"{"method":"a.b"} x"#, #"{"method":"a.b","method":"a.c"}"#, #"{"method":"\ud800"}"#,
    "", " ", "GET / HTTP/1.1\r\n\r\n",
  ])
  func `what is not a call is refused and ends its connection`(message: String) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      #expect(peer.exchange(message) == badMessage)
      #expect(peer.receive() == nil)
    }
  }

  @Test func `invalid UTF-8 in a string ends the connection`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      peer.send(bytes: Array(#"{"method":"a"#.utf8) + [0xFF, 0xC0] + Array(#"b"}"#.utf8) + [0])
      #expect(peer.receive() == badMessage)
      #expect(peer.receive() == nil)
    }
  }

  @Test(arguments: ["[", #"{"a":"#])
  func `a megabyte of nesting is refused`(opening: String) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      peer.send(String(repeating: opening, count: 1_000_000 / opening.count))
      #expect(peer.receive() == badMessage)
      #expect(peer.receive() == nil)
      let other = try await harness.connect()
      #expect(other.exchange(echo("still here")) == echoed("still here"))
    }
  }

  @Test func `a client that does not read its stream is dropped and stalls nobody`() async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let deaf = try await harness.connect()
      let other = try await harness.connect()
      deaf.send(#"{"method":"org.example.test.Flood","parameters":{"count":1000000},"more":true}"#)
      #expect(other.exchange(echo("here")) == echoed("here"))
      await log.wait(for: "dropped")
      #expect(await harness.server.connectionCount == 1)
    }
  }

  @Test func `a client that calls without reading is made to wait, and loses nothing`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      // More than the buffers of kernel and server hold, in both directions.
      let text = String(repeating: "y", count: 1000)
      let count = 5000
      let descriptor = peer.descriptor
      let writer = Thread {
        let bytes = Array((echo(text) + "\0").utf8)
        for _ in 0..<count { try? writeAll(bytes, to: descriptor) }
      }
      writer.start()
      var received = 0
      while received < count, peer.receive() == echoed(text) { received += 1 }
      #expect(received == count)
    }
  }

  @Test func `each user has a share of the connections, and root is beyond the total`() async throws {
    var limits = VarlinkLimits()
    limits.connections = 5
    limits.connectionsPerUser = 3
    try await withVarlinkServer([Example.interface()], limits: limits) { harness in
      var kept: [VarlinkPeer] = []
      func fits(_ uid: UInt32) async throws -> Bool {
        let peer = try await harness.connect(as: user(uid))
        kept.append(peer)
        return peer.exchange(echo("in")) == echoed("in")
      }
      var fit: [Bool] = []
      for uid: UInt32 in [1000, 1000, 1000, 1000, 1001, 1001, 1001, 0, 0, 0, 0] { fit.append(try await fits(uid)) }
      #expect(fit == [true, true, true, false, true, true, false, true, true, true, false])
      kept.removeFirst().close()
      while await harness.server.connectionCount == 8 { await Task.yield() }
      let fitsAgain = try await fits(1002)
      #expect(fitsAgain)
    }
  }

  @Test func `a connection without a call is closed in time, one with a call is kept`() async throws {
    var limits = VarlinkLimits()
    limits.idleTime = .milliseconds(30)
    try await withVarlinkServer([Example.interface()], limits: limits) { harness in
      let busy = try await harness.connect(sending: watch)
      #expect(busy.receive() != nil)
      let idle = try await harness.connect(sending: echo("in"))
      #expect(idle.receive() == echoed("in"))
      #expect(idle.receive() == nil)
      let half = try await harness.connect()
      half.send(bytes: Array(#"{"method":"#.utf8))
      #expect(half.receive() == nil)
      #expect(await harness.server.connectionCount == 1)
    }
  }

  @Test func `a thousand clients are served`() async throws {
    var limits = VarlinkLimits()
    (limits.connectionsPerUser, limits.connections, limits.reservedConnections) = (1000, 1000, 1000)
    let directory = try TemporaryDirectory()
    try await withVarlinkServer([Example.interface()], limits: limits) { harness in
      let socket = try ServerSocket.listen(at: directory.path + "/socket", mode: 0o600)
      let descriptor = socket.descriptor
      try await harness.server.listen(on: descriptor)
      var peers: [VarlinkPeer] = []
      for number in 0..<1000 {
        let peer = try VarlinkPeer(try UnixSocket.connect(path: directory.path + "/socket").take())
        peers.append(peer)
        peer.send(echo("\(number)"))
      }
      for (number, peer) in peers.enumerated() { #expect(peer.receive() == echoed("\(number)")) }
      #expect(await harness.server.connectionCount == 1000)
      await harness.server.shutDown(grace: .zero)
      for peer in peers { #expect(peer.receive() == nil) }
      socket.remove()
    }
  }

  @Test func `without a free descriptor clients wait, the loop does not spin, and they are served later`() async {
    await #expect(processExitsWith: .success) { try await exhaustDescriptors() }
  }
}

private func exhaustDescriptors() async throws {
  let directory = try TemporaryDirectory()
  let path = directory.path + "/socket"
  var limit = rlimit(rlim_cur: 64, rlim_max: 64)
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  try await withVarlinkServer([Example.interface()]) { harness in
    let socket = try ServerSocket.listen(at: path, mode: 0o600)
    try await harness.server.listen(on: socket.descriptor)
    let first = try VarlinkPeer(UnixSocket.connect(path: path).take())
    #expect(first.exchange(echo("in")) == echoed("in"))
    var peers: [VarlinkPeer] = []
    while let socket = try? UnixSocket.connect(path: path) { peers.append(try VarlinkPeer(socket.take())) }
    for peer in peers { peer.send(echo("in")) }
    #expect(first.exchange(echo("still in")) == echoed("still in"))
    let before = clock()
    try await LoopClock(harness.loop).sleep(for: .milliseconds(200))
    #expect(clock() - before < CLOCKS_PER_SEC / 10)
    peers.removeFirst(peers.count / 2 + 3)
    for peer in peers { #expect(peer.receive() == echoed("in")) }
    socket.remove()
  }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { throw SystemError(call: "write", errno: errno) }
    rest = rest.dropFirst(count)
  }
}
