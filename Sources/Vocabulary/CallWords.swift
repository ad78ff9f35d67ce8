/// What becomes of a bonded headset's connection, and why.
package enum CallState: String, CaseIterable, Codable, Sendable {
  /// It is connected.
  case connected
  /// It is connected, and one that comes before it is, too.
  case outranked
  /// It is being called now.
  case calling
  /// It is called again after a while.
  case backOff
  /// It did not answer for so long that it is called no more; it may call.
  case gaveUp
  /// It calls by itself when it is switched on, and is called at the next login.
  case waiting
  /// It may not be called: the user does not want it, it is not trusted, or it is blocked.
  case notAllowed
  /// Its bond is of no use.
  case staleBond
  /// The adapter is off, or no sound server has registered with BlueZ.
  case notReady
  /// Another headset is connected that comes before it.
  case lowerTier
  /// A user, or another program, disconnected it.
  case disconnected
  /// It hung up: switched off, or gone to another host.
  case left
  /// It refused this computer: it is busy with another host.
  case elsewhere
  /// It was let go for a time.
  case yielded
  /// It was let go after a time without sound.
  case released
}

/// What is done when a headset connects that comes before the one that is connected.
package enum BetterHeadset: String, CaseIterable, Codable, Sendable {
  /// It is told, and both stay.
  case ask
  /// The other one is let go, unless it plays or records.
  case take
  /// The other one is let go.
  case always
}

/// How long a disconnection by hand is respected.
package enum HandMemory: String, CaseIterable, Codable, Sendable {
  /// Until the next login.
  case login
  /// Until it is connected again by hand or calls by itself.
  case connection
}
