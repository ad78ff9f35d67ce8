import Core
import Testing
import Vocabulary

/// What a search says of a headset that does not show itself.
@Suite struct PairGuidanceTests {
  private static func searching(_ text: String?, _ world: FakeWorld = FakeWorld()) -> Script<PairOperation> {
    var script = Script(PairOperation(text), world)
    script.start()
    for request in script.outstanding { script.answer(request) }
    return script
  }

  @Test func `a headset that is not seen for some seconds is awaited, with the time that is left`() throws {
    var script = Self.searching("WH-1000XM4")
    #expect(script.awaited.isEmpty)
    script.expire(.guidance)
    let awaited = try #require(script.awaited.last)
    #expect(awaited.deed == .pairingMode)
    #expect(awaited.name == "WH-1000XM4")
    #expect(awaited.twin == nil)
    #expect(awaited.remaining == .seconds(56))
    #expect(awaited.situation == "WH-1000XM4 has not been seen in pairing mode yet.")
    #expect(awaited.message.contains("Put the headset into pairing mode"))
    #expect(script.result == nil)
  }

  @Test func `it goes on by itself when the headset shows itself`() {
    var script = Self.searching("WH-1000XM4")
    script.expire(.guidance)
    script.appear(.found)
    #expect(script.outstanding == [.stopDiscovery(.first)])
  }

  @Test func `without a name no headset is meant`() throws {
    var script = Self.searching(nil)
    script.expire(.guidance)
    let awaited = try #require(script.awaited.last)
    #expect(awaited.name == nil && awaited.device == nil)
    #expect(awaited.situation == "No headset has been seen in pairing mode yet.")
  }

  @Test func `a headset that only its twin shows is switched on and not in pairing mode`() throws {
    for text in ["WH-1000XM4", "XM4", nil] {
      var script = Self.searching(text, FakeWorld(.twinFound))
      script.expire(.guidance)
      let awaited = try #require(script.awaited.last)
      #expect(awaited.twin == "LE_WH-1000XM4")
      #expect(awaited.name == "WH-1000XM4")
      #expect(
        awaited.situation.hasSuffix(
          "is switched on, but not in pairing mode: only its low-energy twin LE_WH-1000XM4 is in sight."))
    }
  }

  @Test func `a twin that comes and goes is told each time, the time that is left only once`() {
    var script = Self.searching("WH-1000XM4")
    script.expire(.guidance)
    script.appear(.twinFound)
    script.change(.twin) { $0.rssi = -40 }
    script.remove(.twin)
    #expect(script.awaited.map(\.twin) == [nil, "LE_WH-1000XM4", nil])
    #expect(script.awaited.map { $0.remaining == nil } == [false, true, true])
  }

  @Test func `another headset's twin says nothing`() {
    var script = Self.searching("WF-1000XM5")
    script.appear(.twinFound)
    script.expire(.guidance)
    script.change(.twin) { $0.rssi = -40 }
    #expect(script.awaited.map(\.twin) == [nil])
  }

  @Test func `whoever is in sight already is not asked for`() {
    var script = Self.searching(nil)
    script.appear(.found)
    script.expire(.guidance)
    #expect(script.awaited.isEmpty)
  }

  @Test func `a short search says it half way`() {
    var script = Script(
      PairOperation(.init(adapter: .first, query: nil, searchLimit: .seconds(5))), FakeWorld())
    script.start()
    #expect(script.actions.contains(.arm(.guidance, .milliseconds(2_500))))
    script.expire(.guidance)
    #expect(script.awaited.last?.remaining == .milliseconds(2_500))
  }

  @Test func `a second headset of a paired one's name is looked for without a word to anybody`() {
    let script = Self.searching("WH-1000XM4", FakeWorld(.own))
    #expect(!script.armed.contains(.guidance))
  }

  @Test func `a repair awaits the headset by the name that it had, although BlueZ knows it no more`() throws {
    var script = RepairPhase.searching.script()
    script.expire(.guidance)
    script.appear(.twinFound)
    let awaited = try #require(script.awaited.last)
    #expect(awaited.device == .headset)
    #expect(awaited.name == "WH-1000XM4")
    #expect(awaited.twin == "LE_WH-1000XM4")
    #expect(script.awaited.first?.remaining == .seconds(116))
  }
}
