internal import EventLoop
internal import Interface

/// A sound server, as the rest of this layer sees it.
protocol SoundServing: LoopActor {
  /// Whom to tell what there is, on the loop: when it is known, and after each change.
  func onChange(_ handler: @escaping @Sendable (SoundState) -> Void)
  /// Returns when the sound server has taken it up, which is before it is done.
  func setProfile(_ profile: String, of card: String) async throws(PulseError)
  func setCodec(_ codec: String, of card: String) async throws(PulseError)
}

/// What the daemon is told of the sound server.
struct SoundState: Hashable, Sendable {
  /// None: it is not running.
  var server: Session.Server?
  var cards: [Session.Card] = []
  /// Something plays, wherever to.
  var isPlaying = false
  /// The cards, by their names, to which something plays.
  var playedCards: Set<String> = []
  /// Something plays or records that would be disturbed if what registers with BlueZ were started again: not over
  /// Bluetooth, and not into nothing.
  var isBusyElsewhere = false

  static let absent = Self()

  func card(_ name: String) -> Session.Card? { cards.first { $0.name == name } }
}
