internal import Core
internal import Interface
internal import MDR
internal import Vocabulary

// What is saved of a headset, in the words of the interface; and whether such words mean anything.

extension HeadsetItem {
  /// The order in which a headset takes them: what may have it disconnect comes last. The volume is no setting: it belongs to
  /// what is played.
  static let inOrder: [HeadsetItem] = {
    let names: [HeadsetSettingName] = [
      .voiceGuidance, .voiceVolume, .batteryVoice, .powerSound, .ultBeep, .touch, .sidetone, .vibrator, .buttons,
      .noiseButton,
    ]
    let after: [HeadsetSettingName] = [
      .clearBass, .surround, .soundPosition, .dsee, .cinema, .backgroundMusic, .speakToChat, .pauseOnRemoval, .autoOff,
      .powerSaving, .caringCharge, .bluetoothStandby, .stamina, .backlight, .quickAccess, .headGesture, .autoVolume,
      .fixedSource, .musicHandover, .priority, .multipoint,
    ]
    return names.map { .setting($0) } + [.noise, .equalizer] + after.map { .setting($0) }
  }()

  /// What the protocol calls it; nil for a general setting whose place is not known.
  func feature(_ places: GeneralPlaces) -> Feature? {
    switch self {
    case .noise: .noiseControl
    case .equalizer: .equalizer
    case .setting(let name): name.feature(places)
    }
  }

  /// It is one of the general settings, whose places have to be asked for.
  var isGeneral: Bool { if case .setting(let name) = self { name.isGeneral } else { false } }

  /// As in "did not change its noise control".
  var title: String {
    switch self {
    case .noise: "noise control"
    case .equalizer: "equalizer"
    case .setting(let name): name.title
    }
  }
}

extension HeadsetSettingName {
  /// Whether some headset could have it so.
  func accepts(_ value: String) -> Bool {
    let everywhere = GeneralPlaces(uniqueKeysWithValues: GeneralTitle.allCases.map { ($0, GeneralSlot.first) })
    return change(to: value, everywhere, now: nil) != nil
  }
}

extension HeadsetBackup {
  /// What can be put back of a picture that has all items, taken at a time (seconds since 1970).
  init(_ picture: HeadsetPicture, time: Int) {
    let headset = picture.headset
    self.init(
      time: time, model: headset.introduction.model, firmware: headset.introduction.firmware,
      generation: headset.generation == .v1 ? .v1 : .v2)
    var gaps: [BackupGap] = []
    for item in HeadsetItem.inOrder {
      guard let feature = item.feature(picture.places), headset.has(feature) else { continue }
      if let reason = take(item, feature, picture) { gaps.append(BackupGap(item: item, reason: reason)) }
    }
    if !gaps.isEmpty { omitted = gaps }
  }

  /// Returns why an item cannot be saved.
  private mutating func take(_ item: HeadsetItem, _ feature: Feature, _ picture: HeadsetPicture) -> String? {
    guard picture.headset.evidence(of: feature)?.writing != nil else { return "Nobody knows how it is set." }
    guard let report = picture.report(feature) else { return "The headset did not tell it, or not in time." }
    switch (item, report) {
    case (.noise, .noiseControl(let now)):
      guard now.isFinal else { return "The headset says that it is so for the moment only." }
      guard !now.mayBeUnworn else { return "This kind of headset also tells that it is off while nobody wears it." }
      noise = HeadsetNoiseWish(now)
    case (.equalizer, .equalizer(let now)):
      guard let preset = now.preset.name else { return "It is at a preset that has no name." }
      equalizer = HeadsetEqualizerWish(preset: preset, bands: HeadsetEqualizer(now, picture).bands)
    case (.setting(let name), _):
      guard let value = report.settingValue, name.accepts(value) else {
        return "It is at \(report.settingValue ?? "something") that has no name."
      }
      settings.append(SavedSetting(name: name, value: value))
    default: return "The headset told something else."
    }
    return nil
  }

  /// Refuses a backup of which a part means nothing; it is looked at as a whole before anything of it is used.
  func check() throws(OperationError) {
    guard version == Self.currentVersion else {
      throw .badBackup(
        "it is of version \(version), and version \(Self.currentVersion) is the one that is known here",
        hint: "Use the mdrctl that made it.")
    }
    var seen: Set<HeadsetSettingName> = []
    for setting in settings {
      guard seen.insert(setting.name).inserted else { throw .badBackup("it has \(setting.name.rawValue) twice") }
      guard setting.name.accepts(setting.value) else {
        throw .badBackup("\"\(setting.value.shown)\" is nothing that \(setting.name.rawValue) can be")
      }
    }
    if let noise {
      guard noise.level.map((1...20).contains) ?? true else { throw .badBackup("its level of ambient sound is none") }
      guard (noise.automatic == nil) == (noise.sensitivity == nil) else {
        throw .badBackup("its ambient sound is half automatic")
      }
    }
    if let equalizer {
      guard let preset = equalizer.preset, EqualizerPreset(named: preset) != nil else {
        throw .badBackup("its equalizer has no preset that is known")
      }
      let bands = equalizer.bands ?? []
      guard bands.count <= 11, bands.allSatisfy({ (-10...10).contains($0.value) }),
        bands.allSatisfy({ (1...100_000).contains($0.frequency ?? 1) })
      else { throw .badBackup("its equalizer has bands that no headset has") }
    }
  }
}

extension HeadsetNoiseWish {
  /// A level counts only with ambient sound: it cannot be set without.
  init(_ now: NoiseControl) {
    self.init(mode: NoiseMode(now.mode))
    guard now.mode == .ambient else { return }
    level = now.level.flatMap { $0 > 0 ? Int($0) : nil }
    voice = now.voiceFocus
    automatic = now.automatic?.isOn
    sensitivity = now.automatic.map { AmbientSensitivity($0.sensitivity) }
  }

  /// The same for the protocol; a level has been looked at.
  var ofProtocol: NoiseWish {
    var follows: NoiseControl.Automatic?
    if let automatic, let sensitivity { follows = .init(isOn: automatic, sensitivity: sensitivity.ofProtocol) }
    return NoiseWish(mode.ofProtocol, level: level.map { UInt8(clamping: $0) }, voiceFocus: voice, automatic: follows)
  }

  /// "ambient 15 voices".
  var words: String {
    var words = mode.rawValue
    if let level { words += " \(level)" }
    if voice == true { words += " voices" }
    if automatic == true { words += " automatic" }
    return words
  }
}

extension HeadsetEqualizerWish {
  /// "user1: clear-bass=3 400=0 1000=-2".
  var words: String {
    let values = (bands ?? []).map { " \($0.frequency.map { "\($0)" } ?? "clear-bass")=\($0.value)" }
    return (preset ?? "") + (values.isEmpty ? "" : ":") + values.reduce("") { $0 + $1 }
  }
}

extension AmbientSensitivity {
  init(_ sensitivity: NoiseControl.Automatic.Sensitivity) {
    self =
      switch sensitivity {
      case .standard: .standard
      case .high: .high
      case .low: .low
      }
  }

  fileprivate var ofProtocol: NoiseControl.Automatic.Sensitivity {
    switch self {
    case .standard: .standard
    case .high: .high
    case .low: .low
    }
  }
}

extension OperationError {
  static func badBackup(_ why: String, hint: String = "Save the settings anew: mdrctl backup.") -> Self {
    OperationError(.invalidArgument, "The backup cannot be used: \(why).", hint: hint)
  }
}
