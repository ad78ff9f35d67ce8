internal import Core

/// Carries the requests of operations out, each at its own port.
struct HostPort: Sendable {
  let bluez: BlueZPort
  let helper: HelperPort
  let journal: Journal
  let history: BondHistory
  let sessions: Sessions
  let world: LiveWorld
  let chronicle: Chronicle
  /// The agent, and who answers for it; only a pairing has one.
  private var agent: PairingAgent.Lease?
  /// Has the headset forget this computer; only who forgets on both sides has it.
  private var leave: (@Sendable () async -> Refusal?)?
  /// Has a headset say what the ladder goes by; only who climbs has it.
  private var look: (@Sendable (DeviceID) async -> Void)?

  init(
    bluez: BlueZPort, helper: HelperPort, journal: Journal, history: BondHistory, sessions: Sessions, world: LiveWorld,
    chronicle: Chronicle
  ) {
    self.bluez = bluez
    self.helper = helper
    self.journal = journal
    self.history = history
    self.sessions = sessions
    self.world = world
    self.chronicle = chronicle
  }

  /// The same for a pairing, with an agent.
  func lending(_ agent: PairingAgent.Lease) -> Self {
    var port = self
    port.agent = agent
    return port
  }

  /// The same for a removal on both sides.
  func leaving(_ leave: @escaping @Sendable () async -> Refusal?) -> Self {
    var port = self
    port.leave = leave
    return port
  }

  /// The same for a ladder.
  func looking(_ look: @escaping @Sendable (DeviceID) async -> Void) -> Self {
    var port = self
    port.look = look
    return port
  }

  /// Does it; returns what the operation is told when it has been done or refused.
  func perform(_ request: Request) async -> Event {
    let event = await carryOut(request)
    if case .answered(_, let refusal?) = event { await chronicle.refused(request, refusal) }
    return event
  }

  private func carryOut(_ request: Request) async -> Event {
    switch request {
    case .bluez(let asked):
      if case .pair(let id) = asked { await agent?.pairs(id) }
      return .answered(request, await bluez.perform(asked))
    case .agent(let asked): return .answered(request, await perform(asked))
    case .helper(let asked): return await perform(asked)
    case .journal(let asked): return .answered(request, await perform(asked))
    case .session(let asked): return .answered(request, await perform(asked))
    case .headset(.leave):
      guard let leave else { return .answered(request, Refusal(.other, "There is no way to tell the headset.")) }
      return .answered(request, await leave())
    case .headset(.look(let id)):
      await look?(id)
      return .answered(request, nil)
    }
  }

  private func perform(_ request: AgentRequest) async -> Refusal? {
    guard let agent else { return Refusal(.other, "There is nobody who would answer for an agent.") }
    switch request {
    case .register(let capability): return await agent.register(capability)
    case .unregister:
      await agent.unregister()
      return nil
    }
  }

  private func perform(_ request: HelperRequest) async -> Event {
    switch request {
    case .inspect(let id, let layers):
      // What is looked at because it is to be removed is flushed at the end of it.
      let isRemoval = world.unfinished(id)?.phase == .removing
      return .layers(id, await helper.inspect(id, layers, goesOn: isRemoval))
    case .flush(let id, let layers): return .layers(id, await helper.flush(id, layers))
    case .endLink(let id): return .answered(.helper(request), await helper.endLink(id))
    case .watch(let id): return .answered(.helper(request), await helper.watch(id))
    case .unwatch(let id):
      await helper.unwatch(id)
      return .answered(.helper(request), nil)
    case .prepare:
      await helper.prepare()
      return .answered(.helper(request), nil)
    }
  }

  private func perform(_ request: JournalRequest) async -> Refusal? {
    switch request {
    case .record(let entry):
      guard let key = await key(of: entry.device) else { return Self.noAdapter }
      // What is recorded to be removed is looked at first.
      if entry.phase == .removing { await helper.prepare() }
      return await journal.record(entry, of: key.adapter)
    case .erase(let id):
      guard let key = await key(of: id) else { return Self.noAdapter }
      // Without its adapter nobody knows whether there still is a bond.
      if world.adapter(id.adapter) != nil, world.device(id)?.bonded != true {
        await history.forget(key, present: world.mirror.adapterAddresses)
      }
      return await journal.erase(id.address, of: key.adapter)
    }
  }

  private func perform(_ request: SessionRequest) async -> Refusal? {
    switch request {
    case .setProfile(let id, let profile): await order(id, profile: profile)
    case .setCodec(let id, let codec): await order(id, codec: codec)
    case .restartServer: await sessions.restartServer()
    }
  }

  private func order(_ id: DeviceID, profile: String? = nil, codec: String? = nil) async -> Refusal? {
    guard let card = world.card(of: id) else { return Refusal(.doesNotExist, "The sound server does not show it.") }
    return await sessions.order(card.name, profile: profile, codec: codec)
  }

  /// The journal can be told also of a device whose adapter has gone meanwhile.
  private func key(of device: DeviceID) async -> BondKey? {
    if let key = world.mirror.key(of: device) { return key }
    return await journal.key(of: device)
  }

  private static let noAdapter = Refusal(.notReady, "The adapter is not there.")
}
