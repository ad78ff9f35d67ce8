import Interface
import Simulator
import Support
import Testing

/// `mdrctl bar` beside a daemon that comes and goes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BarTests {
  @Test func `it tells a call and who records as they come, and is stale while the daemon is away`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      let bar = try programs.start(["bar", "--format", "waybar"])
      #expect(await bar.wait(for: #""class":["disconnected"]"#))
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(await bar.wait(for: #""class":["connected","stereo"]"#))
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report(.pipewire(Sony.bonded))
      let card = Session.Card.pipewire(Sony.bonded).name
      let firefox = Session.Capture(application: "Firefox", process: 4711)
      try await session.put(card, into: "headset-head-unit", recordedBy: firefox)
      #expect(await bar.wait(for: #""class":["connected","call","mono","microphone"]"#))
      // Who comes later is told as well.
      let late = try programs.start(["bar", "--format", "eww"])
      #expect(await late.wait(for: #""microphone":true"#))
      late.signal(15)
      _ = try await late.result()
      try await programs.killDaemon()
      #expect(await bar.wait(for: #""class":["stale","#))
      try await programs.startDaemon()
      #expect(await bar.wait(for: #""class":["connected","stereo"]"#))
      bar.signal(15)
      let result = try await bar.result()
      #expect(result.status == 128 + 15)
      // Who records, monitors are not told: they may be anybody's.
      #expect(!result.output.contains("Firefox"))
      await session.leave()
    }
  }

  @Test func `it waits for a daemon that does not run yet`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      #expect(try await programs.stopDaemon() == 0)
      let bar = try programs.start(["bar", Sony.bonded, "--format", "polybar"])
      #expect(await bar.wait(for: "no mdrctld"))
      try await programs.startDaemon()
      #expect(await bar.wait(for: "no headset"))
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(await bar.wait(for: "WF-1000XM5"))
      bar.signal(15)
      _ = try await bar.result()
    }
  }

  @Test func `it ends when the bar is gone, also while there is nothing to tell`() async throws {
    try await withPrograms { programs in
      for command in ["mdrctl bar", "MDRCTL_SOCKET=/nonexistent/socket mdrctl bar"] {
        let bar = command.replacing("mdrctl ", with: "\(Built.directory)/mdrctl ")
        let script = "{ { \(bar) --format eww; echo $? >&3; } | head -n 1 >&2; } 3>&1"
        let result = try await programs.run(["sh", "-c", script])
        #expect(result.lines == ["141"])
      }
    }
  }
}
