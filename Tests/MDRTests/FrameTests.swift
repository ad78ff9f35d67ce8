import Support
import Testing

@testable import MDR

@Suite struct FrameTests {
  private static let payloads: [[UInt8]] = [
    [], [0x00], [0x3C, 0x3D, 0x3E], Array(0...255), Array(repeating: 0x3E, count: 900),
  ]

  @Test func `a frame cut at every byte is one frame`() {
    for vector in Recordings.vectors {
      let bytes = hex(vector.frame)
      let frame = Frame(FrameType(rawValue: vector.type), sequence: vector.sequence, payload: vector.bytes)
      for cut in 0...bytes.count {
        let parser = TestParser()
        #expect(parser.take(Array(bytes[..<cut])) + parser.take(Array(bytes[cut...])) == [.frame(frame)])
      }
    }
  }

  @Test(arguments: payloads, [UInt8(0), 1])
  func `every payload comes out as it went in, byte by byte`(payload: [UInt8], sequence: UInt8) {
    let frame = Frame(FrameType(.one), sequence: sequence, payload: payload)
    let parser = TestParser()
    #expect(frame.bytes.flatMap { parser.take([$0]) } == [.frame(frame)])
  }

  @Test func `frames that come joined, with noise between them, are all found`() {
    let parser = TestParser()
    let frames = Recordings.vectors.map {
      Frame(FrameType(rawValue: $0.type), sequence: $0.sequence, payload: $0.bytes)
    }
    let stream = frames.flatMap { frame -> [UInt8] in [0x00, 0x3D, 0x3C, 0xFF] + frame.bytes }
    #expect(parser.take(stream) == frames.map { .frame($0) })
  }

  @Test(
    arguments: [
      ("3e 0c 00 00 00 00 02 22 00 31 3c", FrameFault.checksum), ("3e 0c 00 00 00 00 03 22 00 30 3c", .length),
      ("3e 0c 00 ff ff ff ff 22 00 2a 3c", .length), ("3e 3c", .short), ("3e 0c 00 00 00 00 0c 3c", .short),
      ("3e 0c 00 00 00 00 02 22 00 30 3d 3c", .escape), ("3e 0c 00 00 00 00 02 22 00 3d 11 30 3c", .escape),
      ("3e 0c 02 00 00 00 02 22 00 32 3c", .sequence),
    ])
  func `a broken frame is dropped, and the next one is found`(digits: String, fault: FrameFault) {
    let parser = TestParser()
    let next = Frame(FrameType(.one), sequence: 1, payload: [0x01])
    #expect(parser.take(hex(digits)) == [.dropped(fault)])
    #expect(parser.take(next.bytes) == [.frame(next)])
  }

  @Test func `a start mark inside a frame, also after an escape, begins a new one`() {
    let frame = Frame(FrameType(.two), sequence: 0, payload: [0x36, 0x01])
    for broken in ["3e 0c 00", "3e 0c 00 3d"] {
      let parser = TestParser()
      #expect(parser.take(hex(broken) + frame.bytes) == [.dropped(.restarted), .frame(frame)])
    }
    let parser = TestParser()
    #expect(parser.take([0x3E, 0x3E] + frame.bytes) == [.frame(frame)])
  }

  @Test func `2048 bytes on the wire are a frame, one more is none`() {
    let marksAndHead = Frame(FrameType(.one), sequence: 0, payload: []).bytes.count
    for (count, fits) in [(2048 - marksAndHead, true), (2049 - marksAndHead, false)] {
      // The bytes of the length and the checksum need no escape, so the size is what it seems.
      let frame = Frame(FrameType(.one), sequence: 0, payload: Array(repeating: 0x01, count: count))
      #expect(frame.bytes.count == marksAndHead + count)
      let parser = TestParser()
      #expect(parser.take(frame.bytes) == (fits ? [.frame(frame)] : [.dropped(.long)]))
      let next = Frame(FrameType(.one), sequence: 1, payload: [])
      #expect(parser.take(next.bytes) == [.frame(next)])
    }
  }

  @Test func `a start mark with three million bytes behind it is dropped once`() {
    let parser = TestParser()
    var findings: [FrameParser.Finding] = parser.take([0x3E])
    for _ in 0..<1000 { findings += parser.take(Array(repeating: 0x20, count: 3000)) }
    #expect(findings == [.dropped(.long)])
  }

  @Test func `mutilated streams give only frames whose checksum is right, however they are cut`() {
    var generator = SeededGenerator(seed: 7)
    let frames = Recordings.vectors.map { hex($0.frame) }
    for _ in 0..<2_000 {
      var bytes = (0..<3).flatMap { _ in frames.randomElement(using: &generator) ?? [] }
      for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert([0x3C, 0x3D, 0x3E].randomElement(using: &generator) ?? 0, at: index)
        default: bytes.removeLast(bytes.count - index)
        }
      }
      let whole = TestParser()
      let findings = whole.take(bytes)
      let pieces = TestParser()
      let cut = Int.random(in: 0...bytes.count, using: &generator)
      #expect(pieces.take(Array(bytes[..<cut])) + pieces.take(Array(bytes[cut...])) == findings)
      // Whatever is found is in the stream as it stands.
      for case .frame(let frame) in findings { #expect(text(bytes).contains(text(frame.bytes))) }
    }
  }
}
