// Why a headset is away that is to come back, and how long others are given to bring it.

extension CallWatch {
  /// Why a device that is not here is called.
  enum Cause: Equatable {
    /// Its link timed out.
    case lost
    /// The computer slept.
    case asleep
    /// The adapter, bluetoothd or the sound server went.
    case interrupted
    /// The time for which it was let go is over.
    case yielded
    /// It had to give way to another headset, which has gone.
    case displaced
    /// Something plays, after it was let go for silence.
    case wanted
  }

  struct Absence: Equatable {
    let cause: Cause
    let since: Duration
    var attempts = 0
    /// When it is called next; nil: when something else has happened.
    var due: Duration?
    /// It played for another host when it was heard of last, and is called later for that.
    var isPolite = false
  }

  /// bluetoothd calls a lost headset seven times: after 1, 2, 4 … 64 s, and each page takes 5 s (`plugins/policy.c`).
  static let bluezTime = Duration.seconds(180)
  /// Its `ResumeDelay` of 2 s, and a page.
  static let resumeTime = Duration.seconds(8)
  /// Whoever lost the endpoints is called by the login's watch first, or comes by itself.
  static let returnTime = Duration.seconds(5)
  static let firstPause = Duration.seconds(60)
  static let longestPause = Duration.seconds(16 * 60)
  /// Somebody else works on it.
  static let busyPause = Duration.seconds(30)
  /// Who is away for so long has been put away.
  static let patience = Duration.seconds(2 * 60 * 60)
  /// How long after a link its reason may be told, or before. So long nothing is made of it: an adapter that is pulled out
  /// or switched off, and a bluetoothd that is stopped, take their links along before they go themselves.
  static let reasonTime = Duration.seconds(2)
  /// A link over which there is nothing falls 2 s after the sound server went, in a busy guest 7 s (laboratory).
  static let serverTime = Duration.seconds(30)
}
