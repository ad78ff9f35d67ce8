import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// What a headset says of itself, used by what does not ask it: its battery, and its other hosts.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HeadsetWordTests {
  private static let xm6 = "wh-1000xm6-v2-fw315-state"
  private static let host = "00:1A:7D:DA:71:13"
  private static let other = "AA:BB:CC:DD:EE:01"

  private func shown(_ programs: Programs) async throws -> Device {
    try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device
  }

  @Test
  func `its own word of its battery is shown while it holds, with its source and then its age; nobody asks for it`()
    async throws
  {
    try await withHeadset(Self.xm6, battery: nil) { programs, headset in
      for verb in ["status", "show", "list"] { _ = try await programs.mdrctl(verb) }
      #expect(await headset.accepted == 0)
      #expect(try await shown(programs).batteries == nil)

      let level = try #require(await picture(programs).batteries.first?.level)
      let now = try await shown(programs)
      #expect(now.battery == level && now.batteries?.first?.source == .headset && now.batteries?.first?.current == true)
      #expect(try await programs.mdrctl("show").output.contains("\(level)%, by the headset's own word\n"))
      #expect(try await programs.mdrctl("status").output.contains("\(level)%"))

      // It says that it has less.
      await headset.push(table: 0x0C, [0x25, 0x00, UInt8(level - 1), 0x00])
      let bar = try programs.start(["bar", "--format", "eww"])
      #expect(await bar.wait(for: "\"battery\":\(level - 1)"))
      #expect(bar.read.last?.contains("by its own word") == true)

      // Its channel is closed: from here on the number is old.
      try await programs.expect(.ok, "headset", "release", Sony.bonded)
      try await gone(programs)
      let old = try await shown(programs)
      #expect(old.battery == nil && old.batteries?.first?.current == false && old.batteries?.first?.since != nil)
      #expect(try await programs.mdrctl("show").output.contains("\(level - 1)%, by the headset's own word just now"))
      #expect(try await programs.mdrctl("status").output.contains("\(level - 1)%, just now"))
      #expect(await bar.wait(for: "\"battery\":null"))
      bar.signal(SIGTERM)
      _ = try await bar.result()
      #expect(await headset.accepted == 1)
    }
  }

  @Test func `BlueZ's number is shown where the headset's own does not hold, and told as BlueZ's`() async throws {
    try await withHeadset(Self.xm6, battery: 80) { programs, _ in
      #expect(try await shown(programs).battery == 80)
      #expect(try await programs.mdrctl("show").output.contains("80%, as BlueZ has it\n"))
      let level = try #require(await picture(programs).batteries.first?.level)
      #expect(level != 80)
      let now = try await shown(programs)
      #expect(now.battery == level && now.batteries?.map(\.source) == [.headset, .bluez])
      try await programs.expect(.ok, "headset", "release", Sony.bonded)
      try await gone(programs)
      let old = try await shown(programs)
      #expect(old.battery == 80 && old.batteries?.map(\.source) == [.bluez, .headset])
      #expect(try await programs.mdrctl("status").output.contains(" 80% "))
    }
  }

  @Test func `the ladder asks it before it tells anybody to restart what plays for another host`() async throws {
    try await withHeadset(Self.xm6, hasStereo: false) { programs, headset in
      await headset.pair(with: [Self.host, Self.other], connected: 2, playing: 2)
      let result = try await programs.expect(.failed(.notFixable), "fix", Sony.bonded)
      #expect(result.error?.message.contains("plays for another device") == true)
      #expect(result.error?.evidence?.contains("Tried: its audio profile anew") == true)
      // The phone has stopped, and is still connected.
      await headset.pair(with: [Self.host, Self.other], connected: 2, playing: 1)
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "20")
      let restart = try programs.start(["fix", Sony.bonded, "--json", "--verbose"])
      #expect(await restart.wait(for: "\"deed\":\"restart\""))
      restart.signal(SIGINT)
      let told = try await restart.result()
      #expect(told.output.contains("Another device is connected to it."))
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      for output in [log, told.output, result.output] { #expect(!output.contains(Self.other)) }
    }
  }

  @Test func `that another host has its sound is told with its connection, as long as it says so`() async throws {
    try await withHeadset(Self.xm6) { programs, headset in
      await headset.pair(with: [Self.host, Self.other], connected: 2, playing: 2)
      _ = try await programs.expect(.ok, "hosts", Sony.bonded)
      #expect(try await shown(programs).standing?.message == "It is connected, and plays for another host.")
      try await programs.expect(.ok, "headset", "release", Sony.bonded)
      try await gone(programs)
      #expect(try await shown(programs).standing?.message == "It is connected.")
    }
  }

  @Test func `a repair and a ladder say what became of the settings before they delete anything`() async throws {
    try await withHeadset(Self.xm6, [.secondClient]) { programs, headset in
      try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
      let repair = try await programs.start(["repair", Sony.bonded, "--yes"]).result()
      #expect(repair.status == 0, "\(repair.errors)")
      #expect(
        repair.errors.contains("settings are not saved: It is slow, or another client holds its control channel."))
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      let fix = try await programs.expect(.ok, "fix", Sony.bonded, "--yes")
      let reply = try fix.reply(Control.OperationReply.self)
      #expect(reply.notSaved == "It is not connected." && reply.saved == nil)
      let guide = try await programs.mdrctl("guide", "initialize", Sony.bonded)
      #expect(guide.status == 0)
      await headset.release()
      let saved = try await programs.expect(.ok, "fix", Sony.bonded, "--yes").reply(Control.OperationReply.self)
      #expect(saved.saved != nil && saved.notSaved == nil)
    }
  }
}
