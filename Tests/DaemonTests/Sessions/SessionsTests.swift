import Core
import EventLoop
import Interface
import Service
import Support
import Testing
import Varlink
import Vocabulary

@testable import Daemon

/// Which login session is followed, and what it may say.
@Suite struct SessionsTests {
  private static let alice: UInt32 = 1000
  private static let bob: UInt32 = 1001
  private static let root: UInt32 = 0

  /// What logind says, as a test wants it.
  private actor Logind: LoopActor {
    nonisolated let loop: EventLoop
    private var states: [UInt32: AudioSession.Presence] = [:]
    private var elsewhere: Set<UInt32> = []

    init(_ loop: EventLoop) { self.loop = loop }

    func set(_ user: UInt32, _ presence: AudioSession.Presence?) { states[user] = presence }
    /// The user's login is not on a seat.
    func moveElsewhere(_ user: UInt32) { elsewhere.insert(user) }
    nonisolated func isOnSeat(_ user: UInt32) -> Bool {
      assumeIsolated { $0.states[user] != nil && !$0.elsewhere.contains(user) }
    }
    nonisolated func state(_ user: UInt32) -> AudioSession.Presence? { assumeIsolated { $0.states[user] } }
  }

  /// What happens to sessions.
  private enum Happening: Hashable, Sendable {
    case said(UInt32, followed: Bool), ordered(UInt32, Int), released(Set<Address>)
  }

  private struct Stage: Sendable {
    let loop: EventLoop
    let logind: Logind
    let sessions: Sessions
    let log: EventLog<Happening>

    func join(
      _ user: UInt32, _ presence: AudioSession.Presence? = nil, isElsewhere: Bool = false, mayControl: Bool = false
    ) async throws -> Int {
      await logind.set(user, presence)
      if isElsewhere { await logind.moveElsewhere(user) }
      let log = log
      return try await sessions.join(
        PeerCredentials(pid: 1, uid: user, groups: []), name: "user \(user)", mayControl: mayControl
      ) { reply in
        if let followed = reply.followed { log.note(.said(user, followed: followed)) }
        if let order = reply.order { log.note(.ordered(user, order.number)) }
      }
    }

    func becomes(_ user: UInt32, _ presence: AudioSession.Presence?) async {
      await logind.set(user, presence)
      await sessions.loginsChanged()
    }

    var followed: UInt32? { get async { await sessions.followed?.user } }
  }

  private func withStage(
    hasLogind: Bool = true, _ body: @escaping @Sendable (Stage) async throws -> Void
  ) async throws {
    try await withEventLoop { loop in
      let logind = Logind(loop)
      let log = EventLog<Happening>(loop)
      let sessions = Sessions(
        loop: loop, log: Log(), hasLogind: hasLogind, presence: { logind.state($0) }, isOnSeat: { logind.isOnSeat($0) })
      await sessions.onRelease { log.note(.released($1)) }
      try await body(Stage(loop: loop, logind: logind, sessions: sessions, log: log))
    }
  }

  // MARK: Whom to follow

  @Test func `the user in the foreground of a seat comes first, then who is logged in, then who lingers`() async throws
  {
    try await withStage { stage in
      let lingering = try await stage.join(Self.root, .lingering)
      #expect(await stage.followed == Self.root)
      _ = try await stage.join(Self.alice, .online)
      #expect(await stage.followed == Self.alice)
      _ = try await stage.join(Self.bob, .active)
      #expect(await stage.followed == Self.bob)
      await stage.becomes(Self.bob, .online)
      await stage.becomes(Self.alice, .active)
      #expect(await stage.followed == Self.alice)
      await stage.sessions.leave(lingering)
      #expect(await stage.followed == Self.alice)
    }
  }

  @Test func `a display manager's greeter has the seat, but whoever is logged in comes first`() async throws {
    try await withStage { stage in
      _ = try await stage.join(Self.bob, .greeter)
      #expect(await stage.followed == Self.bob)
      _ = try await stage.join(Self.root, .lingering)
      #expect(await stage.followed == Self.root)
      _ = try await stage.join(Self.alice, .active)
      #expect(await stage.followed == Self.alice)
    }
  }

  @Test func `among equals the one that is followed stays`() async throws {
    try await withStage { stage in
      _ = try await stage.join(Self.alice, .online)
      _ = try await stage.join(Self.bob, .online)
      #expect(await stage.followed == Self.alice)
    }
  }

