/// What is wrong with a bond.
package enum BondCause: String, CaseIterable, Codable, Sendable {
  /// The headset was reset, or dropped the pairing for a newer one.
  case headsetLostKey
  /// The headset holds a key for this computer, but not this one.
  case headsetOtherKey
  /// This computer lost its key; the headset may still hold its own.
  case hostLostKey
  /// The kernel holds a key that bluetoothd does not know.
  case kernelOnlyKey
  /// Paired without a stored key: it does not last.
  case pairedNotBonded
  /// The headset refuses to pair: it is not in pairing mode.
  case headsetRefuses
  /// Off, out of range, or taken by another computer.
  case unreachable
  case noSoundServer
  /// Another program, or bluetoothd itself, is working on it.
  case busy
  case adapterTrouble
  /// The headset wants to pair again, and BlueZ's `JustWorksRepairing` refuses it silently.
  case repairingRefused
  /// BlueZ 5.71 to 5.77 do not load the keys again that they have stored.
  case keyTypeBug
  /// The key stopped working between two boots of this computer: another system shares the adapter.
  case dualBoot
  /// The bond belongs to another address of the adapter.
  case adapterChanged
}

/// How sure that is.
package enum Certainty: String, CaseIterable, Codable, Sendable, Comparable {
  case possible, probable, certain

  package static func < (left: Self, right: Self) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}
