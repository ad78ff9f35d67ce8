internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// The method of `org.mdrctl.Control` that looks at everything: Doctor.

extension ControlService {
  var examining: [VarlinkMethod] {
    [
      serve(Control.doctor) { parameters, call, replies throws(OperationError) in
        try await doctor(parameters, call, replies)
      }
    ]
  }

  private func doctor(
    _ parameters: Control.DeviceParameters, _ call: Call, _ replies: Replies<Control.DoctorReply>
  ) async throws(OperationError) -> Control.DoctorReply {
    let devices = try await patients(parameters)
    let examination = Examination(loop: loop, world: world, port: port, searches: searches, places: places)
    await examinationQueue.begin()
    // Whoever has gone meanwhile needs none.
    var findings =
      Task.isCancelled
      ? Findings() : await examination.findings(devices) { replies.send(Control.DoctorReply(looking: $0)) }
    await examinationQueue.end()
    let access = configuration.access(of: call.peer)
    findings.access = AccessFact(isFine: access.control, message: access.message, hint: access.hint)
    findings.configuration =
      await configuration.trouble.map {
        AccessFact(isFine: false, message: $0.message, evidence: $0.evidence, hint: $0.hint)
      } ?? AccessFact(isFine: true, message: "The configuration is acceptable, and in force.")
    let checks = Doctor.examine(findings)
    return Control.DoctorReply(
      checks: checks.map { Interface.Check($0) { mirror.told($0) } }, worst: checks.map(\.verdict).max() ?? .ok,
      version: Control.version)
  }

  /// The device that is meant, or all headsets that are paired or connected; none where BlueZ or an adapter is missing,
  /// which the checks tell.
  private func patients(_ parameters: Control.DeviceParameters) async throws(OperationError) -> [DeviceID] {
    guard mirror.hasBlueZ, !mirror.allAdapters.isEmpty else { return [] }
    guard parameters.device == nil else {
      return [try await resolver.device(parameters.device, adapter: parameters.adapter).id]
    }
    let adapter = parameters.adapter == nil ? nil : try await resolver.adapter(parameters.adapter)
    let known = adapter.map(mirror.devices) ?? mirror.allDevices
    return known.filter { device in
      (device.paired || device.bonded || device.connected) && (device.isAudio || Twin.original(of: device) != nil)
    }.map(\.id).sorted()
  }
}

extension Interface.Check {
  fileprivate init(_ check: Core.Check, told: (String) -> String) {
    self.init(
      group: check.group, name: check.name, subject: check.subject, verdict: check.verdict, message: check.message,
      evidence: check.evidence.map(told), hint: check.hint.map(told),
      sources: check.sources.isEmpty ? nil : check.sources, cure: check.cure, adapter: check.adapter?.name)
  }
}
