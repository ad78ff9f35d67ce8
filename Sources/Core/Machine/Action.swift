package import Vocabulary

/// What an operation wants done.
package enum Action: Equatable, Sendable {
  case request(Request)
  case arm(Deadline, Duration)
  case disarm(Deadline)
  case progress(Stage, String)
  /// Says what it waits for, which only a person can do.
  case await(Awaited)
  /// Says which rung of the ladder begins, what it does and what it costs.
  case climb(LadderRung, String)
  /// What is wrong with a device's bond, to be remembered and shown; nil when it was seen to be sound.
  case diagnose(DeviceID, Verdict?)
  /// What kept A2DP of a device from being connected, to be remembered; nil when it was.
  case noteAudioObstacle(DeviceID, String?)
  /// Has the device's link, which is of no use, taken down behind the answer; see ``HangUpOperation``.
  case hangUp(DeviceID)
  case finish(Result<Outcome, OperationError>)
}
