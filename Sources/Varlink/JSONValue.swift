// The Varlink layer: JSON, frames, a server on the event loop and a blocking client. It may import EventLoop, and it
// knows nothing of headsets. Server and connections are actors of the loop; the client needs no loop and no runtime.

/// One JSON value (RFC 8259).
///
/// A hand-written tree instead of Foundation's: linking Foundation costs the client half a millisecond at every start
/// and the daemon seven megabytes, both more than everything else they do.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number with a fraction, an exponent, or too big for `integer`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package static let emptyObject = JSONValue.object([:])

  /// The members of an object, nil for anything else.
  package var members: [String: JSONValue]? {
    if case .object(let members) = self { members } else { nil }
  }

  package var string: String? {
    if case .string(let string) = self { string } else { nil }
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
