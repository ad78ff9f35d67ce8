internal import Knowledge

/// A guide as text: for each procedure first what it erases and keeps, then what to do.
func guidanceText(_ guidance: Guidance, _ style: Style) -> String {
  var text = introduction(guidance, style)
  guard guidance.form != Model.Form.wired.rawValue else {
    return text + "It is a wired headphone: nothing of it can be paired, reset or switched off.\n"
      + claimText(guidance.claims ?? [])
  }
  for entry in guidance.procedures { text += entryText(entry, guidance, style) }
  if guidance.procedures.contains(where: { $0.procedure == Procedure.Kind.pairingMode.word }) { text += "\n" + tagText }
  if !guidance.unknown.isEmpty { text += "\nNot known: \(displayable(commas(guidance.unknown))).\n" }
  // Who is shown no steps has been sent there already.
  let isNamed = guidance.procedures.contains { $0.show == Procedure.Show.linkOnly.rawValue }
  if let page = guidance.page, !isNamed { text += "The maker's page: \(page.text)\n" }
  return text + claimText(guidance.claims ?? [])
}

/// bluetoothd pairs when neard tells it of a tag (BlueZ, plugins/neard.c), by the same procedure as any other pairing.
private let tagText = """
  A tag for NFC, where the headset has one, only starts this pairing: it erases nothing, and mends no pairing.
  Where this computer has a reader and neard, touch it while "mdrctl pair" looks for the headset.

  """

private func introduction(_ guidance: Guidance, _ style: Style) -> String {
  let model = style.bold(displayable(guidance.model))
  let device = guidance.device.map { "\(style.bold(guidance.name ?? "")) (\(displayable($0)))" }
  if guidance.generic {
    let product = guidance.product.map { device == nil ? style.bold(displayable($0)) : displayable($0) }
    let maker = guidance.manufacturer.map { " of \(displayable($0))" } ?? ""
    let what =
      device.map { device in product.map { "\(device), by its product id \($0)\(maker)," } ?? device } ?? product
    let group = guidance.recognizedBy == "nothing" ? "; its form is not known either" : ""
    return (what.map { "\($0) has no entry of its own\(group).\n" } ?? "") + "This is about any \(model).\n"
  }
  guard let device else { return "\(model)\n" }
  let how =
    switch guidance.recognizedBy {
    case Catalogue.Recognition.product.rawValue: "its product id"
    case Catalogue.Recognition.twin.rawValue: "the name of its low-energy twin"
    default: "its name"
    }
  return "\(device) is a \(model), by \(how).\n"
}

private func entryText(_ entry: Guidance.Entry, _ guidance: Guidance, _ style: Style) -> String {
  let kind = Procedure.Kind.allCases.first { $0.word == entry.procedure }
  var lines: [String] = []
  let isForeign = entry.generic && !guidance.generic
  if isForeign { lines.append("Not known of this model; this is about any headset of its form.") }
  lines.append("Erases: \(holdingTitles(entry.erases) ?? "nothing").")
  lines.append("Keeps: \(holdingTitles(entry.keeps) ?? "nothing").")
  if let warning = entry.warning { lines.append(style.bad(warning)) }
  if let note = entry.note { lines.append(displayable(note)) }
  if let steps = entry.steps {
    for (index, step) in steps.enumerated() { lines.append("\(index + 1). \(displayable(step.text))") }
    if let light = entry.light { lines.append("Its light then: \(displayable(light)).") }
    if let voice = entry.voice { lines.append("Its voice then: \"\(displayable(voice))\".") }
    if let window = entry.windowSeconds { lines.append("Lasts about \(Int(window)) seconds, as far as is known.") }
    if let next = entry.next { lines.append(next) }
  } else if entry.show == Procedure.Show.never.rawValue {
    lines.append("The steps are not shown.")
  } else {
    let place = guidance.page.map { "See the maker's page: \($0.text)" } ?? "See the manual of the model."
    lines.append("The steps are not sure enough to be shown. \(place)")
  }
  lines.append("Confidence: \(entry.confidence).")
  if !entry.unknown.isEmpty { lines.append("Not known: \(displayable(commas(entry.unknown))).") }
  let heading = "\n" + style.bold(kind?.title ?? entry.procedure) + "\n"
  return heading + lines.map { "  \($0)\n" }.joined() + sourceText(entry.sources)
}

