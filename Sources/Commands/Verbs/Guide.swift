internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Vocabulary

/// What `guide` alone takes.
private enum Options {
  static let why = Flag("why", "every source, and what became of what it says")
  static let plain = Flag("plain", "rewrite no line: for screen readers")
}

extension Verb {
  static let guide = Verb(
    name: "guide", summary: "show how to pair, reset or switch off a headset by its keys",
    operands: [
      Operand(name: "PROCEDURE", kind: .choice(Procedure.Kind.allCases.map(\.word)), isOptional: true),
      Operand(name: "DEVICE|MODEL", kind: .device, isOptional: true),
    ],
    options: [Common.list, Options.why, Options.plain, Common.adapter],
    details: """
      "reset" restarts a headset that hangs and keeps its pairings; "initialize" sets it back to its factory settings and
      erases everything; none erases its pairings alone. What is not sure is shown with a warning, or not at all.
      MODEL is a model that mdrctl knows (--list lists all, and how sure each is), or a form: over-ear, earbuds, neckband,
      speaker.
      On a terminal one procedure is walked through, step by step: Enter goes on, and begins to count where keys are held;
      b goes back, q stops. A headset that is to be paired is looked for meanwhile, and paired as soon as it is there.
      Before "reset" and "initialize" the settings of a Sony headset that is connected are saved, where that takes no longer
      than a few seconds; "restore" puts them back.
      Models can be added in \(Catalogue.directory), or the directory that \(Catalogue.directoryVariable) names.
      """,
    examples: """
      mdrctl guide pair
      mdrctl guide initialize WH-1000XM4 --why
      mdrctl guide --list
      """,
    run: { command throws(EarlyExit) in
      let catalogue = command.knowledge
      guard !catalogue.models.isEmpty else { throw .noKnowledge(catalogue.faults) }
      if command[Common.list] {
        guard command.invocation.operands.isEmpty, !command[Options.why] else {
          throw .usage("\"--list\" lists all models; it takes neither one of them nor \"--why\".")
        }
        return try command.output.show(KnownModels(catalogue)) { modelText(catalogue, $0) }
      }
      if !catalogue.faults.isEmpty {
        command.output.remark("warning: not every file of models is used; run: mdrctl guide --list")
      }
      let kind = Procedure.Kind.allCases.first { $0.word == command.optionalOperand(0) }
      let subject = try guideSubject(command.optionalOperand(1), catalogue, command)
      let guidance = Guidance(subject, kind, hasSources: command[Options.why])
      if !command[Options.why] { try saveFirst(kind, subject, command) }
      let mayWalk = kind != nil && !command[Options.why] && !command.output.isJSON && command.context.isInteractive
      guard mayWalk, let walk = Walk(guidance) else {
        return try command.output.show(guidance) { guidanceText(guidance, $0) }
      }
      let screen = WalkScreen(walk, command, isPlain: command[Options.plain])
      guard kind == .pairingMode, subject.device?.bonded != true else { return try screen.go() }
      try walkAndPair(screen, subject, command)
    })
}

/// Has the daemon save what the headset holds before a guide to something that may cost it that. It takes a few seconds at
/// most, and the guide comes in any case.
private func saveFirst(
  _ kind: Procedure.Kind?, _ subject: GuideSubject, _ command: Command
) throws(EarlyExit) {
  guard kind == .reset || kind == .initialize, let device = subject.device, device.bonded else { return }
  // A restart keeps them.
  guard device.connected || kind == .initialize else { return }
  do throws(EarlyExit) {
    let parameters = Control.BackupParameters(device: device.address, adapter: device.adapter, occasion: .guide)
    let reply = try command.call(Control.backup, parameters)
    guard !reply.backup.items.isEmpty else { return }
    command.output.remark("the headset's settings are saved; to put them back: mdrctl restore" + " \(device.address)")
  } catch {
    guard case .failure(let failure) = error else { throw error }
    // Most headsets have nothing that could be saved.
    guard failure.code == ErrorCode.headsetSilent.rawValue else { return }
    let reason = failure.evidence ?? failure.message
    command.output.remark("the headset's settings are not saved: \(displayable(reason))")
  }
}

