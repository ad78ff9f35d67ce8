internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// The method of `org.mdrctl.Control` that climbs the ladder.

extension ControlService {
  func fix(
    _ parameters: Control.FixParameters, _ call: Call, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let mayDelete = parameters.consent == true
    let id = try await resolver.bondToRepair(parameters.device, adapter: parameters.adapter)
    let key = mirror.key(of: id)
    // Only who agreed to the bond's removal may come to it.
    let saving = mayDelete ? await saveBefore(.repair, id, replies) : nil
    let asks = parameters.ask == true && call.wantsMore
    var options = FixOperation.Options(
      personLimit: try searchTime(parameters.timeout) ?? configuration.values.repair,
      capability: Self.capability(asks: asks, confirms: parameters.confirm), mayDeleteBond: mayDelete)
    await limit(&options, key, isForced: parameters.force == true)
    let operation = FixOperation(id, options, lost: remembered(id), known: world.finding(of: id)?.verdict)
    let note: @Sendable (Report) -> Void = { [advices] report in
      guard let key, let deed = report.awaited?.deed else { return }
      advices.assumeIsolated { $0.note(deed, key) }
    }
    do throws(OperationError) {
      var reply = try await run(
        operation, on: mayDelete ? [.pairing, .device(id)] : [.device(id)],
        through: pairingPort(asks: asks, call, replies).looking { [headsets] id in await headsets.look(at: id) },
        makesBond: mayDelete, knowing: world.wireDevice(id),
        noting: note, replies)
      if let key { await advices.ladderEnded(key, restartFailed: false) }
      saving?.fill(&reply)
      return reply
    } catch {
      // A restart that was done and did not help is not asked for again when somebody has agreed to what is left.
      if let key { await advices.ladderEnded(key, restartFailed: error.code == .needsConsent) }
      throw error
    }
  }

  /// The rungs for what is wrong now. Changes nothing.
  func planFix(
    _ parameters: Control.PlanFixParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.bondToRepair(parameters.device, adapter: parameters.adapter)
    var options = FixOperation.Options(isDryRun: true)
    await limit(&options, mirror.key(of: id), isForced: parameters.force == true)
    let operation = FixOperation(id, options, lost: remembered(id), known: world.finding(of: id)?.verdict)
    return try await run(operation, on: [], replies)
  }

  /// What was advised a short time ago is not advised again.
  private func limit(_ options: inout FixOperation.Options, _ key: BondKey?, isForced: Bool) async {
    guard let key else { return }
    options.skipsRestart = await advices.wasRestarted(key)
    if !isForced { options.initializeObstacle = await advices.initializeObstacle(key) }
  }
}
