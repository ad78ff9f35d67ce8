internal import Interface
internal import Vocabulary

// What a headset holds, in words.

/// "pause-on-removal" of `pauseOnRemoval`, as verbs and lists spell it.
func dashed(_ name: String) -> String {
  var text = ""
  for scalar in name.unicodeScalars {
    if ("A"..."Z").contains(scalar) {
      text += "-" + String(scalar).lowercased()
    } else {
      text.unicodeScalars.append(scalar)
    }
  }
  return text
}

extension HeadsetSettingName {
  /// As people write it.
  var word: String { dashed(rawValue) }
}

extension NoiseMode {
  /// As in "noise cancelling".
  fileprivate var title: String {
    switch self {
    case .off: "off"
    case .cancelling: "noise cancelling"
    case .wind: "noise cancelling against wind"
    case .ambient: "ambient sound"
    case .ncss: "ncss"
    }
  }
}

extension HeadsetNoise {
  /// "ambient sound 20, for voices".
  var text: String {
    var words = [mode == .ambient ? mode.title + (level.map { " \($0)" } ?? "") : mode.title]
    if mode == .ambient, voice == true { words.append("for voices") }
    if mode == .ambient, automatic == true { words.append("by the surroundings") }
    if temporary { words.append("for the moment") }
    return commas(words)
  }
}

extension HeadsetBand {
  /// The one that has no frequency.
  static let clearBass = "clear-bass"

  /// "clear-bass" or "1k".
  var title: String {
    guard let frequency else { return Self.clearBass }
    return frequency >= 1000 && frequency % 100 == 0
      ? frequency % 1000 == 0 ? "\(frequency / 1000)k" : "\(frequency / 1000).\(frequency % 1000 / 100)k"
      : "\(frequency)"
  }
}

extension HeadsetEqualizer {
  /// "user1 (clear-bass=3 400=0 1k=0)".
  var text: String {
    var text = displayable(preset ?? "a preset without a name")
    if !bands.isEmpty {
      text += " (" + bands.map { "\($0.title)=\($0.value)" }.reduce("") { $0.isEmpty ? $1 : "\($0) \($1)" } + ")"
    }
    if available == false { text += ", without effect" + (obstacles.map { ": " + displayable(commas($0)) } ?? "") }
    return text
  }
}

extension HeadsetBattery {
  /// "left 80%, charging".
  var text: String {
    let name =
      switch part {
      case .headset: ""
      case .left: "left "
      case .right: "right "
      case .enclosure: "case "
      }
    return "\(name)\(level)%" + (charging == .yes ? ", charging" : charging == .full ? ", full" : "")
  }
}

extension BatteryReading {
  /// "left 80%; right 70%, charging".
  var text: String { batteryText(levels) }

  /// The same with whose word it is, and how old.
  func account(now: Int) -> String {
    switch source {
    case .bluez: "\(text), as BlueZ has it"
    case .headset:
      "\(text), by the headset's own word" + (current ? "" : since.map { " \(age(of: $0, now: now))" } ?? "")
    }
  }
}

private func batteryText(_ batteries: [HeadsetBattery]) -> String {
  batteries.map(\.text).reduce("") { $0.isEmpty ? $1 : "\($0); \($1)" }
}

/// The whole picture; with `isComplete` also the settings one by one and what the headset has not.
func headsetText(_ reply: Control.HeadsetReply, isComplete: Bool, _ style: Style) -> String {
  let headset = reply.headset
  var rows: [[String]] = []
  func row(_ title: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    rows.append(["  \(title)", displayable(value)])
  }
  row("Model", headset.model)
  row("Firmware", headset.firmware)
  row("Protocol", headset.generation.rawValue)
  row("Battery", batteryText(headset.batteries))
  row("Codec", headset.codec.map(codecTitle))
  row("Noise", headset.noise.map { $0.text + doubt($0.writing) })
  row("Equalizer", headset.equalizer.map { $0.text + doubt($0.writing) })
  if !isComplete {
    for setting in headset.settings { row(setting.name.word, setting.shownValue) }
  }
  var text = style.bold(reply.device.title) + "\n" + Commands.text(table(rows))
  if isComplete { text += settingsText(headset, style) }
  return text
}

/// The settings in a table: what each is, what it can be, and how sure that is.
func settingsText(_ headset: HeadsetReport, _ style: Style) -> String {
  let rows = headset.settings.map { setting in
    [
      "  " + setting.name.word, displayable(setting.shownValue), setting.form,
      setting.writing.map(\.title) ?? "only told",
    ]
  }
  guard !rows.isEmpty else { return "  It has no other settings.\n" }
  var text = ""
  for (number, line) in table([["  SETTING", "VALUE", "CAN BE", "KNOWN FROM"]] + rows).enumerated() {
    text += (number == 0 ? style.faint(line) : line) + "\n"
  }
  if let missing = headset.missing, !missing.isEmpty {
    text += "  It does not have: \(commas(missing.map(\.word))).\n"
  }
  return text
}

/// What a setting of unproven kind is marked with.
private func doubt(_ evidence: HeadsetEvidence?) -> String {
  evidence == .unproven ? " (to change it is unproven)" : ""
}

extension HeadsetEvidence {
  fileprivate var title: String {
    switch self {
    case .captured: "captures"
    case .used: "other clients"
    case .unproven: "unproven"
    }
  }
}

extension HeadsetSetting {
  fileprivate var shownValue: String {
    switch answer {
    case .told: value ?? "-"
    case .silent: "not told"
    case .unreadable: "not readable"
    }
  }

  /// "on|off", "0 to 30", or words.
  fileprivate var form: String {
    guard let first = values.first, let last = values.last else { return "-" }
    if Int(first) != nil, Int(last) != nil { return "\(first) to \(last)" }
    return values.map(displayable).reduce("") { $0.isEmpty ? $1 : "\($0)|\($1)" }
  }
}

/// What was changed, as the headset says it is now.
func changeText(_ reply: Control.HeadsetReply, _ style: Style) -> String {
  let headset = reply.headset
  if let noise = headset.noise { return sentence(reply.device, "has its noise control at: \(noise.text).", style) }
  if let equalizer = headset.equalizer {
    return sentence(reply.device, "has its equalizer at: \(equalizer.text).", style)
  }
  if !headset.batteries.isEmpty {
    return sentence(reply.device, "has its battery at: \(batteryText(headset.batteries)).", style)
  }
  if let codec = headset.codec { return sentence(reply.device, "receives \(codecTitle(codec)).", style) }
  guard let setting = headset.settings.first else { return "Done.\n" }
  return sentence(
    reply.device, "has \(setting.name.word) at: \(displayable(setting.value ?? "not told")).", style)
}
