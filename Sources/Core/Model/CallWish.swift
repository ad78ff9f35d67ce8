/// What users want of a device's connection.
package struct CallWish: Hashable, Sendable {
  /// Whether it is called without being asked for.
  package var isAutomatic: Bool
  /// Which comes first, where there are several: 1 is the first. Those of one tier are equals.
  package var tier: Int
  /// Whether it is the followed user's own; otherwise it is everybody's.
  package var isOwn: Bool

  package static let tiers = 1...9
  /// In the middle, so that one can be put before all others, or behind them, without touching these.
  package static let commonTier = 5

  package init(isAutomatic: Bool = true, tier: Int = Self.commonTier, isOwn: Bool = false) {
    (self.isAutomatic, self.tier, self.isOwn) = (isAutomatic, tier, isOwn)
  }
}
