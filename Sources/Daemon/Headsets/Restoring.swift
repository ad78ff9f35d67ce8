internal import Core
internal import Interface
internal import MDR
internal import Vocabulary

// Settings that were saved are put back: first looked at as a whole, then one after the other, and read again in the end.

/// What is to be put back, and what became of it.
struct Restore {
  var steps: [RestoreStep]
  fileprivate var changes: [HeadsetItem: (feature: Feature, change: Change)] = [:]
}

extension HeadsetLink {
  /// Everything that can be saved; what was read until `deadline`, where something waits for it.
  func savable(until deadline: ContinuousClock.Instant? = nil) async throws(OperationError) -> HeadsetPicture {
    try await picture(of: HeadsetItem.inOrder, toSet: false, until: deadline)
  }

  /// What there is to do, by what the headset holds now. Nothing is changed.
  func planRestore(_ backup: HeadsetBackup, only items: [HeadsetItem]?) async throws(OperationError) -> Restore {
    try backup.check()
    let saved = backup.items
    for item in items ?? [] where !saved.contains(item) {
      throw OperationError(
        .invalidArgument, "The backup has no \(item.rawValue).",
        hint: "It has: \(saved.reduce("") { $0.isEmpty ? $1.rawValue : "\($0), \($1.rawValue)" }).")
    }
    let wanted = HeadsetItem.inOrder.filter { saved.contains($0) && items?.contains($0) ?? true }
    let picture = try await picture(of: wanted, toSet: true)
    let model = picture.headset.introduction.model
    if items == nil, model == nil || backup.model?.hasSameBytes(as: model ?? "") != true {
      throw OperationError(
        .needsConsent,
        "The backup is of \(backup.model.map { "a \($0.shown)" } ?? "an unknown model"), and this is "
          + "\(model.map { "a \($0)" } ?? "an unknown model"): settings of one model are not pressed on another.",
        hint: "Say which of them all the same: --only dsee,equalizer.")
    }
    var restore = Restore(steps: [])
    for item in wanted {
      let (step, change) = step(item, of: backup, picture)
      restore.steps.append(step)
      if let change, let feature = item.feature(picture.places) { restore.changes[item] = (feature, change) }
    }
    // What was saved and is set by nobody's order.
    for setting in backup.settings where !HeadsetItem.inOrder.contains(.setting(setting.name)) {
      restore.steps.append(
        RestoreStep(
          item: .setting(setting.name), state: .impossible, value: setting.value, reason: "It is not put back."))
    }
    return restore
  }

  /// Sets what is planned, and tells each step when it is done. It stops at the first that the headset does not take.
  func carryOut(
    _ planned: Restore, mayAgree: Bool, _ tell: @Sendable (RestoreStep) -> Void
  ) async throws(OperationError) -> Restore {
    enter()
    defer { leave() }
    var restore = planned
    for index in restore.steps.indices where restore.steps[index].state == .planned {
      let item = restore.steps[index].item
      guard let (feature, change) = restore.changes[item] else { continue }
      do throws(OperationError) {
        _ = try await self.change(item.title, mayAgree: mayAgree, feature: feature) { _ in change }
      } catch { throw error.stopping(at: index, in: restore.steps) }
      restore.steps[index].state = .done
      tell(restore.steps[index])
    }
    try await verify(&restore)
    return restore
  }

  /// Reads again what was set.
  private func verify(_ restore: inout Restore) async throws(OperationError) {
    var differing: [RestoreStep] = []
    for index in restore.steps.indices where restore.steps[index].state == .done {
      let item = restore.steps[index].item
      guard let (feature, change) = restore.changes[item] else { continue }
      let told = await settled(feature) { change.isFulfilled(by: $0) }
      guard let report = told else {
        restore.steps[index].state = .unread
        restore.steps[index].reason = "The headset could not be asked again; it said that it was done."
        continue
      }
      if !change.isFulfilled(by: report) { differing.append(restore.steps[index]) }
    }
    guard let first = differing.first else { return }
    throw OperationError(
      .notChanged, "\(name) did not keep its \(first.item.title).",
      evidence: "It said that it was done, and told another value when it was asked in the end. "
        + standing(restore.steps.filter { step in !differing.contains { $0.item == step.item } }),
      hint: "Look at what it is now: mdrctl settings.")
  }

  // MARK: One item

