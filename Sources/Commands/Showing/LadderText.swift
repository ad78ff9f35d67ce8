internal import Interface
internal import Vocabulary

/// The rungs of the ladder for what is wrong now, numbered.
func ladderText(_ ladder: [LadderStep], _ style: Style) -> String {
  var text = ""
  if let seen = ladder.first(where: { $0.state == .seen })?.came { text += displayable(seen) + "\n" }
  let planned = ladder.filter { $0.state == .planned }
  if !planned.isEmpty { text += style.bold("What would be tried, until one of it helps:") + "\n" }
  for (number, step) in planned.enumerated() {
    text += "  \(number + 1). \(displayable(step.does))\n"
    if let costs = step.costs { text += "     \(style.faint(displayable(costs)))\n" }
    if step.rung == .repair { text += "     \(style.faint("Only with --yes, or asked on a terminal with --ask."))\n" }
    if let obstacle = step.came { text += "     \(style.bad(displayable(obstacle)))\n" }
  }
  return text
}

/// What was found, and what helped.
func cureText(_ ladder: [LadderStep], _ style: Style) -> String {
  guard let fixed = ladder.first(where: { $0.state == .fixed }) else {
    return ladder.first { $0.state == .seen }?.came.map { "  \(displayable($0))\n" } ?? ""
  }
  var text = ""
  for step in ladder where step.state == .seen || step.state == .failed {
    let came = displayable(step.came ?? "")
    text += step.state == .seen ? "  \(came)\n" : "  \(style.bad("did not help")): \(step.rung.title). \(came)\n"
  }
  return text + "  \(style.good("helped")): \(fixed.rung.title).\n"
}

extension LadderRung {
  /// As in "helped: connecting it anew".
  var title: String {
    switch self {
    case .observe: "looking at it"
    case .profile: "its audio profile anew"
    case .device: "connecting it anew"
    case .restart: "a restart"
    case .repair: "pairing it anew"
    case .initialize: "its factory settings"
    }
  }
}
