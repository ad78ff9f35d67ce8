import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct DaemonLifeTests {
  @Test func `a daemon that is stopped cancels the pairing and puts everything back`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pairing = .silent })
    } _: { programs in
      let command = try programs.start(["pair", "WH-1000XM4", "--json"])
      try await programs.simulator.waitForCall("Pair")
      #expect(try await programs.stopDaemon() == 0)
      let ending = try await command.result().ending
      #expect([.failed(.cancelled), Ending(status: ExitCode.noDaemon.rawValue, code: "no-daemon")].contains(ending))
      #expect(await programs.simulator.isTidy)
      #expect(await programs.simulator.knownDevices.isEmpty)
    }
  }

  @Test func `what was chosen is known after a restart of the daemon`() async throws {
    try await withPrograms {
      await $0.add(Controller("hci1", address: "00:1A:7D:DA:71:99"))
    } _: { programs in
      try await programs.expect(.ok, "adapter", "select", "hci1")
      #expect(try await programs.stopDaemon() == 0)
      let gone = try await programs.json("status")
      #expect(gone.status == ExitCode.noDaemon.rawValue)
      try await programs.startDaemon()
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.adapters.filter(\.selected).map(\.name) == ["hci1"])
    }
  }

  @Test func `a daemon without bluetoothd starts, and finds it when it comes`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      #expect(try await programs.stopDaemon() == 0)
      try await programs.simulator.happen(.stopBluez)
      try await programs.startDaemon()
      try await programs.expect(.failed(.bluezMissing), "list")
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.startBluez)
      #expect(await monitor.wait(for: "deviceAdded"))
      try await programs.expect(.ok, "connect", Sony.bonded)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `a daemon that was killed leaves a socket that the next one takes over`() async throws {
    try await withPrograms { programs in
      let command = try await programs.run(["kill", "-KILL", "\(programs.daemonProcess)"])
      #expect(command.status == 0)
      #expect(try await programs.stopDaemon() == 128 + 9)
      try await programs.startDaemon()
      try await programs.expect(.ok, "status")
    }
  }
}
