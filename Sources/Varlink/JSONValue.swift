// The Varlink layer: JSON, frames, a server on the event loop and a blocking client. It may import EventLoop, and it
// knows nothing of headsets. Server and connections are actors of the loop; the client needs no loop and no runtime.

/// One JSON value (RFC 8259).
///
/// A hand-written tree instead of Foundation's: linking Foundation costs the client half a millisecond at every start
/// and the daemon seven megabytes, both more than everything else they do.
///
/// A member's name is an ``isName(_:)``, in whatever was parsed. The other texts may be anything. Of all of them only the
/// bytes are looked at: to hash a `String`, or to compare it with another one, can cost far more than its length.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number with a fraction, an exponent, or too big for `integer`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONMembers)

  package static let emptyObject = JSONValue.object(JSONMembers())

  /// The members of an object, nil for anything else.
  package var members: JSONMembers? {
    if case .object(let members) = self { members } else { nil }
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  package var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// A string that names something of an interface, and may be hashed and compared as a `String`; nil for any other.
  package var name: String? { string.flatMap { Self.isName($0) ? $0 : nil } }

  /// Bytes of the longest name.
  package static let longestName = 128

  /// Whether a text can be the name of a member, a method, an interface or one of several values: short, printable ASCII.
  package static func isName(_ text: String) -> Bool {
    text.utf8.count <= longestName && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
  }

  package var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  /// What a person would call the kind of value, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: Equatable {
  /// Strings are equal when their bytes are.
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

/// Text that is not JSON, and where it stops being so.
package struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String
  /// Offset in bytes.
  package let offset: Int

  package init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String { "\(reason) at byte \(offset)" }
}
