import EventLoop
import Support
import Testing
import Varlink

@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
  private static let seeds: [String] = [
    #"{"method":"org.example.test.Echo","parameters":{"text":"é\u00e9\n"}}"#,
    #"{"method":"org.example.test.Count","parameters":{"count":3},"more":true}"#,
    #"{"method":"org.varlink.service.GetInfo","parameters":{},"oneway":false}"#,
    #"{"method":"org.example.test.Fail","parameters":null,"more":false}"#,
  ]

  /// One of the seeds with bytes changed, dropped, doubled or cut off.
  private static func mutant(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &generator)].utf8)
    for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
      case 3: bytes.removeLast(bytes.count - index)
      default: bytes[index] = Array(#"{}[]":,\0e-"#.utf8)[Int.random(in: 0..<11, using: &generator)]
      }
    }
    return bytes
  }

  @Test func `mutilated messages are answered or end their connection, and the server goes on`() async {
    await #expect(processExitsWith: .success) {
      for seed: UInt64 in [1, 2, 3] { try await Self.mutilate(seed) }
    }
  }

  private static func mutilate(_ seed: UInt64) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<50 {
        let peer = try await harness.connect()
        for _ in 0..<20 {
          Leash.renew()
          guard peer.send(bytes: mutant(&generator) + [0]) else { break }
        }
        peer.finishSending()
        while let reply = peer.receive() {
          let names = try #require(try JSONValue(parsing: reply.utf8).members).names
          #expect(names.allSatisfy { ["error", "parameters", "continues"].contains($0) })
        }
        #expect(!peer.hasTimedOut)
      }
      let peer = try await harness.connect(sending: seeds[3])
      #expect(peer.receive() == #"{"error":"org.example.test.Broken","parameters":{"number":7}}"#)
    }
  }

  @Test func `random bytes never stop the parser`() async {
    await #expect(processExitsWith: .success) { Self.parse() }
  }

  private static func parse() {
    var generator = SeededGenerator(seed: 4)
    var parsed = 0
    for _ in 0..<20_000 {
      Leash.renew()
      if (try? JSONValue(parsing: mutant(&generator))) != nil { parsed += 1 }
    }
    #expect(parsed > 0 && parsed < 20_000)
  }
}
