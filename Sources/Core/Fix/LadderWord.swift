/// What the headset itself said lately that counts before anything is done to it.
struct LadderWord: Equatable, Sendable {
  /// Percent.
  private(set) var battery: Int?
  /// How old that is, where it is no word of now.
  private(set) var batteryAge: Duration?
  /// Another host is connected to it, too.
  private(set) var isShared = false
  /// And plays.
  private(set) var othersPlay = false

  /// Takes over what is known now. What is not known any more stays as it was: BlueZ tells the battery of a connected headset
  /// only, and knows nothing of a forgotten one.
  mutating func look(at device: Device, _ word: HeadsetWord) {
    if let level = device.battery {
      (battery, batteryAge) = (Int(level), nil)
    } else if battery == nil, let last = word.battery, last.age < HeadsetWord.batteryTime {
      (battery, batteryAge) = (Int(last.value), last.isCurrent ? nil : last.age)
    }
    guard device.connected, let hosts = word.hostsJustNow else { return (isShared, othersPlay) = (false, false) }
    (isShared, othersPlay) = (hosts.connected > 1, hosts.othersPlay)
  }

  /// What is seen to be wrong, and who else is there.
  func joined(_ sentence: String) -> String {
    isShared ? "\(sentence) Another device is connected to it\(othersPlay ? " and has its sound" : "")." : sentence
  }
}
