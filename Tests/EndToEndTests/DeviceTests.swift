import DBus
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct DeviceTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
    await simulator.add(known: [Headset("00:11:22:33:44:55", name: "Speaker")], bonded: false)
  }

  @Test func `status tells the versions, the adapters and the bonded devices`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.version == Control.version)
      #expect(status.bluez && status.bluezVersion == "5.82")
      #expect(status.adapters.map(\.name) == ["hci0"])
      #expect(status.adapters.first?.audioReady == true)
      #expect(status.devices.map(\.address) == [Sony.bonded])
    }
  }

  @Test func `list shows what is bonded, with --all everything, of an adapter that exists`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      #expect(try await programs.expect(.ok, "list").reply(Control.ListReply.self).devices.count == 1)
      #expect(try await programs.expect(.ok, "list", "--all").reply(Control.ListReply.self).devices.count == 2)
      try await programs.expect(.failed(.adapterNotFound), "list", "--adapter", "hci9")
    }
  }

  @Test func `a device is named by its address, its name or a part of it`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      for name in [
        Sony.bonded, Sony.bonded.lowercased(), "ac-80-0a-2e-00-02", "AC800A2E0002", "WF-1000XM5", "wf-1000",
      ] {
        let device = try await programs.expect(.ok, "show", name).reply(Control.DeviceReply.self).device
        #expect(device.address == Sony.bonded)
      }
      try await programs.expect(.failed(.deviceNotFound), "show", "AirPods")
    }
  }

  @Test func `without a name the connected headset is meant, but not to be forgotten or repaired`() async throws {
    try await withPrograms {
      await Self.prepare($0)
      await $0.add(known: [Headset("00:11:22:33:44:66", name: "LinkBuds")], bonded: true)
    } _: { programs in
      let unclear = try await programs.expect(.failed(.ambiguousDevice), "show")
      #expect(unclear.error?.candidates == ["LinkBuds", "WF-1000XM5"])
      try await programs.expect(.ok, "connect", "LinkBuds")
      for words in [["show"], ["connect"], ["wait", "--for", "a2dp"], ["untrust"], ["trust"], ["cache", "show"]] {
        let result = try await programs.start(words + ["--json"]).result()
        #expect(result.ending == .ok, "\(words)")
        #expect(result.output.contains("00:11:22:33:44:66"), "\(words)")
      }
      for words in [["forget"], ["repair"]] {
        #expect(try await programs.start(words + ["--yes", "--json"]).result().code == "usage")
      }
      let reply: Control.OperationReply = try await programs.expect(.ok, "disconnect").reply()
      #expect(reply.device?.alias == "LinkBuds")
    }
  }

  @Test(arguments: ["\u{3164}\u{2800}", " ", "\u{301}"])
  func `a name that shows nothing is shown by the address, and is not given`(name: String) async throws {
    try await withPrograms {
      await Self.prepare($0)
      await $0.setAlias(name, of: Sony.bonded)
    } _: { programs in
      let text = try await programs.mdrctl("list")
      #expect(text.lines.dropFirst().first?.hasPrefix("\(Sony.bonded)  \(Sony.bonded)  ") == true)
      try await programs.simulator.happen(.vanish(Sony.bonded))
      let error = try await programs.json("connect", Sony.bonded).error
      #expect(error?.message == "\(Sony.bonded) does not answer.")
      try await programs.expect(.failed(.invalidArgument), "rename", Sony.bonded, name)
      try await programs.expect(.ok, "rename", Sony.bonded, "Mine")
      try await programs.expect(.ok, "rename", "Mine", "")
    }
  }

  @Test func `a part that fits two devices is ambiguous`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds(), Headset("00:11:22:33:44:55", name: "WF-1000XM4")], bonded: true)
    } _: { programs in
      let result = try await programs.expect(.failed(.ambiguousDevice), "show", "WF-1000")
      #expect(result.error?.candidates?.count == 2)
    }
  }

  @Test func `a connected device is disconnected`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(.ok, "disconnect", Sony.bonded).reply()
      #expect(reply.device?.connected == false)
      #expect(reply.device?.transports.isEmpty == true)
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      try await programs.expect(.failed(.deviceNotFound), "disconnect", "nobody")
    }
  }

  @Test func `trust is given and taken`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      #expect(try await !programs.expect(.ok, "untrust", Sony.bonded).reply(Control.DeviceReply.self).device.trusted)
      #expect(try await programs.expect(.ok, "trust", Sony.bonded).reply(Control.DeviceReply.self).device.trusted)
      try await programs.expect(.failed(.deviceNotFound), "trust", "nobody")
    }
  }

  @Test func `a device is renamed, and gets its own name back`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let renamed = try await programs.expect(.ok, "rename", Sony.bonded, "Left ear").reply(Control.DeviceReply.self)
      #expect(renamed.device.alias == "Left ear")
      #expect(
        try await programs.expect(.ok, "show", "left ear").reply(Control.DeviceReply.self).device.name == "WF-1000XM5")
      let restored = try await programs.expect(.ok, "rename", Sony.bonded, "").reply(Control.DeviceReply.self)
      #expect(restored.device.alias == "WF-1000XM5")
      try await programs.expect(.failed(.invalidArgument), "rename", Sony.bonded, "two\nlines")
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `a connected dual-mode headset and its twin are forgotten`(_ version: BluezVersion) async throws {
    try await withPrograms(version: version) {
      let headset = Sony.earbuds { $0.bearer = .dual }
      await $0.add(known: [headset], bonded: true)
      await $0.add(known: [Headset.twin(of: headset, address: Sony.twin)], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let reply: Control.OperationReply = try await programs.expect(.ok, "forget", Sony.bonded).reply()
      #expect(reply.removed?.map(\.address) == [Sony.bonded, Sony.twin])
      #expect(await programs.simulator.knownDevices.isEmpty)
      try await programs.expect(.failed(.deviceNotFound), "forget", Sony.bonded)
    }
  }

  @Test func `one that BlueZ does not let go is reported`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
      await $0.inject(Fault("RemoveDevice", .reply([]), times: 1))
    } _: { programs in
      try await programs.expect(.ok, "forget", Sony.bonded)
      #expect(await programs.simulator.calls("RemoveDevice").count == 2)
    }
  }

  @Test func `forgetting goes on when its caller leaves`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let hold = await programs.simulator.hold("RemoveDevice")
      let command = try programs.start(["forget", Sony.bonded])
      try await programs.simulator.waitForCall("RemoveDevice")
      command.signal(2)
      #expect(try await command.result().status == 130)
      let wait = try programs.start(["monitor", "--json"])
      #expect(await wait.wait(for: "state"))
      await hold.open()
      #expect(await wait.wait(for: "deviceRemoved"))
      wait.signal(2)
      _ = try await wait.result()
      #expect(await programs.simulator.object(of: Sony.bonded) == nil)
    }
  }

  @Test func `nothing is forgotten while the adapter is off`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "adapter", "power", "off")
      try await programs.expect(.failed(.adapterOff), "forget", Sony.bonded)
      try await programs.expect(.ok, "adapter", "power", "on")
      try await programs.expect(.ok, "forget", Sony.bonded)
    }
  }

  @Test func `wait returns when the state is there, and not before`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired")
      try await programs.expect(.failed(.timedOut), "wait", Sony.bonded, "--for", "a2dp", "--timeout", "1")
      let once = try await programs.expect(.failed(.timedOut), "wait", "wf-1000", "--for", "a2dp", "--timeout", "0")
      #expect(once.error?.message == "wf-1000 is not a2dp now.")
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired", "--timeout", "0")
      let wait = try programs.start(["wait", Sony.bonded, "--for", "a2dp", "--json", "--verbose"])
      #expect(await wait.wait(for: "progress"))
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await wait.result().ending == .ok)
    }
  }

  @Test func `an adapter is switched, blocked and chosen`() async throws {
    try await withPrograms {
      await $0.add(Controller("hci1", address: "00:1A:7D:DA:71:99"))
    } _: { programs in
      let off: Control.AdapterReply = try await programs.expect(.ok, "adapter", "power", "off").reply()
      #expect(off.adapter.name == "hci0" && !off.adapter.powered)
      try await programs.expect(.ok, "adapter", "power", "on")
      let chosen: Control.AdapterReply = try await programs.expect(.ok, "adapter", "select", "hci1").reply()
      #expect(chosen.adapter.selected)
      let off1: Control.AdapterReply = try await programs.expect(.ok, "adapter", "power", "off").reply()
      #expect(off1.adapter.name == "hci1")
      try await programs.simulator.happen(.block("hci0"))
      try await programs.expect(.failed(.adapterBlocked), "adapter", "power", "on", "--adapter", "hci0")
      try await programs.expect(.failed(.adapterNotFound), "adapter", "select", "hci7")
      let list = try await programs.expect(.ok, "adapter", "list")
      #expect(list.output.contains("hci0") && list.output.contains("hci1"))
    }
  }

  @Test func `of two bonds of a headset the one that is connected is meant, and advice names its adapter`() async throws
  {
    try await withPrograms {
      await $0.add(Controller("hci1", address: "00:1A:7D:DA:71:99"))
      for adapter in ["hci0", "hci1"] { await $0.add(known: [Sony.earbuds()], bonded: true, on: adapter) }
    } _: { programs in
      func adapter(_ words: String...) async throws -> String? {
        let result = try await programs.start(words + ["--json"]).result()
        return try result.reply(Control.OperationReply.self).device?.adapter
      }
      #expect(try await adapter("show", Sony.bonded) == "hci0")
      try await programs.expect(.ok, "adapter", "select", "hci1")
      #expect(try await adapter("connect") == "hci1")
      try await programs.expect(.ok, "adapter", "select", "hci0")
      for words in [["show"], ["show", Sony.bonded], ["show", "wf-1000"], ["wait", "WF-1000XM5", "--for", "a2dp"]] {
        let result = try await programs.start(words + ["--json"]).result()
        #expect(try result.reply(Control.OperationReply.self).device?.adapter == "hci1", "\(words)")
      }
      #expect(try await adapter("show", Sony.bonded, "--adapter", "hci0") == "hci0")
      let list = try await programs.mdrctl("list")
      #expect(list.lines.first?.contains("ADAPTER") == true)
      for (line, name) in zip(list.lines.dropFirst(), ["hci0", "hci1"]) { #expect(line.contains(name)) }
      for verb in ["forget", "repair"] {
        let unclear = try await programs.json(verb, "wf-1000", "--yes")
        #expect(unclear.ending == .failed(.ambiguousDevice))
      }
      #expect(try await adapter("disconnect") == "hci1")
      try await programs.expect(.ok, "adapter", "power", "off", "--adapter", "hci1")
      let off = try await programs.expect(.failed(.adapterOff), "connect", Sony.bonded, "--adapter", "hci1")
      #expect(off.error?.hint == "Switch it on: mdrctl adapter power on --adapter hci1.")
      let why = try await programs.mdrctl("why", Sony.bonded, "--adapter", "hci1")
      #expect(why.output.contains("mdrctl connect \(Sony.bonded) --adapter hci1"))
      try await programs.simulator.happen(.unplug("hci1"))
      try await programs.simulator.happen(.switchOff("hci0"))
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired")
      let alone = try await programs.expect(.failed(.adapterOff), "connect", Sony.bonded)
      #expect(alone.error?.hint == "Switch it on: mdrctl adapter power on.")
    }
  }

  @Test func `a signal that was ignored at the start stays ignored`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let script = """
        trap '' HUP INT
        cd "$(mktemp -d)" && mkfifo output
        '\(Built.directory)/mdrctl' wait \(Sony.bonded) --for a2dp --json --verbose > output & client=$!
        exec 3< output
        read -r line <&3
        for signal in HUP INT TERM; do kill -$signal $client; done
        wait $client
        echo $?
        """
      let result = try await programs.run(["/bin/sh", "-c", script])
      #expect(result.output == "143\n")
    }
  }

  @Test(arguments: ["monitor", "monitor --json", "wait 00:11:22:33:44:55 --for paired --json --verbose"])
  func `a stream ends when its reader has gone, although nothing happens`(words: String) async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      for (trap, status) in [("true", "141"), ("trap '' PIPE", "1")] {
        let script = "\(trap); '\(Built.directory)/mdrctl' \(words) | head -n 1 > /dev/null; echo ${PIPESTATUS[0]}"
        let result = try await programs.run(["bash", "-c", script])
        #expect(result.output == "\(status)\n")
      }
    }
  }

  @Test(arguments: [
    ("status", ">&-", "Bad file descriptor"), ("status", "<&- >&-", "Bad file descriptor"),
    ("status --json", ">/dev/full", "No space left on device"),
  ])
  func `results that cannot be written are a failure, and go nowhere else`(
    words: String, redirection: String, reason: String
  ) async throws {
    try await withPrograms { programs in
      let result = try await programs.run(["/bin/sh", "-c", "'\(Built.directory)/mdrctl' \(words) \(redirection)"])
      #expect(result.status == 1)
      #expect(result.errors.contains("The output cannot be written: \(reason)."))
    }
  }

  @Test func `a command line that makes no sense is the user's fault`() async throws {
    try await withPrograms { programs in
      for words in [
        ["fly"], ["rename"], ["wait", "x", "--for", "rain"], ["adapter", "power", "maybe"], ["--nonsense"],
      ] {
        let result = try await programs.start(words + ["--json"]).result()
        #expect(result.status == ExitCode.usage.rawValue, "\(words)")
        #expect(result.code == "usage")
      }
    }
  }

  @Test func `without bluetoothd everything says so, and status still answers`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.stopBluez)
      #expect(await monitor.wait(for: "bluezVanished"))
      for words in [["list"], ["show", "x"], ["connect", "x"], ["forget", "x"], ["adapter", "power", "on"]] {
        let result = try await programs.start(words + ["--json"]).result()
        #expect(result.ending == .failed(.bluezMissing), "\(words)")
      }
      let scan = try await programs.start(["scan", "--json", "--timeout", "1"]).result()
      #expect(scan.ending == .failed(.bluezMissing))
      #expect(try await !programs.expect(.ok, "status").reply(Control.StatusReply.self).bluez)
      try await programs.simulator.happen(.startBluez)
      #expect(await monitor.wait(for: "deviceAdded"))
      try await programs.expect(.ok, "show", Sony.bonded)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `without the daemon the client says so`() async throws {
    try await withPrograms { programs in
      let result = try await programs.run([
        "env", "MDRCTL_SOCKET=/nonexistent/socket", "\(Built.directory)/mdrctl", "status", "--json",
      ])
      #expect(result.status == ExitCode.noDaemon.rawValue)
      #expect(result.code == "no-daemon")
    }
  }

  @Test func `a file of models that is broken is told in the journal and in the list, and stops nothing`() async throws
  {
    try await withPrograms(prepare: Self.prepare) { programs in
      #expect(try await programs.stopDaemon() == 0)
      try FileManager.default.createDirectory(atPath: programs.modelsPath, withIntermediateDirectories: false)
      let file = "\(programs.modelsPath)/mine.json"
      try Data("{\n\"schema\": 2\n}".utf8).write(to: URL(filePath: file))
      try await programs.startDaemon()
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      #expect(log.contains("a file of models is not used"), "\(log)")
      #expect(log.contains("mine.json:"), "\(log)")
      let list = try await programs.mdrctl("guide", "--list")
      #expect(list.output.contains("Not used:\n  \(file):"), "\(list.output)")
      let guide = try await programs.mdrctl("guide", "pair", Sony.bonded)
      #expect(guide.output.contains("by its product id"), "\(guide.output)")
      #expect(guide.output.contains("for at least"), "\(guide.output)")
    }
  }
}
