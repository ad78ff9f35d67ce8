internal import Interface
internal import Knowledge

/// What a guide is about.
struct GuideSubject {
  let model: Model
  /// Nil when the form of the device is not known, and the model stands for any.
  let recognition: Catalogue.Recognition?
  let catalogue: Catalogue
  var device: Device?
  /// The word of somebody who asked for a model without an entry.
  var word: String?
}

extension GuideSubject {
  /// What is known of the headset that these describe: its model, or all of its form. Nil where nothing is known at all.
  init?(names: [String], modalias: String?, icon: String?, device: Device? = nil, in catalogue: Catalogue) {
    if let (model, recognition) = catalogue.model(modalias: modalias, names: names) {
      self.init(model: model, recognition: recognition, catalogue: catalogue, device: device)
      return
    }
    let generic = catalogue.generic(names: names, icon: icon)
    guard let model = generic ?? catalogue.generic(.overEar) else { return nil }
    self.init(model: model, recognition: generic == nil ? nil : .form, catalogue: catalogue, device: device)
  }
}

/// What is shown of a model's procedures, in JSON; the text is made of the same.
struct Guidance: Encodable {
  struct Page: Encodable, Equatable {
    let url: String
    let checked: Bool
  }

  struct Source: Encodable, Equatable {
    let source: String
    let kind: String
    let family: String
    let says: String
    let verdict: String
    let reason: String?

    init(_ evidence: Evidence) {
      source = evidence.source
      kind = evidence.kind.rawValue
      family = evidence.family
      says = evidence.says
      verdict = evidence.verdict.rawValue
      reason = evidence.reason
    }
  }

  struct Step: Encodable, Equatable {
    let text: String
    var keys: [String]?
    /// Never "exactly".
    var atLeastSeconds: Double?
  }

  struct Entry: Encodable, Equatable {
    let procedure: String
    /// It is not about this model, but about all headsets of its form.
    let generic: Bool
    let destructive: Bool
    let erases: [String]
    let keeps: [String]
    let confidence: String
    let show: String
    /// Only where the confidence allows it.
    var warning: String?
    var steps: [Step]?
    var light: String?
    var voice: String?
    var windowSeconds: Double?
    let note: String?
    /// What to do afterwards.
    var next: String?
    let unknown: [String]
    var sources: [Source]?
  }

  let model: String
  let form: String
  let recognizedBy: String
  /// There is no entry for the model.
  let generic: Bool
  let device: String?
  let name: String?
  let manufacturer: String?
  /// The model by the hardware database, or as it was asked for.
  let product: String?
  let page: Page?
  let unknown: [String]
  let procedures: [Entry]
  /// Claims about the model that belong to no procedure.
  let claims: [Source]?

  /// Of one procedure, or of all.
  init(_ subject: GuideSubject, _ kind: Procedure.Kind?, hasSources: Bool) {
    let model = subject.model
    self.model = model.name
    form = model.form.rawValue
    recognizedBy = subject.recognition?.rawValue ?? "nothing"
    generic = model.isGeneric
    device = subject.device?.address
    name = subject.device.map(\.title)
    manufacturer = subject.device?.manufacturer
    product = subject.device?.model ?? subject.word
    page = model.page.map { Page(url: $0.url, checked: $0.isChecked) }
    let kinds = kind.map { [$0] } ?? Procedure.Kind.allCases
    let procedures = kinds.map { kind in
      (kind, model.procedure(kind) ?? subject.catalogue.generic(model.form)?.procedure(kind))
    }
    let isWired = model.form == .wired
    unknown =
      model.unknown
      + (isWired || model.isGeneric
        ? [] : kinds.filter { model.procedure($0) == nil }.map { "\"\($0.word)\" of this model" })
    self.procedures = procedures.compactMap { kind, procedure in
      procedure.map { procedure in
        Entry(
          procedure, isGeneric: model.procedure(kind) == nil || model.isGeneric, device: subject.device,
          hasSources: hasSources)
      }
    }
    claims = hasSources ? model.rejected.map(Source.init) : nil
  }
}

