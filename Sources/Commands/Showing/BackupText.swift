internal import Interface
internal import Vocabulary

// What was saved of a headset, and put back, in words.

extension HeadsetItem {
  /// As people write it.
  var word: String { dashed(rawValue) }
}

extension BackupOccasion {
  fileprivate var title: String {
    switch self {
    case .asked: "asked for"
    case .guide: "before a guide"
    case .repair: "before a repair"
    }
  }
}

/// What was saved, and what was not and why.
func backupText(_ reply: Control.BackupReply, file: String?, _ style: Style) -> String {
  let items = reply.backup.items
  var text = sentence(
    reply.device,
    items.isEmpty
      ? "tells nothing that could be put back."
      : "is saved: \(commas(items.map(\.word)))." + (file.map { " Written to \(displayable($0))." } ?? ""), style)
  for gap in reply.backup.omitted ?? [] {
    text += "  " + style.bad("not saved") + " \(gap.item.word): \(displayable(gap.reason))\n"
  }
  return text + notStoredText(reply.notStored, style)
}

/// The kept backups in a table.
func keptText(_ backups: [KeptBackup], now: Int, _ style: Style) -> String {
  guard !backups.isEmpty else { return "No backup is kept.\n" }
  let rows = backups.map { kept in
    [
      title(of: kept.alias ?? "", at: kept.address), "\(kept.number)", age(of: kept.time, now: now),
      kept.occasion.title, displayable(kept.firmware ?? "-"), "\(kept.items.count)",
    ]
  }
  var text = ""
  for (number, line) in table([["DEVICE", "NUMBER", "TAKEN", "WHY", "FIRMWARE", "ITEMS"]] + rows).enumerated() {
    text += (number == 0 ? style.faint(line) : line) + "\n"
  }
  return text
}

/// What would be put back, or was.
func restoreText(_ reply: Control.RestoreReply, isPlan: Bool, now: Int, _ style: Style) -> String {
  let steps = reply.steps
  func rows(_ state: RestoreState) -> [RestoreStep] { steps.filter { $0.state == state } }
  var text = ""
  if let time = reply.time, isPlan {
    let of = [reply.model.map { "of a \(displayable($0))" }, reply.firmware.map { "firmware \(displayable($0))" }]
      .compactMap(\.self)
    text += style.bold("The backup\(of.isEmpty ? "" : " " + commas(of)), taken \(age(of: time, now: now))") + "\n"
  }
  var lines: [[String]] = []
  for step in steps where step.state == .planned || step.state == .done || step.state == .unread {
    let change = (step.now.map { "\(displayable($0)) -> " } ?? "") + displayable(step.value)
    lines.append([
      isPlan ? "  set" : "  is back", step.item.word, change + (step.reason.map { " (\(displayable($0)))" } ?? ""),
    ])
  }
  for step in rows(.impossible) { lines.append(["  cannot", step.item.word, displayable(step.reason ?? step.value)]) }
  text += Commands.text(table(lines))
  let same = rows(.same)
  if !same.isEmpty { text += "  Already so: \(commas(same.map(\.item.word))).\n" }
  return text.isEmpty ? "There is nothing to put back.\n" : text
}
