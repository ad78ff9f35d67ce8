internal import Core

/// Carries the requests of operations out: on BlueZ, by the privileged helper, in the journal.
struct HostPort: RequestPort {
  let bluez: BlueZPort
  let helper: FlushClient
  let journal: Journal
  let history: BondHistory
  let mirror: MirrorView

  func perform(_ request: Request) async -> Event {
    switch request {
    case .inspect(let id, let layers):
      let answer = await helper.inspect(id, layers)
      // What is looked at because it is to be removed is flushed at the end of it.
      if mirror.unfinished(id)?.phase == .removing { await helper.prepare() }
      return .layers(id, answer)
    case .flush(let id, let layers): return .layers(id, await helper.flush(id, layers))
    case .watch(let id): return .answered(request, await helper.watch(id))
    case .unwatch(let id):
      await helper.unwatch(id)
      return .answered(request, nil)
    case .record(let entry):
      guard let key = await key(of: entry.device) else { return .answered(request, Self.noAdapter) }
      // What is recorded to be removed is looked at first.
      if entry.phase == .removing { await helper.prepare() }
      return .answered(request, await journal.record(entry, of: key.adapter))
    case .erase(let id):
      guard let key = await key(of: id) else { return .answered(request, Self.noAdapter) }
      // Without its adapter nobody knows whether there still is a bond.
      if mirror.adapter(id.adapter) != nil, mirror.device(id)?.bonded != true { await history.drop(key) }
      return .answered(request, await journal.erase(id.address, of: key.adapter))
    case .setProfile(let id, let profile): return .answered(request, await order(id, profile: profile))
    case .setCodec(let id, let codec): return .answered(request, await order(id, codec: codec))
    default: return await bluez.perform(request)
    }
  }

  private func order(_ id: DeviceID, profile: String? = nil, codec: String? = nil) async -> Refusal? {
    guard let card = mirror.card(of: id) else { return Refusal(.doesNotExist, "The sound server does not show it.") }
    return await mirror.sessions.order(card.name, profile: profile, codec: codec)
  }

  /// The journal can be told also of a device whose adapter has gone meanwhile.
  private func key(of device: DeviceID) async -> Journal.Key? {
    if let key = mirror.key(of: device) { return key }
    return await journal.key(of: device)
  }

  private static let noAdapter = Refusal(.notReady, "The adapter is not there.")
}
