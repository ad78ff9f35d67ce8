/// When a device was used, for the order in which several are called. All are numbers without a unit: later is greater.
package struct DeviceUse: Hashable, Sendable, Comparable {
  /// When this user had it in a session; nil: never.
  package let own: Int?
  /// Whether any user had it.
  package let isUsed: Bool
  /// When its bond worked last.
  package let last: Int

  package init(own: Int? = nil, isUsed: Bool = false, last: Int = 0) {
    (self.own, self.isUsed, self.last) = (own, isUsed, last)
  }

  /// Whether it is others': they had it, and this user never did.
  package var isOthers: Bool { isUsed && own == nil }

  /// A user's own use counts before anybody's.
  package static func < (left: Self, right: Self) -> Bool {
    (left.own ?? 0, left.last) < (right.own ?? 0, right.last)
  }
}
