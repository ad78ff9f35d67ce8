import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// What a Sony headset itself holds: client, daemon, BlueZ's hand-over of the channel, and a virtual headset that plays a
/// recorded session of a real one.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HeadsetTests {
  /// A headset of a recording, bonded and connected.
  private func withHeadset(
    _ id: String = "wh-1000xm6-v2-fw315-state", _ habits: Set<Habit> = [], start: UInt8 = 1,
    configuration: String? = nil, isListed: Bool = true,
    _ body: (Programs, VirtualSony) async throws -> Void
  ) async throws {
    let recording = try Recording(id)
    let virtual = Locked<VirtualSony?>(nil)
    try await withPrograms(prepare: { simulator in
      let headset = VirtualSony(recording, habits: habits, on: simulator.loop, start: start)
      virtual.withLock { $0 = headset }
      let sony = Sony.earbuds { headset in
        if isListed { headset.otherServices = [recording.service] }
      }
      await simulator.add(known: [sony], bonded: true)
      await simulator.serve(SerialService(uuid: recording.service) { headset.accept($0) }, at: Sony.bonded)
    }) { programs in
      let headset = try #require(virtual.withLock { $0 })
      if let configuration {
        try FileManager.default.createDirectory(
          atPath: programs.configurationPath, withIntermediateDirectories: true)
        try configuration.write(toFile: "\(programs.configurationPath)/mdrctl.conf", atomically: true, encoding: .utf8)
        kill(programs.daemonProcess, SIGHUP)
      }
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await body(programs, headset)
      // Whatever else was tested: nothing of what identifies the headset may have left it.
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      #expect(!log.contains(headset.identifier))
      #expect(await headset.violations == [])
    }
  }

  private func picture(_ programs: Programs, isWhole: Bool = false) async throws -> HeadsetReport {
    let words = ["headset", Sony.bonded] + (isWhole ? ["--verbose"] : []) + ["--json"]
    let result = try await programs.start(words).result()
    #expect(result.ending == .ok, "\(result.output)\(result.errors)")
    return try result.reply(Control.HeadsetReply.self).headset
  }

  // MARK: Looking

  @Test(arguments: Recording.ids)
  func `what was recorded of a headset is what its owner is told`(id: String) async throws {
    try await withHeadset(id) { programs, headset in
      // What is listed and was not recorded is silent, and waited for; the short look has what was.
      let result = try await programs.expect(.ok, "headset", Sony.bonded)
      #expect(!result.output.contains(headset.identifier))
      let report = try result.reply(Control.HeadsetReply.self).headset
      #expect(report.model == headset.recording.model)
      #expect(report.generation == (headset.recording.isV1 ? .v1 : .v2))
      let told = words(report)
      let recorded = Set(headset.recording.reads)
      for line in told { #expect(recorded.contains(line), "\(line) is not among \(recorded)") }
      #expect(told.count >= (Self.least[id] ?? 0), "\(told)")
      let text = try await programs.mdrctl("headset", Sony.bonded)
      #expect(text.status == 0)
      #expect(text.output.contains(headset.recording.model))
    }
  }

  /// How many of a recording's values can be told.
  private static let least = [
    "wf-1000xm5-v2-fw610": 2, "wh-1000xm4-v1-device-stream": 4, "wh-1000xm4-v1-fw301-ambient": 1,
    "wh-1000xm4-v1-vendor-app": 6, "wh-1000xm5-v2-fw241": 7, "wh-1000xm6-v2-fw315-state": 6, "wh-ch720n-v2": 1,
    "wh-xb910n-v2": 3,
  ]

  /// A report in the words of the recordings' second decoder.
  private func words(_ report: HeadsetReport) -> [String] {
    var lines: [String] = []
    let earbuds = report.batteries.filter { [.left, .right].contains($0.part) }
    if earbuds.count == 2 {
      lines.append("earbuds " + earbuds.map { "\($0.level) \($0.charging)" }.joined(separator: ", "))
    }
    for battery in report.batteries where battery.part == .headset {
      lines.append("battery \(battery.level) \(battery.charging)")
    }
    if let codec = report.codec { lines.append("codec \(codec == "none" ? "unsettled" : codec)") }
    if let noise = report.noise, noise.automatic == nil {
      lines.append("noise \(noise.mode) \(noise.level.map { "\($0)" } ?? "-") \(noise.voice == true ? 1 : 0)")
    }
    if let equalizer = report.equalizer {
      let bass = equalizer.bands.first { $0.frequency == nil }.map { "\($0.value)" } ?? "-"
      let bands = equalizer.bands.filter { $0.frequency != nil }.map { "\($0.value)" }
      lines.append("equalizer \(equalizer.preset ?? "?") \(bass) \(bands.joined(separator: " "))")
    }
    let names: [HeadsetSettingName: String] = [.dsee: "dsee", .pauseOnRemoval: "pause", .speakToChat: "speak"]
    for setting in report.settings {
      guard let value = setting.value, let name = names[setting.name] else { continue }
      lines.append("\(name) \(value)")
    }
    return lines
  }

  @Test func `nothing is connected before somebody asks, and it is free again at once or after a while`() async throws {
    try await withHeadset { programs, headset in
      #expect(await headset.accepted == 0)
      #expect(await programs.simulator.calls("RegisterProfile").isEmpty)
      _ = try await picture(programs)
      _ = try await picture(programs)
      #expect(await headset.accepted == 1)
      #expect(await programs.simulator.hasSerialConnection(Sony.bonded))
      try await programs.expect(.ok, "headset", "release", Sony.bonded)
      try await gone(programs)
      #expect(await !headset.isConnected)
      let device = try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device
      #expect(device.connected && device.transports.contains { $0.profile == .a2dp })
      _ = try await picture(programs)
      #expect(await headset.accepted == 2)
    }
    try await withHeadset(configuration: "[Timeouts]\nHeadset=1\n") { programs, headset in
      _ = try await picture(programs)
      try await gone(programs)
      #expect(await !headset.isConnected)
    }
  }

  /// Waits until bluetoothd has no channel any more.
  private func gone(_ programs: Programs) async throws {
    try await programs.simulator.waitForSerialEnd(Sony.bonded)
  }

  // MARK: Changing

  @Test func `noise control does what it is told, and is told by what the headset says`() async throws {
    for id in ["wh-1000xm4-v1-vendor-app", "wh-1000xm5-v2-fw241", "wh-1000xm6-v2-fw315-state", "wh-ch720n-v2"] {
      try await withHeadset(id) { programs, headset in
        for (words, mode, level) in [
          (["cancel"], NoiseMode.cancelling, Int?.none), (["ambient", "7"], .ambient, 7), (["off"], .off, nil),
          (["ambient", "12", "--voice"], .ambient, 12), (["cancel"], .cancelling, nil), (["ambient"], .ambient, 12),
        ] {
          let result = try await programs.start(["noise", Sony.bonded] + words + ["--json"]).result()
          #expect(result.ending == .ok, "\(id) \(words): \(result.output)")
          let noise = try result.reply(Control.HeadsetReply.self).headset.noise
          #expect(noise?.mode == mode)
          if let level { #expect(noise?.level == level, "\(id) \(words)") }
          #expect(noise?.voice == true || !words.contains("--voice"))
        }
      }
    }
  }

  @Test func `the equalizer takes presets of this headset, and bands beside the others`() async throws {
    for (id, preset, refused) in [
      ("wh-1000xm4-v1-vendor-app", "speech", "nonsense"), ("wh-xb910n-v2", "treble", "unspecified"),
    ] {
      try await withHeadset(id) { programs, _ in
        let chosen = try await programs.expect(.ok, "eq", Sony.bonded, preset).reply(Control.HeadsetReply.self)
        #expect(chosen.headset.equalizer?.preset == preset)
        let unknown = try await programs.expect(.failed(.invalidArgument), "eq", Sony.bonded, refused)
        #expect(unknown.error?.hint?.contains(preset) == true)
        try await programs.expect(.ok, "eq", Sony.bonded, "user1")
        let before = try await picture(programs).equalizer
        let bent = try await programs.expect(.ok, "eq", Sony.bonded, "clear-bass=4", "1k=-2")
          .reply(Control.HeadsetReply.self).headset.equalizer
        #expect(bent?.preset == "user1")
        for band in bent?.bands ?? [] {
          let was = before?.bands.first { $0.frequency == band.frequency }?.value
          #expect(band.value == (band.frequency == nil ? 4 : band.frequency == 1000 ? -2 : was))
        }
        try await programs.expect(.failed(.invalidArgument), "eq", Sony.bonded, "1k=11")
        try await programs.expect(.failed(.invalidArgument), "eq", Sony.bonded, "1234=1")
      }
    }
  }

  @Test func `settings change one by one, and what the headset has not is said`() async throws {
    try await withHeadset("wh-1000xm4-v1-vendor-app") { programs, _ in
      for (verb, value, name) in [
        ("dsee", "on", HeadsetSettingName.dsee), ("pause-on-removal", "off", .pauseOnRemoval),
        ("speak-to-chat", "on", .speakToChat), ("auto-off", "never", .autoOff), ("priority", "connection", .priority),
        ("touch", "on", .touch),
      ] {
        let reply = try await programs.expect(.ok, verb, Sony.bonded, value).reply(Control.HeadsetReply.self)
        #expect(reply.headset.settings.first?.name == name)
        #expect(reply.headset.settings.first?.value == value)
      }
      try await programs.expect(.ok, "settings", Sony.bonded, "dsee=off", "auto-off=takenOff")
      let report = try await picture(programs, isWhole: true)
      #expect(report.settings.first { $0.name == .dsee }?.value == "off")
      #expect(report.settings.first { $0.name == .autoOff }?.value == "takenOff")
      #expect(report.missing?.contains(.headGesture) == true)
      try await programs.expect(.failed(.notOffered), "settings", Sony.bonded, "head-gesture=on")
      try await programs.expect(.failed(.invalidArgument), "settings", Sony.bonded, "dsee=loud")
    }
  }

  @Test func `a headset that asks is answered when somebody agrees, and not before`() async throws {
    try await withHeadset("wh-1000xm4-v1-vendor-app", [.alertGate]) { programs, headset in
      let asked = try await programs.expect(.failed(.needsConsent), "settings", Sony.bonded, "multipoint=on")
      #expect(asked.error?.message.contains("asks") == true)
      #expect(await headset.answer(table: 0x0C, [0xD6, 0xD2]) == [0xD7, 0xD2, 0x01, 0x00])
      try await programs.expect(.ok, "settings", Sony.bonded, "multipoint=on", "--yes")
      #expect(await headset.answer(table: 0x0C, [0xD6, 0xD2]) == [0xD7, 0xD2, 0x01, 0x01])
    }
  }

  @Test func `power-off wants consent, and is done when the headset is gone; nothing else ends the link`() async throws
  {
    for id in ["wh-1000xm4-v1-vendor-app", "wh-1000xm6-v2-fw315-state"] {
      try await withHeadset(id) { programs, headset in
        try await programs.expect(.failed(.needsConsent), "power-off", Sony.bonded)
        _ = try await picture(programs)
        #expect(await !headset.isOff)
        try await programs.expect(.ok, "power-off", Sony.bonded, "--yes")
        #expect(await headset.isOff)
      }
    }
  }

  // MARK: Awkward headsets

  /// Habits after which everything comes to the same.
  private static let harmless: [Habit] = [
    .initIgnore, .earlyPush, .lateLog, .repeats, .ackLost, .requestLost, .ackLate, .split, .join, .noise, .quietSet,
    .ackOnlySet, .otherAnswer, .storm, .tableCollision, .staleGet, .busyProfile, .allMute, .dropInQuestion,
    .dropInChange,
  ]

  @Test(arguments: harmless)
  func `an awkward habit changes nothing of what is told and done`(habit: Habit) async throws {
    // One that answers all that it lists, but where it takes many questions to notice.
    for id in [habit == .allMute ? "wh-1000xm6-v2-fw315-state" : "wh-ch720n-v2"] {
      let plain = Locked<HeadsetReport?>(nil)
      try await withHeadset(id) { programs, _ in
        let report = try await picture(programs)
        plain.withLock { $0 = report }
      }
      try await withHeadset(id, [habit], start: 0) { programs, headset in
        let awkward = try await picture(programs)
        let expected = plain.withLock { $0 }
        #expect(awkward == expected)
        let noise = try await programs.expect(.ok, "noise", Sony.bonded, "ambient", "9").reply(
          Control.HeadsetReply.self)
        #expect(noise.headset.noise?.mode == .ambient)
        #expect(noise.headset.noise?.level == 9)
        try await programs.expect(.ok, "noise", Sony.bonded, "ambient", "9")
        #expect(try await picture(programs).noise?.level == 9)
        let sets = await headset.received.filter { $0.hasPrefix("0c 68") }
        #expect(sets.count == 2, "\(sets)")
        #expect(await headset.fired[habit, default: 0] > 0)
      }
    }
  }

  @Test func `several habits at once change nothing either`() async throws {
    let habits: Set<Habit> = [.split, .noise, .repeats, .initIgnore, .earlyPush, .lateLog, .ackLate]
    try await withHeadset("wh-1000xm4-v1-vendor-app", habits, start: 0) { programs, headset in
      let report = try await picture(programs)
      #expect(report.batteries.first?.level == 80)
      #expect(report.equalizer?.preset == "user2")
      let noise = try await programs.expect(.ok, "noise", Sony.bonded, "ambient", "9").reply(Control.HeadsetReply.self)
      #expect(noise.headset.noise?.level == 9)
      for habit in habits { #expect(await headset.fired[habit, default: 0] > 0, "\(habit)") }
    }
  }

  @Test func `a change that is refused or ignored is told as not made`() async throws {
    for (habit, isRefused) in [(Habit.refusedSet, true), (.ignoredSet, false)] {
      try await withHeadset("wh-1000xm5-v2-fw241", [habit]) { programs, headset in
        let result = try await programs.expect(.failed(.notChanged), "noise", Sony.bonded, "ambient", "9")
        #expect(result.error?.evidence?.contains("kept") == isRefused)
        #expect(await headset.fired[habit] == 1)
        #expect(try await picture(programs).noise?.mode == .cancelling)
      }
    }
  }

  @Test func `a command is never repeated over a new channel: the headset is asked`() async throws {
    try await withHeadset("wh-1000xm5-v2-fw241", [.dropBeforeChange]) { programs, headset in
      let lost = try await programs.expect(.failed(.headsetSilent), "noise", Sony.bonded, "ambient", "9")
      #expect(lost.error?.message.contains("closed in the middle") == true)
      #expect(await headset.received.filter { $0.hasPrefix("0c 68") }.isEmpty)
      #expect(await headset.accepted == 2)
      try await programs.expect(.ok, "noise", Sony.bonded, "ambient", "9")
    }
  }

  @Test func `a channel that another client holds is said to be held, and taken when it is free`() async throws {
    try await withHeadset("wh-1000xm5-v2-fw241", [.secondClient]) { programs, headset in
      let held = try await programs.expect(.failed(.headsetHeld), "headset", Sony.bonded)
      #expect(held.status == 7)
      #expect(await headset.refused == 4)
      let device = try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device
      #expect(device.connected)
      await headset.release()
      _ = try await picture(programs)
      // It comes back and takes the channel: it is not fought for, and the next question opens it again.
      await headset.hangUp()
      _ = try await picture(programs)
      #expect(await headset.accepted == 2)
    }
  }

  @Test func `a headset of an unknown generation is sent nothing but the handshake`() async throws {
    try await withHeadset("wh-1000xm5-v2-fw241", [.oddHandshake]) { programs, headset in
      try await programs.expect(.failed(.noControl), "headset", Sony.bonded)
      #expect(await headset.received == ["0c 00 00"])
    }
  }

  @Test func `two clients at once are both answered, over one channel`() async throws {
    try await withHeadset { programs, headset in
      let commands = try (0..<4).map { _ in try programs.start(["headset", Sony.bonded, "--json"]) }
      let change = try programs.start(["noise", Sony.bonded, "ambient", "5", "--json"])
      var reports: Set<Int> = []
      for command in commands {
        let result = try await command.result()
        #expect(result.ending == .ok, "\(result.output)")
        reports.insert(try result.reply(Control.HeadsetReply.self).headset.batteries.first?.level ?? 0)
      }
      #expect(try await change.result().ending == .ok)
      #expect(reports == [83])
      #expect(await headset.accepted == 1)
    }
  }

  // MARK: Around it

  @Test func `a device without the service, or not connected, is said to be so`() async throws {
    try await withHeadset(isListed: false) { programs, _ in
      try await programs.expect(.failed(.noControl), "headset", Sony.bonded)
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      try await programs.expect(.failed(.notConnected), "noise", Sony.bonded, "cancel")
    }
  }

  @Test func `bluetoothd's end and a lost link close the channel, and the next question opens it again`() async throws {
    try await withHeadset { programs, headset in
      _ = try await picture(programs)
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      try await gone(programs)
      try await programs.expect(.failed(.notConnected), "headset", Sony.bonded)
      try await programs.expect(.ok, "connect", Sony.bonded)
      _ = try await picture(programs)
      try await programs.simulator.restart(gracefully: false)
      try await programs.simulator.waitForAdapter()
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "paired", "--timeout", "20")
      try await programs.expect(.ok, "connect", Sony.bonded)
      _ = try await picture(programs)
      #expect(await headset.accepted == 3)
    }
  }

  @Test func `what the headset tells unasked comes to whoever monitors`() async throws {
    try await withHeadset("wh-1000xm5-v2-fw241") { programs, headset in
      _ = try await picture(programs)
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "\"state\""))
      await headset.push(table: 0x0C, [0x69, 0x17, 0x01, 0x01, 0x01, 0x00, 0x0B])
      #expect(await monitor.wait(for: "headsetChanged"))
      let event = try monitor.last(Control.MonitorReply.self)
      #expect(event.headset?.noise?.mode == .ambient)
      #expect(event.headset?.noise?.level == 11)
      monitor.signal(SIGTERM)
      _ = try await monitor.result()
    }
  }

  @Test func `explain says what captured bytes mean, and leaves identifiers out`() async throws {
    try await withHeadset { programs, headset in
      let handshake = try await programs.mdrctl("explain", "3e0c000000000200000e3c", "3e01010000000002 3c")
      #expect(handshake.output == "table 1, 0: 00 00: the beginning of a session\nacknowledgement, next 1\n")
      let noise = try await programs.mdrctl("explain", "671701010100 0d")
      #expect(noise.output.contains("noiseControl: ambient, level 13"))
      let identity = try await programs.mdrctl(
        "explain", "03 00 02 11 30 30 3a 30 30 3a 30 30 3a 30 30 3a 30 30 3a 30 30")
      #expect(identity.output.contains("left out"))
      #expect(!identity.output.contains("3a"))
      try await programs.expect(.failed(.invalidArgument), "explain", "zz")
    }
  }

  @Test(.enabled(if: getuid() == 0)) func `who may not control may not ask the headset either`() async throws {
    try await withHeadset { programs, headset in
      let client = try await programs.publicClient()
      let stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", client]
      #expect(try await programs.run(stranger + ["headset", Sony.bonded]).status == 5)
      #expect(await headset.accepted == 0)
      #expect(try await programs.run(stranger + ["explain", "3e0c000000000200000e3c"]).status == 0)
    }
  }
}
