internal import Vocabulary

/// Texts without anybody's name or address: in the place of a device stands its number, in braces.
struct Discretion {
  /// What stands for each name.
  private let names: [(name: [UInt8], substitute: [UInt8])]
  private let numbers: [Address: Int]

  /// No sentence of ours or of BlueZ's is longer.
  static let longestText = 512
  /// A shorter name would be found in any word.
  private static let shortestName = 3

  /// `known` are the devices that have a number, `strangers` the names of all others in sight.
  init(known: [(number: Int, device: RecordedNames.Device)], strangers: some Sequence<String>) {
    let addresses = known.compactMap { known in Address(known.device.address).map { ($0, known.number) } }
    numbers = Dictionary(addresses) { first, _ in first }
    let all =
      known.map { (Array($0.device.name.utf8), Self.place($0.number)) }
      + strangers.map { (Array($0.utf8), Array("a stranger".utf8)) }
    // The longest first: one name may be a part of another.
    names = all.filter { $0.0.count >= Self.shortestName }.sorted { $0.0.count > $1.0.count }
  }

  /// The text on one line, at most so long, without names and addresses.
  func clean(_ text: String) -> String {
    var rest = Array(text.utf8.prefix(Self.longestText))[...]
    var result: [UInt8] = []
    while let byte = rest.first {
      if let address = Self.address(at: rest) {
        result += numbers[address].map(Self.place) ?? Array("an address".utf8)
        rest = rest.dropFirst(Self.addressLength)
      } else if let (name, substitute) = names.first(where: { $0.name[0] == byte && rest.starts(with: $0.name) }) {
        result += substitute
        rest = rest.dropFirst(name.count)
      } else {
        result.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A cleaned text, with the names of the devices that still have one.
  static func told(_ text: String, _ name: (Int) -> String?) -> String {
    var result = ""
    for (index, part) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      guard index > 0 else {
        result += part
        continue
      }
      let digits = part.prefix { $0 != "}" }
      guard let number = Int(digits), digits.endIndex < part.endIndex else {
        result += "{" + part
        continue
      }
      result += (name(number) ?? "a headset that was forgotten") + part[part.index(after: digits.endIndex)...]
    }
    return result
  }

  private static func place(_ number: Int) -> [UInt8] { Array("{\(number)}".utf8) }

  private static let addressLength = 17

  /// Six pairs of digits with colons, or, as in the paths of BlueZ's objects, underscores.
  private static func address(at text: ArraySlice<UInt8>) -> Address? {
    guard text.count >= addressLength else { return nil }
    let separator = text[text.startIndex + 2]
    guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "_") || separator == UInt8(ascii: "-") else {
      return nil
    }
    let written = text.prefix(addressLength).map { $0 == separator ? UInt8(ascii: ":") : $0 }
    return Address(String(decoding: written, as: UTF8.self))
  }
}
