package import Vocabulary

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
