package import Vocabulary

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

/// What the configuration says of connections that nobody asks for.
package struct CallRules: Hashable, Sendable {
  package var better: BetterHeadset
  package var memory: HandMemory
  /// After so long without sound a headset is let go; nil: never.
  package var idleLimit: Duration?

  package init(better: BetterHeadset = .ask, memory: HandMemory = .login, idleLimit: Duration? = nil) {
    (self.better, self.memory, self.idleLimit) = (better, memory, idleLimit)
  }
}

/// Why a bonded device that is not connected is left alone, to be remembered.
package struct Hold: Hashable, Sendable {
  package enum Reason: String, CaseIterable, Codable, Sendable {
    /// A user or another program disconnected it.
    case disconnected
    /// It hung up.
    case left
    /// It answered, and refused or hung up at once: another host has it.
    case elsewhere
    /// A user let it go for a time.
    case yielded
    /// It was let go after a time without sound.
    case released
  }

  package let reason: Reason
  /// How long ago it began.
  package let age: Duration
  /// How long it is left alone from now on; nil: until something ends it.
  package let remaining: Duration?

  package init(_ reason: Reason, age: Duration = .zero, remaining: Duration? = nil) {
    (self.reason, self.age, self.remaining) = (reason, age, remaining)
  }

  /// Whoever takes the headset to another host has it in his ears for a while.
  static let politeness = Duration.seconds(15 * 60)

  /// Whether the device is left alone also at a login.
  package func outlastsLogin(_ rules: CallRules) -> Bool {
    switch reason {
    case .yielded: true
    case .elsewhere: rules.memory == .connection || age < Self.politeness
    case .disconnected, .left, .released: rules.memory == .connection
    }
  }
}
