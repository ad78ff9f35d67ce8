internal import Interface
internal import Vocabulary

extension Command {
  /// Follows an operation: its progress as it comes, its result in the end. `patience` is how long the daemon waits for
  /// a person to put the headset into pairing mode.
  func operate<Parameters: Encodable>(
    _ signature: Signature<Parameters, Control.OperationReply>, _ parameters: Parameters, patience: Duration? = nil,
    answering answer: (Question) throws(EarlyExit) -> Void = { _ in },
    _ text: (Control.OperationReply, Style) -> String
  ) throws(EarlyExit) {
    var deadline: ContinuousClock.Instant?
    var told: HeadsetTask?
    try follow(signature, parameters) { (reply: Control.OperationReply, isLast: Bool) throws(EarlyExit) in
      var reply = ToldReply(reply)
      if let awaited = reply.progress?.awaited {
        if let remaining = awaited.remaining { deadline = .now + .milliseconds(remaining) }
        reply.guidance = HeadsetTask(awaited, knowledge)
        // The steps are said once; what is new is the situation.
        let isTold = told == reply.guidance
        told = reply.guidance
        output.progress.announce(awaitedLines(awaited, isTold ? nil : told), until: deadline)
        try askAboutBattery(awaited)
      } else if let progress = reply.progress, progress.rung != nil {
        // What a rung does and costs stays to be read; a time that was left was another one's.
        deadline = nil
        output.progress.announce(progress.message, until: nil)
      } else if let progress = reply.progress {
        let isForPerson = progress.stage == .waiting || progress.stage == .searching
        // Counted from the first time: an attempt that failed does not give the whole time again.
        if isForPerson, deadline == nil { deadline = patience.map { .now + $0 } }
        if progress.stage == .waiting, deadline != nil {
          output.progress.announce(progress.message, until: deadline)
        } else {
          output.progress.update(progress.message, until: isForPerson ? deadline : nil)
        }
      }
      if isLast || (output.isJSON && output.isVerbose) {
        try output.show(reply) { isLast ? text(reply.reply, $0) : "" }
      }
      if !isLast, let remark = reply.reply.savingRemark { output.remark(remark) }
      if let question = reply.question { try answer(question) }
    }
  }
}

extension Control.OperationReply {
  /// What became of the headset's settings before something that may cost it them.
  fileprivate var savingRemark: String? {
    if let notSaved { return "the headset's settings are not saved: \(displayable(notSaved))" }
    return saved == nil ? nil : "the headset's settings are saved; to put them back: mdrctl restore"
  }
}

/// A reply with what is known of the headset that a person is to do something at.
@dynamicMemberLookup private struct ToldReply: Encodable {
  let reply: Control.OperationReply
  var guidance: HeadsetTask?

  init(_ reply: Control.OperationReply) { self.reply = reply }

  subscript<Value>(dynamicMember path: KeyPath<Control.OperationReply, Value>) -> Value { reply[keyPath: path] }

  private enum CodingKeys: CodingKey { case guidance }

  func encode(to encoder: any Encoder) throws {
    try reply.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encodeIfPresent(guidance, forKey: .guidance)
  }
}

/// What would be done, step by step, and what there is to be removed.
func planText(_ reply: Control.OperationReply, about title: String? = nil, _ style: Style) -> String {
  var text = ""
  for (number, step) in (reply.plan ?? []).enumerated() { text += "  \(number + 1). \(displayable(step))\n" }
  if text.isEmpty { text = "  Nothing.\n" }
  return style.bold("What would be done\(title.map { " about \($0)" } ?? ""):") + "\n" + text
    + layerText(reply.layers ?? [], .present, style)
}

/// "WH-1000XM4 (AC:80:0A:11:22:33) is paired, trusted and connected.", and what could not be proven.
func proofText(_ reply: Control.OperationReply, otherwise state: String, _ style: Style) -> String {
  guard let device = reply.device else { return "Done.\n" }
  let proofs = (reply.proofs ?? []).filter { $0.what != .servicesResolved || style.isVerbose || !$0.proven }
  // BlueZ has the bond, whether or not it was seen on the disk.
  let proven = proofs.filter { $0.proven || $0.what == .bonded && device.bonded }.map(\.what.title)
  let isLost = device.verdict?.cause == .pairedNotBonded
  let isUnseen = { (proof: Proof) in proof.what == .bonded && device.bonded && !isLost }
  var notes = ""
  for proof in proofs where !proof.proven && isUnseen(proof) {
    notes += "  " + style.faint("pairing: \(displayable(proof.reason ?? ""))") + "\n"
  }
  return sentence(device, "is \(proven.isEmpty ? state : list(proven)).", style)
    + doubtText(proofs.filter { !isUnseen($0) }, style) + notes
}

/// What could not be proven, and why.
func doubtText(_ proofs: [Proof], _ style: Style) -> String {
  var text = ""
  for proof in proofs where !proof.proven {
    let reason = proof.reason.map { ": \(displayable($0))" } ?? ""
    let what = proof.what == .bonded ? "paired for good" : proof.what.title
    text += "  " + style.bad("not \(what)") + "\(reason)\n"
  }
  return text
}

/// A sentence about a device.
func sentence(_ device: Device?, _ rest: String, _ style: Style) -> String {
  guard let device else { return "Done.\n" }
  let address = device.title == device.address ? "" : " (\(device.address))"
  return "\(style.bold(device.title))\(address) \(rest)\n"
}

/// That what was set is forgotten when the daemon ends, and why; nothing where it is kept.
func notStoredText(_ reason: String?, _ style: Style) -> String {
  reason.map { "  \(style.bad("not kept")) when mdrctld ends: \(displayable($0))\n" } ?? ""
}