private func sourceText(_ sources: [Guidance.Source]?) -> String {
  guard let sources else { return "" }
  guard !sources.isEmpty else { return "  Sources: none.\n" }
  return "  Sources, which are claims and no instructions:\n" + sources.map { $0.lines(indent: "    ") }.joined()
}

private func claimText(_ claims: [Guidance.Source]) -> String {
  guard !claims.isEmpty else { return "" }
  return "\nOther claims about this model:\n" + claims.map { $0.lines(indent: "  ") }.joined()
}

extension Guidance.Source {
  fileprivate func lines(indent: String) -> String {
    let reason = reason.map { ": \(displayable($0))" } ?? ""
    return """
      \(indent)\(verdict)\(reason)
      \(indent)  "\(displayable(says))" (\(kind), \(displayable(family)))
      \(indent)  \(displayable(source))

      """
  }
}

extension Guidance.Page {
  var text: String { displayable(url) + (checked ? "" : " (an address that was not checked)") }
}

/// "the list of paired devices and its settings"; nil for none.
func holdingTitles(_ holdings: [String]) -> String? {
  let titles = holdings.compactMap { Procedure.Holding(rawValue: $0)?.title }
  return titles.isEmpty ? nil : list(titles)
}

/// All models, in JSON.
struct KnownModels: Encodable {
  struct Entry: Encodable {
    let model: String
    let aliases: [String]
    let form: String
    let generic: Bool
    /// What its Modalias begins with.
    let modalias: String?
    let file: String
    let procedures: [Sureness]
  }
  struct Sureness: Encodable {
    let procedure: String
    let confidence: String
    let show: String
  }
  struct Refusal: Encodable {
    let file: String
    let line: Int?
    let rule: String
    let number: Int?
    let message: String
  }
  let models: [Entry]
  let refused: [Refusal]

  init(_ catalogue: Catalogue) {
    models = catalogue.models.map { model in
      Entry(
        model: model.name, aliases: model.aliases, form: model.form.rawValue, generic: model.isGeneric,
        modalias: model.match.product, file: model.file,
        procedures: model.procedures.map {
          Sureness(procedure: $0.kind.word, confidence: $0.confidence.rawValue, show: $0.show.rawValue)
        })
    }
    refused = catalogue.faults.map {
      Refusal(file: $0.file, line: $0.line, rule: $0.rule.rawValue, number: $0.rule.number, message: $0.reason)
    }
  }
}

/// All models with the confidence of each procedure, then the files that were refused.
func modelText(_ catalogue: Catalogue, _ style: Style) -> String {
  let kinds = Procedure.Kind.allCases
  let hasAdded = catalogue.models.contains { $0.file != Catalogue.ownFile }
  let head = ["MODEL", "FORM"] + kinds.map { $0.word.uppercased() } + (hasAdded ? ["FROM"] : [])
  let rows = catalogue.models.map { model in
    [displayable(model.name) + (model.isGeneric ? " (any)" : ""), model.form.rawValue]
      + kinds.map { model.procedure($0)?.confidence.rawValue ?? "-" } + (hasAdded ? [displayable(model.file)] : [])
  }
  var text = ""
  for (number, line) in table([head] + rows).enumerated() { text += (number == 0 ? style.faint(line) : line) + "\n" }
  guard !catalogue.faults.isEmpty else { return text }
  text += "\n" + style.bad("Not used:") + "\n"
  for fault in catalogue.faults { text += "  \(displayable(fault.description))\n" }
  return text
}
