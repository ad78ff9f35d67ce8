// What is said of a device that could not be connected.

internal import Vocabulary

extension OperationError {
  private static let hangUpEvidence = "Connected became false."

  /// The device answered, and ended the link.
  var isHangUp: Bool { code == .connectFailed && evidence == Self.hangUpEvidence }

  /// The device answered, and did not want the connection: `btd_error` texts for what the other end refuses or ends.
  var isByDevice: Bool {
    isHangUp || code == .connectFailed && Self.refusals.contains { evidence?.hasSuffix($0) == true }
  }
  private static let refusals = ["br-connection-refused", "br-connection-aborted-by-remote"]

  static func notAnswering(_ device: Device, evidence: String? = nil) -> Self {
    Self(.pageTimeout, "\(device.alias) does not answer.", evidence: evidence, hint: unreachableHint)
  }

  static func dropped(_ device: Device) -> Self {
    Self(
      .connectFailed, "\(device.alias) connected and hung up again.", evidence: hangUpEvidence,
      hint: "If it was reset or paired elsewhere: \(repairHint(device))")
  }

  /// Somebody else's attempt did not end within the time that there was.
  static func attemptOfOthers(_ device: Device) -> Self {
    Self(
      .busy, "\(device.alias) is being connected by another program, which does not come to an end.",
      evidence: "br-connection-busy; BlueZ does not tell whose attempt it is.",
      hint: "End it with \(Advice.command("disconnect", device.id)), then run this again.", operation: "another program"
    )
  }

  static func connecting(
    _ device: Device, on adapter: Adapter?, _ absence: AudioAbsence, _ refusal: Refusal
  ) -> Self {
    let evidence = refusal.words
    switch refusal.kind {
    case .pageTimeout:
      return notAnswering(device, evidence: evidence)
    case .profileUnavailable where adapter?.hasAudio != true:
      return noSoundServer(device, absence, refusal: evidence)
    case .profileUnavailable where adapter?.hasStereo != true || AudioEnds(device, on: adapter)?.gap != nil:
      let ends = AudioEnds(device, on: adapter)
      if let gap = ends?.gap { return noSharedAudio(device, "\(gap) \(evidence)") }
      let lack = ends?.lack(of: .stereo)
      return Self(
        .noProfile, "\(device.alias) could not be connected.",
        evidence: [lack, evidence].compactMap { $0 }.joined(separator: " "), hint: AudioEnds.hint)
    default: return general(refusal, device: device, action: "connect", code: .connectFailed)
    }
  }
}
