/// The rungs of the ladder by which a headset is brought back, the gentlest first.
package enum LadderRung: String, CaseIterable, Codable, Sendable, Comparable {
  /// Looks at what is wrong.
  case observe
  /// Connects the audio profile anew.
  case profile
  /// Connects the device anew.
  case device
  /// A person restarts the headset, which keeps its pairings.
  case restart
  /// Deletes this computer's pairing and makes it anew.
  case repair
  /// A person sets the headset back to its factory settings, which erases its pairings; then it is paired anew.
  case initialize

  package static func < (left: Self, right: Self) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// What became of a rung.
package enum RungState: String, CaseIterable, Codable, Sendable {
  /// It only looked.
  case seen
  /// It would be tried.
  case planned
  /// It was tried, and did not help.
  case failed
  /// It helped.
  case fixed
}

/// Whether a headset's battery will do for something that restarts it.
package enum BatteryCharge: String, CaseIterable, Codable, Sendable {
  case enough, low, unknown
}
