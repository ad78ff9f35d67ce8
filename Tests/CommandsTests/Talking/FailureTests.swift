import EventLoop
import Foundation
import Interface
import Support
import Testing
import Varlink
import Vocabulary

@testable import Commands

@Suite(.timeLimit(.minutes(5))) struct FailureTests {
  @Test(arguments: ErrorCode.allCases)
  func `an error of the daemon has its exit code, in text and in JSON`(code: ErrorCode) async throws {
    let parameters = Control.ErrorParameters(
      message: "It failed.", evidence: "org.bluez.Error.Failed\u{1B}", hint: "Try again.")
    let daemon = FakeDaemon([.connect: .error(code, parameters)])
    let (text, json) = try await daemon.serve {
      (try mdrctl(["connect", "x"], socket: $0), try mdrctl(["connect", "x", "-j"], socket: $0))
    }
    #expect(text.ending == .exit(code.exitCode) && json.ending == text.ending)
    #expect(text.output.isEmpty && json.errors.isEmpty)
    #expect(text.errors == "mdrctl: It failed.\n  Seen by: org.bluez.Error.Failed\u{FFFD}\n  Try again.\n")
    let object =
      #"{"error":{"code":"\#(code.rawValue)","evidence":"org.bluez.Error.Failed\u001b","#
      + #""hint":"Try again.","message":"It failed."}}"#
    #expect(try json.objects() == [object])
  }

  @Test func `an ambiguous name lists what it could be`() async throws {
    let parameters = Control.ErrorParameters(message: "More than one device fits.", candidates: ["A", "B\n"])
    let daemon = FakeDaemon([.show: .error(.ambiguousDevice, parameters)])
    let (text, json) = try await daemon.serve {
      (try mdrctl(["show", "x"], socket: $0), try mdrctl(["show", "x", "-j"], socket: $0))
    }
    #expect(text.errors == "mdrctl: More than one device fits.\n  It could be:\n    A\n    B\u{FFFD}\n")
    #expect(
      try json.objects() == [
        #"{"error":{"candidates":["A","B\n"],"code":"ambiguous-device","message":"More than one device fits."}}"#
      ])
  }

  @Test func `the devices that are in the way are listed`() async throws {
    let parameters = Control.ErrorParameters(message: "hci0 is not switched off.", candidates: ["A"])
    let daemon = FakeDaemon([.forget: .error(.devicesConnected, parameters)])
    let run = try await daemon.serve { try mdrctl(["forget", "x", "--power-cycle"], socket: $0) }
    #expect(run.code == 1)
    #expect(run.errors == "mdrctl: hci0 is not switched off.\n  Namely:\n    A\n")
  }

  @Test func `a waiting that times out has exit code 3`() async throws {
    let daemon = FakeDaemon([.wait: .error(.timedOut, .init(message: "Not connected in time."))])
    let run = try await daemon.serve { try mdrctl(["wait", "x", "--for=connected", "-t", "1"], socket: $0) }
    #expect(run.code == 3)
  }

  @Test func `no daemon is exit code 8 with the next step`() throws {
    let text = try mdrctl(["list"], socket: "/nonexistent/socket")
    #expect(text.code == 8)
    #expect(
      text.errors == """
        mdrctl: mdrctld is not running: nobody answers at /nonexistent/socket.
          Start it: systemctl start mdrctld.socket

        """)
    let json = try mdrctl(["list", "--json"])
    #expect(json.code == 8)
    #expect(try json.objects().first?.contains(#""code":"no-daemon""#) == true)
  }

  @Test func `a daemon that is not allowed to us is exit code 5`() async throws {
    let refusing = AllowEveryone(except: [Control.Method.power.fullName])
    let run = try await FakeDaemon([:]).serve(authoriser: refusing) {
      try mdrctl(["adapter", "power", "on"], socket: $0)
    }
    #expect(run.code == 5)
    #expect(run.errors.hasPrefix("mdrctl: You may not do this.\n  Whoever sits at the computer may"))
  }

  @Test func `who may not is told by the daemon why, and what to do`() async throws {
    var status = Samples.status
    status.access = Access(control: false, by: .nobody, message: "Your session is too old.", hint: "Log in again.")
    let refusing = AllowEveryone(except: [Control.Method.power.fullName])
    let run = try await FakeDaemon([.status: .replies(status)]).serve(authoriser: refusing) {
      try mdrctl(["adapter", "power", "on"], socket: $0)
    }
    #expect(run.code == 5)
    #expect(run.errors == "mdrctl: You may not do this.\n  Seen by: Your session is too old.\n  Log in again.\n")
  }

  @Test func `an answer that makes no sense is an error of its own`() async throws {
    let daemon = FakeDaemon([.list: .init(result: .success(.object(["devices": .integer(5)])))])
    let run = try await daemon.serve { try mdrctl(["list", "-j"], socket: $0) }
    #expect(run.code == 1)
    #expect(try run.objects().first?.contains(#""code":"bad-reply""#) == true)
  }

  @Test func `an unknown error of a newer daemon is passed on`() async throws {
    let daemon = FakeDaemon([.list: .init(result: .failure(VarlinkError("org.mdrctl.Control.Newer")))])
    let run = try await daemon.serve { try mdrctl(["list"], socket: $0) }
    #expect(run.code == 1)
    #expect(run.errors.contains("Seen by: org.mdrctl.Control.Newer {}"))
  }

  @Test func `a daemon that goes away in the middle is noticed`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    let listener = try UnixSocket.listen(path: path, mode: 0o600)
    try UnixSocket.setBlocking(listener.number, true)
    let number = listener.number
    Thread.detachNewThread {
      guard let peer = try? VarlinkPeer(UnixSocket.accept(number).take()) else { return }
      _ = peer.receive()
    }
    let run = try mdrctl(["status"], socket: path)
    #expect(run.code == 8)
    #expect(run.errors.hasPrefix("mdrctl: mdrctld closed the connection before it had answered.\n"))
  }

  @Test(arguments: [(["list"], true), (["list", "-q"], false), ([], true), (["scan", "--json"], true)])
  func `a daemon of another version is warned of, unless quiet`(words: [String], isWarned: Bool) async throws {
    var status = Samples.status
    status.version = "9.9"
    let daemon = FakeDaemon(
      version: "9.9",
      [
        .list: try .replies(Control.ListReply(devices: [])), .status: try .replies(status),
        .scan: try .replies(Control.ScanReply(event: .finished)),
      ])
    let run = try await daemon.serve { try mdrctl(words, socket: $0) }
    #expect(run.code == 0)
    let warning =
      "mdrctl: warning: this is mdrctl 0.1.0, but mdrctld is 9.9; restart it: systemctl restart mdrctld\n"
    #expect(run.errors.contains(warning) == isWarned)
  }

  @Test(arguments: [
    (["scan"], Control.Method.scan, "stopped"), (["monitor"], .monitor, "stopped"),
    (["pair"], .pair, "stopped; mdrctld cancels the pairing"),
    (["forget", "x"], .forget, "stopped waiting; mdrctld goes on with the removal"),
    (["repair", "x", "--yes"], .repair, "stopped; run it again to go on"),
    (["profile", "stereo"], .profile, "stopped waiting; mdrctld goes on with it"),
    (["codec", "best"], .codec, "stopped waiting; mdrctld goes on with it"),
    (["forget", "x", "--dry-run"], .planForget, "stopped"), (["repair", "x"], .planRepair, "stopped"),
  ])
  func `a signal closes the connection and ends the process as itself`(
    words: [String], method: Control.Method, farewell: String
  ) async throws {
    let signal = try PendingSignal(SIGTERM)
    let daemon = FakeDaemon([method: FakeDaemon.Script(hangs: signal)])
    let run = try await daemon.serve { path in
      let run = try mdrctl(words, socket: path, in: Terminal(signal: signal))
      while !daemon.events.contains(.left(method)) { sched_yield() }
      return run
    }
    #expect(run.ending == .signal(SIGTERM))
    #expect(run.errors.hasSuffix("mdrctl: \(farewell)\n"))
  }

  @Test func `a signal that came before the first wait is not lost`() async throws {
    let signal = try PendingSignal(SIGINT)
    signal.send()
    let run = try await FakeDaemon([:]).serve { try mdrctl(["monitor"], socket: $0, in: Terminal(signal: signal)) }
    #expect(run.ending == .signal(SIGINT))
  }

  @Test func `nobody reading the output ends the process as a broken pipe does`() async throws {
    let daemon = FakeDaemon([.status: try .replies(Samples.status)])
    let ending = try await daemon.serve { path in
      let (near, far) = try UnixSocket.pair()
      defer { for end in [near, far] { close(end) } }
      let broken = TextSink(isTerminal: false) { _ in EPIPE }
      let silent = TextSink(isTerminal: false) { _ in 0 }
      return run(
        ProcessContext(
          arguments: [], variable: { $0 == "MDRCTL_SOCKET" ? path : nil }, results: broken, remarks: silent,
          input: near,
          inputIsTerminal: false, interrupts: Interrupts(descriptor: far) { 0 }))
    }
    #expect(ending == .signal(SIGPIPE))
  }

  @Test(arguments: [["monitor"], ["scan"], ["wait", "x", "--for", "paired"], ["connect", "x"]])
  func `what is told as it comes ends with its reader, although nothing comes`(words: [String]) async throws {
    let reader = try PendingSignal(SIGPIPE)
    let watched = Locked(false)
    let daemon = FakeDaemon(
      Dictionary(uniqueKeysWithValues: [.monitor, .scan, .wait].map { ($0, FakeDaemon.Script(hangs: reader)) }))
    let ending = try await daemon.serve { path in
      let sink = TextSink(isTerminal: false) { _ in 0 }
      let interrupts = Interrupts(
        descriptor: reader.receiver, watchOutput: { watched.withLock { $0 = true } }, take: { reader.take() })
      return run(
        ProcessContext(
          arguments: words, variable: { $0 == "MDRCTL_SOCKET" ? path : nil }, results: sink, remarks: sink,
          input: -1, inputIsTerminal: false, interrupts: interrupts))
    }
    let isStream = words[0] != "connect"
    #expect(ending == (isStream ? .signal(SIGPIPE) : .exit(.ok)))
    #expect(watched.withLock { $0 } == isStream)
  }

  @Test func `a daemon that does not answer a question about what there is is given up`() throws {
    let directory = try TemporaryDirectory()
    let listener = try ServerSocket.listen(at: directory.path + "/socket", mode: 0o600)
    for words in [["status"], ["list"], ["show"], ["why"], ["connect", "x"]] {
      let run = try mdrctl(words, socket: directory.path + "/socket", in: Terminal(patience: .milliseconds(1)))
      #expect(run.ending == .exit(.noDaemon))
      #expect(run.errors.hasPrefix("mdrctl: mdrctld does not answer.\n"), "\(words)")
    }
    listener.remove()
  }

  @Test func `an empty variable names no socket`() throws {
    let run = try mdrctl(["status"], socket: "")
    #expect(run.ending == .exit(.noDaemon) || run.ending == .exit(.ok))
    #expect(run.errors.isEmpty || run.errors.contains(Control.socketPath))
  }

  @Test func `a full disk is told`() throws {
    var remarks: [UInt8] = []
    let full = TextSink(isTerminal: false) { _ in ENOSPC }
    let errors = TextSink(isTerminal: false) { bytes in
      remarks += bytes
      return 0
    }
    let ending = run(
      ProcessContext(
        arguments: ["help"], variable: { _ in nil }, results: full, remarks: errors, input: -1, inputIsTerminal: false,
        interrupts: Interrupts(descriptor: -1) { 0 }))
    #expect(ending == .exit(.failed))
    #expect(String(decoding: remarks, as: UTF8.self).contains("No space left on device"))
  }
}
