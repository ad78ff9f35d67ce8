internal import Interface
internal import Vocabulary

/// What `profile` alone takes.
private enum Options {
  static let once = Flag("once", "only this once; the policy stays as it is")
}

extension Verb {
  private static let policies = Sound.Policy.allCases.map(\.rawValue)

  static let profile = Verb(
    name: "profile", summary: "show how a device sounds and why, or say how it shall",
    operands: [.optionalDevice, Operand(name: "POLICY", kind: .choice(policies), isOptional: true)],
    options: [Options.once, Common.adapter],
    details: """
      stereo  A2DP, and it stays there even when an application opens the microphone
      auto    stereo; the sound server may change to the microphone for a call, and comes back after it (the default)
      call    the microphone, with sound in mono (HFP or HSP)
      off     no sound from or to this device

      The policy is kept, and applied at once to a device that is connected. Who sets it in a login session sets his
      own, which holds for his sessions; root, and who has no session, sets it for everybody. --once applies it now and
      keeps the one that there was. Without a policy it shows both layers side by side, what BlueZ has connected and
      what the sound server makes of it, the policy, and who decided.

      Without DEVICE the one that is connected is meant, or the only one that is paired. A device that is called like a
      policy is named by its address, or with a policy after it.
      """,
    examples: """
      mdrctl profile
      mdrctl profile stereo
      mdrctl profile XM4 call --once
      """,
    farewell: "stopped waiting; mdrctld goes on with it",
    run: { command throws(EarlyExit) in
      let isOnce = command[Options.once]
      guard let policy = command.optionalOperand(1).flatMap(Sound.Policy.init(rawValue:)) else {
        guard !isOnce else {
          throw .usage("--once is only for a policy.", hint: "Usage: \(command.invocation.verb.usage)")
        }
        let reply = try command.audio { word in
          nearest(to: word, among: policies).map { "Or did you mean the policy \"\($0)\"?" }
        }
        return try command.output.show(reply) { audioText(reply, $0) }
      }
      let parameters = Control.ProfileParameters(
        device: command.optionalOperand(0), adapter: command.adapter, policy: policy,
        once: command.ifGiven(Options.once))
      try command.operate(Control.profile, parameters) {
        profileText($0, policy, isOnce: isOnce, $1) + notStoredText($0.notStored, $1)
      }
    })
}

/// How the device sounds now, and for how long; or that it does not sound as it shall, and why.
func profileText(_ reply: Control.OperationReply, _ policy: Sound.Policy, isOnce: Bool, _ style: Style) -> String {
  guard let device = reply.device, let audio = reply.audio else {
    return proofText(reply, otherwise: "under the policy \(policy.rawValue)", style)
  }
  // What was not applied is not what holds now.
  if !isOnce, audio.policy != policy, reply.proofs == nil {
    return sentence(
      device, "keeps the policy \(policy.rawValue); now \(audio.owner) holds: \(audio.policy.rawValue).", style)
  }
  let doubts = doubtText((reply.proofs ?? []).filter { $0.reason != audio.message }, style)
  if audio.cause == .notConnected {
    return sentence(device, "is not connected; its policy is \(audio.policy.rawValue).", style) + doubts
  }
  let reason = "  \(displayable(audio.message))\n" + audio.details
  if audio.suits(policy) {
    let now = policy == .off ? SoundCard.Kind.off.title : audio.card?.now ?? SoundCard.Kind.stereo.title
    guard audio.cause != .flapping else { return sentence(device, "is \(now).", style) + reason + doubts }
    let outlook = isOnce ? "; its policy is still \(audio.policy.rawValue)" : audio.outlook(under: policy)
    return sentence(device, "is \(now)\(outlook).", style) + doubts
  }
  // BlueZ's layer is as it shall be, and the other one cannot be seen.
  let hasStream = (reply.proofs ?? []).contains { $0.what == .a2dp && $0.proven }
  if policy.kind == .stereo, audio.card == nil, hasStream {
    return sentence(device, "is \(Proof.What.a2dp.title).", style) + doubts + reason
  }
  let although = isOnce ? "" : ", although its policy is \(audio.policy.rawValue)"
  return sentence(device, "is not \(policy.kind.title)\(although).", style) + reason + doubts
}

extension Sound.Policy {
  fileprivate var kind: SoundCard.Kind {
    switch self {
    case .stereo, .auto: .stereo
    case .call: .call
    case .off: .off
    }
  }
}

extension Sound {
  /// Whether it is now as the policy wants it.
  fileprivate func suits(_ policy: Policy) -> Bool {
    switch policy {
    case .stereo: cause == .stereo || cause == .flapping && card?.kind == .stereo
    case .auto: suits(.stereo) || cause == .application && card?.kind == .call
    case .call: card?.kind == .call
    case .off: cause == .policyOff || card?.kind == .off
    }
  }

  /// For how long it stays as it is.
  fileprivate func outlook(under policy: Policy) -> String {
    switch policy {
    case .stereo: ", and stays there even when an application opens the microphone"
    case .auto where cause == .stereo: ", changes to its microphone for a call, and comes back after it"
    case .auto: " for \(recorders), and comes back to stereo after it"
    case .call: ", and stays there until its policy is changed"
    case .off: ", and stays so until its policy is changed"
    }
  }

  private var recorders: String {
    let captures = card?.captures ?? []
    return captures.isEmpty ? "an application" : list(captures.map(\.title))
  }
}
