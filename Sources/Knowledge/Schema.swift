// Files of models read by their schema, which docs/guides.md describes: a value out of place refuses the whole file.

/// The version of the schema.
private let version = 1.0
private let mostModels = 1000

extension Source {
  /// The models of the file, each of which keeps all the rules.
  func models() throws(Fault) -> [Model] {
    do throws(Violation) {
      return try Node(tree: tree, path: []).models(file: file)
    } catch {
      let line = Lines.number(of: error.path, in: bytes)
      throw Fault(file: file, line: line, rule: error.rule, reason: error.reason)
    }
  }
}

extension Node {
  /// A list of models, or a single one.
  fileprivate func models(file: String) throws(Violation) -> [Model] {
    guard case .members(let members) = tree, members["models"] != nil else { return [try model(file: file)] }
    let list = try self.members(["schema", "models"])
    try list.checkVersion()
    var models: [Model] = []
    for node in try list.required("models").list(longest: mostModels) {
      let model = try node.model(file: file, inList: true)
      if let twice = models.first(where: { $0.isCalled(model.name) || model.isCalled($0.name) }) {
        throw node.violation(.schema, "\(model.name) is there already, as \(twice.name)")
      }
      if let product = model.match.product, models.contains(where: { $0.match.product == product }) {
        throw node.violation(.schema, "the product id of \(model.name) is there already")
      }
      models.append(model)
    }
    return models
  }

  private func model(file: String, inList: Bool = false) throws(Violation) -> Model {
    let members = try members([
      "schema", "model", "aliases", "generic", "form", "bluetooth", "match", "controls", "protocol", "multipoint",
      "maker_page", "procedures", "rejected", "unknown",
    ])
    if !inList || members["schema"] != nil { try members.checkVersion() }
    try members.checkProtocol()
    let form = try members.required("form").word(of: Model.Form.self)
    let controls = try members.required("controls").controls()
    let procedures = try members.required("procedures")
    let model = Model(
      name: try members.required("model").word(), aliases: try members.words("aliases"), form: form,
      isGeneric: try members.flag("generic") ?? false, match: try members.required("match").match(),
      page: try members["maker_page"].map { node throws(Violation) in try node.page() },
      procedures: try procedures.list().map { node throws(Violation) in try node.procedure(controls) },
      hasMultipoint: try members.multipoint(),
      rejected: try members["rejected"].map { node throws(Violation) in try node.evidence() } ?? [],
      unknown: try members["unknown"].map { node throws(Violation) in try node.texts() } ?? [], file: file)
    try checkWires(model, hasBluetooth: try members.required("bluetooth").flag(), procedures)
    for (index, procedure) in model.procedures.enumerated()
    where model.procedures.firstIndex(where: { $0.kind == procedure.kind }) != index {
      throw violation(.schema, "\(model.name) has two procedures \"\(procedure.kind.rawValue)\"")
    }
    return model
  }

  private func match() throws(Violation) -> Model.Match {
    let members = try members(["modalias_product", "names", "shadow_names", "prefixes", "icons"])
    return Model.Match(
      product: try members["modalias_product"].map { node throws(Violation) in try node.product() },
      names: try members.words("names"), shadowNames: try members.words("shadow_names"),
      prefixes: try members.words("prefixes"), icons: try members.words("icons"))
  }

