package import Vocabulary

/// What is known to be wrong with a headset, and which rungs may help against it.
///
/// A rung is only ever followed by a higher one, so that the ladder has an end whatever is found on the way.
package enum Symptom: Hashable, CaseIterable, Sendable {
  /// It is connected, and its sound is not as it is wished.
  case wrongSound
  /// There is a bond and no link, and nobody has tried yet.
  case notConnected
  /// It answers nobody: it is off, out of range, or linked to another device.
  case unreachable
  /// It refused the page, or answered and hung up, as a headset does that is linked to another device.
  case elsewhere
  /// It answers, and nothing connects.
  case failing
  /// The bond is of no use.
  case stale
  /// This computer has no bond with it any more, or a repair was broken off.
  case unpaired

  /// The rungs that may help, the lowest first.
  package var rungs: [LadderRung] {
    switch self {
    case .wrongSound: [.profile, .device, .restart, .repair, .initialize]
    case .notConnected: [.device, .restart, .repair, .initialize]
    // A bond cannot be judged by a headset that does not answer.
    case .unreachable: [.device, .restart]
    // A restart ends its other link; only what comes back then says something of the bond.
    case .elsewhere, .failing: [.device, .restart, .repair, .initialize]
    // No restart gives it its key back.
    case .stale: [.device, .repair, .initialize]
    case .unpaired: [.repair, .initialize]
    }
  }

  /// The rung after the one that has not helped.
  package func rung(after reached: LadderRung, skippingRestart: Bool = false) -> LadderRung? {
    rungs.first { $0 > reached && !(skippingRestart && $0 == .restart) }
  }
}

/// How often a headset may be set back to its factory settings on this program's advice: a step that did not help does
/// not help more often, and erases all that was set since.
package enum InitializeLimit {
  static let most = 3
  /// Seconds.
  static let day = 86_400
  static let pause = 600

  /// Why it is not advised now; nil where it may be. Times are seconds since 1970; one in the future is of a clock that
  /// was wrong, and counts for nothing.
  package static func obstacle(advisedAt times: [Int], now: Int) -> String? {
    let recent = times.filter { $0 <= now && $0 > now - day }.sorted()
    if recent.count >= most {
      return "It was advised \(recent.count) times within 24 hours, and more of it does not help."
    }
    guard let last = recent.last, now - last < pause else { return nil }
    return "It was advised \((now - last) / 60) minutes ago; give it 10 minutes to settle."
  }

  /// Those that still count.
  package static func counting(_ times: [Int], now: Int) -> [Int] {
    Array(times.filter { $0 <= now && $0 > now - day }.suffix(most))
  }
}
