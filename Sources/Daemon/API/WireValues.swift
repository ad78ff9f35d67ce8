internal import BlueZ
internal import Core
internal import Glibc
internal import Interface
internal import Vocabulary

// Policy's values as they travel.

extension Interface.Progress {
  /// `known` is the operation's device as it was before.
  init(_ report: Report, of known: Interface.Device?, in mirror: BlueZMirror) {
    self.init(
      stage: report.stage, message: report.message,
      awaited: report.awaited.map { Interface.Awaited($0, of: known, in: mirror) }, rung: report.rung)
  }
}

extension Interface.Awaited {
  fileprivate init(_ awaited: Core.Awaited, of known: Interface.Device?, in mirror: BlueZMirror) {
    let device = awaited.device.flatMap(mirror.known)
    self.init(
      deed: awaited.deed, situation: awaited.situation,
      remaining: awaited.remaining.map { Int($0 / .milliseconds(1)) },
      address: awaited.device?.address.description, name: awaited.name, modalias: device?.modalias ?? known?.modalias,
      icon: device?.icon ?? known?.icon, twin: awaited.twin, elsewhere: awaited.isElsewhere ? true : nil,
      battery: awaited.battery,
      batterySince: awaited.batteryAge.map { time(nil) - Int($0.components.seconds) }, charge: awaited.charge,
      caution: awaited.caution)
  }
}

extension Interface.Proof {
  /// `told` makes advice that of this computer now.
  init(_ proof: Core.Proof, told: (String) -> String) {
    self.init(what: proof.what, proven: proof.obstacle == nil, reason: proof.obstacle.map(told))
  }
}

extension Interface.Verdict {
  /// `told` makes its advice that of this computer now.
  init(_ finding: BondHistory.Finding, told: (String) -> String) {
    let verdict = finding.verdict
    self.init(
      cause: verdict.cause, certainty: verdict.certainty, message: verdict.message, evidence: verdict.evidence,
      hint: told(verdict.hint), stale: verdict.isStale, since: finding.since)
  }
}

extension Interface.LadderStep {
  init(_ step: Core.LadderStep) {
    self.init(rung: step.rung, state: step.state, does: step.does, costs: step.costs, came: step.came)
  }
}

extension Interface.Layer {
  init(_ report: LayerReport) {
    self.init(
      address: report.device.address.description, layer: report.layer, before: report.before, done: report.done,
      after: report.after, detail: report.detail, reason: report.reason)
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
