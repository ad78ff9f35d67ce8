package import Vocabulary

/// Puts the audio of a connected device into what is wanted of it, at both layers: A2DP in BlueZ where stereo is wanted,
/// then the profile of the sound server's card; and reads both again.
///
/// A profile of the right kind is left as it is, whatever its codec (the sound server, or the user in it, chose that).
/// The sound server is asked once: what it takes back is told, not fought.
package struct ProfileOperation: Operation {
  /// What is wanted.
  package enum Goal: Hashable, Sendable {
    /// The best profile of a kind.
    case kind(AudioCard.Kind)
    /// A codec of the present kind, by the name that ``AudioCard/choices`` gives it; nil for the best one.
    case codec(String?)
  }

  private enum Phase: Equatable {
    case idle
    case linking(StereoLink)
    case awaitingCard
    case switching(Request)
    case confirming
    /// The codec is another one, so its stream is.
    case awaitingStream
    /// The link fell; the adapter may be going off.
    case awaitingAdapter(OperationError)
    case finished
  }

  /// PipeWire waits up to 6 s for HFP before it shows a card (`bluez5-dbus.c DEVICE_PROFILE_TIMEOUT_SEC`).
  static let cardLimit = Duration.seconds(10)
  /// The sound server has said that it did it; what it has then arrives within the same second in the laboratory.
  static let confirmingLimit = Duration.seconds(5)

  package let name = "profile"
  package var undertaking: Undertaking? {
    switch goal {
    case .kind(let kind): .audio(id, kind)
    case .codec: .audio(id, nil)
    }
  }
  private let id: DeviceID
  private let goal: Goal
  private let preference: CodecPreference?
  private let mayReconnect: Bool
  private var phase = Phase.idle
  private var proofs: [Proof] = []

  /// Where asking for A2DP does not help, the device is connected anew, unless it may not be.
  package init(_ id: DeviceID, _ goal: Goal, preference: CodecPreference? = nil, mayReconnect: Bool = true) {
    self.id = id
    self.goal = goal
    self.preference = preference
    self.mayReconnect = mayReconnect
  }

  // MARK: Events

  package mutating func start(in world: some World) -> [Action] {
    do throws(OperationError) { try check(in: world) } catch { return finish(.failure(error)) }
    if let error = lack(in: world) { return finish(.failure(error)) }
    guard goal == .kind(.stereo) else { return awaitCard(in: world) }
    var link = StereoLink(id, mayReconnect: mayReconnect)
    let step = link.start(in: world)
    return take(step, link, in: world)
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    guard phase != .idle, phase != .finished else { return [] }
    do throws(OperationError) {
      // A reconnect of our own is under way.
      switch phase {
      case .linking, .awaitingAdapter: _ = try footing(in: world)
      default: try check(in: world)
      }
    } catch {
      if event == .cancelled { return finish(.failure(.cancelled("Switching"))) }
      return finish(.failure(error), in: world)
    }
    switch (phase, event) {
    case (.awaitingAdapter(let error), .expired(.audio)): return finish(.failure(error))
    case (.awaitingAdapter, .cancelled): return finish(.failure(.cancelled("Switching")))
    case (.awaitingAdapter, _): return []
    case (.linking(var link), _):
      let step = link.handle(event, in: world)
      return take(step, link, in: world)
    case (.awaitingCard, .cancelled), (.switching, .cancelled), (.confirming, .cancelled),
      (.awaitingStream, .cancelled):
      return finish(.failure(.cancelled("Switching")))
    case (.awaitingCard, .expired(.card)):
      if case .kind(let kind) = goal, let card = world.card(of: id) {
        return finish(.failure(.noProfile(kind, device(in: world), card)))
      }
      return finish(.failure(.cardMissing(device(in: world), world.sound)))
    case (.awaitingCard, _): return look(in: world)
    case (.switching(let request), .answered(let asked, let refusal)) where asked == request:
      if let refusal { return finish(.failure(.switching(device(in: world), refusal, world.sound))) }
      return confirm(in: world)
    case (.confirming, _) where isReached(in: world): return succeed(in: world)
    case (.confirming, .expired(.card)):
      let card = world.card(of: id)
      return finish(.failure(.takenBack(device(in: world), card, world.sound)))
    case (.awaitingStream, _) where world.hasStereo(id): return end(in: world)
    case (.awaitingStream, .expired(.audio)): return end(in: world)
    default: return []
    }
  }

  // MARK: BlueZ's layer

  private mutating func take(
    _ step: StereoLink.Step, _ link: StereoLink, in world: some World
  ) -> [Action] {
    phase = .linking(link)
    switch step {
    case .go(let actions): return actions
    case .failed(let actions, let error): return actions + finish(.failure(error))
    case .up(let actions): return actions + [.noteAudioObstacle(id, nil)] + awaitCard(in: world)
    case .down(let actions, let obstacle):
      let device = device(in: world)
      let error = OperationError.noStereo(device, obstacle, in: world)
      return actions + [.noteAudioObstacle(id, obstacle)] + finish(.failure(error), in: world)
    }
  }

  // MARK: The sound server's layer

  private mutating func awaitCard(in world: some World) -> [Action] {
    guard world.sound?.server != nil else {
      // BlueZ's layer is what there is to see to, where another program plays (BlueALSA), or nobody is logged in.
      guard goal == .kind(.stereo) else {
        return finish(.failure(.noSession(for: device(in: world), world.sound)))
      }
      proofs = [.proven(.a2dp), .open(.profile, because: OperationError.noSessionSentence(world.sound))]
      return finish(.success(Outcome(device: id, proofs: proofs)))
    }
    phase = .awaitingCard
    return [.arm(.card, Self.cardLimit)] + look(in: world)
  }

  /// Goes on when the card is there with a profile that will do.
  private mutating func look(in world: some World) -> [Action] {
    guard let card = world.card(of: id), card.activeProfile != nil else { return [] }
    if isReached(in: world) { return succeed(in: world) }
    let device = device(in: world)
    let request: Request
    switch goal {
    case .kind(let kind):
      guard let profile = card.best(kind, for: preference) else {
        // PipeWire shows a card before all of its profiles can be used, and has those of A2DP a moment after its stream.
        if kind == .stereo, world.hasStereo(id) { return [] }
        // Those of HFP come some seconds after the card (laboratory, PipeWire 0.3 and 1.4).
        if kind == .call, !device.services.isDisjoint(with: [.handsFree, .headset]) { return [] }
        return finish(.failure(.noProfile(kind, device, card)))
      }
      request = .setProfile(id, profile.name)
    case .codec(let wanted):
      guard let choice = choice(wanted, of: card) else { return finish(.failure(.noCodec(wanted, device, card))) }
      request = choice.profile.map { .setProfile(id, $0) } ?? .setCodec(id, choice.name)
    }
    phase = .switching(request)
    return [.disarm(.card), .progress(.switching, "Switching \(device.alias)"), .request(request)]
  }

  private mutating func confirm(in world: some World) -> [Action] {
    if isReached(in: world) { return succeed(in: world) }
    phase = .confirming
    return [.arm(.card, Self.confirmingLimit)]
  }

  private func choice(_ wanted: String?, of card: AudioCard) -> AudioCard.Choice? {
    guard let wanted else {
      if card.codecs.isEmpty {
        let best = card.kind.flatMap { card.best($0, for: preference) }
        return card.choices.first { $0.profile == best?.name }
      }
      // PulseAudio lists its codecs with the best one first.
      guard preference == .latency else { return card.choices.first }
      return card.choices.max { AudioCard.quickness(of: $0.name) < AudioCard.quickness(of: $1.name) }
    }
    let word = wanted.lowercased()
    return card.choices.first { choice in
      [choice.name, choice.profile].contains { $0?.lowercased().hasSameBytes(as: word) == true }
    }
  }

  private func isReached(in world: some World) -> Bool {
    guard let card = world.card(of: id) else { return false }
    switch goal {
    case .kind(let kind): return card.kind == kind
    case .codec(let wanted): return choice(wanted, of: card)?.isActive == true
    }
  }

  // MARK: Endings

  private mutating func succeed(in world: some World) -> [Action] {
    proofs = [.proven(.profile)]
    guard world.card(of: id)?.kind == .stereo, !world.hasStereo(id) else {
      return end(in: world)
    }
    // A switch of the codec makes the stream anew (laboratory: sbc to sbc_xq on trixie).
    phase = .awaitingStream
    return [.disarm(.card), .arm(.audio, AudioConnection.audioLimit)]
  }

  private mutating func end(in world: some World) -> [Action] {
    if world.card(of: id)?.kind == .stereo {
      let obstacle = "The sound server's card is in stereo, but BlueZ has no A2DP stream."
      proofs.insert(world.hasStereo(id) ? .proven(.a2dp) : .open(.a2dp, because: obstacle), at: 0)
    }
    return finish(.success(Outcome(device: id, proofs: proofs)))
  }

  /// Finishes, once it is clear that the adapter is not what failed.
  private mutating func finish(
    _ result: Result<Outcome, OperationError>, in world: some World
  ) -> [Action] {
    guard case .failure(let error) = result, [.notConnected, .noProfile, .noSoundServer].contains(error.code),
      world.device(id)?.connected == false, world.adapter(id.adapter)?.powered == true
    else { return finish(result) }
    phase = .awaitingAdapter(error)
    return disarmed + [.arm(.audio, AdapterNews.limit(on: id.adapter, in: world))]
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return disarmed + [.finish(result)]
  }

  private var disarmed: [Action] { [.disarm(.card), .disarm(.audio), .disarm(.resolving), .disarm(.disconnecting)] }

  private func footing(in world: some World) throws(OperationError) -> Device {
    let action = phase == .idle ? nil : "its profile was being switched"
    _ = try Preconditions.adapter(id.adapter, in: world, while: action)
    guard let device = world.device(id) else {
      throw phase == .idle ? .deviceNotFound(id.address.description) : .deviceGone(id)
    }
    return device
  }

  private func check(in world: some World) throws(OperationError) {
    let device = try footing(in: world)
    guard !device.blocked else { throw .deviceBlocked(device) }
    guard device.connected else { throw .notConnected(device) }
  }

  /// What one end lacks of what is wanted.
  private func lack(in world: some World) -> OperationError? {
    guard case .kind(let kind) = goal, [.stereo, .call].contains(kind), world.card(of: id)?.kind != kind,
      let device = world.device(id), device.servicesResolved
    else { return nil }
    return AudioEnds(device, on: world.adapter(id.adapter)).flatMap { .lacking(kind, device, $0) }
  }

  private func device(in world: some World) -> Device {
    world.deviceOrNameless(id)
  }
}
