import Foundation
import Interface
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

  /// By parameters that none of them takes, so that nothing is done.
  @Test func `every method of the interfaces has a handler in the daemon`() async throws {
    let methods = Control.Method.allCases.map(\.fullName) + Session.Method.allCases.map(\.fullName)
    try await withPrograms(prepare: { _ in }) { programs in
      try await offPool {
        for method in methods + ["\(Control.interface).Nothing"] {
          let peer = try VarlinkPeer.dial(programs)
          let reply = try #require(
            peer.exchange(#"{"method":"\#(method)","parameters":{"device":7,"adapter":7}}"#), "\(method)")
          #expect(reply.contains("MethodNotFound") == method.hasSuffix(".Nothing"), "\(method): \(reply)")
        }
      }
    }
  }
}
