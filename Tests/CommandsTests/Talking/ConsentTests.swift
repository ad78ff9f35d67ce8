import EventLoop
import Foundation
import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

private let plan = Control.OperationReply(plan: ["Remove it.", "Pair it again."])
private let planText = "What would be done:\n  1. Remove it.\n  2. Pair it again.\n"
private let planCall = FakeDaemon.Event.call(Control.planRepair, .init(device: "xm4"))
private let done = Control.OperationReply(device: Samples.headset, removed: [Samples.headset])
private let named = "WH-1000XM4 (AC:80:0A:11:22:33)"

/// A repair that tells its plan, asks as many questions as given, and succeeds.
private func repairing(_ plan: Control.OperationReply, questions: [Question] = []) throws -> FakeDaemon {
  let planned = try FakeDaemon.Script.replies(plan)
  let asking = questions.map { tree(Control.OperationReply(question: $0)) }
  let repaired = FakeDaemon.Script(progress: asking, result: .success(tree(done)))
  return FakeDaemon([.planRepair: planned, .repair: repaired])
}

@Suite(.timeLimit(.minutes(5))) struct ForgetConsentTests {
  private func forget(
    _ options: [String] = [], in terminal: Terminal, known: Bool = true
  ) async throws -> (Run, [FakeDaemon.Event]) {
    let shown = try FakeDaemon.Script.replies(Control.DeviceReply(device: Samples.headset))
    let daemon = FakeDaemon([
      .show: known ? shown : .error(.deviceNotFound, .init(message: "No known device fits.")),
      .forget: try .replies(done), .planForget: try .replies(plan),
    ])
    let run = try await daemon.serve { try mdrctl(["forget", "xm4\u{1B}"] + options, socket: $0, in: terminal) }
    return (run, daemon.events)
  }

  @Test(arguments: ["y\n", "Yes\n"])
  func `on a terminal it forgets what it asked about`(answer: String) async throws {
    let (run, calls) = try await forget(in: Terminal(isTerminal: true, input: answer))
    #expect(run.ending == .exit(.ok))
    #expect(run.errors == "Forget WH-1000XM4? [y/N] ")
    #expect(run.output == "\(named) is removed.\n")
    #expect(
      calls == [
        .call(Control.show, .init(device: "xm4\u{1B}")), .follow(Control.forget, .init(device: "AC:80:0A:11:22:33")),
      ])
  }

  @Test(arguments: ["\n", "n\n", "what?\n"])
  func `it forgets nothing without a yes`(answer: String) async throws {
    let (run, calls) = try await forget(in: Terminal(isTerminal: true, input: answer))
    #expect(run.code == 1)
    #expect(run.errors == "Forget WH-1000XM4? [y/N] mdrctl: Nothing was changed.\n")
    #expect(calls.count == 1)
  }

  @Test func `what BlueZ does not know is asked about as it was named`() async throws {
    let (run, calls) = try await forget(in: Terminal(isTerminal: true, input: "y\n"), known: false)
    #expect(run.ending == .exit(.ok))
    #expect(run.errors == "Forget xm4\u{FFFD}? [y/N] ")
    #expect(calls.last == .follow(Control.forget, .init(device: "xm4\u{1B}")))
  }

  @Test func `an ambiguous name is not asked about`() async throws {
    let daemon = FakeDaemon([.show: .error(.ambiguousDevice, .init(message: "More than one device fits."))])
    let run = try await daemon.serve { try mdrctl(["forget", "x"], socket: $0, in: Terminal(isTerminal: true)) }
    #expect(run.code == 2)
    #expect(run.errors == "mdrctl: More than one device fits.\n")
  }

  @Test(arguments: [
    (["--yes"], Terminal(isTerminal: true)), (["--dry-run"], Terminal(isTerminal: true)), ([], Terminal()),
    ([], Terminal(isTerminal: true, hasTerminalOutput: false)),
    ([], Terminal(isTerminal: false, hasTerminalOutput: true)),
  ])
  func `nobody is asked who has agreed, risks nothing or does not sit there`(
    options: [String], terminal: Terminal
  ) async throws {
    let (run, calls) = try await forget(options, in: terminal)
    #expect(run.ending == .exit(.ok))
    #expect(!run.errors.contains("Forget"))
    #expect(calls.map(\.method) == [options == ["--dry-run"] ? .planForget : .forget])
  }

  @Test func `Ctrl-C at the question does not claim that anything goes on`() async throws {
    let signal = try PendingSignal(2)
    let daemon = FakeDaemon([.show: try .replies(Control.DeviceReply(device: Samples.headset))])
    let run = try await daemon.serve { path in
      let (input, keyboard) = try UnixSocket.pair()
      defer { for end in [input, keyboard] { close(end) } }
      var errors = ""
      // The signal comes with the question, not before.
      let remarks = TextSink(isTerminal: true) { bytes in
        errors += String(decoding: bytes, as: UTF8.self)
        if errors.hasSuffix("? [y/N] ") { signal.send() }
        return 0
      }
      let ending = Commands.run(
        ProcessContext(
          arguments: ["forget", "x"], variable: { $0 == "MDRCTL_SOCKET" ? path : nil },
          results: TextSink(isTerminal: true) { _ in 0 }, remarks: remarks, input: input, inputIsTerminal: true,
          interrupts: Interrupts(descriptor: signal.receiver) { signal.take() }))
      return Run(ending: ending, output: "", errors: errors)
    }
    #expect(run.ending == .signal(2))
    #expect(run.errors.hasSuffix("mdrctl: stopped\n"))
    #expect(daemon.events == [.call(Control.show, .init(device: "x"))])
  }
}

