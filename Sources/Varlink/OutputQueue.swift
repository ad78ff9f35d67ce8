/// Bytes that the socket did not take yet.
struct OutputQueue {
  private var bytes: [UInt8] = []
  private var start = 0
  /// How much of the reply that everything else waits for is left.
  private var first = 0

  var isEmpty: Bool { start == bytes.count }
  /// Bytes that were not taken.
  var count: Int { bytes.count - start }
  /// Bytes that wait behind the reply that is being sent, which may be of any size.
  var backlog: Int { bytes.count - start - first }
  var pending: ArraySlice<UInt8> { bytes[start...] }

  mutating func append(_ more: [UInt8]) {
    if isEmpty { (bytes, start, first) = (more, 0, more.count) } else { bytes.append(contentsOf: more) }
  }

  mutating func drop(_ count: Int) {
    start += count
    first = max(0, first - count)
    if isEmpty { discard() }
  }

  mutating func discard() { (bytes, start, first) = ([], 0, 0) }
}
