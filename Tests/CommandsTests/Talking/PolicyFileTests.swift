import Foundation
import Interface
import Support
import Testing
import Vocabulary

@testable import Commands

/// Files of wishes: what is written is read, and whatever else lies there is refused as a whole, before the daemon is asked.
@Suite struct PolicyFileTests {
  private static let policy = Control.PolicyReply(devices: [
    DeviceWishes(address: "AC:80:0A:11:22:33", name: "a \"b\" \u{1B}", autoConnect: true, tier: 2),
    DeviceWishes(address: "AC:80:0A:11:22:44", policy: .call, preference: .quality),
  ])

  private func imported(_ text: String) async throws -> (run: Run, daemon: FakeDaemon) {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/a.json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let daemon = FakeDaemon([.importPolicy: try .replies(Control.ImportPolicyReply(adapter: "hci0", steps: []))])
    let run = try await daemon.serve { try mdrctl(["policy", "import", path, "--yes", "-q"], socket: $0) }
    return (run, daemon)
  }

  private func imports(_ text: String, _ devices: [DeviceWishes]) async throws {
    let (run, daemon) = try await imported(text)
    #expect(run.code == 0, "\(run.errors)")
    #expect(daemon.events == [.call(Control.importPolicy, .init(devices: devices))])
  }

  @Test func `what is written is read again, as text and as JSON`() async throws {
    let text = PolicyFile.text(Self.policy)
    try await imports(text, Self.policy.devices)
    let asJSON = text.replacingOccurrences(of: #""version":1"#, with: #""format":1,"version":1"#)
    try await imports(asJSON, Self.policy.devices)
    try await imports(PolicyFile.text(.init(devices: [])), [])
  }

  @Test(arguments: [
    ("", "no JSON"), ("[1]", "no version"), ("{}", "no version"), (#"{"version":1}"#, "no devices"),
    (#"{"version":2,"devices":[]}"#, "another version"), (#"{"version":"1","devices":[]}"#, "another version"),
    (#"{"version":1,"devices":{}}"#, "devices"), (#"{"version":1,"devices":[7]}"#, "devices[0]"),
    (#"{"version":1,"devices":[{}]}"#, "no devices[0].address"),
    (#"{"version":1,"devices":[{"address":7}]}"#, "devices[0].address"),
    (#"{"version":1,"devices":[{"address":"AC:80:0A:11:22:33","tier":"1"}]}"#, "devices[0].tier"),
    (#"{"version":1,"devices":[{"address":"AC:80:0A:11:22:33","policy":"loud"}]}"#, "devices[0].policy"),
    (#"{"version":1,"devices":[{"address":"AC:80:0A:11:22:33","autoconect":true}]}"#, "\"autoconect\""),
    (#"{"version":1,"devices":[],"groups":[]}"#, "\"groups\""),
    (#"{"version":1,"devices":[{"address":"A","address":"B"}]}"#, "no JSON"),
  ])
  func `what is no whole file of this version is refused, with the reason`(text: String, says: String) async throws {
    let (run, daemon) = try await imported(text)
    #expect(run.code == 2)
    #expect(run.errors.contains(says), "\(run.errors)")
    #expect(run.errors.contains(says == "another version" ? "Use the mdrctl that made it." : "mdrctl policy export"))
    #expect(daemon.events.isEmpty)
  }

  @Test func `every cut of a file is refused`() async throws {
    let text = PolicyFile.text(Self.policy)
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/a.json"
    for count in 0..<(text.utf8.count - 2) {
      try Data(text.utf8.prefix(count)).write(to: URL(filePath: path))
      #expect(try mdrctl(["policy", "import", path, "--yes"]).code == 2, "\(count)")
    }
  }

  @Test func `ten megabytes, a directory and nothing are refused`() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/a.json"
    try Data(repeating: UInt8(ascii: " "), count: 10 << 20).write(to: URL(filePath: path))
    let long = try mdrctl(["policy", "import", path, "--yes"])
    #expect(long.code == 2 && long.errors.contains("longer than 49152 bytes"))
    #expect(try mdrctl(["policy", "import", directory.path, "--yes"]).errors.contains("not a file"))
    #expect(try mdrctl(["policy", "import", "\(directory.path)/none.json", "--yes"]).code == 1)
  }

  @Test func `without a file and on a terminal nothing is waited for`() throws {
    let run = try mdrctl(["policy", "import"], in: Terminal(isTerminal: true))
    #expect(run.code == 2 && run.errors.contains("needs a FILE"))
  }

  @Test func `a file that is there is replaced only if that is wanted`() async throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/a.json"
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    let daemon = FakeDaemon([.exportPolicy: try .replies(Self.policy)])
    let (refused, replaced) = try await daemon.serve { socket in
      (
        try mdrctl(["policy", "export", path], socket: socket),
        try mdrctl(["policy", "export", path, "--force"], socket: socket)
      )
    }
    #expect(refused.code == 1 && refused.errors.contains("--force"))
    #expect(replaced.output == "The wishes of 2 devices are written to \(path).\n")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == PolicyFile.text(Self.policy))
  }

  @Test func `where nobody can be asked the plan is shown, and nothing is changed`() async throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/a.json"
    try PolicyFile.text(Self.policy).write(toFile: path, atomically: true, encoding: .utf8)
    let step = WishStep(address: "AC:80:0A:11:22:33", item: .tier, state: .planned, value: "2", now: "5")
    let daemon = FakeDaemon([
      .planImportPolicy: try .replies(Control.ImportPolicyReply(adapter: "hci0", steps: [step]))
    ])
    let run = try await daemon.serve { try mdrctl(["policy", "import", path], socket: $0) }
    #expect(run.code == 4)
    #expect(run.output.contains("5 -> 2"))
    #expect(daemon.events.map(\.method) == [.planImportPolicy])
  }
}
