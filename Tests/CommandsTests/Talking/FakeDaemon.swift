import Commands
import EventLoop
import Foundation
import Interface
import Support
import Testing
import Varlink
import Vocabulary

/// A daemon that says what a test tells it to.
struct FakeDaemon: Sendable {
  /// What it does when a method is called.
  struct Script: Sendable {
    /// Sent with `continues`, if the client wants more.
    var progress: [JSONValue] = []
    var result: Result<JSONValue, VarlinkError> = .success(.emptyObject)
    /// Never answers, but sends this signal to the client; notes when the client has gone.
    var hangs: PendingSignal?
    /// What to do instead, by the parameters.
    var chosen: (@Sendable (JSONValue) -> Script)?

    /// Replies of the interface; the last one is the result.
    static func replies(_ replies: any Encodable...) throws -> Script {
      var trees = try replies.map { try JSONValue(encoding: $0) }
      let last = trees.removeLast()
      return Script(progress: trees, result: .success(last))
    }

    /// Another script for each call, by its parameters.
    static func chosen<Parameters: Decodable & SendableMetatype, Reply>(
      for signature: Signature<Parameters, Reply>, _ choose: @escaping @Sendable (Parameters) -> Script
    ) -> Script {
      Script(chosen: { parameters in
        guard let parameters = try? parameters.decode(Parameters.self) else {
          return Script(result: .failure(.invalidParameter("")))
        }
        return choose(parameters)
      })
    }

    static func error(_ code: ErrorCode, _ parameters: Control.ErrorParameters) -> Script {
      Script(result: .failure(VarlinkError(code.varlinkName, parameters)))
    }
  }

  /// What a client did.
  enum Event: Equatable, Sendable, CustomStringConvertible {
    case called(Control.Method, JSONValue, wantsMore: Bool)
    /// The client left before the method had ended.
    case left(Control.Method)

    /// A call that wants one reply.
    static func call<Parameters: Encodable, Reply>(_ signature: Signature<Parameters, Reply>, _ parameters: Parameters)
      -> Self
    {
      .called(signature.method, tree(parameters), wantsMore: false)
    }

    /// A call that wants to be told what happens, too.
    static func follow<Parameters: Encodable, Reply>(
      _ signature: Signature<Parameters, Reply>, _ parameters: Parameters
    ) -> Self {
      .called(signature.method, tree(parameters), wantsMore: true)
    }

    var method: Control.Method {
      switch self {
      case .called(let method, _, _), .left(let method): method
      }
    }

    var description: String {
      switch self {
      case .called(let method, let parameters, let wantsMore):
        "\(method)\(wantsMore ? " with more" : "") \(parameters.text)"
      case .left(let method): "left \(method)"
      }
    }
  }

  private let log = Locked<[Event]>([])
  /// What clients did, in order.
  var events: [Event] { log.withLock { $0 } }
  let version: String
  let scripts: [Control.Method: Script]

  init(version: String = Control.version, _ scripts: [Control.Method: Script]) {
    self.version = version
    self.scripts = scripts
  }

  private var interface: VarlinkInterface {
    let methods = Control.Method.allCases.map { method in
      VarlinkMethod.stream(method.rawValue) {
        (parameters: JSONValue, call, replies: Replies<JSONValue>) throws(VarlinkError) -> JSONValue in
        log.withLock { $0.append(.called(method, parameters, wantsMore: call.wantsMore)) }
        let general = scripts[method] ?? Script()
        let script = general.chosen?(parameters) ?? general
        for progress in script.progress { replies.send(progress) }
        if let signal = script.hangs {
          signal.send()
          await untilCancelled()
          log.withLock { $0.append(.left(method)) }
        }
        return try script.result.get()
      }
    }
    return VarlinkInterface(Control.interface, description: Control.description, methods: methods)
  }

  /// Starts it at a path of its own, which `body` is given, on a thread where it may block.
  func serve<Value: Sendable>(
    authoriser: any Authoriser = AllowEveryone(), _ body: @escaping @Sendable (String) throws -> Value
  ) async throws -> Value {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    let identity = ServiceIdentity(vendor: "Tests", product: "mdrctl", version: version, url: "")
    return try await withVarlinkServer([interface], authoriser: authoriser, identity: identity) { harness in
      let socket = try ServerSocket.listen(at: path, mode: 0o666)
      try await harness.server.listen(on: socket.descriptor)
      let value = try await onThread { try body(path) }
      await harness.server.shutDown(grace: .zero)
      socket.remove()
      return value
    }
  }
}

