package import Vocabulary

/// Something that an operation waits for and that only a person at the headset can do. How that is done with which model
/// is not policy's: it tells by what the model can be recognised.
package struct Awaited: Hashable, Sendable {
  package typealias Deed = HeadsetDeed

  package let deed: Deed
  /// The headset that is meant, where that is known.
  package var device: DeviceID?
  /// What it calls itself, or as much of that as is known.
  package var name: String?
  /// What the headset's low-energy twin calls itself, while that is in sight and the headset is not: it is switched on,
  /// and not in pairing mode.
  package var twin: String?
  /// How long it is waited for from now on; nil where that was said before.
  package var remaining: Duration?
  /// What is the case, one sentence.
  package var situation: String
  /// What to do, for whoever knows no model.
  package var advice: String

  /// Percent, where something restarts the headset and its battery is known.
  package var battery: Int?
  /// How old that is, where it is no word of now.
  package var batteryAge: Duration?
  /// It may be linked to another device at this moment.
  package var isElsewhere: Bool

  package var message: String { [situation, caution, advice].compactMap(\.self).joined(separator: " ") }

  package init(
    _ deed: Deed, device: DeviceID? = nil, name: String? = nil, twin: String? = nil, remaining: Duration? = nil,
    situation: String, advice: String, battery: Int? = nil, batteryAge: Duration? = nil, isElsewhere: Bool = false
  ) {
    self.deed = deed
    self.device = device
    self.name = name
    self.twin = twin
    self.remaining = remaining
    self.situation = situation
    self.advice = advice
    self.battery = battery
    self.batteryAge = batteryAge
    self.isElsewhere = isElsewhere
  }
}

extension Awaited {
  /// Percent. A headset with less may go off in the middle of what is asked of it; a margin, not a maker's figure.
  static let leastBattery = 20

  /// Whether the battery will do; nil where nothing restarts the headset.
  package var charge: BatteryCharge? {
    guard deed != .pairingMode else { return nil }
    return battery.map { $0 < Self.leastBattery ? .low : .enough } ?? .unknown
  }

  /// What to see to first.
  package var caution: String? {
    switch charge {
    case .low where batteryAge != nil:
      "Its battery was at \(battery ?? 0) % \(words(batteryAge ?? .zero)) ago, and may be empty: charge it first."
    case .low: "Its battery is at \(battery ?? 0) %: charge it first."
    case .unknown: "Its battery is not known: if it may be below \(Self.leastBattery) %, charge it first."
    case .enough, nil: nil
    }
  }
}
