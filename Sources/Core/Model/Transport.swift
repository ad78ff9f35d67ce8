/// An audio stream between an adapter and a device.
package struct Transport: Sendable, Equatable {
  package enum Profile: Sendable {
    case a2dp, hfp, hsp, other
  }
  package let profile: Profile
  /// Somebody has it, whoever that is: BlueZ hands a stream to one program, and does not say to which.
  package var isActive: Bool
  package init(profile: Profile, isActive: Bool = false) { (self.profile, self.isActive) = (profile, isActive) }
}
