/// The places where this computer keeps something of a device.
package enum HostLayer: String, CaseIterable, Codable, Sendable {
  /// bluetoothd's device object.
  case bluez
  /// bluetoothd's directory of the device, with the link key in its `info` file.
  case bond
  /// The kernel's link key.
  case linkKey
  /// The key in the controller's own memory.
  case storedLinkKey
  /// The kernel's inquiry cache: no keys, but how the device was reached last.
  case inquiryCache
  /// bluetoothd's cache file: name, service records, A2DP endpoints.
  case cache
}

/// Whether a layer holds something of a device.
package enum Holding: String, CaseIterable, Codable, Sendable {
  case present, absent, unknown
}

/// What was done about what a layer held.
package enum LayerDeed: String, CaseIterable, Codable, Sendable {
  /// There was nothing to do, or nothing was to be done.
  case nothing
  case removed
  /// It should have been removed and was not; the report says why.
  case left
  /// It would be removed; only of a plan.
  case planned
}

/// What a removal is for.
package enum RemovalPurpose: String, CaseIterable, Codable, Sendable {
  case forget, repair
}
