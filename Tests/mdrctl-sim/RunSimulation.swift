import EventLoop
import Foundation
import Interface
import Simulator
import Support
import VirtualSony

/// The whole program; returns its exit status, which is the command's.
///
/// The main thread turns the loop, with the simulator and the signals; everything that blocks is on a second one.
func runSimulation(_ arguments: [String]) -> Int32 {
  do {
    let options = try Options(arguments)
    if options.wantsHelp {
      print(Options.usage, terminator: "")
      return 0
    }
    return try Simulation(options).run()
  } catch let error as Options.Failure {
    complain(error.text)
    return 2
  } catch {
    complain("mdrctl-sim: \(error)")
    return Simulation.failed
  }
}

/// Something that the run needs and that cannot be used.
private struct Unusable: Error, CustomStringConvertible { let description: String }

private func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

/// One run: the stage, the daemon, the command.
private struct Simulation: Sendable {
  /// What `timeout(1)` and `env(1)` exit with when they fail themselves.
  static let failed: Int32 = 125

  private let options: Options
  private let script: Script?
  private let daemon: String

  init(_ options: Options) throws {
    self.options = options
    script = try options.script.map { path in
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Unusable(description: "cannot read \(path)")
      }
      do { return try Script(json: data) } catch { throw Unusable(description: "\(path): \(error)") }
    }
    daemon = ProcessInfo.processInfo.environment["MDRCTLD"] ?? "\(Self.directory)/mdrctld"
    guard FileManager.default.isExecutableFile(atPath: daemon) else {
      throw Unusable(description: "there is no daemon at \(daemon); name it with MDRCTLD")
    }
  }

  func run() throws -> Int32 {
    let loop = EventLoop()
    let command = CommandProcess(on: loop)
    let outcome = Locked<Result<Int32, any Error>>(.success(Self.failed))
    loop.spawn {
      do {
        // Before the second thread exists: a thread keeps the signal mask that it was started with.
        try Signals.handle([.interrupt, .terminate, .hangup], on: loop) { command.forward($0) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
        return loop.stop()
      }
      Thread {
        let result = Result { try carryOut(command, on: loop) }
        outcome.withLock { $0 = result }
        loop.stop()
      }.start()
    }
    loop.run()
    return try outcome.withLock { $0 }.get()
  }

  private func carryOut(_ command: CommandProcess, on loop: EventLoop) throws -> Int32 {
    let sony = Locked<VirtualSony?>(nil)
    let stage = try TestStage(
      version: options.version ?? script?.version ?? .v5_82, timing: script?.timing ?? Timing(), on: loop)
    defer { stage.strike() }
    try stage.onLoop { [options, script] simulator in
      if let script { try await simulator.play(script) } else { await simulator.addDefaultNeighbourhood() }
      if let path = options.session {
        let headset = try await simulator.addSony(path, options)
        sony.withLock { $0 = headset }
      }
      if options.crowd > 0 { await simulator.addCrowd(options.crowd) }
      try await simulator.start()
    }
    if let manner = (script?.helper ?? .works).manner {
      let helper = stage.helper
      try stage.onLoop { _ in try await helper.start(manner) }
    }
    try stage.startDaemon(daemon, log: options.log)
    defer {
      if options.pace != nil, let headset = sony.withLock({ $0 }) {
        let counts = try? stage.onLoop { _ in (await headset.received.count, await headset.unanswered) }
        FileHandle.standardError.write(Data("commands: \(counts?.0 ?? 0), unanswered: \(counts?.1 ?? 0)\n".utf8))
      }
    }
    return try command.run(options.command, environment: Self.environment(of: stage))
  }

  /// The command finds `mdrctl` beside this program.
  private static func environment(of stage: TestStage) -> [String: String] {
    var environment = stage.environment
    environment["PATH"] = "\(directory):\(environment["PATH"] ?? "/usr/bin:/bin")"
    return environment
  }

  private static var directory: String {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((own ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent
  }
}

extension Script.Helper {
  /// Nil when there is none.
  fileprivate var manner: FakeHelper.Manner? {
    switch self {
    case .works: .works
    case .absent: nil
    case .refuses: .refuses(.refused)
    case .hangs: .hangs
    case .nonsense: .says("nonsense")
    case .hangsUp: .hangsUp
    }
  }
}

extension Simulator {
  /// A bonded headset that plays a recorded session.
  fileprivate func addSony(_ path: String, _ options: Options) throws -> VirtualSony {
    let recording = try Recording(contentsOf: path)
    var headset = Headset("94:DB:56:0A:0B:0C", name: recording.model)
    headset.otherServices = [recording.service]
    add(known: [headset], bonded: true)
    let virtual = VirtualSony(
      recording, habits: options.habits, identifier: headset.address, on: loop, pace: options.pace)
    serve(SerialService(uuid: recording.service) { virtual.accept($0) }, at: headset.address)
    return virtual
  }
}
