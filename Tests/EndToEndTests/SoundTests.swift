import DBus
import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Varlink
import Vocabulary

/// Sound at both layers: BlueZ, and a login session with a sound server.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SoundTests {
  private static let headset = Sony.bonded
  private static let card = Session.Card.pipewire(headset).name

  /// The headset is bonded, the daemon runs, and a login session has joined it whose sound server shows no card yet.
  private func withSession(
    connected: Bool = true, _ body: (Programs, FakeSession) async throws -> Void
  ) async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      if connected { try await programs.expect(.ok, "connect", Self.headset) }
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await body(programs, session)
      await session.leave()
    }
  }

  private func audio(_ programs: Programs) async throws -> Sound {
    try await programs.expect(.ok, "profile", Self.headset).reply(Control.AudioReply.self).audio
  }

  private func orders(_ session: FakeSession, _ count: Int) async throws -> [String?] {
    try await session.orders.wait { $0.count >= count }.map { $0.profile ?? $0.codec }
  }

  // MARK: Commands

  @Test func `a policy is applied at once, kept, and shown with both layers`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      try await programs.expect(.ok, "profile", Self.headset, "call")
      #expect(try await orders(session, 1) == ["headset-head-unit"])
      let called = try await audio(programs)
      #expect(called.policy == .call)
      #expect(called.cause == .policyCall)
      #expect(called.card?.kind == .call)
      #expect(called.decidedBy == .command)
      #expect(called.session?.server == "PipeWire 1.4.2")
      try await programs.expect(.ok, "profile", Self.headset, "stereo")
      #expect(try await audio(programs).cause == .stereo)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      #expect(try await audio(programs).policy == .stereo)
    }
  }

  @Test func `once applies it and keeps the policy`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      try await programs.expect(.ok, "profile", Self.headset, "call", "--once")
      let audio = try await audio(programs)
      #expect(audio.policy == .auto)
      #expect(audio.card?.kind == .call)
    }
  }

  @Test func `a codec is switched to by its name, and named wrong it is told which there are`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      let wrong = try await programs.expect(.failed(.noCodec), "codec", Self.headset, "ldac")
      #expect(wrong.error?.candidates == ["sbc", "sbc_xq"])
      let reply = try await programs.expect(.ok, "codec", Self.headset, "sbc_xq").replies(Control.OperationReply.self)
      #expect(try await orders(session, 1) == ["a2dp-sink-sbc_xq"])
      #expect(reply.last?.codecs?.first { $0.active }?.name == "sbc_xq")
    }
  }

  @Test func `bad input has names of its own`() async throws {
    try await withSession(connected: false) { programs, _ in
      try await programs.expect(.failed(.notConnected), "profile", Self.headset, "call", "--once")
      try await programs.expect(.failed(.deviceNotFound), "profile", "00:00:00:00:00:01", "call")
      try await programs.expect(.failed(.deviceNotFound), "why", "nobody")
      #expect(try await programs.json("profile", Self.headset, "surround").status == 2)
    }
  }

  @Test func `without a session a call cannot be had, and stereo is BlueZ's`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      try await programs.expect(.ok, "connect", Self.headset)
      try await programs.expect(.failed(.noSession), "profile", Self.headset, "call", "--once")
      try await programs.expect(.ok, "profile", Self.headset, "stereo")
      #expect(try await audio(programs).cause == .noSession)
    }
  }

  @Test func `where BlueALSA plays it is said that there is nothing to switch, and a policy is kept`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      try await programs.expect(.ok, "connect", Self.headset)
      let bluealsa = try await Connection.open(programs.bus, on: programs.simulator.loop)
      try await bluealsa.requestName("org.bluealsa")
      #expect(try await audio(programs).cause == .bluealsa)
      for command in [["profile", Self.headset, "call", "--once"], ["codec", Self.headset, "sbc"]] {
        let result = try await programs.start(command + ["--json"]).result()
        #expect(result.ending == .failed(.noSession))
        #expect(result.error?.message.hasPrefix("BlueALSA plays") == true)
      }
      try await programs.expect(.ok, "profile", Self.headset, "call")
      #expect(try await audio(programs).policy == .call)
      await bluealsa.close()
    }
  }

  // MARK: By policy

  @Test func `under stereo an application that records does not make it mono`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      try await programs.expect(.ok, "profile", Self.headset, "stereo")
      try await session.put(
        Self.card, into: "headset-head-unit", recordedBy: Session.Capture(application: "Recorder", process: 7))
      #expect(try await orders(session, 1) == ["a2dp-sink"])
    }
  }

  @Test func `under auto it does, and is named`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      try await session.put(
        Self.card, into: "headset-head-unit", recordedBy: Session.Capture(application: "Recorder", process: 7))
      let audio = try await audio(programs)
      #expect(audio.cause == .application)
      #expect(audio.message == "WF-1000XM5 is mono because Recorder (process 7) has its microphone open.")
      #expect(audio.decidedBy == .application)
      #expect(await session.orders.events.isEmpty)
    }
  }

  @Test func `auto puts right what the sound server remembered`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset, in: "headset-head-unit"))
      #expect(try await audio(programs).cause == .remembered)
      #expect(try await orders(session, 1) == ["a2dp-sink"])
    }
  }

  @Test func `a sound server that takes it back is not fought`() async throws {
    try await withSession { programs, session in
      await session.behave(.takesBack)
      try await session.report(.pipewire(Self.headset))
      try await programs.expect(.ok, "profile", Self.headset, "stereo")
      try await session.put(
        Self.card, into: "headset-head-unit", recordedBy: Session.Capture(application: "Recorder"))
      _ = try await orders(session, 1)
      // Whatever the daemon does about the last report it has begun before it answers this.
      try await session.put(
        Self.card, into: "headset-head-unit", recordedBy: Session.Capture(application: "Recorder"))
      #expect(try await audio(programs).cause == .application)
      #expect(await session.orders.events.count == 1)
    }
  }

  @Test func `a correction that nobody asked for gives way to what somebody does`() async throws {
    try await withSession { programs, session in
      await session.behave(.isSilent)
      try await programs.expect(.ok, "profile", Self.headset, "auto")
      try await session.report(.pipewire(Self.headset, in: "headset-head-unit"))
      #expect(try await orders(session, 1) == ["a2dp-sink"])
      try await programs.expect(.ok, "disconnect", Self.headset)
    }
  }

  // MARK: Logging in

  @Test func `at login the headset is connected once the sound server is there`() async throws {
    try await withSession(connected: false) { programs, session in
      let monitor = try programs.start(["wait", Self.headset, "--for", "a2dp", "--timeout", "20"])
      try await session.report()
      #expect(try await monitor.result().status == 0)
      try await session.report(.pipewire(Self.headset))
      let steps = try await audio(programs).login?.map(\.step)
      #expect(steps == [.attached, .server, .endpoints, .connected, .transport, .profile])
    }
  }

  @Test func `a session whose sound server does not run connects nothing`() async throws {
    try await withSession(connected: false) { programs, session in
      try await session.report(server: nil)
      let audio = try await audio(programs)
      #expect(audio.session != nil && audio.session?.server == nil)
      let reply = try await programs.expect(.ok, "show", Self.headset).reply(Control.DeviceReply.self)
      #expect(!reply.device.connected)
      #expect(reply.device.operation == nil)
    }
  }

  @Test func `what another user had in his session is not called, what this one had is`() async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      let file = "\(programs.statePath)/bonds"
      for (user, isCalled) in [(getuid() + 1, false), (getuid(), true)] {
        #expect(try await programs.stopDaemon() == 0)
        let members = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
        var stored = try #require(members as? [String: Any])
        var bonds = try #require(stored["bonds"] as? [[String: Any]])
        bonds[0]["users"] = [["user": Int(user), "number": 1]]
        stored["bonds"] = bonds
        try JSONSerialization.data(withJSONObject: stored).write(to: URL(fileURLWithPath: file))
        try await programs.startDaemon()
        let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
        try await session.join()
        try await session.report()
        // Who is called at a login is called before the report is answered.
        let device = try await programs.expect(.ok, "show", Self.headset).reply(Control.DeviceReply.self).device
        #expect((device.operation != nil || device.connected) == isCalled)
        await session.leave()
      }
    }
  }

  // MARK: Who is told, and what is kept

  @Test func `a choice that cannot be stored is told so, and holds until the daemon ends`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      // Directories in the place of the new files: not even root can write there.
      for name in ["sound", "adapters"] {
        try FileManager.default.createDirectory(
          atPath: "\(programs.statePath)/\(name).new", withIntermediateDirectories: true)
      }
      let result = try await programs.expect(.ok, "profile", Self.headset, "stereo")
      let stored = try result.replies(Control.OperationReply.self).last?.notStored
      #expect(stored?.contains("sound.new: ") == true)
      #expect(try await audio(programs).policy == .stereo)
      let text = try await programs.mdrctl("profile", Self.headset, "call")
      #expect(text.output.contains("not kept when mdrctld ends: "))
      let selected = try await programs.expect(.ok, "adapter", "select", "hci0").reply(Control.AdapterReply.self)
      #expect(selected.notStored?.contains("adapters.new: ") == true)
    }
  }

  @Test(.enabled(if: getuid() == 0))
  func `other users are told that an application records, and not which`() async throws {
    try await withSession { programs, session in
      let recorder = Session.Capture(application: "Recorder", process: 7)
      try await session.report(.pipewire(Self.headset, in: "headset-head-unit", recordedBy: recorder))
      #expect(try await audio(programs).card?.captures == [Capture(application: "Recorder", process: 7)])
      let stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", try await programs.publicClient()]
      for verb in ["profile", "why"] {
        let shown = try await programs.run(stranger + [verb, Self.headset, "--json"])
        let audio = try shown.reply(Control.AudioReply.self).audio
        #expect(audio.cause == .application)
        #expect(audio.card?.captures == [])
        #expect(audio.card?.recorders == 1)
        #expect(!shown.output.contains("Recorder"))
      }
    }
  }

  // MARK: Sessions that misbehave

  @Test func `a session that refuses, lies or disappears gets a named error, and nothing is stuck`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      await session.behave(.refuses("No such profile."))
      let refused = try await programs.expect(.failed(.failed), "profile", Self.headset, "call", "--once")
      #expect(refused.error?.evidence == "No such profile.")
      await session.behave(.lies)
      let lied = try await programs.expect(.failed(.failed), "profile", Self.headset, "call", "--once")
      #expect(lied.error?.message == "The sound server took the profile of WF-1000XM5 back.")
      await session.behave(.isSilent)
      let command = try programs.start(["profile", Self.headset, "call", "--once", "--json"])
      _ = try await orders(session, 3)
      await session.leave()
      #expect(try await command.result().ending == .failed(.noSession))
      await session.behave(.obeys)
      try await session.join()
      try await session.report(.pipewire(Self.headset))
      try await programs.expect(.ok, "profile", Self.headset, "call", "--once")
    }
  }

  @Test func `a card that disappears while it is switched ends the switch`() async throws {
    try await withSession { programs, session in
      try await session.report(.pipewire(Self.headset))
      await session.behave(.lies)
      let command = try programs.start(["profile", Self.headset, "call", "--once", "--json"])
      _ = try await orders(session, 1)
      try await session.report()
      #expect(try await command.result().code == ErrorCode.noProfile.rawValue)
    }
  }

  @Test(arguments: [
    Session.Card.pipewire("nonsense"), .pipewire(headset, in: String(repeating: "x", count: 1000)),
    .pipewire(headset, in: "a\u{1B}[2J"),
  ])
  func `what no sound server reports is refused, and the session goes on`(_ card: Session.Card) async throws {
    try await withSession { programs, session in
      await #expect(throws: VarlinkClientError.self) { try await session.report(card) }
      try await session.report(.pipewire(Self.headset))
      #expect(try await audio(programs).cause == .stereo)
    }
  }

  @Test func `a session speaks under its own number only, and the next one replaces it`() async throws {
    try await withSession { programs, session in
      await #expect(throws: VarlinkClientError.self) {
        let _: Session.NoReply = try await session.ask(
          .report, Session.ReportParameters(session: 4711, server: nil, cards: []))
      }
      let next = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await next.join()
      try await next.report(.pipewire(Self.headset))
      let audio = try await audio(programs)
      #expect(audio.cause == .stereo, "\(audio)")
      #expect(await session.ending?.contains("Replaced") == true)
      await next.leave()
    }
  }
}
