internal import CLinux
internal import Glibc
internal import Interface
internal import Varlink
internal import Vocabulary

/// `mdrctl` on another computer, reached over one connection of ssh: it is told words, and answers each.
///
/// One connection, so that ssh asks for a password once, and so that its end is noticed there: a headset that was lent for
/// this is then taken back.
final class Correspondent {
  /// What it can be told. Each runs one command there, for the headset that it was made for.
  enum Word: String, CaseIterable {
    /// What there is.
    case status
    /// Let the headset go, and take it back by itself after ``HandOver/lease``.
    case lend
    /// Do not take it back.
    case keep
    /// Take it back now.
    case back
    /// Connect it, within ``HandOver/reach``.
    case call
    /// Let the other headsets there go.
    case take
  }

  struct Answer {
    /// mdrctl's exit status.
    let status: Int32
    /// What it printed last.
    let object: JSONMembers
  }

  /// Why there is no answer.
  enum Loss: Error, Equatable {
    /// The connection has ended, and ssh with this status.
    case closed(Int32)
    case late
  }

  let other: OtherHost
  private let context: ProcessContext
  private let process: Int32
  private let stream: Int32
  private var received: [UInt8] = []
  private var status: Int32?

  /// More than mdrctl tells of hundreds of devices.
  private static let longestAnswer = 1 << 20
  /// For ssh to end once it has closed its output.
  private static let endPatience = Duration.seconds(2)

  /// What runs there. Words of verbs only that an older mdrctl has, too. A headset that is lent is taken back when nothing
  /// more is heard, which a killed ssh and a killed client look like; where it is not known, because the network is gone,
  /// the daemon there takes it back when the time is over.
  private static var script: String {
    let (lease, reach) = (HandOver.lease.components.seconds, HandOver.reach.components.seconds)
    let commands: [(Word, String)] = [
      (.status, "mdrctl -q --json status"), (.lend, "lent=1; mdrctl -q --json yield --for=\(lease)s -- \"$1\""),
      (.keep, "lent=; mdrctl -q --json yield -- \"$1\""), (.back, "lent=; mdrctl -q --json connect -- \"$1\""),
      (.call, "mdrctl -q --json connect --timeout=\(reach) -- \"$1\""), (.take, "mdrctl -q --json take -- \"$1\""),
    ]
    let cases = commands.map { "\($0.rawValue)) \($1);; " }.joined()
    return "trap \"\" HUP INT TERM PIPE; exec 2>/dev/null; lent=; "
      + "while read -r word; do case $word in \(cases)esac </dev/null; echo \"= $?\"; done; "
      + "if [ \"$lent\" ]; then exec mdrctl -q --json connect -- \"$1\" >/dev/null; fi"
  }

  /// ssh notices by itself, before the time is over for which a headset is lent, that the other computer is gone.
  private static let options = [
    "-T", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=2",
  ]

  /// Starts ssh; whether it gets there, the first answer tells.
  init(on host: String, about address: String, _ context: ProcessContext) throws(EarlyExit) {
    other = OtherHost(host)
    self.context = context
    var ends: [Int32] = [-1, -1]
    let failure = unsafe clinux_stream_pair(&ends)
    guard failure >= 0 else {
      throw .failure(Failure(code: "no-ssh", message: "ssh cannot be run: \(NewFile.reason(-failure)).", exit: .failed))
    }
    stream = ends[0]
    defer { _ = clinux_close(ends[1]) }
    let words = other.sshWords(Self.options, mayAsk: other.mayAsk(context), Self.script, [address])
    do throws(EarlyExit) { process = try OtherHost.start(words, on: ends[1]) } catch {
      _ = clinux_close(ends[0])
      throw error
    }
  }

  /// How long the first answer may take: ssh may ask a person, for as long as sshd lets him take.
  var firstPatience: Duration { .seconds(other.mayAsk(context) ? 120 : 30) }

  /// Hangs up: what is lent is taken back there.
  func close() {
    _ = shutdown(stream, Int32(SHUT_WR))
    _ = ended(within: .zero)
    _ = clinux_close(stream)
  }

  /// Tells a word and returns its answer; throws what else ends the command.
  func ask(_ word: Word, within patience: Duration) throws(EarlyExit) -> Result<Answer, Loss> {
    let line = Array("\(word.rawValue)\n".utf8)
    // Where that fails the end is read next.
    _ = unsafe line.withUnsafeBytes { unsafe clinux_stream_send(stream, $0.baseAddress, $0.count) }
    let deadline = context.clock() + patience
    while true {
      if let answer = takeAnswer() { return .success(answer) }
      let rest = deadline - context.clock()
      guard rest > .zero else { return .failure(.late) }
      var entries = [
        pollfd(fd: stream, events: Int16(POLLIN), revents: 0),
        pollfd(fd: context.interrupts.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      context.wait(&entries, rest)
      if entries[1].revents != 0 { throw context.interrupts.earlyExit() }
      guard entries[0].revents != 0 else { continue }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = unsafe read(stream, &chunk, chunk.count)
      guard count > 0, received.count <= Self.longestAnswer else {
        return .failure(.closed(ended(within: Self.endPatience)))
      }
      received += chunk.prefix(count)
    }
  }

  /// The next whole answer: lines, of which the last but one may be an object, and "= STATUS". A shell's start files may
  /// have said something before.
  private func takeAnswer() -> Answer? {
    var lines = received.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count > 1, let end = lines.dropLast().firstIndex(where: { $0.starts(with: "= ".utf8) }) else {
      return nil
    }
    let status = Int32(String(decoding: lines[end].dropFirst(2), as: UTF8.self)) ?? 255
    let object = end > 0 ? (try? JSONValue(parsing: lines[end - 1]))?.members : nil
    lines.removeFirst(end + 1)
    received = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    return Answer(status: status, object: object ?? [:])
  }

  /// ssh's exit status; ended by a signal where it does not end by itself.
  private func ended(within patience: Duration) -> Int32 {
    if let status { return status }
    let end = clinux_process_descriptor(process)
    defer { _ = clinux_close(end) }
    for (signal, patience) in [(SIGTERM, patience), (SIGKILL, Self.endPatience)] {
      var entries = [pollfd(fd: end, events: Int16(POLLIN), revents: 0)]
      ProcessContext.poll(&entries, atMost: patience)
      if entries[0].revents == 0 { _ = kill(process, signal) }
    }
    let status = clinux_process_wait(process)
    self.status = status
    return status
  }
}
