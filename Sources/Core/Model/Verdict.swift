/// What is wrong with the bond between this computer and a device, and how sure that is.
package struct Verdict: Hashable, Sendable {
  package enum Cause: String, CaseIterable, Sendable {
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

  package enum Certainty: String, CaseIterable, Sendable, Comparable {
    case possible, probable, certain

    package static func < (left: Self, right: Self) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  package let cause: Cause
  package let certainty: Certainty
  /// What happened, one sentence.
  package let message: String
  /// What it was seen by.
  package let evidence: String
  /// What the user can do next.
  package let hint: String

  package init(_ cause: Cause, _ certainty: Certainty, message: String, evidence: String, hint: String) {
    self.cause = cause
    self.certainty = certainty
    self.message = message
    self.evidence = evidence
    self.hint = hint
  }

  /// Whether the bond is of no use any more, so that only pairing again helps.
  package var isStale: Bool {
    switch cause {
    case .headsetLostKey, .headsetOtherKey, .repairingRefused, .keyTypeBug, .dualBoot: certainty >= .probable
    default: false
    }
  }

  /// Whether it is to be remembered in place of what is known: a headset that is away now has not got its key back, and
  /// what is known for sure is not given up for a guess.
  package func replaces(_ known: Verdict?) -> Bool {
    guard let known, known.concernsBond else { return true }
    return concernsBond && (certainty > known.certainty || cause == known.cause && certainty == known.certainty)
  }
}
