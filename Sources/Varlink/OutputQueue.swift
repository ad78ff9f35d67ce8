/// Bytes that the socket did not take yet.
struct OutputQueue {
  private var bytes: [UInt8] = []
  private var start = 0

  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }
  var pending: ArraySlice<UInt8> { bytes[start...] }

  mutating func append(_ more: [UInt8]) {
    if isEmpty { (bytes, start) = (more, 0) } else { bytes.append(contentsOf: more) }
  }

  mutating func drop(_ count: Int) {
    start += count
    if isEmpty { discard() }
  }

  mutating func discard() { (bytes, start) = ([], 0) }
}
