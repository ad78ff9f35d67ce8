package import Vocabulary

/// What one layer held, what was done about it, and what it holds now.
package struct LayerReport: Hashable, Sendable {
  package typealias Deed = LayerDeed

  package let device: DeviceID
  package let layer: HostLayer
  package var before: Holding
  package var done: Deed
  package var after: Holding
  /// What it is, without secrets.
  package var detail: String?
  /// Why something is not known or was left.
  package var reason: String?
  /// Of a bond that is present: whether there is a link key with it, where that is known.
  package var hasKey: Bool?

  package init(
    _ device: DeviceID, _ layer: HostLayer, before: Holding, done: Deed, after: Holding, detail: String? = nil,
    reason: String? = nil, hasKey: Bool? = nil
  ) {
    self.device = device
    self.layer = layer
    self.before = before
    self.done = done
    self.after = after
    self.detail = detail
    self.reason = reason
    self.hasKey = hasKey
  }
}

/// What the privileged helper answered.
package enum LayerAnswer: Hashable, Sendable {
  case reports([LayerReport])
  /// It is not installed, does not answer, or refuses as a whole: why.
  case unavailable(String)
}

extension LayerAnswer {
  /// What is known of each of the layers that were asked for.
  func reports(of device: DeviceID, _ layers: [HostLayer]) -> [LayerReport] {
    switch self {
    case .reports(let reports): reports
    case .unavailable(let why):
      layers.map { LayerReport(device, $0, before: .unknown, done: .nothing, after: .unknown, reason: why) }
    }
  }

  /// Why there is no answer.
  var obstacle: String? { if case .unavailable(let why) = self { why } else { nil } }
}

extension LayerReport {
  func having(_ deed: Deed) -> Self {
    var report = self
    report.done = deed
    return report
  }

  /// What would be done about it.
  var planned: Self { having(before == .absent ? .nothing : .planned) }

  /// bluetoothd's object, as the mirror has it.
  static func bluez(of device: DeviceID, in world: some World) -> Self {
    let holding: Holding = world.device(device) == nil ? .absent : .present
    return Self(device, .bluez, before: holding, done: .nothing, after: holding)
  }

  /// The kernel's inquiry cache, of which nobody can ask what it holds.
  static func inquiryCache(of device: DeviceID) -> Self {
    Self(
      device, .inquiryCache, before: .unknown, done: .nothing, after: .unknown,
      reason: "The kernel does not tell what it holds.")
  }

  /// The same of a device that is looked for next, which starts a discovery.
  static func inquiryCache(ofSoughtFor device: DeviceID) -> Self {
    var report = inquiryCache(of: device).having(.removed)
    report.reason = "The search for the headset empties it, and fills it anew."
    return report
  }

  /// The same after a discovery was asked for, beside those of others or not.
  static func inquiryCache(of device: DeviceID, _ refusal: Refusal?, besideOthers: Bool) -> Self {
    var report = inquiryCache(of: device)
    switch refusal {
    case let refusal? where refusal.kind != .inProgress:
      report.done = .left
      report.reason = "No discovery could be started to empty it: \(refusal.words)"
    case nil where !besideOthers:
      report.done = .removed
      report.after = .absent
      report.reason = "A discovery was begun, with which the kernel empties it."
    default:
      report.reason = "The discovery of another program is running, which empties it each time it begins anew."
    }
    return report
  }
}

extension [LayerReport] {
  /// From bluetoothd downwards.
  var inOrder: Self { HostLayer.allCases.flatMap { layer in filter { $0.layer == layer } } }
}