extension Guidance.Entry {
  init(_ procedure: Procedure, isGeneric: Bool, device: Device?, hasSources: Bool) {
    self.procedure = procedure.kind.word
    generic = isGeneric
    destructive = procedure.isDestructive
    erases = procedure.erases.map(\.rawValue)
    keeps = procedure.keeps.map(\.rawValue)
    confidence = procedure.confidence.rawValue
    show = procedure.show.rawValue
    note = procedure.note
    unknown = procedure.unknown
    if hasSources { sources = procedure.evidence.map(Guidance.Source.init) }
    guard procedure.show >= .stepsWithWarning else { return }
    warning = procedure.show == .stepsWithWarning ? procedure.confidence.warning : nil
    steps = procedure.preconditions.map { Guidance.Step(text: $0.sentence) } + procedure.steps.map(\.shown)
    light = procedure.light
    voice = procedure.voice
    windowSeconds = procedure.window
    next = procedure.kind.next(device)
  }
}

extension Procedure.Kind {
  /// As it is asked for.
  var word: String {
    switch self {
    case .pairingMode: "pair"
    case .reset: "reset"
    case .initialize: "initialize"
    case .powerOff: "power-off"
    }
  }

  var title: String {
    switch self {
    case .pairingMode: "Pairing mode"
    case .reset: "Reset (restart it when it hangs)"
    case .initialize: "Initialize (factory settings)"
    case .powerOff: "Power off"
    }
  }

  /// What follows on this computer.
  fileprivate func next(_ device: Device?) -> String? {
    switch self {
    case .pairingMode: "Run: mdrctl pair"
    case .initialize:
      "This computer's pairing with it is of no use any more. Put it into pairing mode, then run: mdrctl repair"
        + (device.map { " \($0.address) --adapter \($0.adapter)" } ?? " DEVICE")
    case .reset, .powerOff: nil
    }
  }
}

extension Procedure.Confidence {
  /// For what is shown although it is not sure.
  fileprivate var warning: String? {
    switch self {
    case .high: nil
    case .medium: "Not proven: nobody has checked this against the maker's own words. Compare it with them first."
    case .low, .none: "Not proven: little is known of this model; it may need other keys, or longer."
    }
  }
}

extension Procedure.Precondition {
  fileprivate var sentence: String {
    switch self {
    case .poweredOff: "Switch it off."
    case .usbUnplugged: "Unplug its USB cable."
    case .usbCharging: "Connect it to a USB charger."
    case .bothBudsInCase: "Put both earbuds into their case."
    case .lidOpen: "Leave the lid of the case open."
    }
  }
}

extension Procedure.Step {
  fileprivate var shown: Guidance.Step {
    let keys = list(keys.map(keyTitle))
    let together = self.keys.count > 1 ? " together" : ""
    let least = least.map { $0 > 0 ? " for at least \(seconds($0))" : "" } ?? ""
    let most = most.map { ", at most \(seconds($0))" } ?? ""
    let deed =
      switch deed {
      case .hold: "Hold \(keys)\(together)\(least)\(most)"
      case .press: "Press \(keys)\(together)"
      case .putInCase: "Put both earbuds into their case"
      case .takeOutOfCase: "Take both earbuds out of their case"
      }
    return Guidance.Step(
      text: deed + (note.map { ", \($0)" } ?? "") + ".", keys: self.keys.isEmpty ? nil : self.keys,
      atLeastSeconds: self.least)
  }
}

/// As it is printed on the headset, for the keys that are known.
private func keyTitle(_ key: String) -> String {
  switch key {
  case "nc_ambient": "NC/AMBIENT"
  case "nc_amb": "NC/AMB"
  default:
    String(decoding: key.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0 }, as: UTF8.self).uppercased()
  }
}

/// "7 seconds", "0.5 seconds".
private func seconds(_ number: Double) -> String {
  let text = Int(exactly: number).map { "\($0)" } ?? "\(number)"
  return text == "1" ? "1 second" : "\(text) seconds"
}