  @Test func `who is not logged in is followed only with the right to control`() async throws {
    try await withStage { stage in
      _ = try await stage.join(Self.alice)
      #expect(await stage.followed == nil)
      _ = try await stage.join(Self.root, mayControl: true)
      #expect(await stage.followed == Self.root)
    }
  }

  @Test func `each is told when it is followed and when no more`() async throws {
    try await withStage { stage in
      _ = try await stage.join(Self.alice, .online)
      _ = try await stage.join(Self.bob, .active)
      #expect(
        await stage.log.events == [
          .said(Self.alice, followed: true), .said(Self.alice, followed: false), .said(Self.bob, followed: true),
        ])
    }
  }

  @Test func `a user's next session takes the place of the first`() async throws {
    try await withStage { stage in
      let first = try await stage.join(Self.alice, .active)
      let waiting = stage.loop.spawn { await stage.sessions.wait(first) }
      // It waits before the next one joins.
      await stage.sessions.loginsChanged()
      let second = try await stage.join(Self.alice, .active)
      #expect(await waiting.value?.name == Session.ErrorName.replaced.fullName)
      #expect(await stage.sessions.followedNumber == second)
    }
  }

  // MARK: Logging out

  private static let headset = Address(bits: 0x94DB_5600_0001)
  private static let cards = [headset: AudioCard(name: "card", profiles: [], activeProfile: nil)]

  private func released(_ stage: Stage) async -> [Set<Address>] {
    await stage.log.events.compactMap { if case .released(let devices) = $0 { devices } else { nil } }
  }

  @Test func `a logout releases what the sound server had, an agent that merely ends does not`() async throws {
    try await withStage { stage in
      let first = try await stage.join(Self.alice, .active)
      try await stage.sessions.report(first, from: Self.alice, server: "PipeWire 1.4.2", cards: Self.cards)
      await stage.sessions.leave(first)
      #expect(await released(stage).isEmpty)
      let second = try await stage.join(Self.alice, .active)
      try await stage.sessions.report(second, from: Self.alice, server: "PipeWire 1.4.2", cards: Self.cards)
      await stage.logind.set(Self.alice, .closing)
      // The sound server gives its devices up at once.
      try await stage.sessions.report(second, from: Self.alice, server: "PipeWire 1.4.2", cards: [:])
      await stage.sessions.leave(second)
      #expect(await released(stage) == [[Self.headset]])
      await stage.becomes(Self.alice, nil)
      #expect(await released(stage).count == 1)
    }
  }

  @Test func `who had no device, or gave it up before, releases none`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .online)
      await stage.becomes(Self.alice, .closing)
      #expect(await released(stage) == [[]])
      await stage.sessions.leave(alice)
    }
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      try await stage.sessions.report(alice, from: Self.alice, server: "PipeWire 1.4.2", cards: Self.cards)
      try await stage.sessions.report(alice, from: Self.alice, server: "PipeWire 1.4.2", cards: [:])
      await stage.becomes(Self.alice, .closing)
      #expect(await released(stage) == [[]])
    }
  }

  @Test func `without logind an agent that ends is no logout`() async throws {
    try await withStage { stage in
      let root = try await stage.join(Self.root, mayControl: true)
      await stage.sessions.leave(root)
      #expect(await released(stage).isEmpty)
    }
  }

  @Test func `who logs out after the agent has ended releases it too, but not for the next user`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      await stage.sessions.leave(alice)
      await stage.becomes(Self.alice, nil)
      #expect(await released(stage).count == 1)
    }
    try await withStage { stage in
      _ = try await stage.join(Self.alice, .active)
      _ = try await stage.join(Self.bob, .online)
      await stage.becomes(Self.alice, .closing)
      #expect(await stage.followed == Self.bob)
      #expect(await released(stage).isEmpty)
    }
  }

  @Test func `a greeter that comes back at the logout takes nobody's place`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      try await stage.sessions.report(alice, from: Self.alice, server: "PipeWire 1.4.2", cards: Self.cards)
      _ = try await stage.join(Self.bob, .greeter)
      #expect(await released(stage).isEmpty)
      await stage.becomes(Self.alice, .closing)
      #expect(await stage.followed == Self.bob)
      #expect(await released(stage) == [[Self.headset]])
      await stage.becomes(Self.bob, .closing)
      #expect(await released(stage).count == 1)
    }
  }

  @Test func `it is told when the other sound server goes, whoever is followed`() async throws {
    try await withStage { stage in
      let changes = Locked(0)
      await stage.sessions.onChange { changes.withLock { $0 += 1 } }
      let greeter = try await stage.join(Self.bob, .greeter)
      try await stage.sessions.report(greeter, from: Self.bob, server: "PipeWire 1.4.2", cards: [:])
      #expect(await stage.sessions.isShared == false)
      let alice = try await stage.join(Self.alice, .active)
      try await stage.sessions.report(alice, from: Self.alice, server: "PipeWire 1.4.2", cards: Self.cards)
      #expect(await stage.sessions.isShared)
      let before = changes.withLock { $0 }
      try await stage.sessions.report(greeter, from: Self.bob, server: nil, cards: [:])
      #expect(await stage.sessions.isShared == false)
      #expect(changes.withLock { $0 } == before + 1)
      await stage.sessions.leave(greeter)
      #expect(changes.withLock { $0 } == before + 1)
    }
  }

  @Test func `who is not entitled shares nothing by saying that his sound server is there`() async throws {
    try await withStage { stage in
      _ = try await stage.join(Self.alice, .active)
      let bob = try await stage.join(Self.bob, .online, isElsewhere: true)
      try await stage.sessions.report(bob, from: Self.bob, server: "PipeWire 1.4.2", cards: [:])
      #expect(await stage.sessions.isShared == false)
    }
  }

  // MARK: What a login does not lend

  @Test func `who is logged in from elsewhere and may not control is followed, but gets no power over headsets`()
    async throws
  {
    try await withStage { stage in
      let bob = try await stage.join(Self.bob, .online, isElsewhere: true)
      #expect(await stage.followed == Self.bob)
      #expect(await stage.sessions.followed?.isEntitled == false)
      try await stage.sessions.report(bob, from: Self.bob, server: "PipeWire 1.4.2", cards: Self.cards)
      await stage.becomes(Self.bob, .closing)
      await stage.sessions.leave(bob)
      #expect(await released(stage).isEmpty)
    }
  }

  @Test func `who may control gets it from wherever he is logged in`() async throws {
    try await withStage { stage in
      let bob = try await stage.join(Self.bob, .online, isElsewhere: true, mayControl: true)
      #expect(await stage.sessions.followed?.isEntitled == true)
      try await stage.sessions.report(bob, from: Self.bob, server: "PipeWire 1.4.2", cards: Self.cards)
      await stage.becomes(Self.bob, .closing)
      #expect(await released(stage) == [[Self.headset]])
    }
  }

  @Test func `who is not entitled takes nobody's place, and says nothing of what the other one had`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      try await stage.sessions.report(alice, from: Self.alice, server: "PipeWire 1.4.2", cards: Self.cards)
      // Her part in the session has ended, and she is still there.
      await stage.sessions.leave(alice)
      let bob = try await stage.join(Self.bob, .online, isElsewhere: true)
      #expect(await stage.followed == Self.bob)
      let keyboard = Address(bits: 0x94DB_5600_0009)
      let card = AudioCard(name: "card", profiles: [], activeProfile: nil)
      try await stage.sessions.report(bob, from: Self.bob, server: "PipeWire 1.4.2", cards: [keyboard: card])
      await stage.becomes(Self.alice, .closing)
      #expect(await released(stage) == [[Self.headset]])
    }
  }

  @Test func `who may not control any more is not followed for it, and who may now is`() async throws {
    try await withStage { stage in
      _ = try await stage.join(Self.root, mayControl: true)
      #expect(await stage.followed == Self.root)
      await stage.sessions.rightsChanged { _ in false }
      #expect(await stage.followed == nil)
      await stage.sessions.rightsChanged { $0.uid == Self.root }
      #expect(await stage.followed == Self.root)
    }
  }

  @Test func `a session that takes its user's place is the same login`() async throws {
    try await withStage { stage in
      let log = EventLog<Int>(stage.loop)
      let sessions = stage.sessions
      _ = try await stage.join(Self.alice, .active)
      await sessions.onChange { log.note(sessions.assumeIsolated { $0.isThere(Self.alice) ? 1 : 0 }) }
      _ = try await stage.join(Self.alice, .active)
      #expect(await !log.events.contains(0))
    }
  }

  @Test(arguments: [true, false])
  func `a session that leaves ends its user's login where there is no logind`(hasLogind: Bool) async throws {
    try await withStage(hasLogind: hasLogind) { stage in
      let sessions = stage.sessions
      let root = try await stage.join(Self.root, hasLogind ? .active : nil, mayControl: true)
      // One that only takes the place of the first is no new login.
      let next = try await stage.join(Self.root, hasLogind ? .active : nil, mayControl: true)
      #expect(root != next)
      #expect(await !sessions.isLoginOver(of: Self.root, wasThere: true))
      await sessions.leave(next)
      #expect(await sessions.isLoginOver(of: Self.root, wasThere: true) == !hasLogind)
      #expect(await !sessions.isLoginOver(of: Self.root, wasThere: false))
    }
  }

  // MARK: What it may say

  @Test func `nobody speaks for another user's session`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      await #expect(throws: VarlinkError.self) {
        try await stage.sessions.report(alice, from: Self.bob, server: "PipeWire 1.4.2", cards: [:])
      }
      #expect(await stage.sessions.followed?.server == nil)
      async let refusal = stage.sessions.order("card", profile: "a2dp-sink")
      try await stage.log.wait { $0.contains { if case .ordered = $0 { true } else { false } } }
      await #expect(throws: VarlinkError.self) {
        try await stage.sessions.complete(alice, order: 1, from: Self.bob, failure: "stolen")
      }
      try await stage.sessions.complete(alice, order: 1, from: Self.alice, failure: nil)
      #expect(await refusal == nil)
    }
  }

  @Test func `the followed session tells who has a stream, or that it cannot`() async throws {
    try await withStage { stage in
      #expect(await stage.sessions.streamHolders("card") == nil)
      let alice = try await stage.join(Self.alice, .active)
      let told = StreamHolders(
        isPlaying: true, hasServer: false, programs: [StreamHolders.Program(name: "recorder", process: 4711)])
      for (order, answer) in [(1, told), (2, nil)] {
        async let holders = stage.sessions.streamHolders("card")
        try await stage.log.wait { $0.contains { if case .ordered(_, order) = $0 { true } else { false } } }
        try await stage.sessions.complete(
          alice, order: order, from: Self.alice, failure: answer == nil ? "It cannot be seen." : nil, holders: answer)
        #expect(await holders == answer)
      }
    }
  }

  @Test func `an order is answered once, and by one that was given`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      let error = await #expect(throws: VarlinkError.self) {
        try await stage.sessions.complete(alice, order: 7, from: Self.alice, failure: nil)
      }
      #expect(error?.name == Session.ErrorName.noOrder.fullName)
    }
  }

  @Test func `a session that leaves takes its orders along`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      async let refusal = stage.sessions.order("card", profile: "a2dp-sink")
      try await stage.log.wait { $0.contains { if case .ordered = $0 { true } else { false } } }
      await stage.sessions.leave(alice)
      #expect(await refusal?.words == "The login session left.")
      #expect(await stage.sessions.order("card", profile: "off")?.kind == .doesNotExist)
    }
  }

  @Test func `one that joins again and again is refused`() async throws {
    try await withStage { stage in
      var refused: VarlinkError?
      for _ in 0..<100 where refused == nil {
        do { _ = try await stage.join(Self.alice, .active) } catch { refused = error as? VarlinkError }
      }
      #expect(refused?.name == Session.ErrorName.tooMany.fullName)
      #expect(await stage.followed == Self.alice)
      _ = try await stage.join(Self.bob, .active)
    }
  }

  @Test func `one that floods is ended, and says why`() async throws {
    try await withStage { stage in
      let alice = try await stage.join(Self.alice, .active)
      let waiting = stage.loop.spawn { await stage.sessions.wait(alice) }
      var refused: VarlinkError?
      for count in 0..<5000 where refused == nil {
        do {
          try await stage.sessions.report(alice, from: Self.alice, server: "PipeWire \(count)", cards: [:])
        } catch { refused = error as? VarlinkError }
      }
      #expect(refused?.name == Session.ErrorName.tooMany.fullName)
      #expect(await waiting.value == refused)
      #expect(await stage.followed == nil)
    }
  }
}
