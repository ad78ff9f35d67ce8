/// What an event of the history tells.
package enum HistoryKind: String, CaseIterable, Codable, Sendable {
  /// mdrctld began to record, and ended as it was told to; after a crash the second one is missing.
  case started, stopped
  /// The computer was about to sleep, and has slept.
  case slept, resumed
  /// Somebody set the clock; found out when the history is read.
  case clockSet
  /// More happened at a time than is recorded.
  case omitted
  /// The daemon's configuration was read again.
  case configured
  /// bluetoothd told what it has, and went away.
  case bluezAppeared, bluezVanished
  case adapterAdded, adapterRemoved, adapterOn, adapterOff
  /// A user asked for something; it was done, or it failed.
  case asked, done, failed
  /// mdrctld did something by itself.
  case decided
  /// BlueZ, the helper or the sound server refused what mdrctld asked for.
  case refused
  /// A device's link came up, ended, or could not be made or authenticated.
  case linked, unlinked, linkFailed
  /// There is a bond with a device, and there is none any more.
  case paired, unpaired
  /// A stream of sound with a device, as BlueZ has it.
  case streamAdded, streamRemoved, streamActive, streamIdle
  /// The profile of a device's card, as the sound server has it.
  case profile
  /// Something was found to be wrong with a bond, and is not any more.
  case found, well

  /// It is of the computer and of nobody's headset, so that every user may know it.
  package var isOfComputer: Bool {
    switch self {
    case .started, .stopped, .slept, .resumed, .clockSet, .omitted, .configured, .bluezAppeared, .bluezVanished,
      .adapterAdded, .adapterRemoved, .adapterOn, .adapterOff:
      true
    case .asked, .done, .failed, .decided, .refused, .linked, .unlinked, .linkFailed, .paired, .unpaired,
      .streamAdded, .streamRemoved, .streamActive, .streamIdle, .profile, .found, .well:
      false
    }
  }

  /// It is of something that a user asked for.
  package var isOfRequest: Bool { self == .asked || self == .done || self == .failed }
}
