internal import Interface

extension Command {
  /// Follows an operation: its progress as it comes, its result in the end.
  func operate(
    _ method: Control.Method, _ parameters: some Encodable,
    answering answer: (Question) throws(Stop) -> Void = { _ in },
    _ text: (Control.OperationReply, Style) -> String
  ) throws(Stop) {
    try follow(method, parameters) { (reply: Control.OperationReply, isLast: Bool) throws(Stop) in
      if let progress = reply.progress { output.progress.update(progress.message) }
      if isLast || (output.isJSON && output.isVerbose) { try output.show(reply) { isLast ? text(reply, $0) : "" } }
      if let question = reply.question { try answer(question) }
    }
  }
}

/// "WH-1000XM4 (AC:80:0A:11:22:33) is paired, trusted and connected.", and what could not be proven.
func proofText(_ reply: Control.OperationReply, otherwise state: String, _ style: Style) -> String {
  guard let device = reply.device else { return "Done.\n" }
  let proofs = (reply.proofs ?? []).filter { $0.what != .servicesResolved || style.isVerbose || !$0.proven }
  let proven = proofs.filter(\.proven).map(\.what.title)
  var text = sentence(device, "is \(proven.isEmpty ? state : list(proven)).", style)
  for proof in proofs where !proof.proven {
    let reason = proof.reason.map { ": \(displayable($0))" } ?? ""
    text += "  " + style.bad("not \(proof.what.title)") + "\(reason)\n"
  }
  return text
}

/// A sentence about a device.
func sentence(_ device: Device?, _ rest: String, _ style: Style) -> String {
  guard let device else { return "Done.\n" }
  let address = device.title == device.address ? "" : " (\(device.address))"
  return "\(style.bold(device.title))\(address) \(rest)\n"
}
