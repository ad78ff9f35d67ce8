import EventLoop
import Interface

@testable import Session

/// A sound server with the cards that the test gives it.
actor FakeSound: SoundServing {
  enum Manner: Sendable {
    /// Does what it is asked, and shows it.
    case obeys
    /// Says that it will, and does nothing.
    case ignores
    case refuses(PulseError)
    /// The card goes away instead.
    case losesCard
    /// It ends instead.
    case dies
  }
  enum Deed: Hashable, Sendable {
    case profile(String)
    case codec(String)
  }

  nonisolated let loop: EventLoop
  /// What it was asked, in order.
  nonisolated let deeds: AsyncStream<Deed>
  private let asked: AsyncStream<Deed>.Continuation
  private var handler: @Sendable (SoundState) -> Void = { _ in }
  private var manner = Manner.obeys
  private(set) var state = SoundState(Sample.pipewireHeadset())

  init(_ loop: EventLoop) {
    self.loop = loop
    (deeds, asked) = AsyncStream.makeStream()
  }

  func behave(_ manner: Manner) { self.manner = manner }

  func show(_ state: SoundState) {
    self.state = state
    handler(state)
  }

  /// Changes the first card.
  func change(_ body: @Sendable (inout Wire.Card) -> Void) {
    var state = state
    body(&state.cards[0])
    show(state)
  }

  func onChange(_ handler: @escaping @Sendable (SoundState) -> Void) {
    self.handler = handler
  }

  func setProfile(_ profile: String, of card: String) async throws(PulseError) {
    try act(.profile(profile)) {
      $0.activeProfile = profile
      $0.sink = profile == "off" ? nil : Sample.sinkName
    }
  }

  func setCodec(_ codec: String, of card: String) async throws(PulseError) {
    try act(.codec(codec)) { $0.codec = codec }
  }

  private func act(_ deed: Deed, _ body: @Sendable (inout Wire.Card) -> Void) throws(PulseError) {
    defer { asked.yield(deed) }
    switch manner {
    case .obeys: change(body)
    case .ignores: break
    case .refuses(let error): throw error
    case .losesCard:
      // After the answer, as it does when it is asked in vain.
      loop.schedule(after: .zero) { self.show(SoundState(server: self.state.server, cards: [])) }
    case .dies: loop.schedule(after: .zero) { self.show(.absent) }
    }
  }
}

/// A service manager that does as it is told, or refuses.
struct FakeUnits: UnitStarting {
  private let restarted = AsyncStream<String>.makeStream()
  private let refusal: String?

  init(refusing refusal: String? = nil) { self.refusal = refusal }

  func restart(_ unit: String, within limit: Duration) async -> String? {
    restarted.continuation.yield(unit)
    return refusal
  }

  /// The unit that is restarted next.
  func next() async -> String? {
    var units = restarted.stream.makeAsyncIterator()
    return await units.next()
  }
}
