internal import Interface
internal import Vocabulary

// The words for what this computer holds of a device.

extension Layer.Name {
  var title: String {
    switch self {
    case .bluez: "device in BlueZ"
    case .bond: "bond on disk"
    case .linkKey: "key in the kernel"
    case .storedLinkKey: "key in the adapter"
    case .inquiryCache: "kernel's inquiry cache"
    case .cache: "BlueZ's cache file"
    }
  }
}

extension Layer.Deed {
  fileprivate var title: String {
    switch self {
    case .nothing: "-"
    case .removed: "removed"
    case .left: "left"
    case .planned: "to be removed"
    }
  }
}

/// What is told of layers.
enum LayerView {
  /// What is there now, and of a plan what is to become of it.
  case present
  /// What was there, what was done, and what is there now.
  case removal
}

/// A table with a line for each layer, by device where there are several. What was left behind stands out. A reason that
/// several have stands below, once, as a footnote.
func layerText(_ layers: [Layer], _ view: LayerView, _ style: Style) -> String {
  guard !layers.isEmpty else { return "" }
  let isPlan = layers.contains { $0.done == .planned }
  let hasAddress = layers.contains { $0.address != layers[0].address }
  let columns = view == .removal ? ["BEFORE", "DONE", "NOW"] : isPlan ? ["NOW", "PLAN"] : ["NOW"]
  var footnotes: [String] = []
  var rows = [(hasAddress ? ["ADDRESS"] : []) + ["LAYER"] + columns + [""]]
  for layer in layers {
    let (before, done, after) = (layer.before.rawValue, layer.done.title, layer.after.rawValue)
    let cells = view == .removal ? [before, done, after] : isPlan ? [after, done] : [after]
    var reason = layer.reason
    if let shared = reason, layers.filter({ $0.reason == shared }).count > 1 {
      if !footnotes.contains(shared) { footnotes.append(shared) }
      reason = "[\((footnotes.firstIndex(of: shared) ?? 0) + 1)]"
    }
    let address = hasAddress ? [displayable(layer.address)] : []
    rows.append(address + [layer.layer.title] + cells + [layer.note(reason)])
  }
  var text = ""
  for (number, row) in table(rows).enumerated() {
    var end = row.endIndex
    while end > row.startIndex, row[row.index(before: end)] == " " { end = row.index(before: end) }
    let line = String(row[..<end])
    let isLeft = number > 0 && layers[number - 1].done == .left
    text += "  " + (number == 0 ? style.faint(line) : isLeft ? style.bad(line) : line) + "\n"
  }
  for (index, reason) in footnotes.enumerated() { text += "  [\(index + 1)] \(displayable(reason))\n" }
  return text
}

/// What was done about the layers; only what was left behind unless everything was asked for.
func removalText(_ layers: [Layer]?, isComplete: Bool, _ style: Style) -> String {
  layerText((layers ?? []).filter { isComplete || $0.done == .left }, .removal, style)
}

extension Layer {
  /// What it is, and why it is not known or was left.
  fileprivate func note(_ reason: String?) -> String {
    switch (detail, reason) {
    case (let detail?, let reason?): "\(displayable(detail)): \(displayable(reason))"
    case (let text?, nil), (nil, let text?): displayable(text)
    case (nil, nil): ""
    }
  }
}
