import Foundation
import Simulator
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct ForeignClientTests {
  @Test func `the Varlink package from PyPI drives the daemon`() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    // Where `make prerequisites` installs the package.
    let python = root.appending(path: ".build/python/bin/python3").path
    let script = root.appending(path: "Tests/Foreign/varlink_client.py").path
    try await withPrograms {
      await $0.add(Sony.pairing())
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      let result = try await programs.run([python, script])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("ok: Status tells the version"))
    }
  }
}
