import Core
import EventLoop
import Interface
import Support
import Testing
import Vocabulary

@testable import Daemon
@testable import MDR

/// What is kept of what headsets said, and for how long it counts as how it is now.
@Suite struct HeadsetWordsTests {
  private static let own = Address("00:1A:7D:DA:71:13")
  private static let phone = Address("AA:BB:CC:DD:EE:01") ?? Address(bits: 0)

  private func withWords(_ body: @escaping @Sendable (HeadsetWords, EventLog<DeviceID>) async throws -> Void)
    async throws
  {
    try await withEventLoop { loop in
      let words = HeadsetWords(loop: loop)
      let changes = EventLog<DeviceID>(loop)
      await words.onChange { changes.note($0) }
      try await body(words, changes)
    }
  }

  private static func battery(_ level: UInt8) -> MDR.Report { .battery(Battery(level: level, charging: .no)) }

  /// A list of this computer and a phone, both connected; `playing` is the place of who has the sound.
  private static func hosts(_ playing: UInt8?, isOwnConnected: Bool = true) -> MDR.Report {
    .hosts(
      Hosts(
        known: [
          Host(address: own ?? phone, place: isOwnConnected ? 1 : nil, name: "desk"),
          Host(address: phone, place: 2, name: "phone"),
        ], playing: playing))
  }

  @Test func `a level holds while its channel is open, and is told with its age then`() async throws {
    try await withWords { words, _ in
      #expect(await words.word(of: Known.id) == HeadsetWord())
      #expect(await words.reading(of: Known.id) == nil)
      await words.note(Self.battery(73), of: Known.id, own: Self.own)
      #expect(await words.word(of: Known.id).battery?.value == 73)
      #expect(await words.reading(of: Known.id)?.current == true)
      await words.ended(Known.id)
      #expect(await words.word(of: Known.id).battery?.isCurrent == false)
      let old = try #require(await words.reading(of: Known.id))
      #expect(!old.current && old.since != nil && old.source == .headset)
      #expect(old.levels == [HeadsetBattery(part: .headset, level: 73, charging: .no)])
      // A new channel over which it says something else makes the old level no new one.
      await words.note(Self.hosts(1), of: Known.id, own: Self.own)
      #expect(await words.reading(of: Known.id)?.current == false)
      await words.forget(Known.id)
      #expect(await words.reading(of: Known.id) == nil)
    }
  }

  @Test func `of two earbuds the emptier one counts, and the case does not`() async throws {
    try await withWords { words, _ in
      let pair = Pair<Battery>(left: Battery(level: 80, charging: .no), right: Battery(level: 60, charging: .no))
      await words.note(.earbudBatteries(pair), of: Known.id, own: Self.own)
      await words.note(.caseBattery(Battery(level: 5, charging: .yes)), of: Known.id, own: Self.own)
      #expect(await words.word(of: Known.id).battery?.value == 60)
      #expect(await words.reading(of: Known.id)?.levels.map(\.part) == [.left, .right, .enclosure])
      let alone = Pair<Battery>(left: Battery(level: 80, charging: .no), right: nil)
      await words.note(.earbudBatteries(alone), of: Known.id, own: Self.own)
      #expect(await words.word(of: Known.id).battery?.value == 80)
    }
  }

  @Test func `who has the sound is told of a list with this computer in it, and paused overrules it`() async throws {
    try await withWords { words, _ in
      await words.note(Self.hosts(2), of: Known.id, own: Self.own)
      #expect(await words.word(of: Known.id).hosts?.value == HeadsetWord.Hosts(connected: 2, othersPlay: true))
      await words.note(.playback(.paused), of: Known.id, own: Self.own)
      #expect(await words.word(of: Known.id).hosts?.value.othersPlay == false)
      await words.note(.playback(.playing), of: Known.id, own: Self.own)
      #expect(await words.word(of: Known.id).hosts?.value.othersPlay == true)
      for list in [Self.hosts(1), Self.hosts(nil)] {
        await words.note(list, of: Known.id, own: Self.own)
        #expect(await words.word(of: Known.id).hosts?.value.othersPlay == false)
      }
      for (list, own) in [(Self.hosts(2, isOwnConnected: false), Self.own), (Self.hosts(2), nil)] {
        await words.note(list, of: Known.id, own: own)
        #expect(await words.word(of: Known.id).hosts == nil)
      }
    }
  }

  @Test func `only what makes a difference is news`() async throws {
    try await withWords { words, changes in
      await words.note(Self.battery(73), of: Known.id, own: Self.own)
      await words.note(Self.battery(73), of: Known.id, own: Self.own)
      await words.note(.dseeIndicator(DSEEIndicator(kind: .plain, state: .off)), of: Known.id, own: Self.own)
      await words.note(.playback(.playing), of: Known.id, own: Self.own)
      #expect(await changes.events.count == 1)
      await words.note(Self.hosts(2), of: Known.id, own: Self.own)
      await words.note(.playback(.paused), of: Known.id, own: Self.own)
      #expect(await changes.events.count == 3)
      await words.ended(Known.id)
      await words.ended(Known.id)
      #expect(await changes.events.count == 4)
    }
  }
}
