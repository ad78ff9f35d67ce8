import Core
import EventLoop
import Foundation
import Interface
import MDR
import Service
import Support
import Testing
import Vocabulary

@testable import Daemon

@Suite struct BackupTests {
  private static func backup(_ settings: [SavedSetting] = [], time: Int = 1) -> HeadsetBackup {
    HeadsetBackup(time: time, model: "WH-1000XM4", generation: .v1, settings: settings)
  }

  private func refusal(_ backup: HeadsetBackup) -> OperationError? {
    do throws(OperationError) { try backup.check() } catch { return error }
    return nil
  }

  @Test func `every setting but the volume has a place in the order of restoring, and multipoint the last`() {
    #expect(Set(HeadsetItem.inOrder).union([.setting(.volume)]) == Set(HeadsetItem.allCases))
    #expect(HeadsetItem.inOrder.count == Set(HeadsetItem.inOrder).count)
    #expect(HeadsetItem.inOrder.suffix(2) == [.setting(.priority), .setting(.multipoint)])
  }

  @Test func `a backup is refused for any part that means nothing`() {
    for name in HeadsetSettingName.allCases {
      for value in name.values { #expect(refusal(Self.backup([SavedSetting(name: name, value: value)])) == nil) }
      for value in ["", "loud", "999", String(repeating: "on", count: 200)] {
        #expect(refusal(Self.backup([SavedSetting(name: name, value: value)]))?.code == .invalidArgument)
      }
    }
    let twice = [SavedSetting(name: .dsee, value: "on"), SavedSetting(name: .dsee, value: "off")]
    #expect(refusal(Self.backup(twice))?.message.contains("twice") == true)
    var other = Self.backup()
    other.version = 2
    #expect(refusal(other)?.message.contains("version 2") == true)
    for level in [0, 21, -1, Int.max, Int.min] {
      var loud = Self.backup()
      loud.noise = HeadsetNoiseWish(mode: .ambient, level: level)
      #expect(refusal(loud) != nil, "\(level)")
    }
    for (preset, bands) in [
      (nil, []), ("nonsense", []), ("user1", [HeadsetBand(value: 11)]), ("user1", [HeadsetBand(value: Int.min)]),
      ("user1", [HeadsetBand(frequency: -1, value: 0)]), ("user1", Array(repeating: HeadsetBand(value: 0), count: 12)),
    ] as [(String?, [HeadsetBand])] {
      var bent = Self.backup()
      bent.equalizer = HeadsetEqualizerWish(preset: preset, bands: bands)
      #expect(refusal(bent) != nil, "\(preset ?? "-") \(bands)")
    }
  }

  @Test func `ten are kept of each headset, also over a restart, and the same one again takes the newest's place`()
    async throws
  {
    let directory = NSTemporaryDirectory() + "backups-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let headset = Address(bits: 0x94DB_5600_0001)
    let other = Address(bits: 0x94DB_5600_0002)
    try await withEventLoop { loop in
      let log = Log()
      let backups = Backups(loop: loop, directory: directory, log: log)
      #expect(await backups.all(of: headset).isEmpty)
      for number in 1...12 {
        let value = [SavedSetting(name: .volume, value: "\(number)")]
        #expect(await backups.keep(Self.backup(value, time: number), of: headset, .asked) == nil)
      }
      _ = await backups.keep(Self.backup(time: 50), of: other, .guide)
      let again = Self.backup([SavedSetting(name: .volume, value: "12")], time: 99)
      _ = await backups.keep(again, of: headset, .repair)
      for kept in [backups, Backups(loop: loop, directory: directory, log: log)] {
        #expect(await kept.all(of: headset).map(\.backup.time) == [99, 11, 10, 9, 8, 7, 6, 5, 4, 3])
        #expect(await kept.all(of: headset).first?.occasion == .repair)
        #expect(await kept.all(of: other).count == 1)
        #expect(await kept.devices == [headset, other])
      }
    }
  }
}
