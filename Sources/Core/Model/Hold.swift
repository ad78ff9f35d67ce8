internal import Vocabulary

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