  /// A Modalias up to its product. Four digits alone are one of Sony's, in USB's registry, as all its headphones say.
  private func product() throws(Violation) -> String {
    let text = try word()
    func isNumber(_ digits: some Sequence<UInt8>) -> Bool {
      digits.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) }
    }
    let bytes = Array(text.utf8)
    if bytes.count == 4, isNumber(bytes) { return "usb:v054Cp" + text.uppercased() }
    for registry in ["usb", "bluetooth"] where text.hasPrefix(registry + ":v") {
      let fields = bytes.dropFirst(registry.utf8.count + 2)
      guard fields.count == 9, isNumber(fields.prefix(4)), isNumber(fields.suffix(4)),
        fields[fields.startIndex + 4] == UInt8(ascii: "p")
      else { break }
      let digits = text.dropFirst(registry.count + 2).split(separator: "p").map { $0.uppercased() }
      return "\(registry):v\(digits[0])p\(digits[1])"
    }
    throw violation(.schema, "\"\(text)\" is no product id, such as 0D58 or usb:v054Cp0D58")
  }

  private func controls() throws(Violation) -> Controls {
    let members = try members([
      "keys", "touch_panel", "touch_sensors", "volume_keys", "port", "case_button",
    ])
    for name in ["touch_panel", "touch_sensors"] { _ = try members.flag(name) }
    _ = try members.text("port")
    let controls = Controls(
      keys: try members.required("keys").words(), hasVolumeKeys: try members.flag("volume_keys") ?? false,
      hasCaseButton: try members.flag("case_button") ?? false)
    if let key = controls.keys.first(where: controls.lacks) {
      throw violation(.keys, "the key \"\(key)\" is listed, but the model is said not to have it")
    }
    return controls
  }

  private func page() throws(Violation) -> Model.Page {
    let members = try members(["url", "checked"])
    let node = try members.required("url")
    let url = try node.word()
    guard url.hasPrefix("https://") else { throw node.violation(.schema, "the page's address is not https") }
    return Model.Page(url: url, isChecked: try members.required("checked").flag())
  }

  private func texts() throws(Violation) -> [String] {
    try list().map { element throws(Violation) in try element.text() }
  }

  private func procedure(_ controls: Controls) throws(Violation) -> Procedure {
    let members = try members([
      "kind", "destructive", "preconditions", "steps", "feedback", "erases", "keeps", "window_s", "confidence", "show",
      "note", "unknown", "evidence",
    ])
    let feedback = try members["feedback"].map { node throws(Violation) in try node.members(["led", "voice"]) }
    let procedure = Procedure(
      kind: try members.required("kind").kind(), isDestructive: try members.required("destructive").flag(),
      preconditions: try members.words("preconditions", of: Procedure.Precondition.self),
      steps: try members.required("steps").list().map { node throws(Violation) in try node.step() },
      light: try feedback?.text("led"), voice: try feedback?.text("voice"),
      erases: try members.words("erases", of: Procedure.Holding.self),
      keeps: try members.words("keeps", of: Procedure.Holding.self), window: try members.number("window_s"),
      confidence: try members.required("confidence").word(of: Procedure.Confidence.self),
      show: try members.required("show").word(of: Procedure.Show.self), note: try members.text("note"),
      evidence: try members.required("evidence").evidence(),
      stated: try members["unknown"].map { node throws(Violation) in try node.texts() } ?? [])
    try check(procedure, controls)
    return procedure
  }

  private func kind() throws(Violation) -> Procedure.Kind {
    if case .text("pairing_list_reset") = tree {
      throw violation(
        .kinds, "no headset erases its list of paired devices alone; the keys that are given for it erase everything")
    }
    return try word(of: Procedure.Kind.self, rule: .kinds)
  }

  private func step() throws(Violation) -> Procedure.Step {
    let members = try members(["do", "keys", "hold_s", "note"])
    let deed = try members.required("do").word(of: Procedure.Step.Deed.self)
    let hold = try members["hold_s"].map { node throws(Violation) in try node.members(["min", "typ", "max"]) }
    let keys = try members.words("keys")
    if [.hold, .press].contains(deed), keys.isEmpty { throw violation(.schema, "a \(deed.rawValue) without keys") }
    if deed == .hold { _ = try members.required("hold_s") }
    return Procedure.Step(
      deed: deed, keys: keys,
      least: try hold.map { hold throws(Violation) in try hold.required("min").number() },
      usual: try hold?.number("typ"), most: try hold?.number("max"), note: try members.text("note"))
  }

  private func evidence() throws(Violation) -> [Evidence] {
    try list().map { node throws(Violation) in
      let members = try node.members(["source", "kind", "family", "says", "verdict"])
      let (verdict, reason) = try members.required("verdict").verdict()
      return Evidence(
        source: try members.required("source").text(), kind: try members.required("kind").word(of: Evidence.Kind.self),
        family: try members.family(), says: try members.required("says").text(),
        verdict: verdict, reason: reason)
    }
  }

  /// "supports", or "rejected: why".
  private func verdict() throws(Violation) -> (Evidence.Verdict, String?) {
    let text = try text()
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1)
    guard let first = parts.first.flatMap({ String($0) }),
      let verdict = Evidence.Verdict.allCases.first(where: { $0.rawValue.utf8.elementsEqual(first.utf8) })
    else {
      let accepted = Evidence.Verdict.allCases.map(\.rawValue).joined(separator: ", ")
      throw violation(.schema, "a verdict begins with one of: \(accepted)")
    }
    let reason = parts.dropFirst().first.flatMap { String($0.drop { $0 == 0x20 }) }
    if verdict == .rejected, reason?.isEmpty != false { throw violation(.schema, "\"rejected\" does not say why") }
    return (verdict, reason)
  }
}

extension Members {
  fileprivate func checkVersion() throws(Violation) {
    let node = try required("schema")
    guard try node.number() == version else {
      throw node.violation(.schema, "only the schema \(Int(version)) is known")
    }
  }

  /// Without it nobody could say whether two sources are one witness.
  fileprivate func family() throws(Violation) -> String {
    guard let family = self["family"] else { throw node.violation(.confidence, "the source has no family") }
    if case .text("") = family.tree { throw family.violation(.confidence, "the source has no family") }
    return try family.word()
  }

  /// Whether it connects to two at once; words say under what condition.
  fileprivate func multipoint() throws(Violation) -> Bool? {
    guard let node = self["multipoint"] else { return nil }
    if case .text = node.tree {
      _ = try node.text()
      return nil
    }
    return try node.flag()
  }

  /// What is only recorded: how the headset is controlled.
  fileprivate func checkProtocol() throws(Violation) {
    if let members = try self["protocol"].map({ node throws(Violation) in
      try node.members(["generation", "reset_command"])
    }) {
      _ = try members.text("generation")
      let command = try members["reset_command"].map { node throws(Violation) in
        try node.members(["function", "payload", "status"])
      }
      for name in ["function", "payload", "status"] { _ = try command?.text(name) }
    }
  }
}
