/// How long the news is waited for that the adapter went off.
///
/// A program, a power saver or an rfkill switch that switches it off ends links and attempts first, and is told of last:
/// BlueZ 5.66 to 5.87 answer `Connect`, then signal `Connected` false, answer what they were asked meanwhile, and signal
/// `Powered` false up to 0.3 s after the first of it (laboratory, in a slow guest). What looks like a headset that hung
/// up is judged after that.
enum AdapterNews {
  /// Where nothing says that it is going off, and nothing that it is not.
  static let limit = Duration.seconds(1)
  /// Where it is known to be: HCI commands for each link have 2 s.
  static let certainLimit = Duration.seconds(10)

  static func limit(on id: AdapterID, in world: some World) -> Duration {
    world.isGoingOff(id) ? certainLimit : limit
  }

  /// Whether a refused `Pair` may be the first that is heard of it.
  static func mayFollow(_ refusal: Refusal) -> Bool {
    switch refusal.kind {
    case .authenticationFailed, .authenticationCancelled, .pageTimeout, .noReply, .other: true
    default: false
    }
  }
}

extension Evidence {
  /// Whether what was seen may come of an adapter that goes off: the link is down or never came, and nothing says that
  /// it ended in another way, nor that the headset did not answer.
  var mayBeOfAdapter: Bool {
    guard !isKeyRefused, !isPairingRejected, reasons.isSubset(of: [.local]) else { return false }
    switch refusal?.kind {
    case nil, .alreadyConnected, .profilesRefused, .other: break
    case .inProgress: if falls == 0 { return false }
    default: return false
    }
    // BlueZ 5.66 gives Connect up before it tells that the link is down, in words that a lost key does not have there.
    return !device.connected || context.isBlueZ5(...68) && refusal?.words.hasSuffix("br-connection-canceled") == true
  }
}
