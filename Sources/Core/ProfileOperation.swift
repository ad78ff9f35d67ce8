/// Puts the audio of a connected device into what is wanted of it, at both layers: A2DP in BlueZ where stereo is wanted,
/// then the profile of the sound server's card; and reads both again.
///
/// A profile of the right kind is left as it is, whatever its codec (the sound server, or the user in it, chose that).
/// The sound server is asked once: what it takes back is told, not fought.
package struct ProfileOperation: Operation {
  /// What is wanted.
  package enum Goal: Hashable, Sendable {
    /// The best profile of a kind.
    case kind(SoundCard.Kind)
    /// A codec of the present kind, by the name that ``SoundCard/choices`` gives it; nil for the best one.
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
  private let id: DeviceID
  private let goal: Goal
  private let preference: CodecPreference?
  private var phase = Phase.idle
  private var proofs: [Proof] = []

  package init(_ id: DeviceID, _ goal: Goal, preference: CodecPreference? = nil) {
    self.id = id
    self.goal = goal
    self.preference = preference
  }

  // MARK: Events

  package mutating func start(in neighbourhood: some Neighbourhood) -> [Action] {
    do throws(OperationError) { try check(in: neighbourhood) } catch { return finish(.failure(error)) }
    if let error = lack(in: neighbourhood) { return finish(.failure(error)) }
    guard goal == .kind(.stereo) else { return awaitCard(in: neighbourhood) }
    var link = StereoLink(id)
    let step = link.start(in: neighbourhood)
    return take(step, link, in: neighbourhood)
  }

  package mutating func handle(_ event: Event, in neighbourhood: some Neighbourhood) -> [Action] {
    guard phase != .idle, phase != .finished else { return [] }
    do throws(OperationError) {
      // A reconnect of our own is under way.
      switch phase {
      case .linking, .awaitingAdapter: _ = try footing(in: neighbourhood)
      default: try check(in: neighbourhood)
      }
    } catch {
      if event == .cancelled { return finish(.failure(.cancelled("Switching"))) }
      return finish(.failure(error), in: neighbourhood)
    }
    switch (phase, event) {
    case (.awaitingAdapter(let error), .expired(.audio)): return finish(.failure(error))
    case (.awaitingAdapter, .cancelled): return finish(.failure(.cancelled("Switching")))
    case (.awaitingAdapter, _): return []
    case (.linking(var link), _):
      let step = link.handle(event, in: neighbourhood)
      return take(step, link, in: neighbourhood)
    case (.awaitingCard, .cancelled), (.switching, .cancelled), (.confirming, .cancelled),
      (.awaitingStream, .cancelled):
      return finish(.failure(.cancelled("Switching")))
    case (.awaitingCard, .expired(.card)):
      if case .kind(let kind) = goal, let card = neighbourhood.card(of: id) {
        return finish(.failure(.noProfile(kind, device(in: neighbourhood), card)))
      }
      return finish(.failure(.cardMissing(device(in: neighbourhood), neighbourhood.sound)))
    case (.awaitingCard, _): return look(in: neighbourhood)
    case (.switching(let request), .answered(let asked, let refusal)) where asked == request:
      if let refusal { return finish(.failure(.switching(device(in: neighbourhood), refusal, neighbourhood.sound))) }
      return confirm(in: neighbourhood)
    case (.confirming, _) where isReached(in: neighbourhood): return succeed(in: neighbourhood)
    case (.confirming, .expired(.card)):
      let card = neighbourhood.card(of: id)
      return finish(.failure(.takenBack(device(in: neighbourhood), card, neighbourhood.sound)))
    case (.awaitingStream, _) where neighbourhood.hasStereo(id): return end(in: neighbourhood)
    case (.awaitingStream, .expired(.audio)): return end(in: neighbourhood)
    default: return []
    }
  }

  // MARK: BlueZ's layer

  private mutating func take(
    _ step: StereoLink.Step, _ link: StereoLink, in neighbourhood: some Neighbourhood
  ) -> [Action] {
    phase = .linking(link)
    switch step {
    case .go(let actions): return actions
    case .failed(let actions, let error): return actions + finish(.failure(error))
    case .up(let actions): return actions + [.hear(id, nil)] + awaitCard(in: neighbourhood)
    case .down(let actions, let obstacle):
      let device = device(in: neighbourhood)
      let error = OperationError.noStereo(device, obstacle, in: neighbourhood)
      return actions + [.hear(id, obstacle)] + finish(.failure(error), in: neighbourhood)
    }
  }

  // MARK: The sound server's layer

  private mutating func awaitCard(in neighbourhood: some Neighbourhood) -> [Action] {
    guard neighbourhood.sound?.server != nil else {
      // BlueZ's layer is what there is to see to, where another program plays (BlueALSA), or nobody is logged in.
      guard goal == .kind(.stereo) else {
        return finish(.failure(.noSession(for: device(in: neighbourhood), neighbourhood.sound)))
      }
      proofs = [.proven(.a2dp), .open(.profile, because: OperationError.noSessionSentence(neighbourhood.sound))]
      return finish(.success(Outcome(device: id, proofs: proofs)))
    }
    phase = .awaitingCard
    return [.arm(.card, Self.cardLimit)] + look(in: neighbourhood)
  }

  /// Goes on when the card is there with a profile that will do.
  private mutating func look(in neighbourhood: some Neighbourhood) -> [Action] {
    guard let card = neighbourhood.card(of: id), card.activeProfile != nil else { return [] }
    if isReached(in: neighbourhood) { return succeed(in: neighbourhood) }
    let device = device(in: neighbourhood)
    let request: Request
    switch goal {
    case .kind(let kind):
      guard let profile = card.best(kind, for: preference) else {
        // PipeWire shows a card before all of its profiles can be used, and has those of A2DP a moment after its stream.
        if kind == .stereo, neighbourhood.hasStereo(id) { return [] }
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

  private mutating func confirm(in neighbourhood: some Neighbourhood) -> [Action] {
    if isReached(in: neighbourhood) { return succeed(in: neighbourhood) }
    phase = .confirming
    return [.arm(.card, Self.confirmingLimit)]
  }

  private func choice(_ wanted: String?, of card: SoundCard) -> SoundCard.Choice? {
    guard let wanted else {
      if card.codecs.isEmpty {
        let best = card.kind.flatMap { card.best($0, for: preference) }
        return card.choices.first { $0.profile == best?.name }
      }
      // PulseAudio lists its codecs with the best one first.
      guard preference == .latency else { return card.choices.first }
      return card.choices.max { SoundCard.quickness(of: $0.name) < SoundCard.quickness(of: $1.name) }
    }
    let word = wanted.lowercased()
    return card.choices.first { $0.name.lowercased() == word || $0.profile?.lowercased() == word }
  }

  private func isReached(in neighbourhood: some Neighbourhood) -> Bool {
    guard let card = neighbourhood.card(of: id) else { return false }
    switch goal {
    case .kind(let kind): return card.kind == kind
    case .codec(let wanted): return choice(wanted, of: card)?.isActive == true
    }
  }

  // MARK: Endings

  private mutating func succeed(in neighbourhood: some Neighbourhood) -> [Action] {
    proofs = [.proven(.profile)]
    guard neighbourhood.card(of: id)?.kind == .stereo, !neighbourhood.hasStereo(id) else {
      return end(in: neighbourhood)
    }
    // A switch of the codec makes the stream anew (laboratory: sbc to sbc_xq on trixie).
    phase = .awaitingStream
    return [.disarm(.card), .arm(.audio, AudioConnection.audioLimit)]
  }

  private mutating func end(in neighbourhood: some Neighbourhood) -> [Action] {
    if neighbourhood.card(of: id)?.kind == .stereo {
      let obstacle = "The sound server's card is in stereo, but BlueZ has no A2DP stream."
      proofs.insert(neighbourhood.hasStereo(id) ? .proven(.a2dp) : .open(.a2dp, because: obstacle), at: 0)
    }
    return finish(.success(Outcome(device: id, proofs: proofs)))
  }

  /// Finishes, once it is clear that the adapter is not what failed.
  private mutating func finish(
    _ result: Result<Outcome, OperationError>, in neighbourhood: some Neighbourhood
  ) -> [Action] {
    guard case .failure(let error) = result, [.notConnected, .noProfile, .noSoundServer].contains(error.code),
      neighbourhood.device(id)?.connected == false, neighbourhood.adapter(id.adapter)?.powered == true
    else { return finish(result) }
    phase = .awaitingAdapter(error)
    return disarmed + [.arm(.audio, AdapterNews.limit(on: id.adapter, in: neighbourhood))]
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return disarmed + [.finish(result)]
  }

  private var disarmed: [Action] { [.disarm(.card), .disarm(.audio), .disarm(.resolving), .disarm(.disconnecting)] }

  private func footing(in neighbourhood: some Neighbourhood) throws(OperationError) -> Device {
    let action = phase == .idle ? nil : "its profile was being switched"
    _ = try Footing.adapter(id.adapter, in: neighbourhood, while: action)
    guard let device = neighbourhood.device(id) else {
      throw phase == .idle ? .deviceNotFound(id.address.description) : .deviceGone(id)
    }
    return device
  }

  private func check(in neighbourhood: some Neighbourhood) throws(OperationError) {
    let device = try footing(in: neighbourhood)
    guard !device.blocked else { throw .deviceBlocked(device) }
    guard device.connected else { throw .notConnected(device) }
  }

  /// What one end lacks of what is wanted.
  private func lack(in neighbourhood: some Neighbourhood) -> OperationError? {
    guard case .kind(let kind) = goal, [.stereo, .call].contains(kind), neighbourhood.card(of: id)?.kind != kind,
      let device = neighbourhood.device(id), device.servicesResolved
    else { return nil }
    return AudioEnds(device, on: neighbourhood.adapter(id.adapter)).flatMap { .lacking(kind, device, $0) }
  }

  private func device(in neighbourhood: some Neighbourhood) -> Device {
    neighbourhood.device(id) ?? Device(id: id, name: nil)
  }
}
