import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// A headset goes from one computer to another: two daemons, each on a bus of its own, and a program in the place of ssh
/// that runs the command beside the other one. The headset is simulated at each end, so who is refused by it is not seen
/// here.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HandOverTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// As ssh and sshd: the command has streams of its own, whose end it sees when this has gone. `CUT` is the word at which
  /// the network goes, before it is delivered ("keep-") or after ("call+"): nobody hears anything any more, nor the end.
  private static let ssh = #"""
    #!/usr/bin/python3
    import os, signal, subprocess, sys, threading
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if os.environ.get("SSH_FAILS"): os._exit(int(os.environ["SSH_FAILS"]))
    there = dict(os.environ, MDRCTL_SOCKET=os.environ["THERE"], PATH=os.environ["THERE_PATH"])
    remote = subprocess.Popen(["/bin/sh", "-c", sys.argv[-1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=there,
                              start_new_session=True)
    cut, isCut = os.environ.get("CUT", ""), threading.Event()
    def up():
        while data := os.read(0, 4096):
            hits = cut and cut[:-1] in data.decode()
            if hits:
                subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL, stdout=remote.stdin, start_new_session=True)
                isCut.set()
            if not hits or cut.endswith("+"): os.write(remote.stdin.fileno(), data)
            if hits: return
        remote.stdin.close()
    threading.Thread(target=up, daemon=True).start()
    while data := os.read(remote.stdout.fileno(), 4096):
        if isCut.is_set(): signal.pause()
        os.write(1, data)
    os._exit(remote.wait())
    """#

  /// What stands before mdrctl on the other computer, in the shell.
  private static let mdrctl = #"""
    #!/bin/sh
    %
    exec "$REAL" "$@"
    """#

  private struct Pair {
    let here: Programs
    let there: Programs
    let directory: String

    func isConnected(_ programs: Programs) async throws -> Bool {
      try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device.connected
    }

    func standing(_ programs: Programs) async throws -> Standing? {
      try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device.standing
    }

    func comesBack(_ programs: Programs) async throws {
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "60")
    }

    /// The words that run mdrctl here, with ssh to the other computer.
    func words(_ arguments: [String], _ variables: [String: String], at other: Programs? = nil) -> [String] {
      let all = [
        "PATH": "\(directory):\(Built.directory):/usr/bin:/bin", "THERE": (other ?? there).socketPath,
        "THERE_PATH": "\(directory)/there:/usr/bin:/bin", "REAL": "\(Built.directory)/mdrctl",
      ].merging(variables) { $1 }
      return ["env"] + all.map { "\($0)=\($1)" } + ["mdrctl", "--json"] + arguments
    }

    func run(_ arguments: String..., with variables: [String: String] = [:], at other: Programs? = nil) async throws
      -> CommandResult
    {
      try await here.run(words(arguments, variables, at: other))
    }
  }

  private struct Outcome: Decodable {
    let device: Interface.Device?
    let host: String
    let holder: String
    let untold: Bool?
  }

  private static var absent: Headset {
    var headset = Sony.earbuds()
    headset.isInRange = false
    return headset
  }

  /// Two computers that are paired with the headset. `manner` is what mdrctl does on the other one before it is itself.
  private func withPair(
    here: Headset? = Sony.earbuds(), there: Headset? = Sony.earbuds(), manner: String = "",
    _ body: (Pair) async throws -> Void
  ) async throws {
    try await withPrograms {
      await $0.add(known: [here].compactMap(\.self), bonded: true)
    } _: { own in
      try await withPrograms(controller: Controller(address: "00:1A:7D:DA:71:77")) {
        await $0.add(known: [there].compactMap(\.self), bonded: true)
      } _: { other in
        // By another program: who starts one while this process writes the file would keep it open, and so "busy".
        let writing = #"mkdir -p "$1/there"; printf '%s\n' "$2" > "$1/ssh"; printf '%s\n' "$3" > "$1/there/mdrctl"; "#
        let modes = #"chmod 755 "$1/ssh" "$1/there/mdrctl""#
        let mdrctl = Self.mdrctl.replacingOccurrences(of: "%", with: manner)
        let result = try await own.run(["sh", "-c", writing + modes, "sh", directory.path, Self.ssh, mdrctl])
        #expect(result.status == 0, "\(result.errors)")
        try await body(Pair(here: own, there: other, directory: directory.path))
      }
    }
  }

  // MARK: It goes

  @Test func `taken from another computer it is connected here, and that one keeps off it`() async throws {
    try await withPair { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("take", Sony.bonded, "--from", "anna@desk")
      #expect(result.ending == .ok, "\(result.output)\(result.errors)")
      let outcome: Outcome = try result.reply()
      #expect(outcome.holder == "here" && outcome.host == "anna@desk" && outcome.untold == nil)
      #expect(outcome.device?.connected == true)
      #expect(try await pair.isConnected(pair.here))
      #expect(try await !pair.isConnected(pair.there))
      let standing = try await pair.standing(pair.there)
      #expect(standing?.state == .yielded && standing?.next == nil)
    }
  }

  @Test func `sent to another computer it is connected there, and this one keeps off it`() async throws {
    try await withPair { pair in
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("send", "--to", "desk")
      #expect(result.ending == .ok, "\(result.output)\(result.errors)")
      #expect(try result.reply(Outcome.self).holder == "there")
      #expect(try await pair.isConnected(pair.there))
      #expect(try await !pair.isConnected(pair.here))
      let standing = try await pair.standing(pair.here)
      #expect(standing?.state == .yielded && standing?.next == nil)
    }
  }

  @Test func `one that nobody has is taken, and sent, just as well`() async throws {
    try await withPair { pair in
      let words = pair.words(["take", Sony.bonded, "--from", "desk"], [:]).filter { $0 != "--json" }
      let taken = try await pair.here.run(words)
      #expect(taken.output == "WF-1000XM5 (\(Sony.bonded)) is connected here; desk did not have it.\n")
      try await pair.here.expect(.ok, "disconnect", Sony.bonded)
      #expect(try await pair.run("send", Sony.bonded, "--to", "desk").ending == .ok)
      #expect(try await pair.isConnected(pair.there))
    }
  }

  // MARK: It cannot go

  @Test func `one that cannot be connected here goes back to where it was`() async throws {
    try await withPair(here: Self.absent) { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("take", Sony.bonded, "--from", "desk")
      #expect(result.ending == .failed(.pageTimeout))
      #expect(result.error?.message.hasSuffix("desk has it again.") == true)
      #expect(try await pair.standing(pair.there)?.state == .connected)
    }
  }

  @Test func `one that cannot be connected there comes back here`() async throws {
    try await withPair(there: Self.absent) { pair in
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("send", "--to", "desk")
      #expect(result.ending == .failed(.pageTimeout))
      #expect(result.error?.message.hasPrefix("On desk: ") == true)
      #expect(result.error?.message.hasSuffix("This computer has it again.") == true)
      #expect(try await pair.standing(pair.here)?.state == .connected)
    }
  }

  @Test func `where neither can connect it, it is said that nobody has it`() async throws {
    let refuses =
      #"case "$*" in *connect*) echo '{"error":{"code":"page-timeout","message":"Silence."}}'; exit 3;; esac"#
    try await withPair(here: Self.absent, manner: refuses) { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("take", Sony.bonded, "--from", "desk")
      #expect(result.status == 3)
      #expect(result.error?.message.contains("nobody has it") == true)
    }
  }

  /// What keeps the other computer from it: how ssh is, how mdrctl there is, the error, and what is said.
  @Test(arguments: [
    (["SSH_FAILS": "255"], "", Ending(status: 8, code: "no-connection"), "failed"),
    (["SSH_FAILS": "127"], "", Ending(status: 8, code: "no-mdrctl"), "has no mdrctl"),
    (["REAL": "/nonexistent/mdrctl"], "", Ending(status: 8, code: "no-mdrctl"), "has no mdrctl"),
    (["THERE": "/nonexistent/socket"], "", Ending(status: 8, code: "no-daemon"), "On desk: mdrctld is not running"),
    ([:], "echo Welcome; echo '[]'; exit 0", Ending(status: 1, code: "bad-reply"), "cannot be understood"),
    (
      [:], #"case "$*" in *status) "$REAL" "$@" | sed 's/"control":true/"control":false/'; exit;; esac"#,
      .failed(.notAuthorized), "You may not control headsets on desk"
    ),
    (
      [:],
      #"case "$*" in *yield*|*connect*) echo '{"error":{"code":"usage","message":"There is no verb."}}'; exit 2;; esac"#,
      Ending(status: 1, code: "old-mdrctl"), "older"
    ),
    (
      [:],
      #"case "$*" in *yield*|*connect*) echo '{"error":{"code":"not-authorized","message":"No."}}'; exit 5;; esac"#,
      .failed(.notAuthorized), "On desk: No."
    ),
  ])
  func `what keeps the other computer from it is said, and it stays where it is`(
    variables: [String: String], manner: String, ending: Ending, says: String
  ) async throws {
    try await withPair(manner: manner) { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let taken = try await pair.run("take", Sony.bonded, "--from", "desk", with: variables)
      #expect(taken.ending == ending)
      #expect(taken.error?.message.contains(says) == true, "\(taken.output)")
      #expect(try await pair.isConnected(pair.there))
      #expect(try await !pair.isConnected(pair.here))
      try await pair.there.expect(.ok, "disconnect", Sony.bonded)
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      let sent = try await pair.run("send", "--to", "desk", with: variables)
      #expect(sent.ending == ending)
      #expect(try await pair.isConnected(pair.here))
      #expect(try await !pair.isConnected(pair.there))
    }
  }

  @Test func `one that is not paired with one of them stays where it is`() async throws {
    try await withPair(there: nil) { pair in
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      let sent = try await pair.run("send", "--to", "desk")
      #expect(sent.ending == .failed(.deviceNotFound))
      #expect(sent.error?.message.contains("is not paired with desk") == true)
      #expect(try await pair.isConnected(pair.here))
    }
    try await withPair(here: nil) { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      #expect(try await pair.run("take", Sony.bonded, "--from", "desk").ending == .failed(.deviceNotFound))
      #expect(try await pair.isConnected(pair.there))
    }
  }

  @Test func `this computer is not another one`() async throws {
    try await withPair { pair in
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      for words in [["take", "--from", "localhost"], ["send", "--to", "localhost"]] {
        let result = try await pair.here.run(pair.words(words, [:], at: pair.here))
        #expect(result.ending == Ending(status: 2, code: "usage"))
        #expect(result.error?.message.hasPrefix("localhost is this computer") == true)
      }
      #expect(try await pair.isConnected(pair.here))
    }
  }

  // MARK: It is broken off

  /// After it was let go there; what runs there next waits for longer than anybody.
  private static let stalls = #"case "$*" in *yield*) "$REAL" "$@"; sleep 40; exit;; esac"#
  private static let stallsConnecting = #"case "$*" in *connect*) sleep 40;; esac"#

  @Test(arguments: [SIGKILL, SIGINT, SIGTERM])
  func `killed after it was let go there, it goes back there`(signal: Int32) async throws {
    let lets = #"case "$*" in *yield*) "$REAL" "$@"; sleep 3; exit;; esac"#
    try await withPair(manner: lets) { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let command = try pair.here.launch(pair.words(["take", Sony.bonded, "--from", "desk"], [:]))
      try await pair.there.expect(.ok, "wait", Sony.bonded, "--for", "disconnected", "--timeout", "60")
      command.signal(signal)
      #expect(try await command.result().status == 128 + signal)
      try await pair.comesBack(pair.there)
      #expect(try await !pair.isConnected(pair.here))
    }
  }

  @Test func `killed after it was let go here, it comes back here`() async throws {
    try await withPair(manner: Self.stallsConnecting) { pair in
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      let command = try pair.here.launch(pair.words(["send", "--to", "desk"], [:]))
      try await pair.here.expect(.ok, "wait", Sony.bonded, "--for", "disconnected", "--timeout", "60")
      command.signal(SIGKILL)
      #expect(try await command.result().status == 128 + SIGKILL)
      try await pair.comesBack(pair.here)
    }
  }

  @Test func `another computer that does not answer in time gets it back, and this one keeps off`() async throws {
    try await withPair(manner: Self.stalls) { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("take", Sony.bonded, "--from", "desk")
      #expect(result.ending == Ending(status: 8, code: "no-connection"))
      #expect(result.error?.message.contains("As far as is known desk has it") == true)
      #expect(try await !pair.isConnected(pair.here))
      try await pair.comesBack(pair.there)
    }
  }

  @Test func `with the network gone before the answer, the other computer takes it back when the time is over`()
    async throws
  {
    try await withPair { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("take", Sony.bonded, "--from", "desk", with: ["CUT": "lend+"])
      #expect(result.ending == Ending(status: 8, code: "no-connection"))
      try await pair.comesBack(pair.there)
      #expect(try await !pair.isConnected(pair.here))
    }
  }

  @Test func `with the network gone before the word that it is here, it stays, and is called once there`() async throws
  {
    try await withPair { pair in
      try await pair.there.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("take", Sony.bonded, "--from", "desk", with: ["CUT": "keep-"])
      #expect(result.ending == .ok)
      let outcome: Outcome = try result.reply()
      #expect(outcome.holder == "here" && outcome.untold == true)
      await pair.there.simulator.change(Sony.bonded) { $0.isBusyElsewhere = true }
      var standing: Standing?
      repeat { standing = try await pair.standing(pair.there) } while standing?.state != .backOff
      #expect(standing?.next.map { $0 > 30_000 } == true)
      #expect(try await pair.isConnected(pair.here))
    }
  }

  @Test(arguments: ["call-", "call+"])
  func `with the network gone while the other computer connects it, this one takes it back when the time is over`(
    cut: String
  ) async throws {
    try await withPair { pair in
      try await pair.here.expect(.ok, "connect", Sony.bonded)
      let result = try await pair.run("send", "--to", "desk", with: ["CUT": cut])
      #expect(result.ending == Ending(status: 8, code: "no-connection"))
      #expect(result.error?.message.contains("Unless desk has it") == true)
      try await pair.comesBack(pair.here)
      #expect(try await pair.isConnected(pair.there) == (cut == "call+"))
    }
  }

  @Test func `a hand-over asks for its host, and for no restart of the sound server`() async throws {
    try await withPair { pair in
      for words in [["send"], ["take", "--from", "desk", "--restart-sound"], ["send", "--to", "-oProxyCommand=x"]] {
        let result = try await pair.here.run(pair.words(words, [:]))
        #expect(result.ending == Ending(status: 2, code: "usage"), "\(words)")
      }
    }
  }
}
