package import EventLoop
package import Interface
internal import Varlink

/// A login session's part as the daemon meets it: it joins, reports cards that a test made up, and does what the daemon
/// wants of them, or not.
///
/// It is a fake: no sound server is behind it, and it proves nothing about `mdrctl-session`, which the lab does.
package actor FakeSession: LoopActor {
  /// How it takes orders.
  package enum Manner: Sendable {
    /// The card is put into it, reported, and the order is told to be done.
    case obeys
    case refuses(String)
    /// It says that it did it.
    case lies
    /// It says nothing.
    case isSilent
    /// Whoever is behind it takes the profile back at once.
    case takesBack
  }

  package nonisolated let loop: EventLoop
  private let path: String
  private var call: OutgoingCall?
  private var attaching: CheckedContinuation<Int, any Error>?
  private(set) package var number = 0
  /// Whether the daemon says that it follows this one.
  private(set) package var isFollowed = false
  /// The error that ended it.
  private(set) package var ending: String?
  package let orders: EventLog<Session.Order>
  /// What it is to show its user.
  package let notices: EventLog<Session.Notice>
  private var manner = Manner.obeys
  private var version = Control.version
  private var server: Session.Server? = Session.Server(kind: .pipewire, version: "1.4.2")
  private(set) package var cards: [Session.Card] = []
  private var isPlaying = false

  package init(on loop: EventLoop, path: String) {
    self.loop = loop
    self.path = path
    orders = EventLog(loop)
    notices = EventLog(loop)
  }

  /// Of what it says of itself; before it joins.
  package func claim(version: String) { self.version = version }

  package func behave(_ manner: Manner) { self.manner = manner }

  /// Joins the daemon.
  package func join() async throws {
    number = try await withCheckedThrowingContinuation { continuation in
      attaching = continuation
      call = OutgoingCall.start(
        on: loop, path: path, method: Session.Method.attach.fullName, Session.AttachParameters(version: version),
        more: true, within: nil
      ) { event in self.assumeIsolated { $0.take(event) } }
    }
  }

  /// Leaves it, as a process that ends.
  package func leave() async { await call?.end() }

  /// Tells of the sound server and its cards.
  package func report(server: Session.Server?, _ cards: Session.Card...) async throws {
    self.server = server
    self.cards = cards
    try await report()
  }

  /// Something plays, or nothing any more.
  package func play(_ isPlaying: Bool) async throws {
    self.isPlaying = isPlaying
    try await report()
  }

  package func report(_ cards: Session.Card...) async throws {
    self.cards = cards
    try await report()
  }

  /// The user, or the sound server, puts a card into a profile.
  package func put(_ name: String, into profile: String, recordedBy captures: Session.Capture...) async throws {
    for index in cards.indices where cards[index].name == name {
      cards[index].activeProfile = profile
      cards[index].captures = captures
    }
    try await report()
  }

  private func report() async throws {
    let _: Session.NoReply = try await ask(
      .report, Session.ReportParameters(session: number, server: server, cards: cards, playing: isPlaying))
  }

  /// Calls anything of the daemon's.
  package func ask<Reply: Decodable>(
    _ method: Session.Method, _ parameters: some Encodable & Sendable, returning: Reply.Type = Reply.self
  ) async throws -> Reply {
    try await OutgoingCall.perform(
      on: loop, path: path, method: method.fullName, parameters, within: .seconds(20), returning: Reply.self)
  }

  private func take(_ event: OutgoingCall.Event) {
    switch event {
    case .reply(let parameters, _):
      guard let reply = try? parameters.decode(Session.AttachReply.self) else { return }
      if let session = reply.session {
        attaching?.resume(returning: session)
        attaching = nil
      }
      if let followed = reply.followed { isFollowed = followed }
      if let notice = reply.notice { notices.note(notice) }
      if let order = reply.order {
        orders.note(order)
        loop.spawn { await self.carryOut(order) }
      }
    case .failed(let error):
      ending = "\(error)"
      attaching?.resume(throwing: error)
      attaching = nil
    }
  }

  private func carryOut(_ order: Session.Order) async {
    var failure: String?
    switch manner {
    case .isSilent: return
    case .refuses(let words): failure = words
    case .lies: break
    case .obeys, .takesBack:
      let before = cards
      for index in cards.indices where cards[index].name == order.card {
        if let profile = order.profile { cards[index].activeProfile = profile }
        if let codec = order.codec { cards[index].codec = codec }
      }
      try? await report()
      if case .takesBack = manner {
        let _: Session.NoReply? = try? await ask(
          .complete, Session.CompleteParameters(session: number, order: order.number))
        cards = before
        try? await report()
        return
      }
    }
    let _: Session.NoReply? = try? await ask(
      .complete, Session.CompleteParameters(session: number, order: order.number, failure: failure))
  }
}

extension Session.Card {
  /// As PipeWire 1.4 shows a headset (laboratory, trixie).
  package static func pipewire(
    _ address: String, in profile: String? = "a2dp-sink", recordedBy captures: Session.Capture...
  ) -> Self {
    func offer(_ name: String, _ description: String, _ priority: Int) -> Session.Profile {
      Session.Profile(
        name: name, description: description, sinks: 1, sources: 0, priority: priority, available: true)
    }
    return Self(
      name: "bluez_card.\(String(address.map { $0 == ":" ? "_" : $0 }))", address: address,
      profiles: [
        offer("off", "Off", 0),
        offer("a2dp-sink", "High Fidelity Playback (A2DP Sink, codec SBC)", 18),
        offer("a2dp-sink-sbc_xq", "High Fidelity Playback (A2DP Sink, codec SBC-XQ)", 17),
        offer("headset-head-unit", "Headset Head Unit (HSP/HFP, codec mSBC)", 3),
      ], activeProfile: profile, captures: captures)
  }
}
