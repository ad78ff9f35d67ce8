internal import Varlink
internal import Vocabulary

/// What Home Assistant shows of a headset. The raw value is the entity's key in the discovery, its member of the state, and
/// the last level of its command's topic.
enum Entity: String, CaseIterable, Sendable {
  case connected, battery, codec, sound, bond, microphone, result
  case connect, disconnect, take, yield, repair, read
  case profile, autoconnect, noise, equalizer
  case speakToChat = "speak_to_chat"

  /// Home Assistant's platforms.
  enum Platform: String, Sendable {
    case sensor, switching = "switch", button, select
    case binarySensor = "binary_sensor"
  }

  var platform: Platform {
    switch self {
    case .connected, .microphone: .binarySensor
    case .battery, .codec, .sound, .bond, .result: .sensor
    case .connect, .disconnect, .take, .yield, .repair, .read: .button
    case .profile, .noise, .equalizer: .select
    case .autoconnect, .speakToChat: .switching
    }
  }

  /// What it is called, behind the device's name.
  var title: String {
    switch self {
    case .connected: "Connected"
    case .battery: "Battery"
    case .codec: "Codec"
    case .sound: "Sound"
    case .bond: "Pairing"
    case .microphone: "Microphone in use"
    case .result: "Last command"
    case .connect: "Connect"
    case .disconnect: "Disconnect"
    case .take: "Take"
    case .yield: "Yield"
    case .repair: "Repair"
    case .read: "Read settings"
    case .profile: "Profile"
    case .autoconnect: "Autoconnect"
    case .noise: "Noise control"
    case .equalizer: "Equalizer"
    case .speakToChat: "Speak-to-chat"
    }
  }

  /// Whether a headset has it, for a bridge with these rights.
  func isOffered(of entry: Entry, _ rights: Rights) -> Bool {
    switch self {
    case .connected, .battery, .codec, .sound, .bond, .microphone: true
    case .result, .connect, .disconnect, .take, .yield, .profile, .autoconnect: rights.mayControl
    case .repair: rights.mayRepair
    case .read: rights.mayControl && entry.shape.hasChannel
    case .noise: rights.mayControl && entry.shape.hasNoise
    case .equalizer: rights.mayControl && !entry.shape.presets.isEmpty
    case .speakToChat: rights.mayControl && entry.shape.hasSpeakToChat
    }
  }

  /// What only this kind of entity has in the discovery.
  func details(of entry: Entry) -> JSONMembers {
    switch self {
    case .connected: ["dev_cla": .string("connectivity")]
    case .battery:
      ["dev_cla": .string("battery"), "unit_of_meas": .string("%"), "stat_cla": .string("measurement")]
    case .codec: ["ic": .string("mdi:music-note-bluetooth"), "ent_cat": .string("diagnostic")]
    case .sound: ["dev_cla": .string("enum"), "ops": Self.words(AudioCause.self), "ic": .string("mdi:headphones")]
    case .bond:
      [
        "dev_cla": .string("enum"), "ops": .array([.string(Self.wholeBond)] + Self.list(BondCause.self)),
        "ic": .string("mdi:link-variant"), "ent_cat": .string("diagnostic"),
      ]
    case .microphone: ["ic": .string("mdi:microphone")]
    case .result: ["ic": .string("mdi:message-text-outline"), "ent_cat": .string("diagnostic")]
    case .connect: ["ic": .string("mdi:bluetooth-connect")]
    case .disconnect: ["ic": .string("mdi:bluetooth-off")]
    case .take: ["ic": .string("mdi:headphones")]
    case .yield: ["ic": .string("mdi:headphones-off")]
    case .repair: ["ic": .string("mdi:wrench"), "ent_cat": .string("config")]
    case .read: ["ic": .string("mdi:refresh"), "ent_cat": .string("diagnostic")]
    case .profile: ["ops": Self.words(AudioPolicy.self), "ic": .string("mdi:headset")]
    case .autoconnect: ["ic": .string("mdi:bluetooth-transfer"), "ent_cat": .string("config")]
    case .noise: ["ops": Self.words(NoiseMode.self), "ic": .string("mdi:ear-hearing")]
    case .equalizer:
      ["ops": .array(entry.shape.presets.map { .string($0) }), "ic": .string("mdi:equalizer")]
    case .speakToChat: ["ic": .string("mdi:account-voice"), "ent_cat": .string("config")]
    }
  }

  /// What ``bond`` says while nothing is wrong.
  static let wholeBond = "ok"

  private static func list<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> [JSONValue] {
    Word.allCases.map { .string($0.rawValue) }
  }

  private static func words<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> JSONValue {
    .array(list(type))
  }
}

/// What the bridge may have done for the broker.
struct Rights: Equatable, Sendable {
  var mayControl = false
  var mayRepair = false
}
