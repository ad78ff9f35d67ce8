/// Something awkward that real headsets do, by name; where it is known from: docs/sony.md, "The link".
package enum Habit: String, CaseIterable, Sendable {
  /// The first handshake is acknowledged, and not answered.
  case initIgnore = "init-ignore"
  /// Something is told before the handshake.
  case earlyPush = "early-push"
  /// An operation log comes right after the handshake, unasked.
  case lateLog = "late-log"
  /// Every second frame is sent twice although it was acknowledged.
  case repeats = "repeat"
  /// Of every fifth request the acknowledgement is lost.
  case ackLost = "ack-lost"
  /// Every fifth request is lost.
  case requestLost = "req-lost"
  /// The answer comes before the acknowledgement.
  case ackLate = "ack-late"
  /// Every byte comes by itself.
  case split
  /// Everything that is due comes in one piece, with the start of the next frame.
  case join
  /// Garbage, broken frames and lonely start marks come between the frames.
  case noise
  /// Questions about a codec are acknowledged only.
  case muteGet = "mute-get"
  /// After the lists of functions nothing is answered any more, on the first channel.
  case allMute = "all-mute"
  /// A question right after a change is answered with the old value.
  case staleGet = "stale-get"
  /// A change to what is already so is acknowledged only.
  case quietSet = "quiet-set"
  /// A change is made and acknowledged only.
  case ackOnlySet = "ack-only-set"
  /// A change is answered with the old value.
  case refusedSet = "refused-set"
  /// A change is acknowledged and ignored.
  case ignoredSet = "ignored-set"
  /// A change is answered by something else first.
  case otherAnswer = "other-answer"
  /// Buttons and general settings are changed only after the host allowed questions; then the headset asks first.
  case alertGate = "alert-gate"
  /// What is played is told thirty times after each question.
  case storm
  /// Table 2 tells what means something else in table 1.
  case tableCollision = "t2-collision"
  /// The first two connections are turned down.
  case busyProfile = "busy-profile"
  /// Another client holds the channel until it is told to let go.
  case secondClient = "second-client"
  /// The channel is closed in the middle of the third question, once.
  case dropInQuestion = "drop-get"
  /// The channel is closed after a change was made and before it is acknowledged, once.
  case dropInChange = "drop-set"
  /// The channel is closed before a change is made, once.
  case dropBeforeChange = "drop-before-set"
  /// The handshake is of a length that nobody knows.
  case oddHandshake = "odd-handshake"
}
