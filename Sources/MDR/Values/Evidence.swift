/// What it is known from that a setting works as the code says.
package enum Evidence: Hashable, Sendable {
  /// Bytes seen on the wire of these models.
  case captured([String])
  /// Fixed by the tests of a public client that is used with real headsets, but no bytes were published.
  case used
  /// Names and codes of the vendor's app only. It may not work; users are told so.
  case unproven

  package var isProven: Bool { self != .unproven }

  static let xm4 = captured(["WH-1000XM4"])
}
