internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that are about bonds: Forget, Repair and their plans, Cache, and what Status tells of them.

extension ControlService {
  /// A plan changes nothing.
  func forget(
    _ parameters: Control.ForgetParameters, isPlan: Bool = false, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.bondToForget(parameters.device, adapter: parameters.adapter)
    var options = ForgetOperation.Options()
    options.resetCache = parameters.resetCache == true
    options.powerCycle = parameters.powerCycle == true
    options.force = parameters.force == true
    options.isDryRun = isPlan
    if options.force, !options.powerCycle {
      throw OperationError(
        .invalidArgument, "There is nothing to force.", hint: "\"force\" belongs to \"powerCycle\".")
    }
    var subjects: Set<Subject> = [.device(id)]
    // A pairing does not outlive the adapter's power.
    if options.powerCycle { subjects.formUnion([.adapter(id.adapter), .pairing]) }
    let mayBeUnknown = options.resetCache || isRemembered(id) || world.unfinished(id) != nil
    guard parameters.bothSides == true else {
      let operation = ForgetOperation(id, options, mayBeUnknown: mayBeUnknown)
      return try await run(operation, on: subjects, endsWithCaller: isPlan, replies)
    }
    return try await forgetOnBothSides(id, options, on: subjects, replies)
  }

  /// Whether the headset can be told is found out before anything is done.
  private func forgetOnBothSides(
    _ id: DeviceID, _ options: ForgetOperation.Options, on subjects: Set<Subject>,
    _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    guard let text = mirror.address(of: id.adapter), let host = Address(text) else { throw .noAdapter(mirror.host) }
    let link = await headsets.owner(of: id)
    var options = options
    options.bothSides = try await link.canForget(host)
    let side = Locked(options.bothSides ? HeadsetSide.unknown : .absent)
    let leaving = port.leaving {
      let (came, refusal) = await link.forget(host)
      side.withLock { $0 = came }
      return refusal
    }
    var reply = try await run(
      ForgetOperation(id, options), on: subjects, endsWithCaller: options.isDryRun, through: leaving, replies)
    guard options.isDryRun else {
      reply.headsetSide = side.withLock { $0 }
      return reply
    }
    let first =
      options.bothSides
      ? "Have the headset forget this computer. No capture of a real headset proves that this works."
      : "The headset does not list this computer, so there is nothing for it to forget."
    reply.plan = [first] + (reply.plan ?? [])
    return reply
  }

  /// What a bond was that is not there any more, although nobody gave it up; it is trusted again, as every pairing is.
  func remembered(_ id: DeviceID) -> Core.Device? {
    let own = mirror.key(of: id)
    let record = history.assumeIsolated { history in
      own.flatMap { history[$0] }
        ?? history.keys.first { $0.device == id.address && history[$0]?.isOutdated == true }.flatMap { history[$0] }
    }
    return record.map { Core.Device(id: id, name: $0.name, alias: $0.alias, trusted: true) }
  }

  private func isRemembered(_ id: DeviceID) -> Bool {
    let own = mirror.key(of: id)
    return history.assumeIsolated { history in
      history.keys.contains { $0 == own || $0.device == id.address && history[$0]?.isOutdated == true }
    }
  }

  func cache(_ parameters: Control.DeviceParameters) async throws(OperationError) -> Control.LayersReply {
    let id = try await resolver.bond(parameters.device, adapter: parameters.adapter)
    let outcome = try await operations.run(InspectOperation(id), on: [])
    return Control.LayersReply(layers: outcome.layers.map(Layer.init))
  }

  func repair(
    _ parameters: Control.RepairParameters, _ call: Call, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.bondToRepair(parameters.device, adapter: parameters.adapter)
    let limit = try searchTime(parameters.timeout) ?? configuration.values.repair
    let lost = remembered(id)
    guard parameters.consent == true else {
      let title = world.unfinished(id)?.title ?? lost?.alias
      throw .needsConsent(mirror.device(id) ?? Device(id: id, name: nil, alias: title))
    }
    let saving = await saveBefore(.repair, id, replies)
    let asks = parameters.ask == true && call.wantsMore
    let options = RepairOperation.Options(
      searchLimit: limit, capability: Self.capability(asks: asks, confirms: parameters.confirm))
    var reply = try await run(
      RepairOperation(id, options, lost: lost), on: [.pairing, .device(id)],
      through: pairingPort(asks: asks, call, replies), makesBond: true, knowing: world.wireDevice(id), replies)
    saving?.fill(&reply)
    return reply
  }

  func planRepair(
    _ parameters: Control.PlanRepairParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.bondToRepair(parameters.device, adapter: parameters.adapter)
    _ = try searchTime(parameters.timeout)
    let operation = RepairOperation(id, RepairOperation.Options(isDryRun: true), lost: remembered(id))
    return try await run(operation, on: [], replies)
  }

  // MARK: Status

  /// The devices whose bond is not there any more, although nobody forgot it here; nil when there is none.
  func lost() -> [Interface.Device]? {
    let lost = history.assumeIsolated { history in
      history.keys.compactMap { key -> Interface.Device? in
        guard let record = history[key], let finding = record.finding, finding.verdict.isOfAbsence else { return nil }
        let adapter = mirror.adapter(at: key.adapter)
        return Interface.Device(
          adapter: adapter?.name ?? "", address: key.device.description, name: record.name, alias: record.alias,
          verdict: Interface.Verdict(finding) { mirror.told($0, as: adapter) })
      }
    }
    return lost.isEmpty ? nil : lost
  }

  /// What was broken off; nil when there is nothing.
  func unfinished() async -> [Unfinished]? {
    let unfinished = await recovery.unfinished()
    return unfinished.isEmpty ? nil : unfinished
  }
}

extension ControlService {
  /// A time of the caller's for a headset in pairing mode to be found.
  func searchTime(_ milliseconds: Int?) throws(OperationError) -> Duration? {
    try duration(milliseconds, atLeast: ConfigurationValues.shortestSearch)
  }
}
