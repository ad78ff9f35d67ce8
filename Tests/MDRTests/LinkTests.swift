import Testing

@testable import MDR

@Suite struct LinkTests {
  private static func ack(_ sequence: UInt8) -> [UInt8] { Frame(.acknowledgement, sequence: sequence).bytes }
  private static func data(_ sequence: UInt8, _ payload: [UInt8], _ table: Table = .one) -> [UInt8] {
    Frame(FrameType(table), sequence: sequence, payload: payload).bytes
  }

  @Test func `a frame is acknowledged with the other number before it is delivered`() {
    for sequence: UInt8 in [0, 1] {
      let link = TestLink()
      #expect(
        link.handle(.received(Self.data(sequence, [0xA9, 0x20]))) == [
          .write(Self.ack(1 - sequence)), .deliver(.one, [0xA9, 0x20]),
        ])
    }
  }

  @Test func `an acknowledgement is not acknowledged, nor is a shot, another family or a broken frame`() {
    let link = TestLink()
    #expect(link.handle(.received(Self.ack(0) + Self.ack(1))).isEmpty)
    let shot = Frame(FrameType(rawValue: 0x1C), sequence: 0, payload: [0xA9, 0x20]).bytes
    #expect(link.handle(.received(shot)) == [.deliver(.one, [0xA9, 0x20])])
    for type: UInt8 in [0x00, 0x02, 0x09, 0x0A, 0x0D, 0x10, 0x2D, 0xFF] {
      #expect(link.handle(.received(Frame(FrameType(rawValue: type), sequence: 0, payload: [1, 2]).bytes)).isEmpty)
    }
    #expect(link.handle(.received(hex("3e 0c 00 00 00 00 02 22 00 31 3c"))).isEmpty)
    #expect(link.dropped.count == 1 && link.dropped.last == .checksum)
  }

  @Test func `one frame is outstanding, and the next has the number of the acknowledgement`() {
    let link = TestLink()
    #expect(link.handle(.send(1, .one, [0x00, 0x00])) == [.write(Self.data(0, [0, 0])), .arm(Link.patience)])
    #expect(link.handle(.send(2, .two, [0x06, 0x00])).isEmpty)
    #expect(
      link.handle(.received(Self.ack(1))) == [
        .disarm, .acknowledged(1), .write(Self.data(1, [6, 0], .two)), .arm(Link.patience),
      ])
    #expect(link.handle(.received(Self.ack(0))) == [.disarm, .acknowledged(2)])
  }

  @Test func `an acknowledgement with the number just used is a stale one, and one with a payload is none`() {
    let link = TestLink()
    _ = link.handle(.send(1, .one, [0x00, 0x00]))
    #expect(link.handle(.received(Self.ack(0))).isEmpty)
    #expect(link.handle(.received(Frame(.acknowledgement, sequence: 1, payload: [0]).bytes)).isEmpty)
    #expect(link.handle(.received(Self.ack(1))) == [.disarm, .acknowledged(1)])
  }

  @Test func `an answer may come before the acknowledgement`() {
    let link = TestLink()
    _ = link.handle(.send(1, .one, [0x66, 0x02]))
    let reply: [UInt8] = [0x67, 0x02, 1, 2, 2, 1, 0, 0]
    #expect(
      link.handle(.received(Self.data(1, reply) + Self.ack(1))) == [
        .write(Self.ack(0)), .deliver(.one, reply), .disarm, .acknowledged(1),
      ])
  }

  @Test func `a repeat is acknowledged again and delivered once`() {
    let link = TestLink()
    let frame = Self.data(0, [0x01, 0x00, 0x70, 0x00])
    #expect(
      link.handle(.received(frame + frame + frame)) == [
        .write(Self.ack(1)), .deliver(.one, [0x01, 0x00, 0x70, 0x00]), .write(Self.ack(1)), .write(Self.ack(1)),
      ])
  }

  @Test func `the same number with other bytes, or on the other table, is news`() {
    let link = TestLink()
    let frames = Self.data(0, [0x47, 0x01]) + Self.data(0, [0x47, 0x02]) + Self.data(0, [0x47, 0x02], .two)
    #expect(link.handle(.received(frames)).count { if case .deliver = $0 { true } else { false } } == 3)
  }

  @Test func `a frame that is not acknowledged is repeated byte for byte, four times in all`() {
    let link = TestLink()
    let frame = Self.data(0, [0x00, 0x00])
    #expect(link.handle(.send(1, .one, [0x00, 0x00])) == [.write(frame), .arm(Link.patience)])
    for _ in 1..<Link.tries { #expect(link.handle(.expired) == [.write(frame), .arm(Link.patience)]) }
    #expect(link.handle(.expired) == [.disarm, .ended(.unacknowledged)])
    #expect(link.handle(.expired).isEmpty)
    #expect(link.handle(.received(Self.data(0, [1, 2]))).isEmpty)
  }

  @Test func `what floods neither resets the time of what waits, nor has anything sent but acknowledgements`() {
    let link = TestLink()
    _ = link.handle(.send(1, .one, [0x66, 0x02]))
    for count in 0..<1_000 {
      let frame = Self.data(UInt8(count % 2), [0xA9, 0x01, 0x20, UInt8(count % 31)])
      let actions = link.handle(.received(frame))
      #expect(
        actions == [.write(Self.ack(UInt8(1 - count % 2))), .deliver(.one, [0xA9, 0x01, 0x20, UInt8(count % 31)])])
    }
    #expect(link.handle(.received(Self.ack(1))) == [.disarm, .acknowledged(1)])
  }

  @Test func `more than the queue holds is refused, and nothing is lost of what it holds`() {
    let link = TestLink()
    let actions = (0...Link.longestQueue + 1).flatMap { link.handle(.send($0, .one, [0x66, UInt8($0)])) }
    #expect(actions.suffix(1) == [.refused(Link.longestQueue + 1)])
    var acknowledged: [Int] = []
    for number in 0...Link.longestQueue {
      for case .acknowledged(let done) in link.handle(.received(Self.ack(UInt8(1 - number % 2)))) {
        acknowledged.append(done)
      }
    }
    #expect(acknowledged == Array(0...Link.longestQueue))
  }

  @Test func `the connection's end ends the link once`() {
    let link = TestLink()
    #expect(link.handle(.closed) == [.ended(.closed)])
    #expect(link.handle(.closed).isEmpty)
    #expect(link.handle(.send(1, .one, [0, 0])).isEmpty)
  }

  @Test(arguments: Recordings.sessions.filter { $0.header_only_trace != nil })
  func `a headset counts over both tables, from any number, and what comes before the handshake is taken`(
    recording: Recording
  ) throws {
    let link = TestLink()
    let rows = try #require(recording.header_only_trace?.rows)
    for row in rows {
      let table = try #require(Table(rawValue: row.type))
      let payload = [row.command, 0x01]
      let actions = link.handle(.received(Self.data(row.sequence, payload, table)))
      #expect(actions == [.write(Self.ack(1 - row.sequence)), .deliver(table, payload)])
    }
  }
}
