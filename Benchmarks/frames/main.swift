// How fast frames of the headset protocol are taken out of a stream, in megabytes per second; frames.c is the rival.
// Arguments: bytes of each payload, bytes of each piece that is read, megabytes in all.
import MDR

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard numbers.count == 3 else { preconditionFailure("give three numbers: payload, piece, megabytes") }
let (length, piece, megabytes) = (numbers[0], numbers[1], numbers[2])

/// The same bytes as in frames.c, from a linear congruential generator.
struct Bytes {
  private var seed: UInt32 = 1

  mutating func next() -> UInt8 {
    seed = seed &* 1_664_525 &+ 1_013_904_223
    return UInt8(seed >> 24)
  }
}

// One megabyte again and again.
var bytes = Bytes()
var stream: [UInt8] = []
var sequence: UInt8 = 0
while stream.count < 1_000_000 {
  stream += Frame(FrameType(.one), sequence: sequence, payload: (0..<length).map { _ in bytes.next() }).bytes
  sequence = 1 - sequence
}
let pieces = stride(from: 0, to: stream.count, by: piece).map {
  Array(stream[$0..<min($0 + piece, stream.count)])
}

var parser = FrameParser()
var frames = 0
let clock = ContinuousClock()
let time = clock.measure {
  for _ in 0..<megabytes {
    for piece in pieces {
      for case .frame in parser.take(piece) { frames += 1 }
    }
  }
}
let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
print("\(Int(Double(stream.count) * Double(megabytes) / seconds / 1e6)) \(frames)")
