// Sony's headset control protocol as values and state machines: no operating system, no I/O, no clock. What is known of
// it, and from which headset, is in docs/sony.md; "captured" in comments means bytes seen on the wire of that model.

/// One of the two sets of commands. They use the same command bytes with different meaning.
package enum Table: UInt8, CaseIterable, Sendable {
  case one = 0x0C
  case two = 0x0E
}

/// What a frame carries: the first byte after the start mark.
package struct FrameType: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package init(_ table: Table) { rawValue = table.rawValue }

  /// "Received", which is not "accepted". Its payload is empty, and it is never acknowledged itself.
  package static let acknowledgement = FrameType(rawValue: 0x01)
  /// A long transfer. Nothing here sends one or looks into one; it is only acknowledged, so that the peer goes on.
  static let large = FrameType(rawValue: 0x2C)

  /// The table of the command in the payload; nil for the families that are no commands of the headset.
  ///
  /// 1C and 1E carry the same as 0C and 0E without being acknowledged; known from the vendor app only.
  package var table: Table? {
    switch rawValue {
    case 0x0C, 0x1C: .one
    case 0x0E, 0x1E: .two
    default: nil
    }
  }

  /// Whether the receiver acknowledges it. Captures show it for the two tables; of the other families nothing was seen.
  package var isAcknowledged: Bool { self == FrameType(.one) || self == FrameType(.two) || self == .large }
}

/// One frame: `3E`, then type, sequence, length (32 bits, big endian), payload and checksum, escaped, then `3C`.
package struct Frame: Hashable, Sendable {
  /// Bytes of the longest frame on the wire, marks and escapes included. Real ones are far below.
  package static let longest = 2048

  package let type: FrameType
  /// 0 or 1.
  package let sequence: UInt8
  /// The command and what belongs to it, not escaped.
  package let payload: [UInt8]

  package init(_ type: FrameType, sequence: UInt8, payload: [UInt8] = []) {
    self.type = type
    self.sequence = sequence
    self.payload = payload
  }

  /// The frame that acknowledges this one. Its number is inverted: a headset to which its own number is echoed repeats
  /// for ever (captured from WF-1000XM5, and found by every client).
  package var acknowledgement: Frame { Frame(.acknowledgement, sequence: 1 - sequence) }

  /// As it is sent.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + 16)
    bytes.append(Mark.start)
    var sum: UInt8 = 0
    func append(_ byte: UInt8) {
      sum &+= byte
      Mark.escape(byte, into: &bytes)
    }
    append(type.rawValue)
    append(sequence)
    for shift in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
    for byte in payload { append(byte) }
    Mark.escape(sum, into: &bytes)
    bytes.append(Mark.end)
    return bytes
  }
}

/// The bytes that mean something by themselves.
enum Mark {
  static let end: UInt8 = 0x3C
  static let escape: UInt8 = 0x3D
  static let start: UInt8 = 0x3E
  /// What an escaped byte lacks.
  static let hidden: UInt8 = 0x10

  /// Whether the byte is one of the three, which are neighbours.
  @inline(__always) static func isMark(_ byte: UInt8) -> Bool { byte &- end <= 2 }

  static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
    if isMark(byte) {
      bytes.append(escape)
      bytes.append(byte & ~hidden)
    } else {
      bytes.append(byte)
    }
  }
}