/// A value as it travels.
func tree(_ value: some Encodable) -> JSONValue {
  do { return try JSONValue(encoding: value) } catch { preconditionFailure("what the interface has travels: \(error)") }
}

private func untilCancelled() async {
  let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
  await withTaskCancellationHandler {
    for await _ in stream {}
  } onCancel: {
    continuation.finish()
  }
}

/// A signal for a run of mdrctl, sent by way of a socket instead of the process.
final class PendingSignal: Sendable {
  let number: Int32
  let receiver: Int32
  private let sender: Int32

  init(_ number: Int32) throws {
    self.number = number
    (receiver, sender) = try UnixSocket.pair()
  }

  deinit { for end in [receiver, sender] { close(end) } }

  func send() { _ = unsafe write(sender, "x", 1) }

  /// Takes one signal that was sent, as a signalfd does.
  func take() -> Int32 {
    var byte: UInt8 = 0
    _ = unsafe read(receiver, &byte, 1)
    return number
  }
}

/// What a run of mdrctl left behind.
struct Run {
  var ending: Ending
  var output: String
  var errors: String

  var code: Int32? {
    if case .exit(let code) = ending { code.rawValue } else { nil }
  }
  /// The objects printed, without the version of their format, which is checked.
  func objects() throws -> [String] {
    try output.split(separator: "\n").map { line in
      var members = try #require(try JSONValue(parsing: line.utf8).members)
      #expect(members["format"] == .integer(1))
      members["format"] = nil
      return JSONValue.object(members).text
    }
  }
}

/// Where a run takes place.
struct Terminal {
  var isTerminal = false
  /// Where the results go to; otherwise as `isTerminal` says.
  var hasTerminalOutput: Bool?
  var columns = 80
  /// What the person types.
  var input = ""
  /// A signal that may come.
  var signal: PendingSignal?
  /// It comes when so many lines have been printed.
  var lines: Int?
  var variables: [String: String] = [:]
  /// For what the daemon knows by itself.
  var patience = Duration.seconds(10)
  var modules = KernelModules(release: "6.12", areThere: true)
  /// What the controller tells of any link.
  var link: Result<LinkReading, LinkReading.Obstacle> = .success(LinkReading(rssi: 0, quality: 255))
  /// How busy the computer is, in percent.
  var pressure: Int? = 3
  /// What becomes of an rfkill switch that is to be opened.
  var unblock: @Sendable (String) throws(RfkillSwitch.Obstacle) -> Void = { _ in }
  var surroundings = Surroundings(people: ["erika"], hosts: ["lap.example.org"], system: "Debian GNU/Linux 13")
  /// Lines of the system's journal.
  var journal: [String]? = []
}

/// Runs a command line in this process; it blocks, so it belongs off the server's loop.
func mdrctl(_ words: [String], socket: String = "/nonexistent/socket", in terminal: Terminal = Terminal()) throws -> Run
{
  let (input, keyboard) = try UnixSocket.pair()
  defer { for descriptor in [input, keyboard] { close(descriptor) } }
  try UnixSocket.setBlocking(input, true)
  if !terminal.input.isEmpty { _ = unsafe write(keyboard, terminal.input, terminal.input.utf8.count) }
  var output: [UInt8] = []
  var errors: [UInt8] = []
  func sink(isTerminal: Bool? = nil, _ write: @escaping ([UInt8]) -> Void) -> TextSink {
    TextSink(isTerminal: isTerminal ?? terminal.isTerminal, columns: { terminal.columns }) { bytes in
      write(bytes)
      return 0
    }
  }
  var variables = terminal.variables
  variables["MDRCTL_SOCKET"] = socket
  let ending = run(
    ProcessContext(
      arguments: words, variable: { variables[$0] },
      results: sink(isTerminal: terminal.hasTerminalOutput) {
        output += $0
        if output.count(where: { $0 == UInt8(ascii: "\n") }) == terminal.lines { terminal.signal?.send() }
      },
      remarks: sink { errors += $0 }, input: input, inputIsTerminal: terminal.isTerminal,
      interrupts: Interrupts(descriptor: terminal.signal?.receiver ?? -1) { terminal.signal?.take() ?? 0 },
      patience: terminal.patience, now: { Samples.now }, modules: { terminal.modules },
      link: { _, _ in terminal.link }, pressure: { terminal.pressure }, unblock: terminal.unblock,
      surroundings: { terminal.surroundings }, journal: { terminal.journal }))
  return Run(
    ending: ending, output: String(decoding: output, as: UTF8.self), errors: String(decoding: errors, as: UTF8.self))
}
