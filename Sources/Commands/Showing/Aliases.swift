internal import Interface
internal import Vocabulary

/// Other names for whatever tells whose computer it is: the same thing has the same one throughout a report.
///
/// Names are found in whatever case; short ones where they stand as words. Of addresses those that are not known here are removed,
/// as are runs of digits as long as a key.
struct Aliases {
  /// Who is known by which names.
  struct Known {
    var headsets: [(address: String, names: [String])] = []
    var adapters: [(address: String, names: [String])] = []
    /// Devices that are none of this computer's.
    var strangers: [String] = []
    var users: [String] = []
    var hosts: [String] = []
    /// What the services of devices are called; they look like keys.
    var services: [String] = []
  }

  private let names: [(name: [UInt8], alias: [UInt8])]
  private let addresses: [UInt64: [UInt8]]
  private let services: Set<[UInt8]>

  /// How many names and addresses are replaced.
  var count: Int { names.count + addresses.count }

  init(_ known: Known) {
    var names: [[UInt8]: String] = [:]
    var addresses: [UInt64: [UInt8]] = [:]
    func take(_ all: [(address: String, names: [String])], _ word: String, _ prefix: String) {
      for (index, one) in all.enumerated() {
        let number = index + 1
        if let bits = Address(one.address)?.bits {
          addresses[bits] =
            addresses[bits] ?? Array("\(prefix)\(number < 16 ? "0" : "")\(String(number, radix: 16))".utf8)
        }
        for name in one.names { Self.add(name, "\(word) \(number)", to: &names) }
      }
    }
    take(known.headsets, "headset", "AAAAAA0000")
    take(known.adapters, "adapter", "BBBBBB0000")
    for (index, user) in known.users.enumerated() { Self.add(user, "user-\(index + 1)", to: &names) }
    for host in known.hosts { Self.add(host, "this-computer", to: &names) }
    for stranger in known.strangers { Self.add(stranger, "a stranger", to: &names) }
    // The longest first: one name may be a part of another.
    self.names = names.map { (name: $0.key, alias: Array($0.value.utf8)) }
      .sorted {
        $0.name.count == $1.name.count ? $0.name.lexicographicallyPrecedes($1.name) : $0.name.count > $1.name.count
      }
    self.addresses = addresses
    services = Set(known.services.map { $0.utf8.map(Self.lower) })
  }

  private static func add(_ name: String, _ alias: String, to names: inout [[UInt8]: String]) {
    // An address in place of a name is replaced as one.
    guard !name.isEmpty, Address(written: name) == nil else { return }
    let key = name.utf8.map(lower)
    names[key] = names[key] ?? alias
  }

  /// The text with other names.
  func replaced(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let isStart = place == 0 || !Self.isWord(bytes[place - 1])
      if isStart, let length = Self.longNumber(in: bytes, at: place) {
        result += isService(bytes[place..<(place + length)]) ? bytes[place..<(place + length)] : Self.removed
        place += length
      } else if let (length, substitute) = address(in: bytes, at: place) {
        result += substitute
        place += length
      } else if let (length, alias) = name(in: bytes, at: place, isStart: isStart) {
        result += alias
        place += length
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: Names

  /// A shorter one may be a part of any word.
  private static let tellingName = 5

  private func name(in text: [UInt8], at place: Int, isStart: Bool) -> (Int, [UInt8])? {
    let first = Self.lower(text[place])
    for (name, alias) in names where name[0] == first && place + name.count <= text.count {
      let end = place + name.count
      let isWhole = isStart && (end == text.count || !Self.isWord(text[end]))
      guard isWhole || name.count >= Self.tellingName, zip(name, text[place..<end]).allSatisfy({ $0 == Self.lower($1) })
      else { continue }
      return (name.count, alias)
    }
    return nil
  }

  // MARK: Addresses

  /// Six pairs of digits with separators, or twelve in a row, of which the last may be masked by "x"; and what stands for
  /// them, written the same way.
  private func address(in text: [UInt8], at place: Int) -> (Int, [UInt8])? {
    if place > 0, Self.isDigit(text[place - 1]) { return nil }
    guard place + 12 <= text.count, Self.isDigit(text[place]) else { return nil }
    let separator = text[place + 2]
    let isParted = separator == UInt8(ascii: ":") || separator == UInt8(ascii: "_") || separator == UInt8(ascii: "-")
    let length = isParted ? 17 : 12
    guard place + length <= text.count, place + length == text.count || !Self.isDigit(text[place + length]) else {
      return nil
    }
    var digits: [UInt8] = []
    for offset in 0..<length {
      let byte = text[place + offset]
      if isParted, offset % 3 == 2 {
        guard byte == separator else { return nil }
      } else {
        guard Self.isDigit(byte) else { return nil }
        digits.append(byte)
      }
    }
    // Small letters in a row are the end of a UUID, and digits alone a number.
    if !isParted, !digits.contains(where: { (0x41...0x46).contains($0) }) { return nil }
    let bits = UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    let alias = bits.flatMap { addresses[$0] } ?? Array("XXXXXXXXXXXX".utf8)
    guard isParted else { return (length, alias) }
    return (length, (0..<17).map { $0 % 3 == 2 ? separator : alias[$0 - $0 / 3] })
  }

  // MARK: Keys

  private static let removed = Array("(removed)".utf8)[...]

  /// How long a number is that may be a key, or the name of a computer: of 32 digits or more, with dashes or without.
  private static func longNumber(in text: [UInt8], at place: Int) -> Int? {
    var end = place
    while end < text.count, isHexadecimal(text[end]) || text[end] == UInt8(ascii: "-") { end += 1 }
    return text[place..<end].count(where: isHexadecimal) >= 32 ? end - place : nil
  }

  /// The services of Bluetooth and of devices are no secrets.
  private func isService(_ number: ArraySlice<UInt8>) -> Bool {
    let word = number.map(Self.lower)
    return services.contains(word) || word.suffix(Self.base.count).elementsEqual(Self.base)
  }

  /// The end of the numbers that Bluetooth's own services have (Bluetooth Core, Vol 3, Part B, 2.5.1).
  private static let base = Array("-0000-1000-8000-00805f9b34fb".utf8)

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(lower(byte))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { isHexadecimal(byte) || byte == UInt8(ascii: "x") }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(lower(byte))
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}
