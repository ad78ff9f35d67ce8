internal import KeyFiles

/// What may be told of one of BlueZ's files: the names of its groups, and the type of the link key.
///
/// It is what bluetoothd reads: of a file with a line that GLib refuses, what stands before that line. Values are passed
/// over in place: nothing of them is ever copied.
struct FileOutline: Hashable, Sendable {
  /// In the order of the file; what is not printable ASCII is "?".
  private(set) var groups: [String] = []
  /// `Type` in the group `LinkKey`: mgmt's number of the kind of key (4: unauthenticated, P-192 …).
  private(set) var linkKeyType: Int?
  /// Whether there is the group `LinkKey`.
  private(set) var hasLinkKey = false
  /// The first line that GLib refuses, from 1.
  private(set) var badLine: Int?

  private static let linkKeyGroup = "LinkKey"
  private static let mostGroups = 32
  private static let longestName = 64

  /// `isWhole` says whether these bytes are all that the file has: a line that is cut off is nobody's fault.
  init(scanning bytes: Span<UInt8>, isWhole: Bool = true) {
    var isLinkKey = false
    do throws(KeyFileError) {
      try KeyFileScanner.scan(bytes) { line, _ in
        switch line {
        case .group(let name):
          isLinkKey = KeyFileScanner.equal(bytes, name, Self.linkKeyGroup)
          hasLinkKey = hasLinkKey || isLinkKey
          let shown = Self.printable(bytes, name)
          if groups.count < Self.mostGroups, !groups.contains(shown) { groups.append(shown) }
        case .pair(let key, let value):
          guard isLinkKey, KeyFileScanner.equal(bytes, key, "Type") else { return }
          linkKeyType = KeyFileValue.integer(bytes.extracting(value)).map { Int($0) }
        }
      }
    } catch { badLine = isWhole ? error.line : nil }
  }

  private static func printable(_ bytes: Span<UInt8>, _ name: Range<Int>) -> String {
    var shown: [UInt8] = []
    for place in name.prefix(longestName) {
      shown.append((0x20...0x7E).contains(bytes[place]) ? bytes[place] : UInt8(ascii: "?"))
    }
    return String(decoding: shown, as: UTF8.self)
  }
}
