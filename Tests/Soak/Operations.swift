import Support

/// What clients ask for.
extension SeededGenerator {
  /// The words of a command that ends by itself, or of one that is to be left (`isEndless`).
  mutating func operation(on headsets: [String], _ adapters: [String]) -> (words: [String], isEndless: Bool) {
    let device = once(in: 12) ? one(of: ["WH", "nobody", "LE_WH-1000XM4", "00:00:00:00:00:01"]) : one(of: headsets)
    let adapter = one(of: adapters)
    let timeout = ["--timeout", one(of: ["1", "2", "3"])]
    // A search takes no less.
    let search = ["--timeout", "5"]
    let words: [String] = weighted([
      (8, ["status"]), (4, ["list", "--all"]), (4, ["show", device]), (2, ["adapter", "list"]), (2, ["config"]),
      (10, ["connect", device] + timeout), (8, ["disconnect", device]), (3, ["take", device] + timeout),
      (2, ["yield", device, "--for", "5s"]), (6, ["pair", device] + search), (3, ["pair"] + search),
      (5, ["forget", device]), (2, ["forget", device, "--reset-cache"]), (1, ["forget", device, "--power-cycle"]),
      (4, ["repair", device, "--yes"] + search), (2, ["fix", device, "--yes"] + search),
      (1, ["fix", device, "--dry-run"]),
      (3, ["scan"] + timeout),
      (3, ["wait", device, "--for", one(of: ["connected", "disconnected", "a2dp"])] + timeout),
      (2, [one(of: ["trust", "untrust"]), device]), (2, [one(of: ["block", "unblock", "unblock"]), device]),
      (2, ["rename", device, one(of: ["Desk", "Left and right", "", "\u{1F3A7}"])]),
      (2, ["profile", device, one(of: ["stereo", "call", "auto", "off"])]), (2, ["codec", device]),
      (2, ["why", device]),
      (1, ["priority", device, one(of: ["1", "2", "3"])]), (2, ["autoconnect", device, one(of: ["on", "off"])]),
      (2, ["adapter", "power", one(of: ["on", "on", "off"]), "--adapter", adapter]),
      (1, ["adapter", "select", adapter]), (2, ["history"]), (1, ["doctor"]), (1, ["cache", "show", device]),
      (2, ["headset", device]), (2, ["noise", device, one(of: ["off", "ambient", "cancelling"])]),
      (1, ["backup", device, "--list"]), (3, ["monitor"]), (1, ["bar", "--format", "waybar"]),
    ])
    return (words + (once(in: 3) ? [] : ["--json"]), ["monitor", "bar"].contains(words[0]))
  }
}
