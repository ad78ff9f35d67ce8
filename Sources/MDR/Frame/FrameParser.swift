/// Why something that looked like a frame was dropped. A dropped frame is not acknowledged, so the peer repeats it.
package enum FrameFault: Hashable, Sendable, CaseIterable {
  /// A start mark came inside it.
  case restarted
  /// An escape before the end mark, or before a byte that is never escaped.
  case escape
  /// Less than type, sequence, length and checksum.
  case short
  /// More than ``Frame/longest``.
  case long
  /// Its length field says something else than its bytes.
  case length
  case checksum
  /// A sequence number other than 0 and 1.
  case sequence
}

/// Takes frames out of a stream of bytes that is cut anywhere. Holds at most one frame.
package struct FrameParser: Sendable {
  /// What was found in the stream.
  package enum Finding: Hashable, Sendable {
    case frame(Frame)
    case dropped(FrameFault)
  }

  private enum Place { case outside, inside, escaped }

  private var place = Place.outside
  /// What was collected of the frame, without marks and escapes.
  private var body: [UInt8] = []
  /// Bytes of the frame on the wire, from its start mark on.
  private var wire = 0

  package init() { body.reserveCapacity(Frame.longest) }

  /// What these bytes complete. What lies between frames is skipped.
  package mutating func take(_ bytes: [UInt8]) -> [Finding] {
    var findings: [Finding] = []
    var index = 0
    while index < bytes.count {
      switch place {
      case .outside:
        while index < bytes.count, bytes[index] != Mark.start { index += 1 }
        if index < bytes.count { begin() }
        index += 1
      case .inside:
        index = takeRun(of: bytes, from: index, &findings)
      case .escaped:
        takeEscaped(bytes[index], &findings)
        index += 1
      }
    }
    return findings
  }

  private mutating func begin() {
    place = .inside
    wire = 1
    body.removeAll(keepingCapacity: true)
  }

  private mutating func drop(_ fault: FrameFault, _ findings: inout [Finding]) {
    place = .outside
    findings.append(.dropped(fault))
  }

  /// Takes what lies before the next mark in one piece, then the mark; where to go on.
  private mutating func takeRun(of bytes: [UInt8], from start: Int, _ findings: inout [Finding]) -> Int {
    var end = start
    while end < bytes.count, !Mark.isMark(bytes[end]) { end += 1 }
    wire += end - start
    // The end mark has to fit, too.
    if wire >= Frame.longest {
      drop(.long, &findings)
      return end
    }
    body.append(contentsOf: bytes[start..<end])
    guard end < bytes.count else { return end }
    switch bytes[end] {
    case Mark.escape:
      wire += 1
      place = .escaped
    case Mark.end:
      place = .outside
      findings.append(whole())
    default:
      // Two start marks in a row hold nothing between them.
      if wire > 1 { findings.append(.dropped(.restarted)) }
      begin()
    }
    return end + 1
  }

  private mutating func takeEscaped(_ byte: UInt8, _ findings: inout [Finding]) {
    switch byte {
    case Mark.start:
      findings.append(.dropped(.restarted))
      begin()
    case 0x2C, 0x2D, 0x2E:
      wire += 1
      body.append(byte | Mark.hidden)
      place = .inside
    default: drop(.escape, &findings)
    }
  }

  /// What the collected bytes are, now that the end mark came.
  private func whole() -> Finding {
    guard body.count >= 7 else { return .dropped(.short) }
    let length = body[2..<6].reduce(0) { $0 << 8 | Int($1) }
    guard length == body.count - 7 else { return .dropped(.length) }
    var sum: UInt8 = 0
    for byte in body { sum &+= byte }
    let checksum = body[body.count - 1]
    guard sum &- checksum == checksum else { return .dropped(.checksum) }
    guard body[1] <= 1 else { return .dropped(.sequence) }
    return .frame(
      Frame(FrameType(rawValue: body[0]), sequence: body[1], payload: Array(body[6..<(body.count - 1)])))
  }
}
