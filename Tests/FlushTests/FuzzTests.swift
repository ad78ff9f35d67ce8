import Foundation
import Simulator
import Support
import Testing
import Varlink

@testable import Flush
import enum Interface.Flush

@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
  private static let seeds = [
    call(.flush, layers: ["cache", "bond"]), call(.inspect, layers: ["linkKey", "cache"]),
    call(.flush, layers: ["storedLinkKey"]), call(.flush, device: "../../../../target", layers: ["cache"]),
    call(.flush, device: "94:DB:56:00:00:01/../../x", layers: ["bond"]),
  ]
  private static let scraps = [
    "../", "/", "\\u0000", "\\u002e\\u002e", "cache", "bond", ":", "94:DB:56:00:00:01", "\"", "[", "]", "{", "}", ",",
    "null", "true", "1e999", "\\ud800", "\u{0}", "é",
  ]

  /// One of the seeds with bytes changed, dropped, doubled or cut off, or with a scrap put in.
  private static func mutant(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Array((seeds.randomElement(using: &generator) ?? "").utf8)
    for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
      case 3: bytes.removeLast(bytes.count - index)
      default: bytes.insert(contentsOf: (scraps.randomElement(using: &generator) ?? "").utf8, at: index)
      }
    }
    return bytes
  }

  @Test func `mutilated calls are answered or end the connection, and reach no other file`() async {
    await #expect(processExitsWith: .success) {
      for seed: UInt64 in [1, 2, 3] { try await Self.mutilate(seed) }
    }
  }

  private static func mutilate(_ seed: UInt64) async throws {
    let directory = try BlueZDirectory()
    // Neighbours in every place that a name could lead to.
    try directory.make("\(adapterText)/94:DB:56:FF:FF:02")
    try directory.write("[LinkKey]\nKey=\(secret)\n", to: "\(adapterText)/94:DB:56:FF:FF:02/info")
    try directory.write("kept", to: "\(adapterText)/cache/94:DB:56:FF:FF:02")
    try directory.write("kept", to: "\(adapterText)/settings")
    try directory.write("kept", to: "target")
    try Data("kept".utf8).write(to: URL(filePath: "\(directory.outside)/target"))
    let neighbours = try directory.everything()
    try await withSimulator { simulator, address in
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<40 {
        try directory.addBond()
        try directory.addCache()
        let messages = (0..<20).map { _ in mutant(&generator) }
        let replies = try await withHelper(directory, bus: address) { peer in
          for message in messages {
            Leash.renew()
            guard peer.send(bytes: message + [0]) else { break }
          }
          peer.finishSending()
          var replies: [String] = []
          while let reply = peer.receive() { replies.append(reply) }
          return replies
        }
        #expect(replies.count <= 2 * messages.count)
        for reply in replies {
          let names = try #require(try JSONValue(parsing: reply.utf8).members).names
          #expect(names.allSatisfy { ["error", "parameters"].contains($0) })
          #expect(!reply.contains(secret))
        }
      }
    }
    let left = try directory.everything()
    for (name, content) in neighbours { #expect(left[name] == content, "\(name) was touched") }
  }
}