/// Walks through the way into pairing mode while the daemon looks for the headset, and pairs it once it is there. Where
/// there is no daemon, or none that this person may use, it is the walk alone.
private func walkAndPair(_ screen: WalkScreen, _ subject: GuideSubject, _ command: Command) throws(EarlyExit) {
  let name = subject.device?.address ?? (subject.model.isGeneric ? nil : subject.model.name)
  let parameters = Control.PairParameters(device: name, adapter: command.adapter, timeout: 600_000)
  do throws(EarlyExit) {
    try command.follow(
      Control.pair, parameters,
      meanwhile: { descriptor, isThere throws(EarlyExit) in
        let wasOver = screen.isOver
        try screen.go(until: descriptor, isThere: isThere)
        if screen.isOver, !wasOver { command.output.progress.update("Waiting for it to be in pairing mode") }
      },
      { (reply: Control.OperationReply, isLast: Bool) throws(EarlyExit) in
        if let progress = reply.progress {
          // Until it is seen the person is told by the walk what to do.
          let isSought = progress.stage == .searching || progress.stage == .waiting
          if !isSought { try screen.overtake() }
          if screen.isOver { command.output.progress.update(progress.message) }
        }
        if isLast { try command.output.show(reply) { proofText(reply, otherwise: "paired", $0) } }
      })
  } catch {
    guard case .failure(let failure) = error, failure.code != ErrorCode.cancelled.rawValue, !screen.isOver else {
      throw error
    }
    command.output.remark("it is not looked for meanwhile: \(displayable(failure.message))")
    try screen.go()
  }
}

/// Whom the word means: a model, a device of the daemon's, or a part of a model's name; without one, the device that the
/// daemon means. Models are known without a daemon.
private func guideSubject(
  _ word: String?, _ catalogue: Catalogue, _ command: Command
) throws(EarlyExit) -> GuideSubject {
  // A form is a word that a device may well be called by.
  if let word, let (model, recognition) = catalogue.model(called: word), !model.isGeneric {
    if let own = try ownDevice(word, catalogue, command), own.model.name == model.name { return own }
    return GuideSubject(model: model, recognition: recognition, catalogue: catalogue)
  }
  let device: Device
  do throws(EarlyExit) {
    device = try command.call(Control.show, Control.DeviceParameters(device: word, adapter: command.adapter)).device
  } catch {
    guard case .failure(var failure) = error else { throw error }
    guard let word else {
      failure.hint = [failure.hint, "Or name the model; those that are known: mdrctl guide --list"]
        .compactMap(\.self).joined(separator: ". ")
      throw .failure(failure)
    }
    guard failure.code != ErrorCode.ambiguousDevice.rawValue else { throw error }
    return try modelAlone(word, catalogue)
  }
  guard let subject = GuideSubject(of: device, in: catalogue) else { throw .noKnowledge(catalogue.faults) }
  return subject
}

/// The headset of this computer that has a model's name, which is what most are called by; nil where there is none, or
/// nobody knows.
private func ownDevice(
  _ word: String, _ catalogue: Catalogue, _ command: Command
) throws(EarlyExit) -> GuideSubject? {
  do throws(EarlyExit) {
    let device = try command.call(Control.show, Control.DeviceParameters(device: word, adapter: command.adapter)).device
    return device.bonded ? GuideSubject(of: device, in: catalogue) : nil
  } catch {
    guard case .failure = error else { throw error }
    return nil
  }
}

extension GuideSubject {
  /// What the user calls it says less than what it calls itself.
  fileprivate init?(of device: Device, in catalogue: Catalogue) {
    let names = [device.name ?? device.alias, device.model].compactMap(\.self)
    self.init(names: names, modalias: device.modalias, icon: device.icon, device: device, in: catalogue)
  }
}

/// A model that no device is called by: by a part of its name, or by its form.
private func modelAlone(_ word: String, _ catalogue: Catalogue) throws(EarlyExit) -> GuideSubject {
  if let (model, recognition) = catalogue.model(called: word) {
    return GuideSubject(model: model, recognition: recognition, catalogue: catalogue)
  }
  let models = catalogue.models(like: word)
  if models.count == 1 { return GuideSubject(model: models[0], recognition: .name, catalogue: catalogue) }
  guard models.isEmpty else {
    throw .failure(
      Failure(
        code: ErrorCode.ambiguousDevice.rawValue,
        message: "\"\(displayable(word))\" is a part of several models' names.",
        hint: "Name one of them.", candidates: models.map(\.name), exit: .usage))
  }
  if let model = catalogue.generic(names: [word], icon: nil) {
    return GuideSubject(model: model, recognition: .form, catalogue: catalogue, word: word)
  }
  let words = Procedure.Kind.allCases.map(\.word) + catalogue.models.flatMap { [$0.name] + $0.aliases }
  let near = nearest(3, to: word, among: words)
  let question = near.isEmpty ? "" : "Did you mean \(near.map { "\"\($0)\"" }.joined(separator: " or "))? "
  throw .failure(
    Failure(
      code: "unknown-model", message: "No headset and no model is called \"\(displayable(word))\".",
      hint: "\(question)For one without an entry name its form: mdrctl guide pair over-ear", exit: .notFound))
}

extension EarlyExit {
  /// The knowledge that the program carries is broken; nothing can be told.
  fileprivate static func noKnowledge(_ faults: [Fault]) -> EarlyExit {
    .failure(
      Failure(
        code: "bad-knowledge", message: "mdrctl's own knowledge of headsets cannot be used.",
        evidence: faults.first?.description, hint: "Install it anew.", exit: .failed))
  }
}
