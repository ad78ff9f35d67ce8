internal import Interface
internal import Knowledge
internal import Vocabulary

/// What an operation waits for a person to do, as far as it is known of the headset's model. In JSON beside the progress.
struct HeadsetTask: Encodable, Equatable {
  let model: String
  /// It is about any headset of that form.
  let generic: Bool
  let page: Guidance.Page?
  let procedure: Guidance.Entry
  /// It is never connected to two devices at a time.
  let oneHost: Bool

  init?(_ awaited: Awaited, _ catalogue: Catalogue) {
    guard let subject = GuideSubject(awaited, in: catalogue) else { return nil }
    let guidance = Guidance(subject, awaited.deed.procedure, hasSources: false)
    guard let entry = guidance.procedures.first else { return nil }
    let isForeign = entry.generic && !guidance.generic
    model = isForeign ? catalogue.generic(subject.model.form)?.name ?? guidance.model : guidance.model
    generic = entry.generic
    page = guidance.page
    procedure = entry
    oneHost = subject.model.hasMultipoint == false
  }
}

extension Awaited.Deed {
  fileprivate var procedure: Procedure.Kind {
    switch self {
    case .pairingMode: .pairingMode
    case .restart: .reset
    case .initialize: .initialize
    }
  }
}

extension GuideSubject {
  /// The headset that is meant, by as much as is known of it; a part of a name will do where it is that of one model.
  fileprivate init?(_ awaited: Awaited, in catalogue: Catalogue) {
    let names = [awaited.name, awaited.twin].compactMap(\.self)
    if let name = awaited.name, catalogue.model(modalias: awaited.modalias, names: names) == nil {
      let like = catalogue.models(like: name).filter { !$0.isGeneric }
      if like.count == 1 {
        self.init(model: like[0], recognition: .name, catalogue: catalogue)
        return
      }
    }
    self.init(names: names, modalias: awaited.modalias, icon: awaited.icon, in: catalogue)
  }
}

/// What is the case and what to do, in lines for a terminal; without a task only what is the case.
func awaitedLines(_ awaited: Awaited, _ task: HeadsetTask?) -> [String] {
  var lines = [awaited.situation]
  if let caution = awaited.caution { lines.append(caution) }
  guard let task else { return lines }
  if awaited.elsewhere == true {
    lines.append(
      task.oneHost
        ? "A \(task.model) connects to one device at a time: switch Bluetooth off at the other one."
        : "Disconnect it from the other device first, if there is one.")
  }
  let entry = task.procedure
  let deed = awaited.deed.words("\(task.generic ? "any" : "a") \(task.model)")
  if !entry.erases.isEmpty { lines.append("It erases \(holdingTitles(entry.erases) ?? "").") }
  if let saved = awaited.saved {
    let time = LocalTime(saved)
    lines.append("Its settings of \(time.date), \(time.clock) are saved; mdrctl restore puts them back afterwards.")
  } else if entry.erases.contains(Procedure.Holding.allSettings.rawValue) {
    lines.append("None of its settings are saved.")
  }
  guard let steps = entry.steps else {
    let place = task.page.map { "See the maker's page: \($0.text)" } ?? "See the manual of the model."
    return lines + ["How to \(deed) is not sure enough to be told. \(place)"]
  }
  lines.append("To \(deed):")
  for (number, step) in steps.enumerated() { lines.append("  \(number + 1). \(step.text)") }
  if let light = entry.light { lines.append("  Its light then: \(light).") }
  if let warning = entry.warning { lines.append("  \(warning)") }
  return lines
}

extension Awaited.Deed {
  /// As in "To put a WH-1000XM4 into pairing mode".
  fileprivate func words(_ model: String) -> String {
    switch self {
    case .pairingMode: "put \(model) into pairing mode"
    case .restart: "restart \(model)"
    case .initialize: "set \(model) back to its factory settings"
    }
  }
}
