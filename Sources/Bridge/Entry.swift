internal import Interface
internal import Vocabulary

/// One headset of this computer, as it is told to the broker.
struct Entry: Equatable, Sendable {
  /// Of its bonds with several adapters the connected one, else the first.
  var device: Device
  /// As the sound server has it.
  var card: SoundCard?
  /// What it told of itself since it was connected.
  var noise: NoiseMode?
  var preset: String?
  var speaksToChat: Bool?
  /// What it was seen to have, in whichever connection.
  var shape = Shape()
  var isCalled: Bool?
  var policy: AudioPolicy?
  var cause: AudioCause?
  /// What came of the last command.
  var result: String?

  init(_ device: Device) {
    self.device = device
    take(device)
  }

  /// Which of a headset's own things there are to be told.
  struct Shape: Equatable, Sendable {
    var model: String?
    var firmware: String?
    /// It has a control channel that can be asked.
    var hasChannel = false
    var hasNoise = false
    var presets: [String] = []
    var hasSpeakToChat = false
  }

  /// Takes over what a headset told: a report has what it told just now, and nothing else.
  mutating func take(_ report: HeadsetReport) {
    shape.model = report.model ?? shape.model
    shape.firmware = report.firmware ?? shape.firmware
    shape.hasChannel = true
    if let now = report.noise {
      noise = now.mode
      shape.hasNoise = true
    }
    if let equalizer = report.equalizer {
      preset = equalizer.preset
      if !equalizer.presets.isEmpty { shape.presets = equalizer.presets }
    }
    if let value = report.settings.first(where: { $0.name == .speakToChat && $0.answer == .told })?.value {
      speaksToChat = value.utf8.elementsEqual("on".utf8)
      shape.hasSpeakToChat = true
    }
  }

  /// Takes over what BlueZ says now.
  mutating func take(_ device: Device) {
    let model = device.model ?? self.device.model
    self.device = device
    self.device.model = model
    // Others may change it meanwhile.
    if !device.connected { forgetTold() }
    shape.hasChannel = shape.hasChannel || device.uuids.contains { Self.channels.contains($0) }
  }

  /// What the sound server has, and the headset told, is not known any more.
  mutating func forgetTold() { (noise, preset, speaksToChat, card) = (nil, nil, nil, nil) }

  /// The services by which a headset has a control channel that can be asked (docs/sony.md).
  private static let channels: Set<String> = [
    "956c7b26-d49a-4ba8-b03f-b17d393cb6e2", "96cc203e-5068-46ad-b32d-e316f5e069ba",
  ]
}

extension Device {
  /// Whether it is offered: it is bonded, has sound, and is no headset's low-energy twin.
  var isOffered: Bool {
    bonded && twinOf == nil && profiles.contains { $0 == .a2dp || $0 == .hfp || $0 == .hsp }
  }
}

/// A text of a stranger's as it may stand in a name or a state: a line without control characters, of at most so many
/// bytes. Home Assistant takes no state of more than 255 characters.
func line(_ text: String, atMost limit: Int = 248) -> String {
  var kept = String.UnicodeScalarView()
  var length = 0
  for scalar in text.unicodeScalars {
    let isPlain: Bool
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format: isPlain = false
    default: isPlain = true
    }
    let shown = isPlain ? scalar : " "
    length += UTF8.width(shown)
    guard length <= limit else { break }
    kept.append(shown)
  }
  return String(kept)
}
