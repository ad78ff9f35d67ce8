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

/// What the kernel (mgmt, through the helper) or BlueZ (`Device1.Disconnected`, since 5.83) says of a link.
package enum LinkEvent: Hashable, Sendable {
  package enum Reason: String, CaseIterable, Sendable {
    case unspecified, timeout, local, remote, authentication, suspended
  }
  case connected
  case disconnected(Reason)
  /// The kernel's mgmt status.
  case connectFailed(Int)
  /// The authentication failed: a key is missing or wrong at one end. The kernel's mgmt status, which is the same (5)
  /// for both.
  case authenticationFailed(Int)
  /// The device did not take our key: HCI's status, which the controller tells as soon as it knows it.
  case keyRefused(Int)
}

/// What is known of a bond besides BlueZ's objects.
package struct Background: Hashable, Sendable {
  /// How BlueZ treats a bonded device that wants to pair again (`JustWorksRepairing` in main.conf).
  package enum Repairing: String, CaseIterable, Sendable {
    case never, confirm, always
  }

  /// BlueZ's version, 5.82 as (5, 82), where it is known.
  package var bluezMajor: Int?
  package var bluezMinor: Int?
  /// This bond was seen to work since this computer was started.
  package var workedInThisBoot: Bool
  /// This bond was seen to work in an earlier boot.
  package var workedBefore: Bool
  /// This bond was seen to work since bluetoothd was started.
  package var workedSinceBlueZStarted: Bool
  /// Nil when the file cannot be read; BlueZ's default is `never`.
  package var repairing: Repairing?

  package init(
    bluezMajor: Int? = nil, bluezMinor: Int? = nil, workedInThisBoot: Bool = false, workedBefore: Bool = false,
    workedSinceBlueZStarted: Bool = false, repairing: Repairing? = nil
  ) {
    self.bluezMajor = bluezMajor
    self.bluezMinor = bluezMinor
    self.workedInThisBoot = workedInThisBoot
    self.workedBefore = workedBefore
    self.workedSinceBlueZStarted = workedSinceBlueZStarted
    self.repairing = repairing
  }
}
