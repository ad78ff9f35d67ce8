import Interface
import Testing
import Vocabulary

@testable import Bridge

@Suite struct OrderTests {
  private let all = Rights(mayControl: true, mayRepair: true)

  private func entry() -> Entry {
    var entry = Entry(sample())
    entry.take(
      HeadsetReport(
        generation: .v2, noise: HeadsetNoise(mode: .off),
        equalizer: HeadsetEqualizer(limit: 10, presets: ["off", "bass"]),
        settings: [
          HeadsetSetting(
            name: .speakToChat, answer: .told, value: "on", values: ["on", "off"], reading: .captured)
        ]))
    return entry
  }

  private func order(_ key: String, _ payload: String, _ rights: Rights? = nil) -> Order? {
    Order(key, Array(payload.utf8), for: entry(), rights ?? all)
  }

  @Test func `what was offered is understood`() {
    #expect(order("connect", "PRESS") == .connect)
    #expect(order("disconnect", "PRESS") == .disconnect)
    #expect(order("take", "PRESS") == .take)
    #expect(order("yield", "PRESS") == .yield)
    #expect(order("repair", "PRESS") == .repair)
    #expect(order("read", "PRESS") == .read)
    #expect(order("profile", "stereo") == .policy(.stereo))
    #expect(order("autoconnect", "OFF") == .autoConnect(false))
    #expect(order("noise", "ambient") == .noise(.ambient))
    #expect(order("equalizer", "bass") == .preset("bass"))
    #expect(order("speak_to_chat", "ON") == .speakToChat(true))
  }

  @Test(
    arguments: [
      ("connect", ""), ("connect", "press"), ("connect", "PRESS\n"), ("connected", "ON"), ("battery", "100"),
      ("profile", "Stereo"), ("autoconnect", "true"), ("noise", "loud"), ("equalizer", "rock"), ("", "PRESS"),
      ("forget", "PRESS"), ("profile", String(repeating: "a", count: 100)),
    ])
  func `nothing else is`(_ key: String, _ payload: String) {
    #expect(order(key, payload) == nil)
  }

  @Test func `without the right nothing is understood at all`() {
    for (key, payload) in [("connect", "PRESS"), ("profile", "stereo"), ("autoconnect", "ON"), ("noise", "off")] {
      #expect(order(key, payload, Rights()) == nil)
    }
    #expect(order("repair", "PRESS", Rights(mayControl: true)) == nil)
  }

  @Test func `what a headset was never seen to have cannot be set`() {
    let bare = Entry(sample())
    for (key, payload) in [("noise", "off"), ("equalizer", "bass"), ("speak_to_chat", "ON"), ("read", "PRESS")] {
      #expect(Order(key, Array(payload.utf8), for: bare, all) == nil)
    }
  }

  @Test func `bytes that are no text are nothing`() {
    #expect(Order("equalizer", [0xFF, 0xFE], for: entry(), all) == nil)
  }
}
