import Interface
import Testing
import Vocabulary

@testable import Commands

/// How full a headset is, with whose word that is and how old.
@Suite struct BatteryTests {
  private static let now = 1_780_000_000

  /// Connected; with these readings, the first of which is shown where it holds.
  private static func device(_ battery: Int?, _ batteries: [BatteryReading]?) -> Device {
    var device = Samples.headset
    (device.battery, device.batteries) = (battery, batteries)
    return device
  }

  private static func own(_ levels: [HeadsetBattery], isCurrent: Bool, age: Int = 0) -> BatteryReading {
    BatteryReading(source: .headset, since: now - age, current: isCurrent, levels: levels)
  }
  private static let level = HeadsetBattery(part: .headset, level: 73, charging: .yes)
  private static let bluez = BatteryReading(
    source: .bluez, current: true, levels: [HeadsetBattery(part: .headset, level: 70, charging: .unknown)])

  private func rows(_ device: Device) -> [String] {
    deviceText(device, now: Self.now, Style()).split(separator: "\n")
      .filter { $0.hasPrefix("  Battery") }.map { $0.dropFirst(9).drop { $0 == " " } }.map(String.init)
  }

  @Test func `each word of it is shown with whose it is`() {
    #expect(
      rows(Self.device(73, [Self.own([Self.level], isCurrent: true), Self.bluez])) == [
        "73%, charging, by the headset's own word", "70%, as BlueZ has it",
      ])
    #expect(
      rows(Self.device(70, [Self.bluez, Self.own([Self.level], isCurrent: false, age: 300)])) == [
        "70%, as BlueZ has it", "73%, charging, by the headset's own word 5 minutes ago",
      ])
    // An mdrctld that does not tell whose it is.
    #expect(rows(Self.device(70, nil)) == ["70%"])
  }

  @Test func `where nobody knows it now, a list has the last word with its age, of a connected headset only`() {
    var device = Self.device(nil, [Self.own([Self.level], isCurrent: false, age: 7200)])
    #expect(device.charge(now: Self.now) == "73%, charging, 2 hours ago")
    device.connected = false
    #expect(device.charge(now: Self.now) == "-")
    #expect(Self.device(70, [Self.bluez]).charge(now: Self.now) == "70%")
    #expect(Self.device(nil, nil).charge(now: Self.now) == "-")
  }

  @Test func `a bar shows no old word as a number, and tells in its details when it was said`() {
    let old = BarState(
      condition: .connected, device: Self.device(nil, [Self.own([Self.level], isCurrent: false, age: 7200)]))
    #expect(!old.text.contains("%"))
    let time = LocalTime(Self.now - 7200)
    #expect(old.details.contains("Battery: 73%, charging, by its own word of \(time.date), \(time.clock)"))
    let left = HeadsetBattery(part: .left, level: 9, charging: .no)
    let now = BarState(condition: .connected, device: Self.device(9, [Self.own([left], isCurrent: true)]))
    #expect(now.isLow && now.text.contains("9%") && now.details.contains("Battery: left 9%, by its own word\n"))
  }
}
