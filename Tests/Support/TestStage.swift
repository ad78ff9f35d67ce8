internal import DBus
package import EventLoop
internal import Foundation
internal import Interface
package import Simulator

/// A private bus, a simulated bluetoothd on it, and optionally `mdrctld`, with a directory of their own.
///
/// Its methods block, so they belong off the loop, which turns on another thread.
/// Everything has gone when the stage has been struck, and when this process goes away.
package final class TestStage {
  /// What could not be set up.
  package struct Failure: Error, CustomStringConvertible { package let description: String }

  package let loop: EventLoop
  package let simulator: Simulator
  package let bus: PrivateBus
  /// The daemon's privileged helper; it does not listen unless it is started.
  package let helper: FakeHelper
  private let ownsLoop: Bool
  private let directory: TemporaryDirectory
  private var daemon: LeashedProcess?
  private var isStruck = false

  /// Where the daemon listens.
  package var socketPath: String { "\(directory.path)/mdrctl.sock" }
  /// Where the daemon keeps what lasts.
  package var statePath: String { "\(directory.path)/state" }
  /// Where the daemon's configuration is looked for; nothing is there unless a test puts it there.
  package var configurationPath: String { "\(directory.path)/configuration" }
  /// Where models of headsets are added; nothing is there.
  package var modelsPath: String { "\(directory.path)/models" }
  /// What stands before the paths of the computer's files that the doctor reads; nothing is there.
  package var rootPath: String { "\(directory.path)/root" }
  /// Where the daemon's words go unless another file is named.
  package var logPath: String { "\(directory.path)/mdrctld.log" }
  /// The daemon's process, while it runs.
  package var daemonProcess: LeashedProcess? { daemon }

  /// Starts the bus; nobody is on it yet. The loop turns on a thread of its own unless one is given that turns already.
  package init(version: BluezVersion = .v5_82, timing: Timing = .fast, on running: EventLoop? = nil) throws {
    bus = try PrivateBus()
    directory = try TemporaryDirectory()
    let loop = running ?? EventLoop()
    self.loop = loop
    ownsLoop = running == nil
    if ownsLoop { Thread { loop.run() }.start() }
    simulator = Simulator(bus.address, on: loop, version: version, timing: timing)
    helper = FakeHelper(path: "\(directory.path)/flush.sock", simulator: simulator)
  }

  deinit { strike() }

  /// What a program needs in its environment to meet the daemon and the bus.
  package var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["MDRCTL_SOCKET"] = socketPath
    environment[Flush.socketVariable] = "\(directory.path)/flush.sock"
    environment["MDRCTL_STATE"] = statePath
    environment["MDRCTL_CONFIG"] = configurationPath
    environment["MDRCTL_MODELS"] = modelsPath
    environment["MDRCTL_ROOT"] = rootPath
    environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus.address.description
    // A desktop's own words to a program that it started are not for the daemon.
    for name in [
      "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "JOURNAL_STREAM",
      "MDRCTL_VERBOSE",
    ] {
      environment[name] = nil
    }
    return environment
  }

  /// Runs something on the loop and waits for it.
  package func onLoop<Value: Sendable>(
    _ body: @escaping @Sendable (Simulator) async throws -> Value
  ) throws -> Value {
    let (near, far) = try UnixSocket.pair()
    let waiting = FileDescriptor(owning: near)
    let outcome = Locked<Result<Value, any Error>?>(nil)
    loop.spawn { [simulator] in
      let result: Result<Value, any Error>
      do { result = .success(try await body(simulator)) } catch { result = .failure(error) }
      outcome.withLock { $0 = result }
      _ = try? FileDescriptor(owning: far).send([0])
    }
    _ = try UnixSocket.wait(waiting.number, for: .readable, timeout: nil)
    guard let result = outcome.withLock({ $0 }) else { throw Failure(description: "the loop has stopped") }
    return try result.get()
  }

  /// Starts the daemon and waits until it is ready.
  ///
  /// With `boot`, the daemon takes this for the name of the run of the computer; with `bus`, it goes to this address for
  /// the bus.
  package func startDaemon(
    _ program: String, log: String? = nil, boot: String? = nil, bus: String? = nil
  ) throws {
    let notification = try NotifySocket(path: "\(directory.path)/notify")
    try FileManager.default.createDirectory(atPath: statePath, withIntermediateDirectories: true)
    var environment = environment
    environment["NOTIFY_SOCKET"] = notification.path
    environment["MDRCTL_BOOT_ID"] = boot
    if let bus { environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus }
    let daemon = try LeashedProcess([program], environment: environment, logPath: log ?? logPath)
    self.daemon = daemon
    let deadline = ContinuousClock.now + .seconds(20)
    var isReady = false
    while !isReady, !daemon.hasEnded, .now < deadline {
      isReady = notification.wait(for: "READY=1", timeout: .milliseconds(50))
    }
    guard isReady else {
      let status = daemon.stop()
      self.daemon = nil
      let words = (try? String(contentsOfFile: log ?? logPath, encoding: .utf8)) ?? ""
      throw Failure(description: "\(program) did not become ready (exit status \(status))\n\(words)")
    }
  }

  /// Ends the daemon; its exit status.
  @discardableResult
  package func stopDaemon() -> Int32 {
    let status = daemon?.stop() ?? 0
    daemon = nil
    return status
  }

  /// Kills the daemon where it stands.
  package func killDaemon() {
    daemon?.signal(9)
    daemon?.wait()
    daemon = nil
  }

  /// Takes everything down, once.
  package func strike() {
    guard !isStruck else { return }
    isStruck = true
    stopDaemon()
    try? onLoop { [helper] simulator in
      await helper.stop()
      await simulator.kill()
    }
    bus.stop()
    if ownsLoop { loop.stop() }
  }
}