  private func step(
    _ item: HeadsetItem, of backup: HeadsetBackup, _ picture: HeadsetPicture
  ) -> (RestoreStep, Change?) {
    var step = RestoreStep(item: item, state: .impossible, value: backup.words(item))
    guard let feature = item.feature(picture.places), picture.headset.has(feature) else {
      step.reason = "This headset does not have it."
      return (step, nil)
    }
    guard let report = picture.report(feature) else {
      step.reason = "The headset does not tell what it is now."
      return (step, nil)
    }
    step.now = words(report, picture)
    guard let change = change(item, of: backup, picture, report) else {
      step.reason = "This headset cannot have it so."
      return (step, nil)
    }
    if change.isFulfilled(by: report) {
      step.state = .same
      return (step, nil)
    }
    if item == .equalizer, case .equalizerState(let state) = picture.report(.equalizerState), !state.isAvailable {
      let obstacles = state.obstacles.map { "\($0)" }.reduce("") { $0.isEmpty ? $1 : "\($0), \($1)" }
      step.reason = "The headset does not take it now\(obstacles.isEmpty ? "" : ": \(obstacles)")."
      return (step, nil)
    }
    guard (try? picture.headset.request(to: change, last: report)) != nil else {
      step.reason = "This headset cannot be told it."
      return (step, nil)
    }
    step.state = .planned
    if change.mayBeQuestioned { step.reason = "The headset may ask before, and may disconnect for it." }
    return (step, change)
  }

  private func change(
    _ item: HeadsetItem, of backup: HeadsetBackup, _ picture: HeadsetPicture, _ report: MDR.Report
  ) -> Change? {
    switch item {
    case .noise: backup.noise.map { .noiseControl($0.ofProtocol) }
    case .equalizer:
      backup.equalizer.flatMap { wish in
        guard case .equalizer(let now) = report else { return nil }
        return wish.ofProtocol(now: HeadsetEqualizer(now, picture)).map(Change.equalizer)
      }
    case .setting(let name):
      backup.settings.first { $0.name == name }.flatMap { name.change(to: $0.value, picture.places, now: report) }
    }
  }

  private func words(_ report: MDR.Report, _ picture: HeadsetPicture) -> String? {
    switch report {
    case .noiseControl(let now): HeadsetNoiseWish(now).words
    case .equalizer(let now):
      HeadsetEqualizerWish(preset: now.preset.name ?? "?", bands: HeadsetEqualizer(now, picture).bands).words
    default: report.settingValue
    }
  }
}

extension HeadsetBackup {
  fileprivate func words(_ item: HeadsetItem) -> String {
    switch item {
    case .noise: noise?.words ?? ""
    case .equalizer: equalizer?.words ?? ""
    case .setting(let name): settings.first { $0.name == name }?.value ?? ""
    }
  }
}

extension HeadsetEqualizerWish {
  /// The preset, and its curve where it is one that takes a curve; nil where this headset has neither.
  fileprivate func ofProtocol(now: HeadsetEqualizer) -> EqualizerWish? {
    guard let name = preset, let preset = EqualizerPreset(named: name) else { return nil }
    let isOwn = (0xA0...0xA5).contains(preset.rawValue) || preset == .unspecified
    guard preset == .unspecified || now.presets.contains(where: { $0.hasSameBytes(as: name) }) else { return nil }
    guard isOwn, let bands, !bands.isEmpty else { return preset == .unspecified ? nil : .preset(preset) }
    guard bands.map(\.frequency) == now.bands.map(\.frequency), bands.allSatisfy({ abs($0.value) <= now.limit }) else {
      return nil
    }
    return .curve(
      clearBass: bands.first { $0.frequency == nil }.map { Int8($0.value) },
      bands: bands.filter { $0.frequency != nil }.map { Int8($0.value) }, into: preset == .unspecified ? nil : preset)
  }
}

private func standing(_ steps: [RestoreStep]) -> String {
  func names(_ states: RestoreState...) -> String? {
    let names = steps.filter { states.contains($0.state) }.map(\.item.rawValue)
    return names.isEmpty ? nil : names.reduce("") { $0.isEmpty ? $1 : "\($0), \($1)" }
  }
  return "What was put back stands: \(names(.done, .unread) ?? "nothing")."
    + (names(.planned).map { " Not tried: \($0)." } ?? "")
}

extension OperationError {
  /// The same, with what stands of a restore that it has stopped.
  fileprivate func stopping(at index: Int, in steps: [RestoreStep]) -> Self {
    var others = steps
    others.remove(at: index)
    return OperationError(
      code, "It stopped at \(steps[index].item.rawValue): \(message)",
      evidence: [evidence, standing(others)].compactMap(\.self).reduce("") { $0.isEmpty ? $1 : "\($0) \($1)" },
      hint: hint, candidates: candidates, operation: operation)
  }
}
