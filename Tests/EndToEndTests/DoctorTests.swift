import DBus
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// The doctor, with the built programs: what it finds on a computer that is well, and what when something is not.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DoctorTests {
  private typealias Checks = [String: [Check]]

  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  /// What the doctor says, by the names of its checks; and that it exits as its worst verdict says.
  private func examine(
    _ programs: Programs, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Checks {
    let result = try await programs.start(["doctor", "--json"] + words).result()
    let reply = try result.reply(Control.DoctorReply.self)
    let checks = try #require(reply.checks, "\(result.output)\(result.errors)")
    #expect(reply.worst == checks.map(\.verdict).max(), sourceLocation: sourceLocation)
    #expect(result.status == (reply.worst == .broken ? 1 : 0), sourceLocation: sourceLocation)
    for text in checks.flatMap({ [$0.message, $0.evidence, $0.hint] }).compactMap(\.self) {
      #expect(!text.contains("Optional(") && !text.contains("--adapter"), "\(text)", sourceLocation: sourceLocation)
    }
    return Checks(grouping: checks, by: \.name)
  }

  private func verdict(_ checks: Checks, _ name: String) -> CheckVerdict? { checks[name]?.map(\.verdict).max() }

  private func write(_ programs: Programs, _ path: String, _ text: String) throws {
    let url = URL(filePath: programs.rootPath + path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  @Test func `a computer that is well has nothing broken`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report(.pipewire(Sony.bonded))
      try write(programs, "/etc/systemd/system/bluetooth.service.wants/mdrctld.service", "")
      try write(programs, "/usr/lib/systemd/user/mdrctl-session.service", "")
      try write(
        programs, "/var/lib/dpkg/status", "Package: bluez\nStatus: install ok installed\nVersion: 5.82-1.1\n\n")
      let checks = try await examine(programs)
      let fine = [
        "bluetoothd", "bluez-version", "system-bus", "kernel", "adapter-present", "adapter-power", "adapter-address",
        "main-conf", "JustWorksRepairing", "AutoEnable", "sound-server", "sound-roles", "session-part",
        "one-sound-server", "agents", "discovery", "bond", "twin", "one-bond", "trust", "blocked", "stereo", "battery",
        "session-version", "access", "configuration", "state-directory", "enabled", "helper", "session-unit",
        "knowledge-files", "daemon",
        "socket", "version",
      ]
      for name in fine { #expect(verdict(checks, name) == .ok, "\(name): \(checks[name] ?? [])") }
      #expect(checks["bluez-version"]?.first?.evidence?.contains("5.82-1.1, by dpkg") == true)
      #expect(checks["bond"]?.first?.subject == Sony.bonded)
      await session.leave()
    }
  }

  @Test func `what mdrctl can do about it is done when it is agreed to, and looked at again`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "untrust", Sony.bonded)
      try await programs.expect(.ok, "adapter", "power", "off")
      #expect(verdict(try await examine(programs), "adapter-power") == .broken)
      let result = try await programs.start(["doctor", "--fix", "--yes"]).result()
      #expect(result.errors.contains("undone by: mdrctl untrust \(Sony.bonded)"))
      let checks = try await examine(programs)
      #expect(verdict(checks, "adapter-power") == .ok)
      #expect(verdict(checks, "trust") == .ok)
    }
  }

  @Test func `the part in a session is told where it is of another version`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      await session.claim(version: "0.0.9")
      try await session.join()
      let checks = try await examine(programs)
      #expect(verdict(checks, "session-version") == .warning)
      await session.leave()
    }
  }

  @Test func `an adapter that is off, no sound server and a headset that nobody trusts are told`() async throws {
    try await withPrograms(prepare: {
      await Self.prepare($0)
      await $0.setSoundServer(.none)
    }) { programs in
      let silent = try await examine(programs)
      #expect(verdict(silent, "sound-server") == .broken)
      #expect(verdict(silent, "session-part") == .warning)
      #expect(verdict(silent, "helper") == .note)
      #expect(verdict(silent, "session-unit") == .note)
      try await programs.expect(.ok, "untrust", Sony.bonded)
      try await programs.expect(.ok, "block", Sony.bonded)
      try await programs.simulator.happen(.switchOff("hci0"))
      let off = try await examine(programs, Sony.bonded)
      #expect(verdict(off, "adapter-power") == .broken)
      #expect(off["adapter-power"]?.first?.subject == "hci0")
      #expect(verdict(off, "sound-server") == .unknown)
      #expect(verdict(off, "trust") == .warning)
      #expect(verdict(off, "blocked") == .warning)
      try await programs.simulator.happen(.unplug("hci0"))
      #expect(verdict(try await examine(programs), "adapter-present") == .broken)
    }
  }

  @Test func `a bluetoothd that is not there, or does not answer, ends no examination`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      await programs.simulator.freeze()
      let frozen = try await examine(programs)
      #expect(verdict(frozen, "bluetoothd") == .broken)
      #expect(frozen["bluetoothd"]?.first?.message.contains("does not answer") == true)
      await programs.simulator.thaw()
      try await programs.simulator.happen(.stopBluez)
      let gone = try await examine(programs)
      #expect(verdict(gone, "bluetoothd") == .broken)
      #expect(verdict(gone, "adapter-present") == .unknown)
      #expect(gone["bond"] == nil)
      let named = try await examine(programs, Sony.bonded)
      #expect(verdict(named, "bluetoothd") == .broken)
    }
  }

  @Test func `a daemon that is not there ends none either`() async throws {
    try await withPrograms { programs in
      #expect(try await programs.stopDaemon() == 0)
      let checks = try await examine(programs)
      #expect(verdict(checks, "daemon") == .broken)
      #expect(verdict(checks, "version") == .unknown)
      try await programs.startDaemon()
    }
  }

  @Test func `a search of somebody else's is told, and our own is not taken for one`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let rival = try await Connection.open(programs.bus, on: programs.simulator.loop)
      func call(_ method: String) async throws {
        _ = try await rival.call(
          Message(call: method, on: "/org/bluez/hci0", interface: "org.bluez.Adapter1", to: "org.bluez"))
      }
      try await call("StartDiscovery")
      let foreign = try await examine(programs)
      #expect(verdict(foreign, "discovery") == .warning, "\(foreign["discovery"] ?? [])")
      #expect(foreign["discovery"]?.first?.evidence?.contains(" It began ") == true, "\(foreign["discovery"] ?? [])")
      try await call("StopDiscovery")
      let quiet = try await examine(programs)
      #expect(verdict(quiet, "discovery") == .ok)
      #expect(quiet["discovery"]?.first?.evidence == nil, "It ended, and nobody has left.")
      let scan = try programs.start(["scan", "--timeout", "60", "--json"])
      #expect(await scan.wait(for: "started"))
      let own = try await examine(programs)
      #expect(verdict(own, "discovery") == .note, "\(own["discovery"] ?? [])")
      scan.signal(2)
      _ = try await scan.result()
      await rival.close()
    }
  }

  @Test func `who keeps a search on is told by why stutter, and who left as it ended`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let own = try await programs.mdrctl("why", "stutter", Sony.bonded, "--verbose")
      #expect(own.status == 0 && own.output.contains("Nobody searches for devices on hci0 "), "\(own)")
      let rival = try await Connection.open(programs.bus, on: programs.simulator.loop)
      _ = try await rival.call(
        Message(call: "StartDiscovery", on: "/org/bluez/hci0", interface: "org.bluez.Adapter1", to: "org.bluez"))
      let process = ProcessInfo.processInfo.processIdentifier
      let found = try await programs.mdrctl("why", "stutter", Sony.bonded, "--check")
      #expect(found.status == 1)
      #expect(found.output.contains("(process \(process)"), "\(found)")
      #expect(found.output.contains("as it seems, keeps a search for devices on, on hci0"), "\(found)")
      await rival.close()
      let over = try await programs.mdrctl("why", "stutter", Sony.bonded, "--verbose")
      #expect(over.output.contains("The last search of another program ended 0 s ago, as "), "\(over)")
      #expect(over.output.contains("(process \(process)"), "\(over)")
    }
  }

  @Test func `a bond that the headset has lost is broken`() async throws {
    try await withPrograms(helper: .works, prepare: Self.prepare) { programs in
      try await programs.simulator.happen(.wipe(Sony.bonded))
      try await programs.expect(.failed(.staleBond), "connect", Sony.bonded)
      let checks = try await examine(programs)
      #expect(verdict(checks, "bond") == .broken, "\(checks["bond"] ?? [])")
      #expect(checks["bond"]?.first?.hint?.contains("mdrctl repair \(Sony.bonded)") == true)
    }
  }

  @Test func `main.conf is judged with file and line`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try write(
        programs, "/etc/bluetooth/main.conf", "[General]\nJustWorksRepairing = always\n\n[Policy]\nAutoEnable=false\n")
      let checks = try await examine(programs)
      #expect(verdict(checks, "main-conf") == .ok)
      #expect(verdict(checks, "JustWorksRepairing") == .warning)
      #expect(checks["JustWorksRepairing"]?.first?.evidence?.hasSuffix("/etc/bluetooth/main.conf:2") == true)
      #expect(checks["AutoEnable"]?.first?.evidence?.hasSuffix("/etc/bluetooth/main.conf:5") == true)
      try write(programs, "/etc/bluetooth/main.conf", "[General]\nbroken\n")
      let refused = try await examine(programs)
      #expect(verdict(refused, "main-conf") == .broken)
      #expect(verdict(refused, "JustWorksRepairing") == .ok)
    }
  }

  @Test func `what is known to be broken is compared by the package, and a computer adds to it`() async throws {
    try await withPrograms(version: .v5_87, prepare: Self.prepare) { programs in
      func installed(_ version: String) throws {
        try write(
          programs, "/var/lib/dpkg/status", "Package: bluez\nStatus: install ok installed\nVersion: \(version)\n\n")
      }
      try installed("5.87-4")
      func rows(_ checks: Checks) -> [String: Check] {
        Dictionary((checks["known-faults"] ?? []).map { ($0.subject ?? "", $0) }) { first, _ in first }
      }
      let vulnerable = rows(try await examine(programs))
      #expect(vulnerable["CVE-2026-80185"]?.verdict == .warning)
      #expect(vulnerable["CVE-2026-80185"]?.evidence?.contains("The package bluez 5.87-4 (dpkg)") == true)
      #expect(vulnerable["bluez-5.87-endpoint-cache"]?.sources?.isEmpty == false)
      try installed("5.87-5")
      #expect(rows(try await examine(programs))["CVE-2026-80185"] == nil)
      try write(
        programs, "/etc/mdrctl/known.d/own.json",
        """
        {"schema": 1, "defects": [{"name": "own", "component": "bluez", "from": "5.87", "symptom": "It is slow.",
        "sign": "It takes long.", "cure": "Wait.", "sources": [{"url": "https://example.org", "says": "so"}]}]}
        """)
      try write(programs, "/etc/mdrctl/known.d/bad.json", "{}")
      let checks = try await examine(programs)
      #expect(rows(checks)["own"]?.message == "It is slow.")
      #expect(verdict(checks, "knowledge-files") == .warning)
    }
  }

  @Test func `it tells people what it found, and every user may ask`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let output = try await programs.mdrctl("doctor")
      #expect(output.errors.isEmpty, "\(output.errors)")
      #expect(output.output.contains("Known faults of these versions"))
      let nobody = try await programs.publicClient()
      let result = try await programs.run([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", nobody, "doctor", "--json",
      ])
      let checks = try #require(try result.reply(Control.DoctorReply.self).checks, "\(result.errors)")
      #expect(checks.first { $0.name == "access" }?.verdict == .note)
    }
  }
}
