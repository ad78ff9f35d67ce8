internal import CBlueZ

/// The path of an object on the bus, known to be valid.
package struct ObjectPath: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
  package let text: String

  /// Nil when D-Bus does not allow the text as a path.
  package init?(validating text: String) {
    guard unsafe dbus_validate_path(text, nil) != 0, !text.utf8.contains(0) else { return nil }
    self.text = text
  }

  /// A path written down in the program; a wrong one is a programming error.
  package init(stringLiteral value: StaticString) {
    guard let path = Self(validating: value.description) else { preconditionFailure("not an object path: \(value)") }
    self = path
  }

  /// A path that libdbus has validated.
  init(validated text: String) { self.text = text }

  package var description: String { text }

  /// The path one level up; nil for the root.
  package var parent: Self? {
    guard text != "/", let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return slash == text.startIndex ? Self(validated: "/") : Self(validated: String(text[..<slash]))
  }

  /// Whether the path is below `other`, at any depth.
  package func isBelow(_ other: Self) -> Bool {
    guard other.text != "/" else { return text != "/" }
    return text.utf8.count > other.text.utf8.count && text.utf8.starts(with: other.text.utf8)
      && text.utf8.dropFirst(other.text.utf8.count).first == UInt8(ascii: "/")
  }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
