internal import Interface
internal import MDR
internal import Vocabulary

// What a headset told, as it travels to clients: no address and no name of a host is among it.

/// What was read of a headset: what came of each question.
struct HeadsetPicture {
  let headset: MDR.Headset
  var places: GeneralPlaces = [:]
  var answers: [Feature: MDR.Outcome] = [:]

  /// The report that a question or a change ended with.
  func report(_ feature: Feature) -> MDR.Report? { answers[feature]?.report }
}

extension MDR.Outcome {
  /// What the headset told.
  var report: MDR.Report? {
    switch self {
    case .report(let report), .done(let report), .refused(let report), .ignored(let report): report
    default: nil
    }
  }
}

extension HeadsetReport {
  /// Everything that was read. With `isWhole` also what the headset has not.
  init(_ picture: HeadsetPicture, isWhole: Bool) {
    let headset = picture.headset
    self.init(
      model: headset.introduction.model, firmware: headset.introduction.firmware,
      generation: headset.generation == .v1 ? .v1 : .v2)
    batteries = Self.batteries(picture)
    if case .codec(let codec) = picture.report(.codec) { self.codec = codec.word }
    if case .noiseControl(let now) = picture.report(.noiseControl) { noise = HeadsetNoise(now, headset) }
    if case .equalizer(let now) = picture.report(.equalizer) { equalizer = HeadsetEqualizer(now, picture) }
    var absent: [HeadsetSettingName] = []
    for name in HeadsetSettingName.allCases {
      guard let feature = name.feature(picture.places), headset.has(feature) else {
        absent.append(name)
        continue
      }
      guard let answer = picture.answers[feature], let evidence = headset.evidence(of: feature) else { continue }
      settings.append(HeadsetSetting(name, answer, evidence))
    }
    if isWhole { missing = absent }
  }

  private static func batteries(_ picture: HeadsetPicture) -> [HeadsetBattery] {
    var batteries: [HeadsetBattery] = []
    func add(_ part: HeadsetPart, _ battery: Battery?) {
      guard let battery else { return }
      batteries.append(
        HeadsetBattery(part: part, level: Int(battery.level), charging: ChargingState(battery.charging)))
    }
    if case .battery(let battery) = picture.report(.battery) { add(.headset, battery) }
    if case .earbudBatteries(let pair) = picture.report(.earbudBatteries) {
      add(.left, pair.left)
      add(.right, pair.right)
    }
    if case .caseBattery(let battery) = picture.report(.caseBattery) { add(.enclosure, battery) }
    return batteries
  }
}

extension HeadsetSetting {
  init(
    _ name: HeadsetSettingName, _ answer: MDR.Outcome, _ evidence: (reading: Evidence, writing: Evidence?)
  ) {
    let value = answer.report?.settingValue
    let told: HeadsetAnswer =
      if value != nil { .told } else if case .unreadable = answer { .unreadable } else { .silent }
    let writing = evidence.writing.map(HeadsetEvidence.init)
    self.init(
      name: name, answer: told, value: value, values: writing == nil ? [] : name.values,
      reading: HeadsetEvidence(evidence.reading), writing: writing)
  }
}

extension HeadsetNoise {
  init(_ now: NoiseControl, _ headset: MDR.Headset) {
    self.init(
      mode: NoiseMode(now.mode), level: now.level.map(Int.init), voice: now.voiceFocus, automatic: now.automatic?.isOn,
      temporary: !now.isFinal, writing: headset.evidence(of: .noiseControl)?.writing.map(HeadsetEvidence.init))
  }
}

extension HeadsetEqualizer {
  /// The frequencies of bands that the headset did not name; those of all models that were captured.
  private static let five = [400, 1000, 2500, 6300, 16000]
  private static let ten = [31, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000]

  init(_ now: Equalizer, _ picture: HeadsetPicture) {
    var frequencies = now.bands.count == 10 ? Self.ten : Self.five
    if case .equalizerBands(let bands) = picture.report(.equalizerBands) {
      let told = bands.compactMap { if case .frequency(let hertz) = $0 { Int(hertz) } else { nil } }
      if told.count == now.bands.count { frequencies = told }
    }
    var presets = EqualizerPreset.known.filter { $0 != .unspecified }.compactMap(\.name)
    if case .equalizerAbility(let ability) = picture.report(.equalizerAbility) {
      presets = ability.presets.compactMap(\.name)
    }
    var isAvailable: Bool?
    var obstacles: [String]?
    if case .equalizerState(let state) = picture.report(.equalizerState) {
      isAvailable = state.isAvailable
      if !state.obstacles.isEmpty { obstacles = state.obstacles.map { "\($0)" } }
    }
    self.init(
      preset: now.preset.name,
      bands: (now.clearBass.map { [HeadsetBand(value: Int($0))] } ?? [])
        + zip(frequencies, now.bands).map { HeadsetBand(frequency: $0, value: Int($1)) },
      limit: now.bands.count == 10 ? 6 : 10, presets: presets, available: isAvailable, obstacles: obstacles,
      writing: picture.headset.evidence(of: .equalizer)?.writing.map(HeadsetEvidence.init))
  }
}

// MARK: - Words

extension HeadsetEvidence {
  init(_ evidence: Evidence) {
    self =
      switch evidence {
      case .captured: .captured
      case .used: .used
      case .unproven: .unproven
      }
  }
}

extension ChargingState {
  init(_ charging: Battery.Charging) {
    self =
      switch charging {
      case .no: .no
      case .yes: .yes
      case .full: .full
      case .unknown: .unknown
      }
  }
}

extension NoiseMode {
  init(_ mode: NoiseControl.Mode) {
    self =
      switch mode {
      case .off: .off
      case .cancelling: .cancelling
      case .wind: .wind
      case .ambient: .ambient
      case .ncss: .ncss
      }
  }

  var ofProtocol: NoiseControl.Mode {
    switch self {
    case .off: .off
    case .cancelling: .cancelling
    case .wind: .wind
    case .ambient: .ambient
    case .ncss: .ncss
    }
  }
}

extension ReportedCodec {
  /// As ``Sound`` spells codecs.
  var word: String {
    switch self {
    case .unsettled: "none"
    case .sbc: "sbc"
    case .aac: "aac"
    case .ldac: "ldac"
    case .aptx: "aptx"
    case .aptxHD: "aptx_hd"
    case .lc3: "lc3"
    case .other: "other"
    }
  }
}
