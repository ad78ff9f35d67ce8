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
  package var kind: SoundCard.Kind {
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
package struct SoundWish: Hashable, Sendable {
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

/// A login session that has joined the daemon, and what its sound server has.
package struct SoundSession: Hashable, Sendable {
  /// What logind says of a user; the later ones are likelier to be listened to.
  package enum Presence: String, CaseIterable, Comparable, Sendable {
    /// The last session is ending.
    case closing
    /// No login: a display manager's own session, which asks for one.
    case greeter
    /// Logged out, with processes that go on.
    case lingering
    /// Logged in, but not on a seat, or not in its foreground.
    case online
    /// In the foreground of a seat.
    case active

    package static func < (left: Self, right: Self) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  package let user: UInt32
  package let name: String
  /// Nil where logind does not run, or does not know the user.
  package var presence: Presence?
  /// Whether headsets are called for it, and are free when its user logs out: he is on a seat, or may control. Whoever is
  /// neither gets no power over them by what his session says.
  package var isEntitled: Bool
  /// "PipeWire 1.4.2"; nil while it does not run.
  package var server: String?
  /// By the address of the device.
  package var cards: [Address: SoundCard]

  package init(
    user: UInt32, name: String, presence: Presence? = nil, isEntitled: Bool = true, server: String? = nil,
    cards: [Address: SoundCard] = [:]
  ) {
    self.user = user
    self.name = name
    self.presence = presence
    self.isEntitled = isEntitled
    self.server = server
    self.cards = cards
  }
}

extension SoundSession {
  /// Whether it is somebody's, who is entitled. Before anybody has logged in there is only a greeter.
  package var isHost: Bool { isEntitled && presence != .greeter }
}

extension Neighbourhood {
  /// The device as the followed session's sound server has it.
  package func card(of device: DeviceID) -> SoundCard? { sound?.cards[device.address] }

  /// Whether BlueZ has a stream of A2DP with the device.
  package func hasStereo(_ device: DeviceID) -> Bool { transports(of: device).contains { $0.profile == .a2dp } }

  /// The other device of the adapter that has the A2DP stream, if any.
  package func otherInStereo(than device: DeviceID) -> Device? {
    devices(of: device.adapter).first { $0.id != device && $0.connected && hasStereo($0.id) }
  }
}
