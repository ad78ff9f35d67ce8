internal import Interface

/// Whether each headset is connected by itself, in which tier, and what becomes of it; those that come first on top.
func standingTable(_ devices: [Device], _ style: Style) -> String {
  let known = devices.filter { $0.standing != nil }
  guard !known.isEmpty else { return "No headset is paired.\n" }
  let ordered = known.enumerated().sorted {
    ($0.element.standing?.tier ?? 0, $0.offset) < ($1.element.standing?.tier ?? 0, $1.offset)
  }
  let rows = ordered.compactMap { _, device -> [String]? in
    guard let standing = device.standing else { return nil }
    return [
      style.bold(device.title), device.address, "\(standing.tier)", standing.autoConnect ? "on" : "off",
      displayable(standing.message),
    ]
  }
  return text(table([["NAME", "ADDRESS", "TIER", "AUTO", "NOW"].map(style.faint)] + rows))
}
