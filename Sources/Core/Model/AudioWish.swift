/// How a device's audio is to be.
package enum AudioPolicy: String, CaseIterable, Codable, Sendable {
  /// A2DP, also while an application has the microphone open.
  case stereo
  /// HFP or HSP.
  case call
  /// Stereo; the sound server may switch for a call, and stereo comes back after it.
  case auto
  /// No audio from the device.
  case off

  /// The kind of profile that a card is put into; a sound server may leave it where the policy lets it.
  package var kind: AudioCard.Kind {
    switch self {
    case .stereo, .auto: .stereo
    case .call: .call
    case .off: .off
    }
  }
}

/// What a codec is chosen for.
package enum CodecPreference: String, CaseIterable, Codable, Sendable {
  case quality, latency
}

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
