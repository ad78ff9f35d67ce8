/// What is known of a bond besides BlueZ's objects.
package struct BondContext: Hashable, Sendable {
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

  /// Whether BlueZ itself tells why a link has ended: `Device1.Disconnected`, since 5.83.
  package var tellsWhyLinksEnd: Bool {
    guard let bluezMajor, let bluezMinor else { return false }
    return (bluezMajor, bluezMinor) >= (5, 83)
  }

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
