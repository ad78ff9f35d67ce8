internal import Interface
internal import Varlink
internal import Vocabulary

/// What is published of a headset: its discovery, in the short names of Home Assistant, and its state.
struct Payloads: Sendable {
  let topics: Topics
  let rights: Rights

  /// The discovery of a headset with all its entities. One that is not offered is named by its platform alone, by which
  /// Home Assistant removes it where an earlier discovery had it.
  func discovery(of address: Address, _ entry: Entry) -> JSONValue {
    let name = line(entry.device.alias)
    var device: JSONMembers = [
      "ids": .array([.string(topics.identifier(of: address))]), "name": .string("\(name) (\(topics.name))"),
    ]
    if let manufacturer = entry.device.manufacturer { device["mf"] = .string(line(manufacturer)) }
    if let model = entry.device.model ?? entry.shape.model { device["mdl"] = .string(line(model)) }
    if let firmware = entry.shape.firmware { device["sw"] = .string(line(firmware)) }
    var components = JSONMembers()
    for entity in Entity.allCases { components[entity.rawValue] = component(entity, of: address, entry) }
    return .object([
      "dev": .object(device),
      "o": .object(["name": .string("mdrctl"), "sw": .string(Control.version)]),
      "avty_t": .string(topics.availability),
      "stat_t": .string(topics.state(of: address)),
      "cmps": .object(components),
    ])
  }

  private func component(_ entity: Entity, of address: Address, _ entry: Entry) -> JSONValue {
    let platform: JSONMembers = ["p": .string(entity.platform.rawValue)]
    guard entity.isOffered(of: entry, rights) else { return .object(platform) }
    let key = entity.rawValue
    let place = "\(topics.name)_\(Self.slug(entry.device.alias))_\(key)"
    var members: JSONMembers = [
      "name": .string(entity.title),
      "uniq_id": .string("\(topics.identifier(of: address))_\(key)"),
      "def_ent_id": .string("\(entity.platform.rawValue).\(Self.slug(place))"),
    ]
    switch entity.platform {
    case .sensor, .binarySensor: members["val_tpl"] = Self.template(key)
    case .switching, .select:
      members["val_tpl"] = Self.template(key)
      members["cmd_t"] = .string(topics.command(key, of: address))
    case .button: members["cmd_t"] = .string(topics.command(key, of: address))
    }
    return .object(members.merging(entity.details(of: entry)).merging(platform))
  }

  private static func template(_ key: String) -> JSONValue { .string("{{ value_json.\(key) }}") }

  /// As Home Assistant has it in the identifiers of entities: small letters, digits, and underscores between.
  private static func slug(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8.prefix(128) {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
      default: if let last = bytes.last, last != UInt8(ascii: "_") { bytes.append(UInt8(ascii: "_")) }
      }
    }
    while bytes.last == UInt8(ascii: "_") { bytes.removeLast() }
    return bytes.isEmpty ? "headset" : String(decoding: bytes, as: UTF8.self)
  }

  /// The state of a headset: a member for each entity that has a value, null where it is not known now.
  func state(of entry: Entry) -> JSONValue {
    let device = entry.device
    let isConnected = device.connected
    let codec = isConnected ? entry.card?.codec ?? device.transports.first?.codec : nil
    let recorders = isConnected ? entry.card?.recorders : nil
    var members: JSONMembers = [
      "connected": Self.truth(isConnected),
      "battery": isConnected ? device.battery.map { .integer(Int64($0)) } ?? .null : .null,
      "codec": Self.text(codec.map { line($0, atMost: 64) }),
      "sound": Self.text(entry.cause?.rawValue),
      "bond": .string(device.verdict?.cause.rawValue ?? Entity.wholeBond),
      "microphone": recorders.map { Self.truth($0 > 0) } ?? .null,
    ]
    guard rights.mayControl else { return .object(members) }
    members["result"] = Self.text(entry.result.map { line($0) })
    members["profile"] = Self.text(entry.policy?.rawValue)
    members["autoconnect"] = entry.isCalled.map { Self.truth($0) } ?? .null
    members["noise"] = Self.text(entry.noise?.rawValue)
    members["equalizer"] = Self.text(entry.preset.flatMap { entry.shape.presets.contains($0) ? $0 : nil })
    members["speak_to_chat"] = entry.speaksToChat.map { Self.truth($0) } ?? .null
    return .object(members)
  }

  /// Home Assistant's own words.
  private static func truth(_ value: Bool) -> JSONValue { .string(value ? "ON" : "OFF") }
  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
