/// A Bluetooth controller of the computer, plugged in or not.
package struct Controller: Hashable, Sendable {
  /// "hci0".
  package private(set) var name: String
  /// "00:1A:7D:DA:71:13".
  package let address: String
  package var alias: String
  package var isPowered = true
  package var isPairable = false
  package var isDiscoverable = false
  /// An rfkill switch is on.
  package var isBlocked = false
  package var isPluggedIn = true

  package init(_ name: String = "hci0", address: String = "00:1A:7D:DA:71:13") {
    self.name = name
    self.address = address.uppercased()
    alias = "simulated"
  }

  func named(_ name: String) -> Self {
    var renamed = self
    renamed.name = name
    return renamed
  }
}

/// What the sound server of the logged-in user has registered with BlueZ.
package struct SoundServer: Hashable, Sendable {
  /// Endpoints for A2DP: the adapter then lists the service 110a.
  package var hasStereo = true
  /// A hands-free gateway: the adapter then lists the service 111f.
  package var hasHandsFree = true
  /// How many headsets can have stereo at a time. With a single SBC endpoint it is one: the next one connects HFP only
  /// (`a2dp_select_capabilities() Unable to select SEP`).
  package var streams: Int?

  package init(stereo: Bool = true, handsFree: Bool = true) {
    hasStereo = stereo
    hasHandsFree = handsFree
  }

  package static let none = Self(stereo: false, handsFree: false)
}
