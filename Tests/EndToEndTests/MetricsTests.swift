import Foundation
import Simulator
import Support
import Testing

/// `mdrctl metrics` for node-exporter, which reads a file whenever it likes, as another user.
@Suite(.serialized, .timeLimit(.minutes(5))) struct MetricsTests {
  @Test func `the file is replaced whole, everybody may read it, and it stays when mdrctld is away`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      let directory = try TemporaryDirectory()
      let path = "\(directory.path)/mdrctl.prom"
      func file() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
      #expect(try await programs.mdrctl("metrics", "--textfile", path).output == "")
      let labels = #"{adapter="hci0",address="\#(Sony.bonded)",model="WF-1000XM5"}"#
      #expect(try file().contains("\nmdrctl_headset_connected\(labels) 0\n"))
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await programs.mdrctl("metrics", "--textfile", path).status == 0)
      let told = try file()
      #expect(told.contains("\nmdrctl_headset_connected\(labels) 1\n"))
      #expect(told == (try await programs.mdrctl("metrics").output))
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode.map { $0 & 0o444 } == 0o444)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["mdrctl.prom"])
      try await programs.killDaemon()
      #expect(try await programs.mdrctl("metrics", "--textfile", path).status == 8)
      #expect(try file() == told)
    }
  }
}
