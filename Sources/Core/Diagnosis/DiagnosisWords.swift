// What is said of a bond: what happened, what it was seen by, what to do next.

internal import Vocabulary

extension Verdict {
  init(_ cause: Cause, _ certainty: Certainty, of evidence: Evidence) {
    self.init(
      cause, certainty, message: evidence.message(cause, certainty), evidence: evidence.words(on: cause),
      hint: evidence.hint(cause, certainty))
  }
}

extension OperationError {
  /// The error of an operation that failed for a bond that is of no use any more.
  init(stale verdict: Verdict) {
    self.init(.staleBond, verdict.message, evidence: verdict.evidence, hint: verdict.hint)
  }

  static func repairHint(_ device: Device) -> String {
    "Put it into pairing mode, then run: \(Advice.command("repair", device.id))."
  }
}

extension Evidence {
  private var name: String { device.alias }

  // MARK: What happened

  fileprivate func message(_ cause: Verdict.Cause, _ certainty: Verdict.Certainty) -> String {
    switch cause {
    case .headsetLostKey: lostKey(certainty)
    case .headsetOtherKey: "\(name) holds another key for this computer than this computer for it."
    case .hostLostKey where device.bonded:
      "This computer's kernel has probably lost its key of the pairing with \(name), which bluetoothd still counts on."
    case .hostLostKey: "This computer was paired with \(name), and has lost the key."
    case .kernelOnlyKey: "The kernel still holds a key for \(name) that bluetoothd does not know."
    case .pairedNotBonded: "\(name) is paired with this computer, but no key was stored, so it does not last."
    case .headsetRefuses where certainty == .possible: "\(name) ended the pairing; it may not be in pairing mode."
    case .headsetRefuses: "\(name) refuses to pair: it is not in pairing mode."
    case .unreachable where cameUp: "\(name) answered at first, and then not any more."
    case .unreachable: "\(name) does not answer."
    case .busy: "BlueZ or another program is busy with \(name)."
    case .noSoundServer, .adapterTrouble: circumstance(cause).message
    case .repairingRefused where certainty == .certain:
      "\(name) called and wants to pair again, which this computer refuses: the old key is of no use to it."
    case .repairingRefused:
      "\(name) called, and the link fell at once; it may want to pair again, which BlueZ refuses without a word."
    case .keyTypeBug: "BlueZ \(version) has probably not loaded the key of \(name) again when it was started."
    case .dualBoot:
      "\(name) holds another key than this computer, probably from another system that shares the adapter."
    case .adapterChanged: "The pairing with \(name) was made under another address of the adapter."
    }
  }

  private func lostKey(_ certainty: Verdict.Certainty) -> String {
    let key = "the key of its pairing with this computer"
    return switch certainty {
    case .certain
    where isKeyMissing || context.isBlueZ5(69...82) && refusal?.kind == .keyMissing:
      "\(name) no longer holds \(key)."
    case .certain: "\(name) does not accept \(key): it no longer holds it, or holds another."
    case .probable: "\(name) answered, but probably no longer holds \(key)."
    case .possible: "\(name) answered, but nothing connected; perhaps it no longer holds \(key)."
    }
  }

  /// What an operation would say of the same.
  private func circumstance(_ cause: Verdict.Cause) -> OperationError {
    guard cause != .noSoundServer else { return .noSoundServer(device, absence, refusal: refusal?.words) }
    guard let adapter else { return .adapterGone(device.id.adapter, while: "\(name) was wanted") }
    return adapter.blocked || refusal?.kind == .blocked
      ? .adapterBlocked(adapter.id, evidence: refusal?.words) : .adapterOff(adapter.id, evidence: refusal?.words)
  }

  private var version: String { "5.\(context.bluezMinor ?? 0)" }

  // MARK: What it was seen by

  fileprivate func words(on cause: Verdict.Cause) -> String {
    switch cause {
    case .adapterTrouble: circumstance(cause).evidence ?? "Powered is false."
    case .noSoundServer: circumstance(cause).evidence ?? ""
    case .pairedNotBonded: "Paired is true, but Bonded is false."
    case .hostLostKey where !device.bonded: "Bonded is false, and was true before."
    default: (sightings + history(cause)).joined(separator: " ")
    }
  }

  private var sightings: [String] {
    var all: [String] = []
    if cameUp { all.append("The link came up.") }
    if let refusal { all.append("BlueZ said: \(refusal.words)\(refusal.words.hasSuffix(".") ? "" : ".")") }
    for status in failures.sorted() {
      all.append("The kernel told of a failed authentication (mgmt status \(status)).")
    }
    for status in keyRefusals.sorted() {
      let meaning = status == Self.noKey ? "it has no key" : "its key is another one"
      all.append("The headset refused the key (HCI status \(status): \(meaning)).")
    }
    for reason in LinkEvent.Reason.allCases where reasons.contains(reason) { all.append(reason.sentence) }
    if reasons.isEmpty, falls > 0 { all.append(falls > 1 ? "The link fell \(falls) times." : "The link fell.") }
    return all
  }

  private func history(_ cause: Verdict.Cause) -> [String] {
    switch cause {
    case .dualBoot: ["It worked before this computer was started, and not since."]
    case .keyTypeBug: ["It worked before bluetoothd was started, and not since; the version is \(version)."]
    case .repairingRefused where failures.isEmpty:
      ["JustWorksRepairing is \(context.repairing?.rawValue ?? "never")."]
    default: []
    }
  }

  // MARK: What to do

  fileprivate func hint(_ cause: Verdict.Cause, _ certainty: Verdict.Certainty) -> String {
    let repair = OperationError.repairHint(device)
    switch cause {
    case .headsetLostKey where certainty < .certain: return "Try once more. If it stays so: \(repair)"
    case .headsetLostKey: return "It was reset, or paired elsewhere. \(repair)"
    case .headsetOtherKey: return "It was paired anew in between; some say the same when they were reset. \(repair)"
    case .adapterChanged: return repair
    case .hostLostKey where device.bonded: return repair
    case .hostLostKey, .pairedNotBonded: return "Pair it: \(Advice.command("pair", device.id))."
    case .kernelOnlyKey:
      return """
        Forget it, the kernel's key with it: \(Advice.command("forget", device.id)); or restart bluetoothd (sudo \
        systemctl restart bluetooth). Then pair it again.
        """
    case .headsetRefuses: return OperationError.pairingModeHint
    case .unreachable: return OperationError.unreachableHint
    case .busy: return "Wait a moment, then run this again."
    case .noSoundServer, .adapterTrouble: return circumstance(cause).hint ?? ""
    case .repairingRefused where certainty < .certain: return "If it was reset or does not connect any more: \(repair)"
    case .repairingRefused: return "Nothing done at the headset alone helps. \(repair)"
    case .keyTypeBug:
      return "Upgrade BlueZ to 5.78 or later. Until bluetoothd is started again this helps: \(repair)"
    case .dualBoot:
      return """
        Pair it in one system only and copy the key to the other, or pair it again after each change of system. \
        \(repair)
        """
    }
  }
}

extension LinkEvent.Reason {
  fileprivate var sentence: String {
    switch self {
    case .unspecified: "The link was ended without a reason."
    case .timeout: "The link was lost (time-out)."
    case .local: "The link was ended by this computer."
    case .remote: "The link was ended by the headset."
    case .authentication: "The link was ended for a missing key (reason: authentication)."
    case .suspended: "The link was ended for suspend."
    }
  }
}
