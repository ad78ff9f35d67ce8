internal import Vocabulary

/// What the topics of one computer on a broker are called, and what they mean.
///
/// All of them carry the computer's name, and those of a headset its address in twelve small digits: names of headsets
/// change, and two may have the same.
struct Topics: Equatable, Sendable {
  /// Home Assistant's discovery prefix.
  let prefix: String
  /// What the computer is called.
  let name: String

  /// What a message is about.
  enum Meaning: Equatable {
    /// Home Assistant has started, or is about to stop.
    case birth
    /// A state that was published here.
    case state(Address)
    case command(Address, key: String)
  }

  /// Whether what all states say can be relied on: "online" or "offline".
  var availability: String { "mdrctl/\(name)/availability" }
  var birth: String { "\(prefix)/status" }

  func discovery(of address: Address) -> String { "\(prefix)/device/\(identifier(of: address))/config" }
  func state(of address: Address) -> String { "mdrctl/\(name)/\(Self.digits(address))/state" }
  func command(_ key: String, of address: Address) -> String { "mdrctl/\(name)/\(Self.digits(address))/set/\(key)" }

  /// Every command, for a subscription.
  var commands: String { "mdrctl/\(name)/+/set/+" }
  /// Every state, for a subscription.
  var states: String { "mdrctl/\(name)/+/state" }

  /// What Home Assistant knows the headset of this computer by.
  func identifier(of address: Address) -> String { "mdrctl_\(name)_\(Self.digits(address))" }

  /// Nil for what is none of ours. Topics are matched by their bytes.
  func meaning(of topic: String) -> Meaning? {
    if topic.utf8.elementsEqual(birth.utf8) { return .birth }
    let levels = topic.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 5, omittingEmptySubsequences: false)
    guard levels.count >= 4, levels[0].elementsEqual("mdrctl".utf8), levels[1].elementsEqual(name.utf8),
      levels[2].count == 12, let address = Address(written: String(decoding: levels[2], as: UTF8.self)),
      levels[2].elementsEqual(Self.digits(address).utf8)
    else { return nil }
    if levels.count == 4, levels[3].elementsEqual("state".utf8) { return .state(address) }
    guard levels.count == 5, levels[3].elementsEqual("set".utf8), levels[4].count <= Self.longestKey else { return nil }
    return .command(address, key: String(decoding: levels[4], as: UTF8.self))
  }

  /// In bytes; no entity has a longer one.
  private static let longestKey = 32

  private static func digits(_ address: Address) -> String {
    String(decoding: address.description.utf8.filter { $0 != UInt8(ascii: ":") }.map(small), as: UTF8.self)
  }

  private static func small(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) ? byte | 0x20 : byte
  }
}
