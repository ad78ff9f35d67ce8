// The words for wishes that go from one computer to another.

/// Something that is wished of a device.
package enum WishItem: String, CaseIterable, Codable, Sendable {
  /// Whether it is called without being asked for.
  case autoConnect
  /// Which comes first of several.
  case tier
  /// How its sound is to be.
  case policy
  /// Which codec is best.
  case preference
}

/// What becomes, or would become, of a wish that is taken over.
package enum WishState: String, CaseIterable, Codable, Sendable {
  /// It would be taken over.
  case planned
  /// The same is wished here already.
  case same
  /// It cannot be taken over.
  case impossible
  /// It was taken over.
  case done
}
