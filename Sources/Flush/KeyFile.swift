/// What may be told of one of BlueZ's files (GLib's key files): the names of its groups, and the type of the link key.
///
/// Values are passed over in place: nothing of them but the digits of that type is ever copied.
struct KeyFile: Hashable, Sendable {
  /// In the order of the file; what is not printable ASCII is "?".
  private(set) var groups: [String] = []
  /// `Type` in the group `LinkKey`: mgmt's number of the kind of key (4: unauthenticated, P-192 …).
  private(set) var linkKeyType: Int?

  static let linkKeyGroup = "LinkKey"
  private static let mostGroups = 32
  private static let longestName = 64

  init(scanning bytes: some Sequence<UInt8>) {
    var place = Place.lineStart
    var name: [UInt8] = []
    let typeKey = Array("Type=".utf8)
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        place = .lineStart
        continue
      }
      if place == .lineStart {
        name = []
        place = byte == UInt8(ascii: "[") ? .group : .key(0)
        if place == .group { continue }
      }
      switch place {
      case .group where byte == UInt8(ascii: "]"):
        if groups.count < Self.mostGroups { groups.append(Self.printable(name)) }
        place = .rest
      case .group:
        if name.count < Self.longestName { name.append(byte) }
      case .key(let matched) where matched < typeKey.count && byte == typeKey[matched]:
        place = matched + 1 == typeKey.count && groups.last == Self.linkKeyGroup ? .type : .key(matched + 1)
      case .type:
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), (linkKeyType ?? 0) < 100 else {
          place = .rest
          continue
        }
        linkKeyType = (linkKeyType ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      case .key, .rest, .lineStart: place = .rest
      }
    }
  }

  private enum Place: Equatable {
    case lineStart, group, rest
    /// In a key's name, so many bytes of "Type=" matched.
    case key(Int)
    /// In the value of the link key's type.
    case type
  }

  private static func printable(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
