/// Why the sound server did not do something, or is not there.
struct PulseError: Error, Hashable, Sendable, CustomStringConvertible {
  enum Kind: Hashable, Sendable {
    /// Nobody listens.
    case absent
    /// It was there, and ended the connection.
    case ended
    /// It refuses, or something else is wrong.
    case other
  }
  let kind: Kind
  /// In libpulse's words: "No such entity".
  let words: String

  var description: String { words }
}
