internal import Core
internal import MDR
internal import Vocabulary

// The settings of a headset by the names and values of the interface, and what the protocol calls them.

/// Which general setting is in which of the places that models fill as they like.
typealias GeneralPlaces = [GeneralTitle: GeneralSlot]

extension HeadsetSettingName {
  /// What the protocol calls it; nil for a general setting whose place is not known.
  func feature(_ places: GeneralPlaces) -> Feature? {
    switch self {
    case .dsee: .dsee
    case .priority: .connectionMode
    case .speakToChat: .speakToChat
    case .pauseOnRemoval: .pauseWhenRemoved
    case .autoOff: .autoPowerOff
    case .touch: places[.touchPanel].map(Feature.general)
    case .multipoint: places[.multipoint].map(Feature.general)
    case .sidetone: places[.sidetone].map(Feature.general)
    case .buttons: .buttons
    case .voiceGuidance: .voiceGuidance
    case .volume: .volume
    case .noiseButton: .noiseButton
    case .clearBass: .clearBass
    case .surround: .surround
    case .soundPosition: .soundPosition
    case .backgroundMusic: .backgroundMusic
    case .cinema: .cinema
    case .quickAccess: .quickAccess
    case .headGesture: .headGesture
    case .autoVolume: .autoVolume
    case .vibrator: .vibrator
    case .powerSaving: .powerSaving
    case .caringCharge: .caringCharge
    case .bluetoothStandby: .bluetoothStandby
    case .stamina: .stamina
    case .backlight: .backlight
    case .voiceVolume: .voiceVolume
    case .batteryVoice: .batteryVoice
    case .powerSound: .powerSound
    case .ultBeep: .ultBeep
    case .fixedSource: .fixedSource
    case .musicHandover: .musicHandover
    }
  }

  /// It is one of the general settings, whose places have to be asked for.
  var isGeneral: Bool { [.touch, .multipoint, .sidetone].contains(self) }

  /// As in "did not change its setting speakToChat".
  var title: String { "setting \(rawValue)" }

  private var range: ClosedRange<Int>? {
    switch self {
    case .volume: 0...30
    case .clearBass: -10...10
    case .voiceVolume: -2...2
    default: nil
    }
  }

  /// What it may be, in words.
  var values: [String] {
    if let range { return range.map(String.init) }
    return switch self {
    case .priority: ConnectionMode.allCases.map(\.word)
    case .autoOff: AutoPowerOffTime.allCases.map(\.word)
    case .buttons: ButtonPreset.known.compactMap(\.name)
    case .noiseButton: NoiseButton.allCases.map(\.word)
    case .surround: Surround.allCases.map(\.word)
    case .soundPosition: SoundPosition.allCases.map(\.word)
    case .backgroundMusic: ["off"] + BackgroundMusic.Room.allCases.map(\.word)
    case .quickAccess: QuickAccessService.known.compactMap(\.name)
    default: ["on", "off"]
    }
  }

  /// The change that a value of the interface asks for; nil for a value that it cannot have. `now` is what was told last.
  func change(to value: String, _ places: GeneralPlaces, now: MDR.Report?) -> Change? {
    guard let feature = feature(places) else { return nil }
    if let range {
      guard let number = Int(value), range.contains(number) else { return nil }
      return switch self {
      case .volume: .volume(UInt8(number))
      case .clearBass: .clearBass(Int8(number))
      default: .voiceVolume(Int8(number))
      }
    }
    func among<Value: CaseIterable>(_ type: Value.Type, _ word: (Value) -> String) -> Value? {
      type.allCases.first { word($0).hasSameBytes(as: value) }
    }
    switch self {
    case .priority: return among(ConnectionMode.self, \.word).map(Change.connectionMode)
    case .autoOff: return among(AutoPowerOffTime.self, \.word).map(Change.autoPowerOff)
    case .noiseButton: return among(NoiseButton.self, \.word).map(Change.noiseButton)
    case .surround: return among(Surround.self, \.word).map(Change.surround)
    case .soundPosition: return among(SoundPosition.self, \.word).map(Change.soundPosition)
    case .backgroundMusic:
      if let room = among(BackgroundMusic.Room.self, \.word) { return .backgroundMusic(.on(room)) }
      guard value.hasSameBytes(as: "off") else { return nil }
      if case .backgroundMusic(.on(let room)) = now { return .backgroundMusic(.off(room)) }
      return .backgroundMusic(.off(.middle))
    case .buttons:
      return Self.list(value) { word in ButtonPreset.known.first { $0.name?.hasSameBytes(as: word) == true } }
        .map(Change.buttons)
    case .quickAccess:
      return Self.list(value) { word in QuickAccessService.known.first { $0.name?.hasSameBytes(as: word) == true } }
        .map(Change.quickAccess)
    default:
      guard value.hasSameBytes(as: "on") || value.hasSameBytes(as: "off") else { return nil }
      let isOn = value.hasSameBytes(as: "on")
      switch feature {
      case .general(let slot): return .general(slot, .flag(isOn))
      case .voiceGuidance: return .voiceGuidance(isOn)
      default: return .toggle(feature, isOn)
      }
    }
  }

  /// Words parted by commas; nil where one means nothing.
  private static func list<Value>(_ text: String, _ meaning: (String) -> Value?) -> [Value]? {
    var values: [Value] = []
    for word in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard values.count < 8, let value = meaning(String(decoding: word, as: UTF8.self)) else { return nil }
      values.append(value)
    }
    return values
  }
}

extension MDR.Report {
  /// Its value in the words of ``HeadsetSettingName/values``; nil for what is no such setting.
  var settingValue: String? {
    func hexadecimal(_ byte: UInt8) -> String { "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    func joined(_ words: [String]) -> String { words.reduce("") { $0.isEmpty ? $1 : $0 + "," + $1 } }
    switch self {
    case .toggle(_, let isOn): return isOn ? "on" : "off"
    case .general(_, .flag(let isOn)): return isOn ? "on" : "off"
    case .general(_, .choice(let place)): return "\(place)"
    case .voiceGuidance(let now): return now.isOn ? "on" : "off"
    case .connectionMode(let mode): return mode.word
    case .autoPowerOff(let now): return now.current.word
    case .volume(let level): return "\(level)"
    case .clearBass(let level), .voiceVolume(let level): return "\(level)"
    case .noiseButton(let button): return button.word
    case .surround(let kind): return kind.word
    case .soundPosition(let place): return place.word
    case .backgroundMusic(.off): return "off"
    case .backgroundMusic(.on(let room)): return room.word
    case .buttons(let all): return joined(all.map { $0.name ?? hexadecimal($0.rawValue) })
    case .quickAccess(let all): return joined(all.map { $0.name ?? hexadecimal($0.rawValue) })
    default: return nil
    }
  }
}

extension ConnectionMode {
  fileprivate var word: String {
    switch self {
    case .quality: "sound"
    case .stable: "connection"
    case .lowLatency: "latency"
    }
  }
}

extension AutoPowerOffTime {
  fileprivate var word: String {
    switch self {
    case .fiveMinutes: "5min"
    case .fifteenMinutes: "15min"
    case .thirtyMinutes: "30min"
    case .oneHour: "60min"
    case .threeHours: "180min"
    case .whenTakenOff: "taken-off"
    case .never: "never"
    }
  }
}

extension NoiseButton {
  fileprivate var word: String { "\(self)" }
}

extension Surround {
  fileprivate var word: String { "\(self)" }
}

extension SoundPosition {
  fileprivate var word: String { "\(self)" }
}

extension BackgroundMusic.Room {
  fileprivate var word: String { "\(self)" }
}