@Suite(.timeLimit(.minutes(5))) struct RepairConsentTests {
  private func repair(
    _ options: [String], in terminal: Terminal = Terminal(), of daemon: FakeDaemon
  ) async throws -> (Run, [FakeDaemon.Event]) {
    let run = try await daemon.serve { try mdrctl(["repair", "xm4"] + options, socket: $0, in: terminal) }
    return (run, daemon.events)
  }

  @Test(arguments: [false, true])
  func `without consent it shows the plan, says how to agree and exits with 4`(isTerminal: Bool) async throws {
    let (run, calls) = try await repair([], in: Terminal(isTerminal: isTerminal), of: try repairing(plan))
    #expect(run.code == 4)
    #expect(run.output == planText)
    #expect(run.errors.hasPrefix("mdrctl: Nothing was changed: repairing deletes the old bond"))
    #expect(run.errors.hasSuffix("\n  Agree with --yes, or with --ask on a terminal.\n"))
    #expect(calls == [planCall])
  }

  @Test func `without consent JSON has the plan and the error`() async throws {
    let (run, _) = try await repair(["--json"], of: try repairing(plan))
    let objects = try run.objects()
    #expect(run.code == 4 && run.errors.isEmpty)
    #expect(objects.count == 2)
    #expect(objects.first == #"{"plan":["Remove it.","Pair it again."]}"#)
    #expect(objects.last?.hasPrefix(#"{"error":{"code":"needs-consent","#) == true)
  }

  @Test func `the plan alone is no failure`() async throws {
    let (run, calls) = try await repair(["--dry-run", "--yes"], of: try repairing(plan))
    #expect(run.ending == .exit(.ok))
    #expect(run.output == planText && run.errors.isEmpty)
    #expect(calls == [planCall])
  }

  @Test func `asked and agreed, it repairs what the plan was about, and asks the pairing's questions`() async throws {
    var plan = plan
    plan.device = Samples.headset
    let question = Question(
      id: 7, kind: .confirmation, address: Samples.headset.address, name: "WH-1000XM4", passkey: "123456")
    let (run, calls) = try await repair(
      ["--ask"], in: Terminal(isTerminal: true, input: "y\ny\n"), of: try repairing(plan, questions: [question]))
    #expect(run.ending == .exit(.ok))
    #expect(run.output == planText + "\(named) is paired.\n")
    #expect(run.errors.hasPrefix("Do this? [y/N] "))
    let repair = FakeDaemon.Event.follow(
      Control.repair, .init(device: "AC:80:0A:11:22:33", adapter: "hci0", consent: true, ask: true))
    #expect(calls.starts(with: [planCall, .call(Control.configuration, .init()), repair]))
    // The repair may be over before the answer is sent.
    let answers = calls.dropFirst(3)
    #expect(answers.isEmpty || answers == [.call(Control.answer, .init(question: 7, accept: true))])
  }

  @Test func `asked and refused, it does nothing`() async throws {
    let (run, calls) = try await repair(
      ["--ask"], in: Terminal(isTerminal: true, input: "n\n"), of: try repairing(plan))
    #expect(run.code == 1)
    #expect(run.errors == "Do this? [y/N] mdrctl: Nothing was changed.\n")
    #expect(calls == [planCall])
  }

  @Test func `who agrees and wants to be asked is asked by the pairing only`() async throws {
    let (run, calls) = try await repair(["--ask", "--yes"], in: Terminal(isTerminal: true), of: try repairing(plan))
    #expect(run.ending == .exit(.ok) && run.errors.isEmpty)
    let repair = FakeDaemon.Event.follow(
      Control.repair, .init(device: "xm4", consent: true, confirm: true, ask: true))
    #expect(calls == [.call(Control.configuration, .init()), repair])
  }

  @Test func `a plan that cannot be made is the daemon's failure`() async throws {
    let daemon = FakeDaemon([.planRepair: .error(.deviceNotFound, .init(message: "No known device fits."))])
    let (run, calls) = try await repair([], of: daemon)
    #expect(run.code == 6 && run.output.isEmpty)
    #expect(calls.count == 1)
  }
}
