import EventLoop
import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

private func asking(_ kind: Question.Kind, passkey: String? = nil) -> Control.OperationReply {
  Control.OperationReply(
    question: Question(id: 7, kind: kind, address: "AC:80:0A:11:22:33", name: "XM4\u{1B}", passkey: passkey))
}

@Suite(.timeLimit(.minutes(5))) struct TerminalTests {
  private func pair(
    putting question: Control.OperationReply, typing input: String
  ) async throws -> (Run, [FakeDaemon.Event]) {
    let daemon = FakeDaemon([.pair: try .replies(question, Self.done)])
    let terminal = Terminal(isTerminal: true, input: input)
    let run = try await daemon.serve { try mdrctl(["pair", "--ask"], socket: $0, in: terminal) }
    return (run, daemon.events)
  }

  private static let done = Control.OperationReply(device: Samples.headset)

  private static let pairsAndAsks = FakeDaemon.Event.follow(Control.pair, .init(ask: true))

  @Test(
    arguments: [
      (.confirmation, "y\n", true, nil), (.confirmation, "YES\n", true, nil), (.confirmation, "\n", false, nil),
      (.confirmation, "n\n", false, nil), (.pin, "0000\n", true, "0000"),
      (.pin, "\n", false, ""), (.passkey, "123456\n", true, "123456"),
    ] as [(Question.Kind, String, Bool, String?)])
  func `a question is put and its answer sent`(
    kind: Question.Kind, input: String, accepts: Bool, value: String?
  ) async throws {
    let (run, calls) = try await pair(putting: asking(kind, passkey: "123456"), typing: input)
    #expect(run.ending == .exit(.ok))
    #expect(
      calls == [
        Self.pairsAndAsks, .call(Control.answer, .init(question: 7, accept: accepts, value: value)),
      ])
    #expect(run.errors.contains("XM4\u{FFFD} (AC:80:0A:11:22:33)"))
    #expect(run.errors.contains("123456") == (kind == .confirmation))
  }

  @Test func `a passkey to type on the device is shown and needs no answer`() async throws {
    let (run, calls) = try await pair(putting: asking(.display, passkey: "004711"), typing: "")
    #expect(calls == [Self.pairsAndAsks])
    #expect(run.errors.contains("Type 004711 on XM4\u{FFFD} (AC:80:0A:11:22:33).\n"))
  }

  @Test(arguments: ["", "y", "123"])
  func `a question that is over waits for no answer`(typed: String) async throws {
    let (run, calls) = try await pair(putting: asking(.confirmation, passkey: "123456"), typing: typed)
    #expect(run.ending == .exit(.ok))
    #expect(calls == [Self.pairsAndAsks])
    #expect(run.errors.hasSuffix(" show 123456? [y/N] \n"))
  }

  @Test func `nobody is asked where there is no terminal`() throws {
    let run = try mdrctl(["pair", "--ask"])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("mdrctl: --ask needs a terminal to ask on.\n"))
  }

  @Test func `a signal ends a question`() async throws {
    let signal = try PendingSignal(2)
    let daemon = FakeDaemon([
      .pair: FakeDaemon.Script(progress: [tree(asking(.pin))], hangs: signal)
    ])
    let terminal = Terminal(isTerminal: true, signal: signal)
    let (run, calls) = try await daemon.serve { path in
      (try mdrctl(["pair", "--ask"], socket: path, in: terminal), daemon.events)
    }
    #expect(run.ending == .signal(2))
    // It did not end before the daemon had.
    #expect(calls.last == .left(.pair))
  }

  @Test func `progress is plain lines where there is no terminal, and nothing when quiet or in JSON`() async throws {
    let daemon = FakeDaemon([
      .connect: try .replies(
        Control.OperationReply(progress: Progress(stage: .connecting, message: "Connecting\u{7}")), Self.done)
    ])
    let runs = try await daemon.serve { path in
      try [[], ["-q"], ["-j"]].map { try mdrctl(["connect", "x"] + $0, socket: path) }
    }
    #expect(runs.map(\.errors) == ["Connecting\u{FFFD}\n", "", ""])
  }

  @Test func `progress on a terminal comes after a while, in one line that goes away`() throws {
    var shown = ""
    let sink = TextSink(isTerminal: true, columns: { 20 }) { bytes in
      shown += String(decoding: bytes, as: UTF8.self)
      return 0
    }
    let progress = ProgressLine(sink: sink, isSilent: false)
    progress.update("Connecting to a headset with a long name")
    progress.tick()
    #expect(shown.isEmpty)
    let delay = try #require(progress.nextTick)
    #expect(delay <= .milliseconds(500))
    let due = ContinuousClock.now + delay
    while ContinuousClock.now < due {}
    progress.tick()
    #expect(shown == "\r\u{1B}[K/ Connecting to a …")
    progress.clear()
    #expect(shown.hasSuffix("\r\u{1B}[K"))
    let count = shown.count
    progress.clear()
    #expect(shown.count == count)
  }

  @Test func `what waits for a person says how much time is left`() throws {
    var shown = ""
    let sink = TextSink(isTerminal: true) { bytes in
      shown += String(decoding: bytes, as: UTF8.self)
      return 0
    }
    let progress = ProgressLine(sink: sink, isSilent: false)
    progress.update("Waiting for pairing mode", until: .now + .seconds(3600) + .milliseconds(700))
    let delay = try #require(progress.nextTick)
    let due = ContinuousClock.now + delay
    while ContinuousClock.now < due {}
    progress.tick()
    #expect(shown.contains(/Waiting for pairing mode \((3600|35\d\d) s left\)/))
    progress.update("Pairing")
    #expect(shown.hasSuffix(" Pairing"))
    progress.update("Waiting for pairing mode", until: .now - .seconds(1))
    #expect(shown.hasSuffix("(0 s left)"))
  }

  @Test func `what the person must do stays on the terminal, and is a line like others elsewhere`() async throws {
    let wait = Progress(stage: .waiting, message: "Put it into pairing mode\u{7} (switch off, then hold the button).")
    let search = Progress(stage: .searching, message: "Looking for it")
    let daemon = FakeDaemon([
      .repair: try .replies(
        Control.OperationReply(progress: wait), Control.OperationReply(progress: search), Self.done),
      .configuration: try .replies(Samples.configuration),
    ])
    let terminals = [Terminal(isTerminal: true, columns: 20), Terminal()]
    let runs = try await daemon.serve { path in
      try terminals.map { try mdrctl(["repair", "x", "--yes"], socket: path, in: $0) }
    }
    let line = "Put it into pairing mode\u{FFFD} (switch off, then hold the button).\n"
    #expect(runs[0].errors.contains(line))
    #expect(runs[1].errors == line + "Looking for it\n")
  }

  @Test func `a dumb terminal gets plain lines, and is a terminal all the same`() {
    var shown = ""
    let sink = TextSink(isTerminal: true, isDumb: true) { bytes in
      shown += String(decoding: bytes, as: UTF8.self)
      return 0
    }
    let progress = ProgressLine(sink: sink, isSilent: false)
    progress.update("Waiting for pairing mode", until: .now + .seconds(60))
    #expect(shown == "Waiting for pairing mode\n")
    #expect(progress.nextTick == nil)
    #expect(TextSink(descriptor: 0, isTerminal: true, variable: { _ in nil }).isTerminal)
  }

  @Test func `colour needs a terminal that has it, and nobody who does not want it`() {
    func hasColour(_ variables: [String: String]) -> Bool {
      TextSink(descriptor: 0, isTerminal: true, variable: { variables[$0] }).hasColour
    }
    #expect(hasColour(["TERM": "xterm"]))
    #expect(hasColour(["TERM": "xterm", "NO_COLOR": ""]))
    #expect(!hasColour(["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(!hasColour(["TERM": "dumb"]))
    #expect(!hasColour([:]))
    #expect(!TextSink(descriptor: 0, isTerminal: false, variable: { _ in "xterm" }).hasColour)
  }

  @Test func `colour does not disturb the columns`() {
    let coloured = table([Samples.headset], of: [], now: 0, Style(hasColour: true), none: "")
    let plain = table([Samples.headset], of: [], now: 0, Style(), none: "")
    #expect(coloured.contains("\u{1B}[32mWH-1000XM4"))
    #expect(coloured.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
  }
}
