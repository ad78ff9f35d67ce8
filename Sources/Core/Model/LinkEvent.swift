/// What the kernel (mgmt, through the helper) or BlueZ (`Device1.Disconnected`, since 5.83) says of a link.
package enum LinkEvent: Hashable, Sendable {
  package enum Reason: String, CaseIterable, Sendable {
    case unspecified, timeout, local, remote, authentication, suspended
  }
  case connected
  case disconnected(Reason)
  /// The kernel's mgmt status.
  case connectFailed(Int)
  /// The authentication failed: a key is missing or wrong at one end. The kernel's mgmt status, which is the same (5)
  /// for both.
  case authenticationFailed(Int)
  /// The device did not take our key: HCI's status, which the controller tells as soon as it knows it.
  case keyRefused(Int)
}
