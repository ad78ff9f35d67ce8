import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// Headsets that are awkward, clients that come at once, links that fall: client, daemon, BlueZ's hand-over of the channel,
/// and a virtual headset that plays a recorded session of a real one.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AwkwardHeadsetTests {
  /// Habits after which everything comes to the same.
  static let harmless: [Habit] = [
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
      let long = try await programs.mdrctl("explain", String(repeating: "3e0c000000000200000e3c", count: 700))
      #expect(long.output.split(separator: "\n").count == 700)
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
