internal import Core
internal import Interface

// Policy's values as they travel.

extension Interface.Proof {
  /// The two lists of what can be proven correspond by their raw values, which a test proves. `told` makes advice that of
  /// this computer now.
  init?(_ proof: Core.Proof, told: (String) -> String) {
    guard let what = What(rawValue: proof.what.rawValue) else { return nil }
    self.init(what: what, proven: proof.obstacle == nil, reason: proof.obstacle.map(told))
  }
}

extension Interface.Verdict {
  /// Causes and certainties correspond by their raw values, which a test proves. `told` makes its advice that of this
  /// computer now.
  init?(_ finding: BondHistory.Finding, told: (String) -> String) {
    let verdict = finding.verdict
    guard let cause = Cause(rawValue: verdict.cause.rawValue),
      let certainty = Certainty(rawValue: verdict.certainty.rawValue)
    else { return nil }
    self.init(
      cause: cause, certainty: certainty, message: verdict.message, evidence: verdict.evidence,
      hint: told(verdict.hint), stale: verdict.isStale, since: finding.since)
  }
}

extension Interface.Layer {
  /// The names correspond by their raw values, which a test proves.
  init?(_ report: LayerReport) {
    guard let layer = Name(rawValue: report.layer.rawValue), let before = Holding(rawValue: report.before.rawValue),
      let done = Deed(rawValue: report.done.rawValue), let after = Holding(rawValue: report.after.rawValue)
    else { return nil }
    self.init(
      address: report.device.address.description, layer: layer, before: before, done: done, after: after,
      detail: report.detail, reason: report.reason)
  }
}

extension Interface.Device {
  /// A device that was removed, as it was known.
  init(removed device: Core.Device) {
    self.init(
      adapter: device.id.adapter.name, address: device.id.address.description, name: device.name, alias: device.alias)
  }

  /// Only who it was.
  static func gone(_ id: DeviceID) -> Self {
    Self(adapter: id.adapter.name, address: id.address.description, alias: id.address.description)
  }
}

extension Interface.Adapter {
  /// Only which one it was.
  static func gone(_ id: AdapterID) -> Self {
    Self(
      name: id.name, address: "", alias: id.name, powered: false, blocked: false, pairable: false, discoverable: false,
      discovering: false, audioReady: false, selected: false)
  }
}
