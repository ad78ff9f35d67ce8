import DBus
import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// The built programs beside a private bus and a simulated BlueZ.
struct Programs: Sendable {
  let simulator: Simulator
  let helper: FakeHelper
  let bus: BusAddress
  let socketPath: String
  /// Where the daemon keeps what lasts.
  let statePath: String
  /// Where the daemon's configuration is looked for.
  let configurationPath: String
  /// Where models of headsets are added.
  let modelsPath: String
  /// What stands before the paths of the computer's files that the doctor reads.
  let rootPath: String
  /// Where the daemon's words go.
  let logPath: String
  /// The daemon's process, as long as it has not been started again.
  let daemonProcess: Int32
  private let stage: Handed<TestStage>
  private let environment: [String: String]
  private let directory: TemporaryDirectory

  fileprivate init(_ stage: Handed<TestStage>) throws {
    self.stage = stage
    (simulator, helper, socketPath) = (stage.value.simulator, stage.value.helper, stage.value.socketPath)
    configurationPath = stage.value.configurationPath
    rootPath = stage.value.rootPath
    (statePath, logPath, modelsPath) = (stage.value.statePath, stage.value.logPath, stage.value.modelsPath)
    bus = stage.value.bus.address
    daemonProcess = stage.value.daemonProcess?.processID ?? 0
    environment = stage.value.environment
    directory = try TemporaryDirectory()
  }

  /// Ends the daemon as the service manager does, and returns its exit status.
  func stopDaemon() async throws -> Int32 { try await offPool { stage.value.stopDaemon() } }

  /// Kills the daemon where it stands.
  func killDaemon() async throws { try await offPool { stage.value.killDaemon() } }

  /// Starts the daemon again; what it has stored is there. `boot` names the run of the computer.
  /// By `relay` it comes to the bus on the way of this.
  func startDaemon(boot: String? = nil, by relay: BusRelay? = nil) async throws {
    let bus = relay?.address
    try await offPool { try stage.value.startDaemon(Built.daemon, boot: boot, bus: bus) }
  }

  /// A way to the bus on which the first connection stalls at a call.
  func relay(stallsAt call: String) throws -> BusRelay { try BusRelay(to: stage.value.bus, stallsAt: call) }

  /// Runs `mdrctl` to its end.
  func mdrctl(_ arguments: String...) async throws -> CommandResult { try await start(arguments).result() }

  /// Runs `mdrctl --json` to its end.
  func json(_ arguments: String...) async throws -> CommandResult { try await start(arguments + ["--json"]).result() }

  /// Runs `mdrctl --json` to its end, which must be as expected.
  @discardableResult
  func expect(
    _ ending: Ending, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> CommandResult {
    let result = try await start(arguments + ["--json"]).result()
    #expect(result.ending == ending, "\(result.output)\(result.errors)", sourceLocation: sourceLocation)
    for text in [result.error?.message, result.error?.evidence, result.error?.hint].compactMap(\.self) {
      #expect(!text.contains("Optional("), sourceLocation: sourceLocation)
    }
    return result
  }

  /// Starts `mdrctl`, whose output is to be read as it comes.
  func start(_ arguments: [String]) throws -> RunningCommand {
    try launch(["\(Built.directory)/mdrctl"] + arguments)
  }

  /// A copy of `mdrctl` that every user of this computer can run.
  func publicClient() async throws -> String {
    let path = "\(directory.path)/mdrctl"
    // By another program: who starts one while this process writes the file would keep it open, and so "busy".
    #expect(try await run(["cp", "\(Built.directory)/mdrctl", path]).status == 0)
    return path
  }

  /// Runs any program with the daemon's socket in its environment.
  func run(_ words: [String]) async throws -> CommandResult { try await launch(words).result() }

  /// Starts any program with the daemon's socket in its environment.
  func launch(_ words: [String]) throws -> RunningCommand { try RunningCommand(words, environment, directory) }
}

/// Where the programs under test are: beside the program that runs the tests.
enum Built {
  static var daemon: String { "\(directory)/mdrctld" }
  static var directory: String {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((own ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent
  }
}

/// Sets up a neighbourhood with the controller hci0 and what `prepare` adds, starts the daemon in it, runs `body`, and
/// takes everything down. When `body` throws, the daemon's log is printed. There is no privileged helper unless a manner
/// is given for it.
func withPrograms(
  version: BluezVersion = .v5_82, controller: Controller = Controller(), timing: Timing = .fast,
  helper manner: FakeHelper.Manner? = nil,
  prepare: @escaping @Sendable (Simulator) async throws -> Void = { _ in },
  _ body: (Programs) async throws -> Void
) async throws {
  try await Turn.take {
    let stage = try await offPool {
      let stage = try TestStage(version: version, timing: timing)
      try stage.onLoop { simulator in
        await simulator.add(controller)
        try await prepare(simulator)
        try await simulator.start()
      }
      if let manner {
        let helper = stage.helper
        try stage.onLoop { _ in try await helper.start(manner) }
      }
      try stage.startDaemon(Built.daemon)
      return Handed(stage)
    }
    let programs = try Programs(stage)
    let result: Result<Void, any Error>
    do { result = .success(try await body(programs)) } catch {
      let log = try? String(contentsOfFile: stage.value.logPath, encoding: .utf8)
      print("The daemon said:\n\(log ?? "nothing")")
      result = .failure(error)
    }
    try await offPool { stage.value.strike() }
    return try result.get()
  }
}

/// Something that one thread hands to another and does not keep.
private struct Handed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Runs something that blocks on a thread of its own: the pool has as many threads as the machine has processors, and
/// other tests need them.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}

/// What a command printed and how it ended.
struct CommandResult: Sendable {
  /// The exit status; 128 and the number of the signal that ended it.
  let status: Int32
  let output: String
  let errors: String

  /// The lines of standard output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The last line of the output as a reply of the interface.
  func reply<Reply: Decodable>(_ type: Reply.Type = Reply.self) throws -> Reply {
    try JSONDecoder().decode(type, from: Data((lines.last ?? "").utf8))
  }

  /// All that was printed as JSON, a line each.
  func replies<Reply: Decodable>(_ type: Reply.Type = Reply.self) throws -> [Reply] {
    try lines.map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
  }

  /// The `code` of the error that was printed as JSON; nil for a result.
  var code: String? { error?.code }

  var error: Failure? { try? reply(Report.self).error }

  /// The exit status and the error's code, for comparing both at once.
  var ending: Ending { Ending(status: status, code: code) }

  struct Failure: Decodable, Sendable {
    let code: String
    let message: String
    let evidence: String?
    let hint: String?
    let candidates: [String]?
    let operation: String?
  }
  private struct Report: Decodable { let error: Failure }
}

/// How a command ended.
struct Ending: Equatable, Sendable, CustomStringConvertible {
  let status: Int32
  let code: String?

  static let ok = Self(status: 0, code: nil)
  /// With an error of the interface, and the exit code that belongs to it.
  static func failed(_ code: ErrorCode) -> Self { Self(status: code.exitCode.rawValue, code: code.rawValue) }

  var description: String { "\(code ?? "no error"), exit status \(status)" }
}
