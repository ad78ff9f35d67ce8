internal import Core
internal import DBus
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that are about sound: Audio, Profile and Codec.

extension ControlService {
  func audio(
    _ parameters: Control.AudioParameters, _ call: Call
  ) async throws(OperationError) -> Control.AudioReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
    return Control.AudioReply(device: device, audio: await audio(of: id, for: call.peer), codecs: codecs(of: id))
  }

  func profile(
    _ parameters: Control.ProfileParameters, _ call: Call, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let policy = parameters.policy
    var notStored: String?
    if parameters.once != true {
      notStored = try await keep(id, for: call.peer) { $0.policy = policy }
      // What is not connected is put into it when it is; and another user's own policy may hold now.
      guard mirror.device(id)?.connected == true, world.wish(of: id).policy == policy else {
        return Control.OperationReply(
          device: await device(id), audio: await audio(of: id, for: call.peer), notStored: notStored)
      }
    }
    do throws(OperationError) {
      var reply = try await change(id, .kind(policy.kind), call.peer, replies)
      reply.notStored = notStored
      return reply
    } catch {
      // The policy is kept, and applied as soon as a sound server shows the device.
      guard parameters.once != true, error.code == .noSession else { throw error }
      return Control.OperationReply(
        device: await device(id), proofs: [Proof(what: .profile, proven: false, reason: error.evidence)],
        audio: await audio(of: id, for: call.peer), notStored: notStored)
    }
  }

  func codec(
    _ parameters: Control.CodecParameters, _ call: Call, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    var notStored: String?
    if let preference = parameters.preference {
      notStored = try await keep(id, for: call.peer) { $0.preference = preference }
    }
    guard let name = parameters.codec else {
      return Control.OperationReply(
        device: await device(id), audio: await audio(of: id, for: call.peer), codecs: codecs(of: id),
        notStored: notStored)
    }
    var reply = try await change(id, .codec(name == "best" ? nil : name), call.peer, replies)
    reply.codecs = codecs(of: id)
    reply.notStored = notStored
    return reply
  }

  private func change(
    _ id: DeviceID, _ goal: ProfileOperation.Goal, _ peer: PeerCredentials, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let operation = ProfileOperation(id, goal, preference: world.wish(of: id).preference)
    do throws(OperationError) {
      var reply = try await run(operation, on: [.device(id)], endsWithCaller: false, replies)
      reply.audio = await audio(of: id, for: peer)
      return reply
    } catch {
      // The wish is kept all the same.
      if error.code == .busy { await watches.wishChanged(of: id) }
      let hasNoCard = [.noSession, .noProfile].contains(error.code) && world.card(of: id) == nil
      guard hasNoCard, let device = mirror.device(id), await hasBlueALSA else { throw error }
      throw .playedByBlueALSA(device)
    }
  }

  /// Changes what the caller wishes: his own wish where he has a session, otherwise everybody's. Root and the daemon's own
  /// user speak for the computer. Returns why it will not last.
  private func keep(
    _ id: DeviceID, for peer: PeerCredentials, _ change: @Sendable (inout AudioWish) -> Void
  ) async throws(OperationError) -> String? {
    guard let key = mirror.key(of: id) else { throw .noAdapter(mirror.host) }
    let notStored = await preferences.change(key, for: owner(of: peer), change)
    await monitors.wishesChanged(of: key)
    return notStored
  }

  /// Whose a caller's wishes are: his own where he has a session, otherwise everybody's.
  func owner(of peer: PeerCredentials) -> UInt32? {
    let isPerson = !Controllers.isComputer(peer) && sessions.assumeIsolated { $0.isThere(peer.uid) }
    return isPerson ? peer.uid : nil
  }

  // MARK: What there is

  private func audio(of id: DeviceID, for peer: PeerCredentials) async -> Interface.Sound {
    let hasBlueALSA = await hasBlueALSA
    var evidence = await watches.audioEvidence(on: id, hasBlueALSA: hasBlueALSA)
    evidence.namesRecorders = configuration.mayControl(peer) || world.sound?.user == peer.uid
    if AudioDiagnosis.asksForHolders(of: id, in: world), let card = world.card(of: id) {
      evidence.holders = await sessions.streamHolders(card.name)
    }
    let verdict = AudioDiagnosis.verdict(on: id, evidence, in: world)
    let wish = world.wish(of: id)
    let milestones = await watches.milestones
    let steps = LoginWatch.Milestone.allCases.compactMap { milestone in
      milestones[milestone].map { LoginStep(step: milestone, milliseconds: Int($0 / .milliseconds(1))) }
    }
    return Interface.Sound(
      policy: wish.policy,
      policyUser: wish.isOwn ? world.sound?.name : nil,
      preference: wish.preference,
      session: world.sound.map(Interface.SoundSession.init),
      card: world.card(of: id).map { .init($0, namesRecorders: evidence.namesRecorders) },
      decidedBy: evidence.watch.decider,
      cause: verdict.cause, message: verdict.message,
      evidence: verdict.evidence, hint: verdict.hint.map { mirror.told($0) }, login: steps.isEmpty ? nil : steps)
  }

  private func codecs(of id: DeviceID) -> [Interface.SoundCodec] {
    (world.card(of: id)?.choices ?? []).map {
      SoundCodec(name: $0.name, description: $0.description, active: $0.isActive)
    }
  }

  private var hasBlueALSA: Bool {
    get async {
      guard let connection = mirror.connection else { return false }
      return await connection.isOwned("org.bluealsa")
    }
  }
}

extension Interface.SoundSession {
  fileprivate init(_ session: AudioSession) {
    self.init(
      user: session.name, uid: Int(session.user), state: session.presence?.rawValue, server: session.server)
  }
}
