internal import Interface
internal import Vocabulary

// Wishes that go from one computer to another, in words.

extension WishItem {
  /// The word that sets it.
  fileprivate var word: String {
    switch self {
    case .autoConnect: "autoconnect"
    case .tier: "priority"
    case .policy: "profile"
    case .preference: "codec --prefer"
    }
  }
}

/// What would be taken over, or was, device by device.
func importText(_ reply: Control.ImportPolicyReply, isPlan: Bool, _ style: Style) -> String {
  guard !reply.steps.isEmpty else { return "There is nothing to take over.\n" }
  let whose = reply.user.map { "the wishes of \(displayable($0))" } ?? "everybody's wishes"
  let adapter = displayable(reply.adapter)
  var text = style.bold(
    isPlan ? "What would become of \(whose) for \(adapter):" : "What became of \(whose) for \(adapter):")
  text += "\n"
  var addresses: [String] = []
  for step in reply.steps where addresses.last != step.address { addresses.append(step.address) }
  for address in addresses {
    let steps = reply.steps.filter { $0.address == address }
    let name = title(of: steps[0].name ?? "", at: address)
    text += name == address ? "\(name)\n" : "\(name) (\(displayable(address)))\n"
    if let reason = steps[0].reason, steps[0].state != .impossible {
      text += "  " + style.faint(displayable(reason)) + "\n"
    }
    text += Commands.text(table(steps.map { line($0) }))
  }
  return text + notStoredText(reply.notStored, style)
}

private func line(_ step: WishStep) -> [String] {
  let change = displayable(step.now ?? "-") + " -> " + displayable(step.value)
  return switch step.state {
  case .planned: ["  set", step.item.word, change]
  case .done: ["  is set", step.item.word, change]
  case .same: ["  already", step.item.word, displayable(step.value)]
  case .impossible: ["  cannot", step.item.word, displayable(step.reason ?? step.value)]
  }
}
