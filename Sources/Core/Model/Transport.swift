/// An audio stream between an adapter and a device.
package struct Transport: Sendable, Equatable {
  package enum Profile: Sendable {
    case a2dp, hfp, hsp, other
  }
  package let profile: Profile
  package init(profile: Profile) { self.profile = profile }
}
