// The values of org.mdrctl.Control that are about connections that nobody asks for. What each field means is said once, in
// org.mdrctl.Control.varlink.

package import Vocabulary

/// How it stands with a bonded headset's connection, and what its users want of it.
package struct Standing: Codable, Hashable, Sendable {
  package var autoConnect: Bool
  package var tier: Int
  package var user: String?
  package var state: CallState
  package var message: String
  package var next: Int?

  package init(
    autoConnect: Bool, tier: Int, user: String? = nil, state: CallState, message: String, next: Int? = nil
  ) {
    self.autoConnect = autoConnect
    self.tier = tier
    self.user = user
    self.state = state
    self.message = message
    self.next = next
  }
}

extension Control {
  package struct SetConnectionParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var autoConnect: Bool?
    package var tier: Int?
    package init(device: String? = nil, adapter: String? = nil, autoConnect: Bool? = nil, tier: Int? = nil) {
      self.device = device
      self.adapter = adapter
      self.autoConnect = autoConnect
      self.tier = tier
    }
  }

  package struct YieldParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    /// Milliseconds; none: until somebody connects it again.
    package var time: Int?
    package init(device: String? = nil, adapter: String? = nil, time: Int? = nil) {
      self.device = device
      self.adapter = adapter
      self.time = time
    }
  }
}
