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
        for value in [11, -11, Int.max, Int.min] {
          try await programs.expect(.failed(.invalidArgument), "eq", Sony.bonded, "1k=\(value)")
        }
        for band in ["1234", "\(Int.max)"] {
          try await programs.expect(.failed(.invalidArgument), "eq", Sony.bonded, "\(band)=1")
        }
        for band in ["\(Int.max)k", "-1k", "1.25k", "k"] {
          let result = try await programs.mdrctl("eq", Sony.bonded, "\(band)=1")
          #expect(result.status == ExitCode.usage.rawValue, "\(band)")
        }
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
      try await programs.expect(.ok, "settings", Sony.bonded, "dsee=off", "auto-off=taken-off")
      let report = try await picture(programs, isWhole: true)
      #expect(report.settings.first { $0.name == .dsee }?.value == "off")
      #expect(report.settings.first { $0.name == .autoOff }?.value == "taken-off")
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
}
