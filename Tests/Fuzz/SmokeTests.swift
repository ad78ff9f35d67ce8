import Foundation
import Support
import Testing

/// A taste of `make fuzz`: every kind takes what it is begun with, and some changes of it.
@Suite(.timeLimit(.minutes(5))) struct SmokeTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "corpus")
  private static let changes = 300

  private static func seeds(of kind: String) throws -> [[UInt8]] {
    let folder = corpus.appending(path: kind)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      Array(try Data(contentsOf: folder.appending(path: name)))
    }
  }

  /// A seed with bytes changed, dropped, doubled or cut off.
  private static func changed(_ seed: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
      default: bytes.removeLast(bytes.count - index)
      }
    }
    return bytes
  }

  @Test(arguments: Kind.all.map(\.name)) func `what a kind is begun with, and changes of it, are taken`(
    _ name: String
  ) async {
    await #expect(processExitsWith: .success) { [name] in
      try await onThread {
        let kind = try #require(Kind.all.first { $0.name == name })
        let feeder = try Feeder(kind)
        var generator = SeededGenerator(seed: 1)
        let seeds = try Self.seeds(of: name)
        #expect(!seeds.isEmpty && seeds.allSatisfy { $0.count <= kind.longest })
        feeder.feed([])
        for seed in seeds { feeder.feed(seed) }
        for _ in 0..<Self.changes {
          Leash.renew()
          feeder.feed(Self.changed(seeds.randomElement(using: &generator) ?? [], &generator))
        }
      }
    }
  }
}
