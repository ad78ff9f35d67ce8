internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that are about connections that nobody asks for: SetConnection, Take and Yield.

extension ControlService {
  var calling: [VarlinkMethod] {
    [
      serve(Control.setConnection) { parameters, call, _ throws(OperationError) in
        try await setConnection(parameters, call)
      },
      serve(Control.take) { parameters, _, replies throws(OperationError) in try await take(parameters, replies) },
      serve(Control.yield) { parameters, _, replies throws(OperationError) in try await yield(parameters, replies) },
    ]
  }

  private func setConnection(
    _ parameters: Control.SetConnectionParameters, _ call: Call
  ) async throws(OperationError) -> Control.DeviceReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    if let tier = parameters.tier, !CallWish.tiers.contains(tier) {
      throw OperationError(
        .invalidArgument, "There is no tier \(tier).",
        hint: "A tier is a number from \(CallWish.tiers.lowerBound), the first, to \(CallWish.tiers.upperBound).")
    }
    guard let key = mirror.key(of: id) else { throw .deviceNotFound(id.address.description) }
    let user = owner(of: call.peer)
    let notStored = await preferences.changeCalls(of: key, for: user) {
      if let isAutomatic = parameters.autoConnect { $0.isAutomatic = isAutomatic }
      if let tier = parameters.tier { $0.tier = tier }
    }
    await watches.soundChanged()
    await monitors.wishesChanged(of: key)
    var reply = try await reply(id)
    reply.notStored = notStored
    return reply
  }

  private func take(
    _ parameters: Control.ConnectParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let limit = try duration(parameters.timeout, atLeast: .milliseconds(1)) ?? configuration.values.connect
    let operation = ConnectOperation(id, limit: limit, restart: try restart(parameters.restartSound))
    let reply = try await run(operation, on: [.device(id)], replies)
    let others = mirror.allDevices.filter { $0.id != id && $0.connected && $0.bonded && $0.isAudio }.map(\.id).sorted()
    guard !others.isEmpty else { return reply }
    for other in others {
      _ = try await run(ChangeOperation(.disconnect(other)), on: [.device(other)], endsWithCaller: false, replies)
    }
    // A sound server may have had no stream left for it: now there is one.
    return try await run(ConnectOperation(id, limit: limit), on: [.device(id)], replies)
  }

  private func yield(
    _ parameters: Control.YieldParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let time = try duration(parameters.time, atLeast: .seconds(1))
    guard let device = mirror.device(id), let key = mirror.key(of: id) else {
      throw .deviceNotFound(id.address.description)
    }
    guard device.bonded else { throw .notBonded(device) }
    var reply = Control.OperationReply(device: await self.device(id))
    if device.connected {
      reply = try await run(ChangeOperation(.disconnect(id)), on: [.device(id)], endsWithCaller: false, replies)
    }
    reply.notStored = await holds.set(.yielded, on: key, for: time)
    reply.device = await self.device(id)
    return reply
  }
}

extension ControlService {
  /// How it stands with a bonded headset's connection; nil of anything else.
  func standing(of id: DeviceID) -> Interface.Standing? {
    guard let device = mirror.device(id), device.bonded, device.isAudio else { return nil }
    let standing = watches.assumeIsolated { $0.standing(of: id) }
    return Interface.Standing(standing, world.callWish(of: id), user: world.sound?.name)
  }
}

extension Interface.Standing {
  init(_ standing: CallStanding, _ wish: CallWish, user: String?) {
    self.init(
      autoConnect: wish.isAutomatic, tier: wish.tier, user: wish.isOwn ? user : nil, state: standing.state,
      message: standing.message, next: standing.next.map { Int($0 / .milliseconds(1)) })
  }
}
