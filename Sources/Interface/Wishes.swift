// The values of org.mdrctl.Control that are about wishes which go from one computer to another. What each field means is
// said once, in org.mdrctl.Control.varlink.

package import Vocabulary

/// What is wished of one device; what is left out is not said, and stays as it is elsewhere.
package struct DeviceWishes: Codable, Hashable, Sendable {
  package var address: String
  package var name: String?
  package var autoConnect: Bool?
  package var tier: Int?
  package var policy: Sound.Policy?
  package var preference: Sound.Preference?

  package init(
    address: String, name: String? = nil, autoConnect: Bool? = nil, tier: Int? = nil, policy: Sound.Policy? = nil,
    preference: Sound.Preference? = nil
  ) {
    self.address = address
    self.name = name
    self.autoConnect = autoConnect
    self.tier = tier
    self.policy = policy
    self.preference = preference
  }
}

/// One wish that is taken over.
package struct WishStep: Codable, Hashable, Sendable {
  package var address: String
  package var name: String?
  package var item: WishItem
  package var state: WishState
  package var value: String
  package var now: String?
  package var reason: String?

  package init(
    address: String, name: String? = nil, item: WishItem, state: WishState, value: String, now: String? = nil,
    reason: String? = nil
  ) {
    self.address = address
    self.name = name
    self.item = item
    self.state = state
    self.value = value
    self.now = now
    self.reason = reason
  }
}

extension Control {
  /// Of `ExportPolicy`.
  package struct ExportPolicyParameters: Codable, Sendable {
    package var adapter: String?
    package init(adapter: String? = nil) { self.adapter = adapter }
  }

  /// What is wished of devices; in a file it is this object and nothing else.
  package struct PolicyReply: Codable, Hashable, Sendable {
    /// Of the form, which grows with what older programs would misunderstand.
    package static let currentVersion = 1
    /// Bytes of the longest file. A call takes 64 KiB.
    package static let longestFile = 48 * 1024
    /// Devices in a file.
    package static let mostDevices = 128

    package var version: Int
    package var devices: [DeviceWishes]
    package init(version: Int = currentVersion, devices: [DeviceWishes]) {
      self.version = version
      self.devices = devices
    }
  }

  /// Of `ImportPolicy` and `PlanImportPolicy`.
  package struct ImportPolicyParameters: Codable, Sendable {
    package var adapter: String?
    package var version: Int
    package var devices: [DeviceWishes]
    package init(adapter: String? = nil, version: Int = PolicyReply.currentVersion, devices: [DeviceWishes]) {
      self.adapter = adapter
      self.version = version
      self.devices = devices
    }
  }

  /// Of `ImportPolicy` and `PlanImportPolicy`.
  package struct ImportPolicyReply: Codable, Sendable {
    package var adapter: String
    package var user: String?
    package var steps: [WishStep]
    package var notStored: String?
    package init(adapter: String, user: String? = nil, steps: [WishStep], notStored: String? = nil) {
      self.adapter = adapter
      self.user = user
      self.steps = steps
      self.notStored = notStored
    }
  }
}
