package import Vocabulary

/// A login session that has joined the daemon, and what its sound server has.
package struct AudioSession: Hashable, Sendable {
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
  /// Of the part of mdrctl in it; nil for one that does not tell.
  package var version: String?
  /// "PipeWire 1.4.2"; nil while it does not run.
  package var server: String?
  /// Whether the part that registers with BlueZ runs, where that is another program: PipeWire's WirePlumber. Nil where it
  /// is none, or is not told.
  package var hasManager: Bool?
  /// Whether a sound server had registered with BlueZ while this login was followed.
  package var hadEndpoints = false
  /// Something plays, wherever to.
  package var isPlaying = false
  /// By the address of the device.
  package var cards: [Address: AudioCard]

  package init(
    user: UInt32, name: String, presence: Presence? = nil, isEntitled: Bool = true, server: String? = nil,
    hasManager: Bool? = nil, cards: [Address: AudioCard] = [:]
  ) {
    self.user = user
    self.name = name
    self.presence = presence
    self.isEntitled = isEntitled
    self.server = server
    self.hasManager = hasManager
    self.cards = cards
  }
}

extension AudioSession {
  /// Whether it is somebody's, who is entitled. Before anybody has logged in there is only a greeter.
  package var isHost: Bool { isEntitled && presence != .greeter }
}
