// The words for what a user is told of on his screen without having asked.

/// What he is told of.
package enum NoticeKind: String, CaseIterable, Codable, Sendable {
  /// A program has the headset's microphone open, so that it is in mono.
  case microphone
  /// Its battery is nearly empty.
  case battery
  /// Its bond is of no use.
  case bond
  /// Another host has it.
  case elsewhere
}

/// What he can do about it there.
package enum NoticeAction: String, CaseIterable, Codable, Sendable {
  /// Keep the headset in stereo.
  case stereo
  /// Connect it here.
  case take
}

/// Whether notices are shown.
package enum NoticeRule: String, CaseIterable, Codable, Sendable {
  /// Where the session has a notification server that runs.
  case auto
  /// One that does not run is started, where the session's bus knows how.
  case start
  case never
}
