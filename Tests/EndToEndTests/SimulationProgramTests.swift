import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// `mdrctl-sim` itself.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SimulationProgramTests {
  private static let program = "\(Built.directory)/mdrctl-sim"

  /// Starts it with a temporary directory of its own for whatever it makes.
  private static func start(
    _ words: [String], in directory: TemporaryDirectory, environment: [String: String] = [:]
  ) throws -> RunningCommand {
    var variables = ProcessInfo.processInfo.environment
    variables["TMPDIR"] = directory.path
    variables.merge(environment) { $1 }
    return try RunningCommand([program] + words, variables, directory)
  }

  @Test func `it exits as its command does, which finds the daemon and the client`() async throws {
    let directory = try TemporaryDirectory()
    let run = try Self.start(
      ["--bluez", "5.66", "--devices=30", "--", "sh", "-c", "mdrctl list --json; exit 7"], in: directory)
    let result = try await run.result()
    #expect(result.status == 7)
    // The two bonded ones of the neighbourhood, and every tenth of the crowd.
    #expect(result.output.components(separatedBy: "\"address\"").count == 1 + 5)
  }

  @Test(arguments: [
    (["status"], 2, "what is \"status\""), (["--"], 2, "no command"), ([], 2, "no command"),
    (["--bluez", "4.0", "--", "true"], 2, "BlueZ 4.0 is not simulated"),
    (["--devices", "many", "--", "true"], 2, "not a number"),
    (["--script", "/nonexistent", "--", "true"], 125, "cannot read"),
    (["--", "/nonexistent/program"], 127, "nonexistent"), (["--help"], 0, ""),
  ])
  func `a command line that makes no sense is explained`(
    _ words: [String], _ status: Int32, _ text: String
  ) async throws {
    let directory = try TemporaryDirectory()
    let result = try await Self.start(words, in: directory).result()
    #expect(result.status == status)
    #expect(text.isEmpty || result.errors.contains(text), "\(result.errors)")
  }

  @Test func `a daemon that does not become ready is no reason to hang`() async throws {
    let directory = try TemporaryDirectory()
    let result = try await Self.start(["--", "true"], in: directory, environment: ["MDRCTLD": "/bin/false"]).result()
    #expect(result.status == 125)
    #expect(result.errors.contains("did not become ready"))
  }

  @Test func `a script is played, and one with a misspelt key is refused`() async throws {
    let directory = try TemporaryDirectory()
    let good = "\(directory.path)/good.json"
    let script = #"""
      { "bluez": "5.87", "speed": 50,
        "adapters": [{ "name": "hci3" }],
        "devices": [{ "address": "AC:80:0A:2E:00:02", "name": "WF-1000XM5", "adapter": "hci3", "bonded": "here" }] }
      """#
    try Data(script.utf8).write(to: URL(filePath: good))
    let played = try await Self.start(
      ["--script", good, "--", "mdrctl", "connect", "WF-1000XM5", "--json"], in: directory
    ).result()
    #expect(played.ending == .failed(.staleBond))
    let bad = "\(directory.path)/bad.json"
    try Data(#"{ "devices": [{ "adress": "AC:80:0A:2E:00:02" }] }"#.utf8).write(to: URL(filePath: bad))
    let refused = try await Self.start(["--script", bad, "--", "true"], in: directory).result()
    #expect(refused.status == 125)
    #expect(refused.errors.contains("nothing is called \"adress\" here"), "\(refused.errors)")
  }

  @Test(arguments: [2, 15, 1]) func `a signal ends the command and takes everything down`(_ signal: Int32) async throws
  {
    let directory = try TemporaryDirectory()
    let run = try Self.start(
      ["--", "sh", "-c", "echo $DBUS_SYSTEM_BUS_ADDRESS $MDRCTL_SOCKET; exec sleep 600"], in: directory)
    #expect(await run.wait(for: "mdrctl.sock"))
    run.signal(signal)
    let result = try await run.result()
    #expect(result.status == 128 + signal)
    let words = result.output.split(separator: " ")
    let bus = words.first.map { String($0.dropFirst("unix:path=".count)) } ?? ""
    #expect(!bus.isEmpty && !FileManager.default.fileExists(atPath: bus))
    let socket = words.last?.trimmingCharacters(in: .newlines) ?? ""
    #expect(!FileManager.default.fileExists(atPath: (socket as NSString).deletingLastPathComponent))
  }

  @Test func `the demonstration passes`() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let directory = try TemporaryDirectory()
    var variables = ProcessInfo.processInfo.environment
    variables["MDRCTL_DEMO"] = nil
    let demo = try RunningCommand([root.appending(path: "Tests/demo").path], variables, directory)
    let result = try await demo.result()
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("WH-1000XM4 (94:DB:56:8A:00:01) is removed."))
    #expect(result.output.contains("MDR-1000X"))
  }
}
