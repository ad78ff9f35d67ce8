import EventLoop
import Foundation
import Glibc
import Interface
import Support
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// The paced walk of a guide, through a pseudo-terminal, with a clock that goes on only while the walk waits.
@Suite(.timeLimit(.minutes(5))) struct WalkTests {
  /// Types a key when the walk waits for one, and lets the clock go on where it waits for the time.
  private final class Script {
    var keys: [Character]
    var now = Duration.zero
    private let person: Int32
    /// What was on the screen at each second of a hold.
    private(set) var waits: [Duration] = []

    init(_ keys: String, _ person: Int32) { (self.keys, self.person) = (Array(keys), person) }

    func wait(_ entries: inout [pollfd], _ time: Duration?) {
      if let time, time > .zero {
        waits.append(time)
        now += time
        for index in entries.indices { entries[index].revents = 0 }
        return
      }
      if time != nil { return ProcessContext.poll(&entries, atMost: .zero) }
      // A walk that wants more keys than were typed is stopped, not waited for.
      let isHeld = keys.isEmpty && entries[2].fd < 0
      if isHeld { Issue.record("it waits for another key") }
      if isHeld || !keys.isEmpty {
        var byte = isHeld ? UInt8(ascii: "q") : keys.removeFirst().asciiValue ?? 0
        _ = unsafe write(person, &byte, 1)
      }
      ProcessContext.poll(&entries, atMost: nil)
    }
  }

  private struct Shown: Sendable {
    let ending: Ending
    let text: String
    let waits: [Duration]
    /// The terminal gives whole lines again.
    let isRestored: Bool

    /// Without what moves the cursor; each rewriting a line of its own.
    var lines: [String] {
      text.replacing("\r\u{1B}[K", with: "\n").split(separator: "\n").map(String.init)
    }
  }

  private func walk(
    _ words: [String], typing keys: String, columns: Int = 80, isDumb: Bool = false, socket: String = "/nonexistent/s"
  ) throws -> Shown {
    let terminal = try PseudoTerminal()
    let (program, person) = (terminal.program, terminal.person)
    let script = Script(keys, person)
    var shown: [UInt8] = []
    let sink = TextSink(isTerminal: true, isDumb: isDumb, columns: { columns }) { bytes in
      shown += bytes
      return 0
    }
    let ending = run(
      ProcessContext(
        arguments: ["guide"] + words, variable: { ["MDRCTL_SOCKET": socket, "MDRCTL_MODELS": "/nonexistent"][$0] },
        results: sink, remarks: sink, input: program, inputIsTerminal: true,
        interrupts: Interrupts(descriptor: -1) { 0 }, clock: { script.now }, wait: script.wait))
    return Shown(
      ending: ending, text: String(decoding: shown, as: UTF8.self), waits: script.waits,
      isRestored: terminal.givesLines)
  }

  @Test func `first it says what is erased, then each step waits for a key`() throws {
    let shown = try walk(["initialize", "WH-1000XM3"], typing: "\n\n\n\n\n\n")
    #expect(shown.ending == .exit(.ok))
    let lines = shown.lines
    let erases = try #require(lines.firstIndex(of: "Erases: the list of paired devices and its settings."))
    let first = try #require(lines.firstIndex { $0.hasPrefix("Step 1 of 3: ") })
    #expect(erases < first)
    #expect(lines[first] == "Step 1 of 3: Switch it off.")
    #expect(lines.contains { $0.hasPrefix("Step 3 of 3: Hold POWER and NC/AMBIENT together for at least 7 seconds") })
    #expect(lines.contains("Done."))
    #expect(shown.isRestored)
  }

  @Test func `a hold is counted second by second from the key on, and never said to be exact`() throws {
    let shown = try walk(["initialize", "WH-1000XM3"], typing: "\n\n\n\n\n\n")
    let counted = shown.lines.filter { $0.hasPrefix("Hold on: ") }
    #expect(counted == (1...7).reversed().map { "Hold on: \($0) s" })
    #expect(shown.waits == Array(repeating: .seconds(1), count: 7))
    #expect(shown.text.contains("7 s are over: hold on until its light is: blue"))
    #expect(!shown.text.contains("exactly"))
  }

  @Test func `keys go back, and a hold that went wrong is begun again`() throws {
    // On, on, on, begin, (7 s), back, begin, (7 s), on, end.
    let shown = try walk(["initialize", "WH-1000XM3"], typing: "\n\n\n\nb\n\n\n")
    #expect(shown.waits.count == 14)
    let back = try walk(["pair", "MDR-1000X"], typing: "\n\nbb\n\n\n\n\n\n")
    #expect(back.lines.count { $0.hasPrefix("Step 1 of ") } == 3)
  }

  @Test(arguments: ["q", "\u{1B}", "\n\nq", "\n\n\n\nq"])
  func `it can be stopped anywhere, and the terminal is as it was`(
    keys: String
  ) throws {
    let shown = try walk(["initialize", "WH-1000XM3"], typing: keys)
    #expect(shown.ending == .exit(.failed))
    #expect(shown.text.hasSuffix("mdrctl: Stopped.\n"))
    #expect(shown.isRestored)
  }

  @Test(arguments: [20, 40, 120]) func `no line is wider than the terminal`(columns: Int) throws {
    let shown = try walk(["initialize", "WH-1000XM4"], typing: "\n\n\n\n\n\n", columns: columns)
    for line in shown.lines { #expect(displayWidth(line) < columns, "\(line)") }
    #expect(shown.text.contains("Not proven:"))
  }

  @Test(arguments: [(["--plain"], false), ([], true)] as [([String], Bool)])
  func `plainly, nothing is rewritten, and of a countdown only its ends are said`(
    options: [String], isDumb: Bool
  ) throws {
    let shown = try walk(["initialize", "WH-1000XM3"] + options, typing: "\n\n\n\n\n\n", isDumb: isDumb)
    #expect(!shown.text.contains("\u{1B}") && !shown.text.contains("\r"))
    #expect(shown.lines.filter { $0.hasPrefix("Hold on: ") } == ["Hold on: 7 s"])
    #expect(shown.lines.contains { $0.hasPrefix("7 s are over") })
  }

  @Test func `what is not sure enough for steps is no walk`() throws {
    let shown = try walk(["initialize", "WF-1000XM5"], typing: "")
    #expect(shown.ending == .exit(.ok))
    #expect(shown.text.contains("The steps are not sure enough to be shown."))
  }

  @Test func `without a terminal, in JSON, or with the sources, it is the text as ever`() throws {
    #expect(try mdrctl(["guide", "pair", "WH-1000XM3"]).output.contains("  1. Switch it off.\n"))
    #expect(try walk(["pair", "WH-1000XM3", "--why"], typing: "").text.contains("Sources, which are claims"))
    #expect(try walk(["pair", "WH-1000XM3", "--json"], typing: "").text.hasPrefix("{"))
    #expect(try walk(["pair", "WH-1000XM3", "--json"], typing: "").waits.isEmpty)
  }

  // MARK: While the daemon looks for it

  private static let pairing = [
    Control.OperationReply(progress: Progress(stage: .searching, message: "Looking for WH-1000XM3")),
    Control.OperationReply(progress: Progress(stage: .pairing, message: "Found WH-1000XM3, pairing")),
  ]

  @Test func `a headset that is seen meanwhile is paired at once, whatever step the person is at`() async throws {
    let daemon = FakeDaemon([
      .pair: FakeDaemon.Script(
        progress: Self.pairing.map { tree($0) },
        result: .success(tree(Control.OperationReply.headset(proven: [.bonded, .connected]))))
    ])
    let shown = try await daemon.serve { path in
      try walk(["pair", "WH-1000XM3"], typing: "", socket: path)
    }
    #expect(shown.ending == .exit(.ok))
    #expect(shown.text.hasSuffix("WH-1000XM4 (AC:80:0A:11:22:33) is paired and connected.\n"))
    #expect(daemon.events.map(\.method) == [.show, .pair])
    #expect(shown.isRestored)
  }

  @Test func `where it cannot be looked for, the walk goes on by itself`() throws {
    let shown = try walk(["pair", "WH-1000XM3"], typing: "\n\n\n\n\n\n")
    #expect(shown.ending == .exit(.ok))
    #expect(shown.text.contains("it is not looked for meanwhile: mdrctld is not running"))
    #expect(shown.lines.contains("Done."))
  }
}
