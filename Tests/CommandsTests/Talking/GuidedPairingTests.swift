import EventLoop
import Foundation
import Interface
import Support
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// What a person is told while a pairing waits for the headset.
@Suite(.timeLimit(.minutes(5))) struct GuidedPairingTests {
  private static let situation = "It has not been seen in pairing mode yet."

  private static func waiting(_ awaited: Awaited) -> Control.OperationReply {
    Control.OperationReply(
      progress: Progress(stage: .waiting, message: "\(awaited.situation) Put it into pairing mode.", awaited: awaited))
  }

  private static func awaited(
    _ name: String?, modalias: String? = nil, twin: String? = nil, remaining: Int? = 56_700
  ) -> Awaited {
    Awaited(
      deed: .pairingMode, situation: situation, remaining: remaining, name: name, modalias: modalias, twin: twin)
  }

  private func pair(
    _ awaited: Awaited..., options: [String] = [], in terminal: Terminal = Terminal()
  ) async throws -> Run {
    let replies = awaited.map { tree(Self.waiting($0)) }
    let script = FakeDaemon.Script(
      progress: replies, result: .success(tree(Control.OperationReply(device: Samples.headset))))
    let daemon = FakeDaemon([.pair: script])
    let models = try TemporaryDirectory()
    var terminal = terminal
    terminal.variables["MDRCTL_MODELS"] = "\(models.path)/none"
    return try await daemon.serve { [terminal] in try mdrctl(["pair", "x"] + options, socket: $0, in: terminal) }
  }

  @Test func `on a terminal the steps of the model stand one below the other`() async throws {
    let run = try await pair(Self.awaited("WH-1000XM3"), in: Terminal(isTerminal: true, columns: 40))
    #expect(run.ending == .exit(.ok))
    #expect(
      run.errors.hasPrefix(
        """
        \(Self.situation)
        To put a WH-1000XM3 into pairing mode:
          1. Switch it off.
          2. Hold POWER for at least 7 seconds.

        """))
  }

  @Test func `in a script it is one line, with the time that is left`() async throws {
    let run = try await pair(Self.awaited("WH-1000XM3"))
    let words = """
      \(Self.situation) To put a WH-1000XM3 into pairing mode: 1. Switch it off. 2. Hold POWER for at least 7 seconds.
      """
    #expect(run.errors.hasPrefix(words))
    #expect(run.errors.hasSuffix(" (56 s left)\n"))
    #expect(run.errors.count { $0 == "\n" } == 1)
  }

  @Test func `the product id says more than the name`() async throws {
    let run = try await pair(Self.awaited("Desk", modalias: "usb:v054Cp0DE1d0100"))
    let other = try await pair(Self.awaited("Desk"))
    #expect(other.errors.contains("To put any over-ear headset into pairing mode:"))
    #expect(!run.errors.isEmpty)
    #expect(try await pair(Self.awaited("Desk", modalias: "usb:v054Cp0D58d0203")).errors.contains("a WH-1000XM4"))
  }

  @Test func `a part of a name will do where it is that of one model`() async throws {
    #expect(try await pair(Self.awaited("xm3")).errors.contains("To put a WH-1000XM3 into pairing mode:"))
    #expect(try await pair(Self.awaited("1000xm4")).errors.contains("any over-ear headset"))
  }

  @Test func `what is not sure is told with a warning, or not at all`() async throws {
    let unproven = try await pair(Self.awaited("WH-1000XM5"))
    #expect(unproven.errors.contains("at least 5 seconds."))
    #expect(unproven.errors.contains("Not proven: "))
    let unsure = try await pair(Self.awaited("WF-1000XM5"))
    #expect(unsure.errors.contains("How to put a WF-1000XM5 into pairing mode is not sure enough to be told."))
    #expect(!unsure.errors.contains("1. "))
  }

  @Test func `the steps are said once, a new situation each time`() async throws {
    var second = Self.awaited("WH-1000XM3", twin: "LE_WH-1000XM3", remaining: nil)
    second.situation = "It is switched on, but not in pairing mode."
    let run = try await pair(Self.awaited("WH-1000XM3"), second)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.last?.hasPrefix("It is switched on, but not in pairing mode. (5") == true)
  }

  @Test func `in JSON the progress has the guidance beside it, and without progress nothing is said`() async throws {
    let run = try await pair(Self.awaited("WH-1000XM3"), options: ["--json", "--verbose"])
    let progress = try #require(try run.objects().first)
    #expect(progress.contains(#""deed":"pairingMode""#))
    #expect(progress.contains(#""guidance":{"generic":false,"model":"WH-1000XM3""#))
    #expect(progress.contains(#""atLeastSeconds":7"#))
    let quiet = try await pair(Self.awaited("WH-1000XM3"), options: ["--json"])
    #expect(quiet.errors.isEmpty)
    #expect(try quiet.objects().count == 1)
    #expect(try await pair(Self.awaited("WH-1000XM3"), options: ["--quiet"]).errors.isEmpty)
  }

  @Test func `what a headset calls itself cannot move the cursor`() async throws {
    var awaited = Self.awaited("x\u{1B}[2J")
    awaited.situation = "x\u{1B}[2J has not been seen."
    for isTerminal in [false, true] {
      let run = try await pair(awaited, in: Terminal(isTerminal: isTerminal))
      #expect(run.errors.contains("x\u{FFFD}[2J has not been seen."))
    }
  }
}
