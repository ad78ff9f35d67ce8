import DBus
import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// What the followed session is told to show its user.
@Suite(.serialized, .timeLimit(.minutes(5))) struct NoticeTests {
  private static let card = Session.Card.pipewire(Sony.bonded).name

  private func withSession(
    _ rule: NoticeRule = .auto, _ body: (Programs, FakeSession) async throws -> Void
  ) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await set(rule, in: programs)
      try await programs.expect(.ok, "connect", Sony.bonded)
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report(.pipewire(Sony.bonded))
      try await body(programs, session)
      await session.leave()
    }
  }

  /// Has the daemon read a configuration with this.
  private func set(_ rule: NoticeRule, in programs: Programs) async throws {
    try programs.configure("[Session]\nNotices=\(rule.rawValue)\n")
    kill(programs.daemonProcess, SIGHUP)
    var value: String?
    repeat {
      let reply: Control.ConfigurationReply = try await programs.expect(.ok, "config").reply()
      let entry = reply.settings.first { $0.key == "Notices" }
      value = entry?.origin == .file ? entry?.value : nil
    } while value != rule.rawValue
  }

  @Test func `a microphone that is opened is told, and taken back when it is closed`() async throws {
    try await withSession { _, session in
      try await session.put(
        Self.card, into: "headset-head-unit", recordedBy: Session.Capture(application: "Firefox", process: 4711))
      let begun = try await session.notices.wait(for: 1)[0]
      #expect(begun.kind == .microphone && begun.device == Sony.bonded && begun.adapter == "hci0")
      #expect(begun.title == "WF-1000XM5 is in mono" && begun.text == "Firefox has its microphone open.")
      #expect(begun.action == .stereo && begun.start == nil)
      try await session.put(Self.card, into: "a2dp-sink")
      let over = try await session.notices.wait(for: 2)[1]
      #expect(over.kind == .microphone && over.title == nil)
    }
  }

  @Test func `with the configuration against it nothing is told, and a change of that holds at once`() async throws {
    try await withSession(.never) { programs, session in
      let firefox = Session.Capture(application: "Firefox", process: 4711)
      try await session.put(Self.card, into: "headset-head-unit", recordedBy: firefox)
      try await session.put(Self.card, into: "a2dp-sink")
      try await set(.start, in: programs)
      try await session.put(Self.card, into: "headset-head-unit", recordedBy: firefox)
      let notices = try await session.notices.wait(for: 1)
      #expect(notices.count == 1 && notices[0].start == true)
    }
  }
}
