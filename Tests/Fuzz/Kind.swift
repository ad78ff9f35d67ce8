import EventLoop
import Support

/// A kind of input that comes from outside, and the product's own code that takes it.
///
/// Whatever the bytes are, taking them ends soon and by itself. Some kinds also check what came of it; a check that does
/// not hold ends the process, as a trap of the product does, and so the input is found.
struct Kind: Sendable {
  typealias Taking = @Sendable ([UInt8]) async -> Void

  let name: String
  /// Bytes of the longest input that is worth trying.
  let longest: Int
  /// Makes what takes the inputs of one run, on a loop.
  let prepare: @Sendable (EventLoop) throws -> Taking

  /// One whose inputs are taken at once.
  init(
    _ name: String, longest: Int = 4096,
    _ prepare: @escaping @Sendable (EventLoop) throws -> @Sendable ([UInt8]) -> Void
  ) {
    (self.name, self.longest, self.prepare) = (name, longest, prepare)
  }

  /// One whose inputs are taken by tasks on the loop.
  init(
    onLoop name: String, longest: Int = 4096, _ prepare: @escaping @Sendable (EventLoop) throws -> Taking
  ) {
    (self.name, self.longest, self.prepare) = (name, longest, prepare)
  }

  static let all: [Kind] = [
    .varlink, .replies, .session, .flush, .sound, .mirror, .message, .management, .controller, .keyFile,
    .configuration, .hostFiles, .models, .defects, .journal, .stores, .history, .backup, .headset, .link, .texts,
    .commandLine, .broker,
  ]
}

/// Hands inputs of a kind to whoever takes them, one after the other, on the thread that calls.
final class Feeder {
  private let loop: EventLoop
  private let take: Kind.Taking
  private let isTaken = Locked(false)

  init(_ kind: Kind) throws {
    loop = EventLoop()
    take = try kind.prepare(loop)
    // From now on it only runs what is queued, and waits for nothing.
    loop.stop()
  }

  /// Nobody may wait for something that would come later: it never comes.
  func feed(_ bytes: [UInt8]) {
    isTaken.withLock { $0 = false }
    loop.spawn { [take, isTaken] in
      await take(bytes)
      isTaken.withLock { $0 = true }
    }
    loop.run()
    precondition(isTaken.withLock { $0 }, "the input is still being waited for")
  }
}

/// An input read as choices; where it has ended, the choice is 0.
struct Choices {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

  /// One of so many, from 0.
  mutating func below(_ count: Int) -> Int { Int(byte()) % count }

  mutating func one<Element>(of all: [Element]) -> Element { all[below(all.count)] }

  /// A length, and so many bytes.
  mutating func some(atMost most: Int = 255) -> [UInt8] {
    let count = min(Int(byte()), most)
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  mutating func rest() -> [UInt8] {
    defer { bytes = [] }
    return Array(bytes)
  }

  mutating func text() -> String { String(decoding: some(), as: UTF8.self) }
}
