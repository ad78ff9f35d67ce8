import MDR
import Testing
import Vocabulary

@testable import Daemon

@Suite struct HeadsetSettingTests {
  private static let places: GeneralPlaces = [.touchPanel: .first, .multipoint: .second, .sidetone: .third]

  @Test(arguments: HeadsetSettingName.allCases)
  func `a setting takes the values that it is said to take, and nothing else`(name: HeadsetSettingName) throws {
    #expect(!name.values.isEmpty)
    for value in name.values {
      let change = try #require(name.change(to: value, Self.places, now: nil), "\(value)")
      #expect(change.feature == name.feature(Self.places))
    }
    for value in ["nonsense", "", "on ", "ON", "999", "on,off", ","] {
      #expect(name.change(to: value, Self.places, now: nil) == nil, "\(value)")
    }
  }

  @Test func `a general setting whose place is not known cannot be changed`() {
    for name in HeadsetSettingName.allCases where name.isGeneral {
      #expect(name.feature([:]) == nil)
      #expect(name.change(to: "on", [:], now: nil) == nil)
    }
  }

  @Test func `what a headset told is told in the words that change it`() {
    for (report, name) in [
      (Report.connectionMode(.stable), HeadsetSettingName.priority), (.toggle(.dsee, true), .dsee),
      (.volume(30), .volume),
      (.clearBass(-10), .clearBass), (.general(.first, .flag(false)), .touch),
      (.noiseButton(.cancellingOff), .noiseButton),
      (.backgroundMusic(.on(.large)), .backgroundMusic), (.surround(.concertHall), .surround),
    ] {
      #expect(report.settingValue.map(name.values.contains) == true, "\(name)")
    }
  }

  @Test func `a channel is tried again for a while, with growing pauses, and nobody is fought for it`() {
    var pauses: [DialTrouble: [Duration]] = [:]
    for trouble in DialTrouble.allCases {
      var redial = Redial()
      while let pause = redial.delay(after: trouble) { pauses[trouble, default: []].append(pause) }
    }
    #expect(pauses[.hopeless] == nil)
    #expect(pauses[.mute]?.count == 1)
    #expect(pauses[.held] == [.seconds(1), .seconds(2), .seconds(4)])
    for all in pauses.values { #expect(all == all.sorted()) }
    #expect((pauses[.busy] ?? []).reduce(.zero, +) == .seconds(20))
  }
}
