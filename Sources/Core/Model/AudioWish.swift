package import Vocabulary

/// What users want of a device's sound.
package struct AudioWish: Hashable, Sendable {
  package var policy: AudioPolicy
  package var preference: CodecPreference?
  /// Whether it is the followed user's own; otherwise it is everybody's.
  package var isOwn: Bool

  package init(policy: AudioPolicy = .auto, preference: CodecPreference? = nil, isOwn: Bool = false) {
    self.policy = policy
    self.preference = preference
    self.isOwn = isOwn
  }
}

extension AudioPolicy {
  /// The kind of profile that a card is put into; a sound server may leave it where the policy lets it.
  package var kind: AudioCard.Kind {
    switch self {
    case .stereo, .auto: .stereo
    case .call: .call
    case .off: .off
    }
  }
}
