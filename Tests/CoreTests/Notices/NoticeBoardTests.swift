import Core
import Testing
import Vocabulary

/// What a user is told of a headset without having asked: each thing once.
@Suite struct NoticeBoardTests {
  private struct Scene {
    var world = FakeWorld(.own.with { $0.connected = true })
    var board = NoticeBoard()

    init() { world.sound = AudioSession(user: 1000, name: "erika") }

    /// The kinds of what began, and of what is over with a minus.
    mutating func look() -> [String] {
      board.look(at: .headset, in: world).map { news in
        switch news {
        case .begun(let notice): notice.kind.rawValue
        case .over(_, let kind): "-\(kind.rawValue)"
        }
      }
    }

    mutating func notice() -> Notice? {
      for case .begun(let notice) in board.look(at: .headset, in: world) { return notice }
      return nil
    }

    mutating func record(_ applications: String..., in profile: String = "headset-head-unit") {
      world.sound?.cards[DeviceID.headset.address] = AudioCard(
        name: "card", profiles: [], activeProfile: profile,
        captures: applications.map { AudioCard.Capture(application: $0, process: 1) })
    }
  }

  @Test func `a microphone that is opened is told with its user, again for another one, and when it is over`() {
    var scene = Scene()
    #expect(scene.look().isEmpty)
    scene.record("Firefox")
    let notice = scene.notice()
    #expect(notice?.title == "WH-1000XM4 is in mono" && notice?.text == "Firefox has its microphone open.")
    #expect(notice?.action == .stereo)
    #expect(scene.look().isEmpty)
    scene.record("Zoom", "Firefox")
    #expect(scene.look() == ["microphone"])
    scene.record(in: "a2dp-sink")
    #expect(scene.look() == ["-microphone"])
  }

  @Test(arguments: [AudioPolicy.stereo, .call, .off])
  func `who has said how it shall sound is told nothing of its microphone`(policy: AudioPolicy) {
    var scene = Scene()
    scene.world.wishes[.headset] = AudioWish(policy: policy)
    scene.record("Firefox")
    #expect(scene.look().isEmpty)
  }

  @Test func `a battery is told once on its way down, and is over when it was charged or the headset has gone`() {
    var scene = Scene()
    for (level, news) in [(80, []), (20, []), (15, ["battery"]), (10, []), (20, []), (30, ["-battery"])] {
      scene.world.known[.headset]?.battery = UInt8(level)
      #expect(scene.look() == news, "\(level)")
    }
    scene.world.known[.headset]?.battery = 10
    #expect(scene.notice()?.text == "Its battery has 10 % left.")
    scene.world.known[.headset]?.connected = false
    #expect(scene.look() == ["-battery"])
  }

  @Test func `a bond that is of no use is told with the command, and another host with what can be done`() {
    var scene = Scene()
    scene.world.staleBonds = [.headset]
    #expect(scene.notice()?.text.contains("mdrctl repair \(DeviceID.headset.address)") == true)
    scene.world.staleBonds = []
    #expect(scene.look() == ["-bond"])
    scene.world.known[.headset]?.connected = false
    scene.world.holds[.headset] = Hold(.elsewhere)
    #expect(scene.notice()?.action == .take)
    scene.world.holds[.headset] = Hold(.disconnected)
    #expect(scene.look() == ["-elsewhere"])
  }

  @Test func `what there is when somebody begins to be told is no news, its end is`() {
    var scene = Scene()
    scene.world.staleBonds = [.headset]
    scene.world.known[.headset]?.battery = 5
    scene.board.begin(in: scene.world)
    #expect(scene.look().isEmpty)
    scene.world.staleBonds = []
    #expect(scene.look() == ["-bond"])
  }

  @Test func `nothing is told of what is not paired, or is gone`() {
    var scene = Scene()
    scene.world.known[.headset]?.battery = 5
    #expect(scene.look() == ["battery"])
    scene.world.known[.headset] = nil
    #expect(scene.look() == ["-battery"])
    scene.world.known[.headset] = Device.own.with {
      ($0.bonded, $0.connected, $0.battery) = (false, true, 5)
    }
    #expect(scene.look().isEmpty)
  }
}
