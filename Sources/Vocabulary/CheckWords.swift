/// How a check of the doctor's came out, from the best to the worst. What is unknown is no trouble by itself.
package enum CheckVerdict: String, CaseIterable, Codable, Comparable, Sendable {
  /// As it should be.
  case ok
  /// It could not be looked at, or what was seen does not tell.
  case unknown
  /// Worth to know, and nothing need be done.
  case note
  /// It may keep a headset from working, or will some day.
  case warning
  /// It keeps a headset from working now.
  case broken

  package static func < (left: Self, right: Self) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// What mdrctl itself can do about a check, without losing anything: each is undone by its counterpart.
package enum CheckCure: String, CaseIterable, Codable, Sendable {
  /// Switch the adapter on.
  case power
  /// Take the block of the adapter's rfkill switch away, and switch it on.
  case unblockAdapter
  /// Trust the device.
  case trust
  /// Keep off the device no more.
  case unblock
  /// Ask for stereo once.
  case stereo
}

/// What can make sound break off, by the names of the checks that look for it, the likeliest first.
package enum StutterCause: String, CaseIterable, Sendable {
  /// A search for devices, which takes the radio from the sound.
  case search = "discovery"
  /// Several headsets that play over one adapter.
  case streams
  /// A weak link.
  case link
  /// A computer that is too busy to send in time.
  case load
}

/// What a check is about, in the order in which checks are told: each stands on those before it.
package enum CheckGroup: String, CaseIterable, Codable, Sendable {
  /// bluetoothd, the system bus and the kernel.
  case bluez
  case adapter
  /// bluetoothd's own configuration, `main.conf`.
  case settings
  /// The sound server and the login session that it belongs to.
  case sound
  /// Other programs that use BlueZ.
  case rivals
  /// Headsets.
  case device
  /// mdrctl's own parts.
  case installation
  /// What others found to be broken in the versions that are installed.
  case known
}
