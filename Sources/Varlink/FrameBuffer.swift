/// The bytes of a connection on their way to becoming messages: each message is ended by one NUL.
struct FrameBuffer {
  private let limit: Int
  private var bytes: [UInt8] = []
  /// Where the oldest message that was not taken yet starts.
  private var start = 0
  /// Bytes before this offset hold no NUL that was not seen: a message that comes byte by byte is searched once.
  private var scanned = 0

  init(limit: Int) { self.limit = limit }

  /// Bytes that were not taken.
  var count: Int { bytes.count - start }
  /// A whole message of the allowed size fits no more, so reading must wait; or, if there is none, it is too long.
  var isFull: Bool { count > limit }
  var isEmpty: Bool { count == 0 }

  /// More than this is not kept for messages to come.
  private static let keptCapacity = 16 * 1024

  mutating func append(_ chunk: ArraySlice<UInt8>) {
    if isEmpty {
      bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
      (start, scanned) = (0, 0)
    } else if start > 0 {
      bytes.removeFirst(start)
      scanned -= start
      start = 0
    }
    bytes.append(contentsOf: chunk)
  }

  /// Bytes of the next message without its NUL, or nil while its end is missing.
  mutating func nextSize() -> Int? {
    guard let end = bytes[scanned...].firstIndex(of: 0) else {
      scanned = bytes.count
      return nil
    }
    scanned = end
    return end - start
  }

  /// Takes the next message without its NUL, or nil while its end is missing.
  mutating func next() -> ArraySlice<UInt8>? {
    guard let size = nextSize() else { return nil }
    let end = start + size
    defer {
      start = end + 1
      scanned = start
    }
    return bytes[start..<end]
  }

  mutating func discard() { self = FrameBuffer(limit: limit) }
}
