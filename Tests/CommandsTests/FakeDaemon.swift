import Commands
import EventLoop
import Foundation
import Interface
import Support
import Testing
import Varlink

/// A daemon that says what a test tells it to.
struct FakeDaemon: Sendable {
  /// What it does when a method is called.
  struct Script: Sendable {
    /// Sent with `continues`, if the client wants more.
    var progress: [JSONValue] = []
    var result: Result<JSONValue, VarlinkError> = .success(.emptyObject)
    /// Never answers; notes when the client has gone.
    var hangs = false

    /// Replies of the interface; the last one is the result.
    static func replies(_ replies: any Encodable...) throws -> Script {
      var trees = try replies.map { try JSONValue(encoding: $0) }
      let last = trees.removeLast()
      return Script(progress: trees, result: .success(last))
    }

    static func error(_ code: ErrorCode, _ parameters: Control.ErrorParameters) -> Script {
      Script(result: .failure(VarlinkError(code.varlinkName, parameters)))
    }
  }

  /// What was called and with what, in order.
  let calls = Locked<[String]>([])
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
        calls.withLock { $0.append("\(method.rawValue)\(call.wantsMore ? "+" : "") \(parameters.text)") }
        let script = scripts[method] ?? Script()
        for progress in script.progress { replies.send(progress) }
        if script.hangs {
          await untilCancelled()
          calls.withLock { $0.append("\(method.rawValue) cancelled") }
        }
        return try script.result.get()
      }
    }
    return VarlinkInterface(Control.interface, description: Control.description, methods: methods)
  }

  /// Starts it at a path of its own, which `body` is given.
  func serve<Value>(
    authoriser: any Authoriser = AllowEveryone(), _ body: (String) async throws -> Value
  ) async throws -> Value {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    let identity = ServiceIdentity(vendor: "Tests", product: "mdrctl", version: version, url: "")
    return try await withVarlinkServer([interface], authoriser: authoriser, identity: identity) { harness in
      let socket = try ServerSocket.listen(at: path, mode: 0o600)
      try await harness.server.listen(on: socket.descriptor)
      let value = try await body(path)
      await harness.server.shutDown(grace: .zero)
      socket.remove()
      return value
    }
  }
}

private func untilCancelled() async {
  let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
  await withTaskCancellationHandler {
    for await _ in stream {}
  } onCancel: {
    continuation.finish()
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
      #expect(members.removeValue(forKey: "format") == .integer(1))
      return JSONValue.object(members).text
    }
  }
}

/// Where a run takes place.
struct Terminal {
  var isTerminal = false
  var columns = 80
  /// What the person types.
  var input = ""
  /// A signal that has come before the command waits for the first time.
  var signal: Int32?
  var variables: [String: String] = [:]
}

/// Runs a command line in this process; it blocks, so it belongs off the server's loop.
func mdrctl(_ words: [String], socket: String = "/nonexistent/socket", in terminal: Terminal = Terminal()) throws -> Run
{
  let (input, keyboard) = try UnixSocket.pair()
  let (interrupt, sender) = try UnixSocket.pair()
  defer { for descriptor in [input, keyboard, interrupt, sender] { close(descriptor) } }
  for descriptor in [input, interrupt] { try UnixSocket.setBlocking(descriptor, true) }
  if !terminal.input.isEmpty { _ = unsafe write(keyboard, terminal.input, terminal.input.utf8.count) }
  if terminal.signal != nil { _ = unsafe write(sender, "x", 1) }
  var output: [UInt8] = []
  var errors: [UInt8] = []
  func channel(_ write: @escaping ([UInt8]) -> Void) -> Channel {
    Channel(isTerminal: terminal.isTerminal, columns: { terminal.columns }) { bytes in
      write(bytes)
      return 0
    }
  }
  var variables = terminal.variables
  variables["MDRCTL_SOCKET"] = socket
  let ending = run(
    Surroundings(
      arguments: words, variable: { variables[$0] }, results: channel { output += $0 },
      remarks: channel { errors += $0 }, input: input, inputIsTerminal: terminal.isTerminal,
      interrupts: Interrupts(descriptor: interrupt) { terminal.signal ?? 0 }))
  return Run(
    ending: ending, output: String(decoding: output, as: UTF8.self), errors: String(decoding: errors, as: UTF8.self))
}
