/// The times after which an operation stops waiting for something. Each is armed at most once at a time.
package enum Deadline: Hashable, Sendable {
  case overall, retry, search, settle, bonding, resolving, audio, disconnecting, verifying, applying, powering, card,
    guidance

  /// BlueZ ends the link 2 s after the profiles (`device.c DISCONNECT_TIMER`); 1.9 to 2.8 s in the laboratory.
  static let disconnectingLimit = Duration.seconds(10)
}
