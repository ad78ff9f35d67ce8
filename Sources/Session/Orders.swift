internal import EventLoop
internal import Interface

/// Carries out what the daemon wants done to a card, one at a time: asks the sound server, and waits until it is seen.
actor Orders: LoopActor {
  nonisolated let loop: EventLoop
  private let sound: any SoundServing
  private let units: any UnitStarting
  private let limit: Duration
  private var state = SoundState.absent
  private var waiting: Waiting?
  /// Of the order that is being carried out.
  private var deadline = ContinuousClock.now

  /// How long what was asked for may take to be seen: PipeWire lets 3 s pass between two changes of the codec. A profile
  /// may be asked for twice, and the daemon gives an order up after 14 s.
  static let limit = Duration.seconds(6)

  /// What came of an order, as far as what there is tells; nil to go on waiting.
  private typealias Verdict = (SoundState) -> Outcome?
  private enum Outcome: Equatable {
    case seen
    /// The sound server has made the card's sink anew, in another profile.
    case lost
    case impossible(String)
    case timedOut
  }
  private struct Waiting {
    let verdict: Verdict
    let continuation: CheckedContinuation<Outcome, Never>
    let timer: TimerToken
  }

  init(loop: EventLoop, sound: any SoundServing, units: any UnitStarting, limit: Duration = limit) {
    self.loop = loop
    self.sound = sound
    self.units = units
    self.limit = limit
  }

  /// To be told of each change.
  func take(_ state: SoundState) {
    self.state = state
    guard let outcome = waiting?.verdict(state) else { return }
    finish(outcome)
  }

  /// Returns why the order was not carried out; nil when it was, and is seen. Its time begins with its arrival: the daemon
  /// does not know of those before it.
  func carryOut(_ order: Session.Order, since arrival: ContinuousClock.Instant = .now) async -> String? {
    let restarts = order.restart == true
    if order.profile == nil, order.codec == nil, !restarts { return "The order says nothing to do." }
    deadline = arrival + limit
    guard ContinuousClock.now < deadline else { return "The sound server was busy with another order." }
    if restarts { return await restart() }
    if let profile = order.profile, let failure = await setProfile(profile, of: order.card) { return failure }
    if let codec = order.codec, let failure = await setCodec(codec, of: order.card) { return failure }
    return nil
  }

  /// Starts what registers with BlueZ again: WirePlumber for PipeWire, which runs on, or the whole of PulseAudio.
  private func restart() async -> String? {
    guard let server = state.server else { return "The sound server is not running." }
    guard !state.isBusyElsewhere else {
      return "Something plays or records that is not on a Bluetooth headset: nothing is restarted under it."
    }
    let unit = server.kind == .pipewire ? "wireplumber.service" : "pulseaudio.service"
    if let failure = await units.restart(unit, within: deadline - .now) { return failure }
    let outcome = await outcome { state in
      state.server.map { $0.kind == .pulseaudio || $0.manager == true } == true ? .seen : nil
    }
    guard case .seen = outcome else { return "\(unit) was restarted, and is not seen to run." }
    return nil
  }

  private func setProfile(_ name: String, of card: String) async -> String? {
    guard state.server != nil else { return "The sound server is not running." }
    guard let current = state.card(card) else { return "The sound server has no such card." }
    guard let profile = current.profiles.first(where: { $0.name == name }) else {
      return "The card has no profile \"\(name)\"."
    }
    guard profile.available else { return "The card's profile \"\(name)\" is not available now." }
    let isSeen = { (card: Session.Card) in
      card.isIn(name) && (profile.sinks == 0 || card.sink != nil)
    }
    guard !isSeen(current) else { return nil }
    var outcome = Outcome.lost
    for isLast in [false, true] where outcome == .lost {
      do throws(PulseError) { try await sound.setProfile(name, of: card) } catch { return Self.refusal(error) }
      outcome = await seen(card, maybeLost: !isLast, isSeen)
      if outcome == .lost { deadline = .now + limit }
    }
    return words(of: outcome, card) { card in
      card.isIn(name)
        ? "The card has no sink in \"\(name)\""
        : "The card is in \"\(card.activeProfile ?? "no profile")\" and not in \"\(name)\""
    }
  }

  private func setCodec(_ name: String, of card: String) async -> String? {
    guard state.server != nil else { return "The sound server is not running." }
    guard let current = state.card(card) else { return "The sound server has no such card." }
    guard current.codec != name else { return nil }
    guard current.codecs.contains(where: { $0.name == name }) else {
      return "The card has no codec \"\(name)\" in its present profile."
    }
    do throws(PulseError) { try await sound.setCodec(name, of: card) } catch { return Self.refusal(error) }
    let outcome = await seen(card) { $0.codec == name }
    return words(of: outcome, card) { "The card uses \"\($0.codec ?? "no codec")\" and not \"\(name)\"" }
  }

  private static func refusal(_ error: PulseError) -> String {
    switch error.kind {
    case .absent, .ended: "The sound server went away."
    case .other: "The sound server refused: \(error.words)."
    }
  }

  // MARK: Seeing

  /// Waits until a card is as it should be, or not there. `maybeLost`: or has its sink anew, in another profile. PipeWire
  /// 0.3.65 forgets what it was asked in the first seconds of a link, when the hands-free profile comes up behind A2DP and
  /// it sets the card up once more (laboratory, bookworm).
  private func seen(
    _ card: String, maybeLost: Bool = false, _ condition: @escaping (Session.Card) -> Bool
  ) async -> Outcome {
    var hadNoSink = false
    return await outcome { state in
      if state.server == nil { return .impossible("The sound server went away.") }
      guard let card = state.card(card) else { return .impossible("The card disappeared.") }
      if condition(card) { return .seen }
      if card.sink == nil { hadNoSink = true }
      return maybeLost && hadNoSink && card.sink != nil ? .lost : nil
    }
  }

  /// Why a card is not as it should be. `otherwise` says how it is instead when the time is over.
  private func words(of outcome: Outcome, _ card: String, otherwise: (Session.Card) -> String) -> String? {
    switch outcome {
    case .seen: return nil
    case .impossible(let sentence): return sentence
    case .lost, .timedOut:
      guard let card = state.card(card) else { return "The card disappeared." }
      return "\(otherwise(card)) after \(limit.components.seconds) s."
    }
  }

  private func outcome(_ verdict: @escaping Verdict) async -> Outcome {
    if let outcome = verdict(state) { return outcome }
    return await withCheckedContinuation { continuation in
      let timer = loop.schedule(at: deadline) { self.finish(.timedOut) }
      waiting = Waiting(verdict: verdict, continuation: continuation, timer: timer)
    }
  }

  private func finish(_ outcome: Outcome) {
    guard let waiting else { return }
    self.waiting = nil
    loop.cancel(waiting.timer)
    waiting.continuation.resume(returning: outcome)
  }
}

extension Session.Card {
  /// Whether it is in a profile, or in one of those that this one stands for.
  ///
  /// PipeWire 0.3 has one without a codec beside those with each ("a2dp-sink" beside "a2dp-sink-sbc"), as the last of
  /// them; who asks for it gets one with a codec. In PipeWire 1 the name without a codec is the best one's own.
  fileprivate func isIn(_ name: String) -> Bool {
    guard let activeProfile, activeProfile != name else { return activeProfile == name }
    guard activeProfile.hasPrefix("\(name)-"), let profile = profiles.first(where: { $0.name == name }) else {
      return false
    }
    let variants = profiles.filter { $0.name.hasPrefix("\(name)-") }
    return !variants.isEmpty && variants.allSatisfy { $0.priority > profile.priority }
  }
}
