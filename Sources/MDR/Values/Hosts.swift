package import Vocabulary

/// A computer or phone that the headset is paired with.
package struct Host: Hashable, Sendable {
  package let address: Address
  /// Nil when it is not connected; else its place in the order of connections, from 1.
  package let place: UInt8?
  /// Nil for a name that cannot be shown.
  package let name: String?
}

/// The hosts that the headset knows.
package struct Hosts: Hashable, Sendable {
  package let known: [Host]
  /// The place of the host that has the sound; nil when none has.
  package let playing: UInt8?
}

/// How many hosts the headset can keep.
package struct HostLimits: Hashable, Sendable {
  package let paired: UInt8
  package let connected: UInt8
}

/// What the headset can be told to do with a host; ``Deed/unpair(_:)`` is not among it.
package enum HostAction: UInt8, CaseIterable, Sendable { case disconnect, connect }

/// What came of an action.
package struct HostResult: Hashable, Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable { case disconnect, connect, unpair, pair }
  package enum End: UInt8, CaseIterable, Sendable { case done, failed, underWay, busy }

  package let kind: Kind
  package let end: End
  package let address: Address
}

/// Whether a host was made the one that plays.
package struct SourceResult: Hashable, Sendable {
  package enum End: UInt8, CaseIterable, Sendable { case done, failed, inCall, noAudio, assistantHasPriority }
  package let end: End
  package let address: Address
}
