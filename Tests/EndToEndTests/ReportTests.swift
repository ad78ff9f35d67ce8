import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// A report made beside the built daemon has nothing that tells whose computer and whose headsets they are.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReportTests {
  private static let stranger: Headset = {
    var headset = Headset("11:22:33:44:55:66", name: "Ottos Kopfhörer")
    headset.isInPairingMode = true
    return headset
  }()

  @Test func `no name and no address of the neighbourhood is in it`() async throws {
    try await withPrograms(
      helper: .works,
      prepare: { simulator in
        await simulator.add(known: [Sony.earbuds()], bonded: true)
        await simulator.add(Sony.pairing())
        await simulator.add(Self.stranger)
      }
    ) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(.ok, "rename", Sony.bonded, "Erika \"s Ohr")
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report(.pipewire(Sony.bonded))
      try await programs.expect(.ok, "pair", Sony.new, "--timeout", "20")
      try await programs.expect(.ok, "forget", Sony.new, "--yes")
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      _ = try await programs.json("connect", Sony.bonded)
      let scan = try programs.start(["scan", "--timeout", "60", "--json"])
      #expect(await scan.wait(for: "11:22:33:44:55:66"))
      let result = try await programs.mdrctl("report", "-")
      scan.signal(2)
      _ = try await scan.result()
      await session.leave()
      #expect(result.status == 0, "\(result.errors)")
      // The model stays; where the hardware database is installed it is in words.
      let report = result.output.replacing(/"model":"[^"]*"/, with: "")
      #expect(report.contains("headset 1") && report.contains("AA:AA:AA:00:00:01") && report.contains("headsetLostKey"))
      let controller = try #require(await programs.simulator.controller("hci0"))
      let host = ProcessInfo.processInfo.hostName
      var secrets = [
        Sony.bonded, Sony.new, Self.stranger.address, controller.address, "WF-1000XM5", "WH-1000XM4", "Kopfhörer",
        "Ottos", "Erika", "Ohr", controller.alias,
      ]
      if host != "localhost" { secrets.append(host) }
      for secret in secrets where !secret.isEmpty {
        let forms = [secret, secret.replacingOccurrences(of: ":", with: "_"), secret.filter { $0 != ":" }]
        for form in forms {
          #expect(report.range(of: form, options: .caseInsensitive) == nil, "\(form)\n\(report)")
        }
      }
    }
  }

  @Test func `it is written for its owner alone, and replaces nothing`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      let path = "\(programs.statePath)/../report.txt"
      try await programs.expect(.ok, "report", path, "--yes")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let before = try String(contentsOfFile: path, encoding: .utf8)
      let again = try await programs.json("report", path, "--yes")
      #expect(again.status == 1 && again.error?.hint == "To replace it, add --force.")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
      let silent = try await programs.json("report", "\(path).2")
      #expect(silent.ending == .failed(.needsConsent))
      #expect(!FileManager.default.fileExists(atPath: "\(path).2"))
    }
  }
}
