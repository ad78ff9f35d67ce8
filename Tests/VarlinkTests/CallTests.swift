import EventLoop
import Support
import Testing
import Varlink

@Suite(.timeLimit(.minutes(5))) struct CallTests {
  @Test func `a call is answered`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let reply = peer.exchange(#"{"method":"org.example.test.Echo","parameters":{"text":"ä \" \\ /"}}"#)
      #expect(reply == #"{"parameters":{"text":"ä \" \\ /"}}"#)
    }
  }

  @Test(arguments: [
    (#"{"method":"org.example.other.Echo"}"#, "InterfaceNotFound", #"{"interface":"org.example.other"}"#),
    (#"{"method":"org.example.test.Nothing"}"#, "MethodNotFound", #"{"method":"org.example.test.Nothing"}"#),
    (#"{"method":"Echo"}"#, "InvalidParameter", #"{"parameter":"method"}"#),
    (#"{"parameters":{}}"#, "InvalidParameter", #"{"parameter":"method"}"#),
    (#"{"method":5}"#, "InvalidParameter", #"{"parameter":"method"}"#),
    (#"{"method":"org.example.test.Echo"}"#, "InvalidParameter", #"{"parameter":"text"}"#),
    (#"{"method":"org.example.test.Echo","parameters":null}"#, "InvalidParameter", #"{"parameter":"text"}"#),
    (#"{"method":"org.example.test.Echo","parameters":[]}"#, "InvalidParameter", #"{"parameter":"parameters"}"#),
    (
      #"{"method":"org.example.test.Echo","parameters":{"text":5}}"#, "InvalidParameter", #"{"parameter":"text"}"#
    ),
    (
      #"{"method":"org.example.test.Echo","parameters":{"text":"","extra":5}}"#, "InvalidParameter",
      #"{"parameter":"extra"}"#
    ),
    (#"{"method":"org.example.test.WhoAmI","parameters":{"a":1}}"#, "InvalidParameter", #"{"parameter":"a"}"#),
    (#"{"method":"org.example.test.Echo","id":5}"#, "InvalidParameter", #"{"parameter":"id"}"#),
    (#"{"method":"org.example.test.Echo","more":"yes"}"#, "InvalidParameter", #"{"parameter":"more"}"#),
    (#"{"method":"org.example.test.Echo","upgrade":true}"#, "InvalidParameter", #"{"parameter":"upgrade"}"#),
    (#"{"method":"org.example.test.Watch"}"#, "ExpectedMore", "{}"),
    (#"{"method":"org.example.test.Watch","more":false}"#, "ExpectedMore", "{}"),
  ])
  func `a call that cannot be served is refused, and the connection goes on`(
    call: String, error: String, parameters: String
  ) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let expected = #"{"error":"org.varlink.service.\#(error)","parameters":\#(parameters)}"#
      #expect(peer.exchange(call) == expected)
      let next = peer.exchange(#"{"method":"org.example.test.Echo","parameters":{"text":"on"}}"#)
      #expect(next == #"{"parameters":{"text":"on"}}"#)
    }
  }

  @Test(arguments: ["null", "{}", nil])
  func `parameters may be null or missing when the method has none`(parameters: String?) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect(as: PeerCredentials(pid: 1, uid: 1000, groups: [1000]))
      let part = parameters.map { #","parameters":\#($0)"# } ?? ""
      let reply = peer.exchange(#"{"method":"org.example.test.WhoAmI"\#(part),"more":false,"oneway":false}"#)
      #expect(reply == #"{"parameters":{"number":1000}}"#)
    }
  }

  @Test func `a handler's error carries its name and parameters`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let reply = peer.exchange(#"{"method":"org.example.test.Fail"}"#)
      #expect(reply == #"{"error":"org.example.test.Broken","parameters":{"number":7}}"#)
    }
  }

  @Test func `a stream sends progress with continues and its result without`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      peer.send(#"{"method":"org.example.test.Count","parameters":{"count":3},"more":true}"#)
      #expect(peer.receive() == #"{"continues":true,"parameters":{"number":1}}"#)
      #expect(peer.receive() == #"{"continues":true,"parameters":{"number":2}}"#)
      #expect(peer.receive() == #"{"parameters":{"number":3}}"#)
    }
  }

  @Test func `a stream called without more answers once, with its result`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let reply = peer.exchange(#"{"method":"org.example.test.Count","parameters":{"count":3}}"#)
      #expect(reply == #"{"parameters":{"number":3}}"#)
    }
  }

  @Test func `progress is seen while the call goes on`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let first = peer.exchange(#"{"method":"org.example.test.Watch","more":true}"#)
      #expect(first == #"{"continues":true,"parameters":{"number":0}}"#)
    }
  }

  @Test func `a oneway call is never answered, not even with an error`() async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let peer = try await harness.connect()
      peer.send(#"{"method":"org.example.test.Echo","parameters":{"text":"one"},"oneway":true}"#)
      peer.send(#"{"method":"org.example.test.Fail","oneway":true}"#)
      peer.send(#"{"method":"org.example.test.Nothing","oneway":true}"#)
      peer.send(#"{"method":"org.example.test.Echo","what":1,"oneway":true}"#)
      peer.send(#"{"method":"org.example.test.Count","parameters":{"count":3},"oneway":true}"#)
      let reply = peer.exchange(#"{"method":"org.example.test.Echo","parameters":{"text":"two"}}"#)
      #expect(reply == #"{"parameters":{"text":"two"}}"#)
      #expect(log.all == ["one", "two"])
    }
  }

  @Test(arguments: [
    #"{"method":"org.example.test.Count","parameters":{"count":3},"more":true,"oneway":true}"#,
    #"{"method":"org.example.test.Watch","more":true,"oneway":true}"#,
    #"{"method":"org.example.test.Watch","oneway":true}"#,
  ])
  func `who wants more and no answer is told so by the end of the connection, after his other answers`(
    call: String
  ) async throws {
    let log = Example.Log()
    try await withVarlinkServer([Example.interface(log: log)]) { harness in
      let peer = try await harness.connect()
      let echo = #"{"method":"org.example.test.Echo","parameters":{"text":"before"}}"#
      peer.send(bytes: "\(echo)\0\(call)\0\(echo)\0".utf8)
      #expect(peer.receive() == #"{"parameters":{"text":"before"}}"#)
      #expect(peer.receive() == nil)
      #expect(log.all == ["before"])
      while await harness.server.connectionCount > 0 { await Task.yield() }
    }
  }

  @Test func `pipelined calls are answered in their order`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let calls = (0..<200).map { #"{"method":"org.example.test.Echo","parameters":{"text":"\#($0)"}}"# + "\0" }
      peer.send(bytes: calls.joined().utf8)
      let replies = (0..<200).map { _ in peer.receive() }
      #expect(replies == (0..<200).map { #"{"parameters":{"text":"\#($0)"}}"# })
    }
  }

  @Test func `a message may come byte by byte`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      for byte in #"{"method":"org.example.test.Echo","parameters":{"text":"slow"}}"#.utf8 { peer.send(bytes: [byte]) }
      #expect(peer.exchange("") == #"{"parameters":{"text":"slow"}}"#)
    }
  }

  @Test func `the authoriser is asked before the parameters are looked at`() async throws {
    let authoriser = AllowEveryone(except: ["org.example.test.Echo"])
    try await withVarlinkServer([Example.interface()], authoriser: authoriser) { harness in
      let peer = try await harness.connect()
      let reply = peer.exchange(#"{"method":"org.example.test.Echo","parameters":{"wrong":1}}"#)
      #expect(reply == #"{"error":"org.varlink.service.PermissionDenied","parameters":{}}"#)
    }
  }

  @Test func `the service describes itself`() async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let info = peer.exchange(#"{"method":"org.varlink.service.GetInfo","parameters":{}}"#)
      #expect(
        info
          == #"{"parameters":{"interfaces":["org.example.test","org.varlink.service"],"product":"Harness","#
          + #""url":"https://example.org","vendor":"Tests","version":"1"}}"#)
      let call = #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"\#("%")"}}"#
      let known = peer.exchange(call.replacing("%", with: "org.example.test"))
      #expect(known?.contains(#"{"parameters":{"description":"interface org.example.test\n"#) == true)
      let own = peer.exchange(call.replacing("%", with: "org.varlink.service"))
      #expect(own?.contains("method GetInfo()") == true)
      let unknown = peer.exchange(call.replacing("%", with: "a.b"))
      #expect(unknown == #"{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"a.b"}}"#)
    }
  }
}
