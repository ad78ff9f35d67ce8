import EventLoop
import Foundation
import Interface
import Support
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// Who agrees to what on the ladder, and what is said before.
@Suite(.timeLimit(.minutes(5))) struct FixConsentTests {
  private static let needed = FakeDaemon.Script.error(
    .needsConsent,
    .init(message: "What is left deletes its pairing.", evidence: "Tried: connecting it.", hint: "Agree."))

  /// A ladder that needs consent, and goes on with it.
  private func daemon(_ progress: Control.OperationReply...) throws -> FakeDaemon {
    let done = FakeDaemon.Script(
      progress: progress.map { tree($0) }, result: .success(tree(Control.OperationReply(device: Samples.headset))))
    return FakeDaemon([.fix: .chosen(for: Control.fix) { $0.consent == true ? done : Self.needed }])
  }

  private func fix(
    _ options: [String], in terminal: Terminal = Terminal(), of daemon: FakeDaemon
  ) async throws -> (Run, [FakeDaemon.Event]) {
    let run = try await daemon.serve { try mdrctl(["fix", "xm4"] + options, socket: $0, in: terminal) }
    return (run, daemon.events)
  }

  @Test(arguments: [false, true]) func `without consent it ends where that is needed`(isTerminal: Bool) async throws {
    let (run, calls) = try await fix([], in: Terminal(isTerminal: isTerminal), of: try daemon())
    #expect(run.code == 4)
    #expect(calls == [.follow(Control.fix, .init(device: "xm4"))])
  }

  @Test func `asked on a terminal it goes on with what was agreed to`() async throws {
    let (run, calls) = try await fix(["--ask"], in: Terminal(isTerminal: true, input: "y\n"), of: try daemon())
    #expect(run.ending == .exit(.ok))
    #expect(run.errors.contains("Tried: connecting it."))
    #expect(run.errors.contains("Delete this computer's pairing, and pair it anew? [y/N] "))
    #expect(
      calls == [
        .follow(Control.fix, .init(device: "xm4")),
        .follow(Control.fix, .init(device: "xm4", consent: true, ask: true)),
      ])
  }

  @Test func `a no changes nothing`() async throws {
    let (run, calls) = try await fix(["--ask"], in: Terminal(isTerminal: true, input: "\n"), of: try daemon())
    #expect(run.code == 1)
    #expect(run.errors.hasSuffix("mdrctl: Nothing was changed.\n"))
    #expect(calls.count == 1)
  }

  @Test func `a plan never agrees`() async throws {
    let planned = FakeDaemon([.planFix: try .replies(Control.OperationReply(ladder: []))])
    let (_, calls) = try await fix(["--dry-run", "--yes"], of: planned)
    #expect(calls == [.call(Control.planFix, .init(device: "xm4"))])
  }

  // MARK: What is said on the way

  private static func restart(_ name: String, charge: BatteryCharge, caution: String?, elsewhere: Bool? = nil)
    -> Control.OperationReply
  {
    Control.OperationReply(
      progress: Progress(
        stage: .waiting, message: "Restart it.",
        awaited: Awaited(
          deed: .restart, situation: "It hangs.", remaining: 60_500, name: name, elsewhere: elsewhere, charge: charge,
          caution: caution)))
  }

  private static let rung = Control.OperationReply(
    progress: Progress(stage: .fixing, message: "You restart it. It keeps its pairings.", rung: .restart))

  @Test func `each rung is told before it begins, with what it costs, and stays to be read`() async throws {
    for terminal in [Terminal(), Terminal(isTerminal: true, columns: 40)] {
      let (run, _) = try await fix(["--yes"], in: terminal, of: try daemon(Self.rung))
      #expect(run.errors.contains("You restart it. It keeps its pairings.\n"))
    }
  }

  @Test func `a battery that is low is told before a restart`() async throws {
    let reply = Self.restart("WH-1000XM3", charge: .low, caution: "Its battery is at 12 %: charge it first.")
    let (run, _) = try await fix(["--yes"], of: try daemon(reply))
    #expect(run.errors.hasPrefix("It hangs. Its battery is at 12 %: charge it first. "))
  }

  @Test func `a battery that nobody knows is asked about on a terminal, until the headset is there`() async throws {
    let reply = Self.restart("WH-1000XM3", charge: .unknown, caution: "Its battery is not known.")
    let (asked, _) = try await fix(["--yes"], in: Terminal(isTerminal: true), of: try daemon(reply))
    #expect(asked.ending == .exit(.ok))
    #expect(asked.errors.contains("May its battery be low? [y/N] "))
    let (script, _) = try await fix(["--yes"], of: try daemon(reply))
    #expect(!script.errors.contains("[y/N]"))
    #expect(script.errors.contains("Its battery is not known."))
  }

  @Test(arguments: [
    ("WH-1000XM3", "A WH-1000XM3 connects to one device at a time: switch Bluetooth off at the other one."),
    ("WH-1000XM4", "Disconnect it from the other device first, if there is one."),
    ("Nobody's", "Disconnect it from the other device first, if there is one."),
  ])
  func `a headset that may be connected elsewhere is told what to do there`(name: String, words: String) async throws {
    let reply = Self.restart(name, charge: .enough, caution: nil, elsewhere: true)
    let (run, _) = try await fix(["--yes"], of: try daemon(reply))
    #expect(run.errors.contains(words))
    // How it is restarted is not sure enough of any of them.
    #expect(run.errors.contains("is not sure enough to be told."))
  }
}
