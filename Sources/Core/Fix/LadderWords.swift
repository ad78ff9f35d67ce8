// What the ladder says: what a rung does and costs, what a symptom is, what is waited for, and how it ends.

internal import Vocabulary

extension LadderStep {
  /// A rung for this symptom.
  init(_ rung: LadderRung, _ state: RungState, for symptom: Symptom, isConnected: Bool) {
    switch rung {
    case .observe: self.init(rung, state, does: "Look at what is wrong.")
    case .profile:
      self.init(rung, state, does: "Connect its audio profile anew.", costs: "Its sound stops for a moment.")
    case .device where isConnected:
      self.init(rung, state, does: "Disconnect it and connect it again.", costs: "Its sound stops for some seconds.")
    case .device: self.init(rung, state, does: "Connect it.")
    case .restart:
      let does = symptom == .unreachable ? "You switch it on, or restart it" : "You restart it"
      self.init(
        rung, state, does: "\(does); mdrctl waits for it.", costs: "It keeps its pairings and its settings.")
    case .repair:
      self.init(
        rung, state,
        does: "Delete this computer's pairing with it, and pair it anew once you have put it into pairing mode.",
        costs: "The old pairing is lost on this computer; the headset keeps its settings and its other pairings.")
    case .initialize:
      self.init(
        rung, state, does: "You set it back to its factory settings; then it is paired anew.",
        costs: "The headset loses all its settings, and its pairings with every device.")
    }
  }
}

extension Symptom {
  /// What is seen to be wrong.
  func sentence(_ device: Device) -> String {
    let name = device.alias
    return switch self {
    case .wrongSound: "\(name) is connected, but its sound is not as it should be."
    case .notConnected: "\(name) is paired, and not connected."
    case .unreachable: "\(name) does not answer: it is off, out of range, or connected to another device."
    case .elsewhere: "\(name) answered and hung up: it may be connected to another device."
    case .failing: "\(name) answers, but nothing connects."
    case .stale: "The pairing with \(name) is of no use any more."
    case .unpaired: "\(name) is not paired with this computer any more."
    }
  }

  /// What remains when no rung has helped.
  func remains(_ device: Device) -> String {
    let again = "then run: \(Advice.command("fix", device.id))."
    switch self {
    case .unreachable:
      return """
        Charge it, switch it on and bring it near; where it is connected to another device, disconnect it there; \
        \(again) If no other device reaches it either, the headset is at fault.
        """
    case .elsewhere:
      return "Disconnect it from the other device, or switch Bluetooth off there, \(again)"
    case .wrongSound, .notConnected, .failing, .stale, .unpaired:
      return """
        Try it with another device: if it is the same there, the headset is at fault, and its maker's service is what \
        remains. If not, look at: journalctl -u bluetooth; \(Advice.command("why", device.id)).
        """
    }
  }
}

extension Awaited {
  /// A restart, or that it is switched on.
  static func restart(
    _ device: Device, _ symptom: Symptom, _ word: LadderWord, within limit: Duration
  ) -> Self {
    let deed = symptom == .unreachable ? "Switch it on, or off and on again" : "Switch it off and on again"
    let isElsewhere = symptom == .elsewhere || word.isShared
    let elsewhere =
      word.isShared
      ? "Disconnect it from the other device first. "
      : isElsewhere ? "Disconnect it from the other device first, if there is one. " : ""
    return Self(
      .restart, device: device.id, name: device.name, remaining: limit,
      situation: word.joined(symptom.sentence(device)), advice: "\(elsewhere)\(deed).", battery: word.battery,
      batteryAge: word.batteryAge, isElsewhere: isElsewhere)
  }

  static func initialize(_ device: Device, _ word: LadderWord, within limit: Duration) -> Self {
    Self(
      .initialize, device: device.id, name: device.name, remaining: limit,
      situation: "\(device.alias) was paired anew, and does not work all the same.",
      advice: """
        Set it back to its factory settings by its keys, which erases all its settings and pairings, and put it into \
        pairing mode then. Nothing happens by itself.
        """, battery: word.battery, batteryAge: word.batteryAge)
  }
}

extension OperationError {
  /// The end of the ladder.
  static func notFixable(
    _ device: Device, _ symptom: Symptom, _ steps: [LadderStep], because reason: String? = nil
  ) -> Self {
    let tried = steps.filter { $0.state == .failed }
    let words = tried.isEmpty ? symptom.sentence(device) : triedWords(tried)
    return Self(
      .notFixable, "\(device.alias) cannot be fixed from this computer.", evidence: words,
      hint: [reason, symptom.remains(device)].compactMap(\.self).joined(separator: " "))
  }

  /// Its sound is with another host, so that what a person would do to it next would end that.
  static func playsElsewhere(_ device: Device, _ steps: [LadderStep]) -> Self {
    let tried = steps.filter { $0.state == .failed }
    return Self(
      .notFixable, "\(device.alias) plays for another device that is connected to it.",
      evidence: ["By its own word.", tried.isEmpty ? nil : triedWords(tried)].compactMap(\.self).joined(separator: " "),
      hint: "Pause it there, or disconnect it; then run: \(Advice.command("fix", device.id)).")
  }

  static func needsConsentToFix(_ device: Device, _ symptom: Symptom, _ steps: [LadderStep]) -> Self {
    let tried = steps.filter { $0.state == .failed }
    return Self(
      .needsConsent,
      "What is left for \(device.alias) deletes its pairing with this computer, which nobody has agreed to.",
      evidence: tried.isEmpty ? symptom.sentence(device) : triedWords(tried),
      hint: "Agree with --yes; --dry-run shows the whole ladder.")
  }

  /// An error that no higher rung helps against.
  func afterTrying(_ steps: [LadderStep]) -> Self {
    let tried = steps.filter { $0.state == .failed && $0.came != nil && $0.came != message }
    guard !tried.isEmpty else { return self }
    return Self(
      code, message, evidence: [evidence, Self.triedWords(tried)].compactMap(\.self).joined(separator: " "), hint: hint,
      candidates: candidates, operation: operation, mayBeStop: mayBeStop)
  }

  private static func triedWords(_ tried: [LadderStep]) -> String {
    "Tried: " + tried.map { "\($0.rung.words) (\($0.came ?? ""))" }.joined(separator: "; ") + "."
  }

  /// Its caller left between two rungs, or between two steps of one.
  static func ladderLeft(_ device: Device) -> Self {
    Self(
      .cancelled, "Bringing \(device.alias) back was cancelled.",
      hint: "It is as the last step left it; to go on: \(Advice.command("fix", device.id)).")
  }

  static func notRestarted(_ device: Device, within limit: Duration) -> Self {
    Self(
      .timedOut, "\(device.alias) was not restarted within \(limit.components.seconds) s.",
      evidence: "Its link did not fall.", hint: "When you are there, run: \(Advice.command("fix", device.id)).")
  }
}

extension LadderRung {
  fileprivate var words: String {
    switch self {
    case .observe: "looking"
    case .profile: "its audio profile anew"
    case .device: "connecting it"
    case .restart: "a restart"
    case .repair: "pairing it anew"
    case .initialize: "its factory settings"
    }
  }
}
