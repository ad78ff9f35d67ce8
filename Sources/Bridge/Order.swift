internal import Vocabulary

/// What the broker wants done with a headset.
enum Order: Equatable, Sendable {
  case connect, disconnect, take, yield, read
  /// Deletes the pairing of this computer, and makes another one.
  case repair
  case policy(AudioPolicy)
  case autoConnect(Bool)
  case noise(NoiseMode)
  case preset(String)
  case speakToChat(Bool)

  /// In bytes; nothing that may be ordered is longer.
  static let longestPayload = 64

  /// Reads a command. Only what was offered to Home Assistant is understood, in these very words: nil for all else.
  init?(_ key: String, _ payload: [UInt8], for entry: Entry, _ rights: Rights) {
    guard payload.count <= Self.longestPayload, let entity = Entity(rawValue: key), entity.isOffered(of: entry, rights)
    else { return nil }
    let order: Order?
    switch entity {
    case .connected, .battery, .codec, .sound, .bond, .microphone, .result: order = nil
    case .connect: order = Self.press(.connect, payload)
    case .disconnect: order = Self.press(.disconnect, payload)
    case .take: order = Self.press(.take, payload)
    case .yield: order = Self.press(.yield, payload)
    case .read: order = Self.press(.read, payload)
    case .repair: order = Self.press(.repair, payload)
    case .profile: order = Self.word(payload).map { .policy($0) }
    case .noise: order = Self.word(payload).map { .noise($0) }
    case .equalizer:
      order = entry.shape.presets.first { $0.utf8.elementsEqual(payload) }.map { .preset($0) }
    case .autoconnect: order = Self.truth(payload).map { .autoConnect($0) }
    case .speakToChat: order = Self.truth(payload).map { .speakToChat($0) }
    }
    guard let order else { return nil }
    self = order
  }

  /// Home Assistant's word for a button that was pressed.
  private static func press(_ order: Order, _ payload: [UInt8]) -> Order? {
    payload.elementsEqual("PRESS".utf8) ? order : nil
  }

  private static func truth(_ payload: [UInt8]) -> Bool? {
    if payload.elementsEqual("ON".utf8) { return true }
    return payload.elementsEqual("OFF".utf8) ? false : nil
  }

  private static func word<Word: CaseIterable & RawRepresentable<String>>(_ payload: [UInt8]) -> Word? {
    Word.allCases.first { payload.elementsEqual($0.rawValue.utf8) }
  }
}
