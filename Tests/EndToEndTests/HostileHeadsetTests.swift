import EventLoop
import Foundation
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// Whoever answers at a headset's address and keeps no rule: it costs itself its channel, and everybody else nothing.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileHeadsetTests {
  /// What the other end does with a channel that it has accepted.
  enum Manner: String, CaseIterable, Sendable {
    /// Says nothing.
    case silent
    /// Whole frames without end, each to be acknowledged; it reads nothing.
    case frames
    /// Bytes that are no frame, without end.
    case garbage
    /// One frame that never ends.
    case endless
    /// It hangs up at once, each time.
    case hangsUp
  }

  /// Writes on its own thread until the channel has ended.
  private static func serve(_ manner: Manner, _ descriptor: Int32) {
    let piece: [UInt8] =
      switch manner {
      case .silent, .hangsUp: []
      // A notification of V1 and of V2 alike, which is acknowledged by number.
      case .frames: [0x3E, 0x0C, 0x00, 0x00, 0x00, 0x00, 0x02, 0xA5, 0x01, 0xB4, 0x3C]
      case .garbage: (0..<255).map { UInt8($0) }.filter { $0 != 0x3E }
      case .endless: [0x3E] + [UInt8](repeating: 0x3E ^ 0xFF, count: 4000)
      }
    Thread {
      let peer = FileDescriptor(owning: descriptor)
      var buffer = [UInt8](repeating: 0, count: 64)
      try? UnixSocket.setBlocking(descriptor, true)
      switch manner {
      case .hangsUp: break
      case .silent: while let count = try? peer.read(into: &buffer), count > 0 {}
      case .frames, .garbage, .endless: while (try? peer.send(piece[...])) != nil {}
      }
      peer.shutDown()
    }.start()
  }

  @Test(arguments: Manner.allCases) func `it is given up with a reason, while others are answered at once`(
    manner: Manner
  ) async throws {
    let service = try Recording("wh-1000xm6-v2-fw315-state").service
    try await withPrograms(prepare: { simulator in
      let sony = Sony.earbuds { $0.otherServices = [service] }
      await simulator.add(known: [sony], bonded: true)
      await simulator.serve(
        SerialService(uuid: service) {
          Self.serve(manner, $0)
          return true
        }, at: Sony.bonded)
    }) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let asked = try programs.start(["headset", Sony.bonded, "--json"])
      var slowest = Duration.zero
      for _ in 0..<20 {
        let begun = ContinuousClock.now
        try await programs.expect(.ok, "status")
        slowest = max(slowest, .now - begun)
      }
      #expect(slowest < .seconds(5))
      let result = try await asked.result()
      // What ends the channel before it says anything looks like a client that has taken it.
      #expect([.failed(.headsetHeld), .failed(.headsetSilent)].contains(result.ending), "\(result.output)")
      let status = try String(contentsOfFile: "/proc/\(programs.daemonProcess)/status", encoding: .utf8)
      let own = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
      let kilobytes = try #require(own?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
      #expect(kilobytes < 20_000)
      try await programs.expect(.ok, "headset", "release", Sony.bonded)
      try await gone(programs)
      try await programs.expect(.ok, "show", Sony.bonded)
    }
  }
}
