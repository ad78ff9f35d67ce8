internal import Core
internal import EventLoop
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

/// The login sessions that have joined: one for each user, and which of them is followed.
///
/// The user in the foreground of a seat comes first, then one who is logged in at all, then one whose services linger.
/// Who is none of these is followed only with the right to control. What a session reports is its user's word: it is
/// kept to a size, and believed only as far as BlueZ says the same.
actor Sessions: LoopActor {
  nonisolated let loop: EventLoop
  private let log: Log
  /// What logind says of a user.
  private let presence: @Sendable (UInt32) -> AudioSession.Presence?
  private let isOnSeat: @Sendable (UInt32) -> Bool
  private let isLogindThere: @Sendable () -> Bool
  nonisolated var hasLogind: Bool { isLogindThere() }
  private var sessions: [Int: Joined] = [:]
  private var lastNumber = 0
  private var lastOrder = 0
  /// As it was told last.
  private var wasShared = false
  private(set) var followedNumber: Int?
  /// The entitled user who was followed last and has not logged out since.
  private(set) var host: UInt32?
  /// The devices that his sound server had last, as his session says.
  private var guests: Set<Address> = []
  private var onChange: @Sendable () -> Void = {}
  private var onRelease: @Sendable (UInt32, Set<Address>) -> Void = { _, _ in }
  /// What each user may still say, also over sessions that come and go.
  private var allowances: [UInt32: Allowance] = [:]

  /// The session itself gives up after 6 s, or twice 6 where it asks the sound server again.
  static let orderLimit = Duration.seconds(14)
  /// It only looks at its user's programs.
  static let lookLimit = Duration.seconds(2)

  private struct Joined {
    let peer: PeerCredentials
    var mayControl: Bool
    var sound: AudioSession
    let send: @Sendable (Session.AttachReply) -> Void
    var ending: CheckedContinuation<VarlinkError?, Never>?
    var orders: [Int: Order] = [:]

    var user: UInt32 { peer.uid }
  }

  private struct Order {
    let timer: TimerToken
    let limit: Duration
    let continuation: CheckedContinuation<Answer, Never>
  }

  private struct Answer {
    let refusal: Refusal?
    var holders: StreamHolders?
  }

  /// How much a user may still say: a burst of 100 reports, and 10 more in each second. To join counts as ten.
  private struct Allowance {
    private var left = 100.0
    private var since = ContinuousClock.now

    mutating func take(_ cost: Double = 1) -> Bool {
      let now = ContinuousClock.now
      let gained = (now - since) / .seconds(1) * 10
      since = now
      left = min(100, left + gained)
      guard left >= cost else { return false }
      left -= cost
      return true
    }
  }

  init(
    loop: EventLoop, log: Log,
    hasLogind: @escaping @autoclosure @Sendable () -> Bool = Logins.isThere,
    presence: @escaping @Sendable (UInt32) -> AudioSession.Presence? = { AudioSession.Presence(of: $0) },
    isOnSeat: @escaping @Sendable (UInt32) -> Bool = { Logins.isOnSeat($0) }
  ) {
    self.loop = loop
    self.log = log
    isLogindThere = hasLogind
    self.presence = presence
    self.isOnSeat = isOnSeat
  }

  /// Whom to tell that the followed session, or what it has, is another one; on the loop.
  func onChange(_ handler: @escaping @Sendable () -> Void) { onChange = handler }

  /// Whom to tell that the entitled user who was followed has logged out, that no other one takes his place, and which
  /// devices his sound server had, as his session said; before ``onChange(_:)``.
  func onRelease(_ handler: @escaping @Sendable (UInt32, Set<Address>) -> Void) { onRelease = handler }

  /// The session whose sound server is followed.
  var followed: AudioSession? { followedNumber.flatMap { sessions[$0]?.sound } }

  /// Whether the sound server of another session is there, too: of somebody who is entitled, or of a greeter.
  var isShared: Bool {
    sessions.contains { number, session in
      number != followedNumber && session.sound.server != nil
        && (session.sound.isEntitled || session.sound.presence == .greeter)
    }
  }

  /// Whether a session of this user has joined.
  func isThere(_ user: UInt32) -> Bool { sessions.values.contains { $0.user == user } }

  // MARK: Joining

  /// A session joins; returns its number. One of the same user that is there leaves for it.
  func join(
    _ peer: PeerCredentials, name: String, mayControl: Bool, version: String? = nil,
    send: @escaping @Sendable (Session.AttachReply) -> Void
  ) throws(VarlinkError) -> Int {
    guard allowances[peer.uid, default: Allowance()].take(10) else {
      throw .session(.tooMany, "More sessions than logins can need.")
    }
    // Few users ever join; who has gone may begin anew.
    if allowances.count > 64 {
      allowances = allowances.filter { user, _ in user == peer.uid || sessions.values.contains { $0.user == user } }
    }
    let before = followed
    // It is the same login.
    for (number, other) in sessions where other.user == peer.uid {
      remove(number, with: .session(.replaced, "Another session of the same user took the place of this one."))
    }
    lastNumber += 1
    let number = lastNumber
    var sound = AudioSession(
      user: peer.uid, name: name, presence: presence(peer.uid), isEntitled: mayControl || isOnSeat(peer.uid))
    sound.version = version
    sessions[number] = Joined(peer: peer, mayControl: mayControl, sound: sound, send: send)
    log.info("a login session joined", ["user": name])
    send(Session.AttachReply(session: number))
    choose(before: before)
    return number
  }

  /// Waits until the session ends: with an error when it has to, with none when ``leave(_:)`` says so.
  func wait(_ number: Int) async -> VarlinkError? {
    guard sessions[number] != nil else { return .session(.replaced, "The session was ended.") }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard sessions[number] != nil else { return continuation.resume(returning: nil) }
        sessions[number]?.ending = continuation
      }
    } onCancel: {
      loop.spawn { await self.leave(number) }
    }
  }

  /// The caller has gone.
  func leave(_ number: Int) { end(number, with: nil) }

  private func end(_ number: Int, with error: VarlinkError?) {
    let before = followed
    if remove(number, with: error) { choose(before: before) }
  }

  @discardableResult
  private func remove(_ number: Int, with error: VarlinkError?) -> Bool {
    guard let session = sessions.removeValue(forKey: number) else { return false }
    for order in session.orders.values { finish(order, Answer(refusal: Refusal(.other, "The login session left."))) }
    session.ending?.resume(returning: error)
    log.info("a login session left", ["user": session.sound.name])
    return true
  }

  /// Others may control than before.
  func rightsChanged(_ mayControl: @Sendable (PeerCredentials) -> Bool) {
    for (number, session) in sessions { sessions[number]?.mayControl = mayControl(session.peer) }
    loginsChanged()
  }

  /// logind says something else of somebody, or others may control.
  func loginsChanged() {
    let before = followed
    for number in sessions.keys {
      guard let session = sessions[number] else { continue }
      sessions[number]?.sound.presence = presence(session.user)
      sessions[number]?.sound.isEntitled = session.mayControl || isOnSeat(session.user)
    }
    choose(before: before)
  }

  /// The sound server of this user has registered with BlueZ.
  func noteEndpoints(of user: UInt32) {
    for (number, session) in sessions where session.user == user { sessions[number]?.sound.hadEndpoints = true }
  }

  // MARK: Reports and orders

  func report(
    _ number: Int, from user: UInt32, server: String?, hasManager: Bool? = nil, cards: [Address: AudioCard],
    isPlaying: Bool = false
  ) throws(VarlinkError) {
    guard sessions[number]?.user == user else { throw .session(.noSession, "You have no session \(number).") }
    guard allowances[user, default: Allowance()].take() else {
      let error = VarlinkError.session(.tooMany, "More reports than changes can need; the session is ended.")
      end(number, with: error)
      throw error
    }
    let before = sessions[number]?.sound
    sessions[number]?.sound.server = server
    sessions[number]?.sound.hasManager = hasManager
    sessions[number]?.sound.cards = cards
    sessions[number]?.sound.isPlaying = isPlaying
    guard number == followedNumber else { return announce(changed: false) }
    guard sessions[number]?.sound != before else { return }
    // At a logout a sound server gives its devices up before its session leaves.
    if user == host { if !cards.isEmpty { guests = Set(cards.keys) } else if !hasLoggedOut(user) { guests = [] } }
    onChange()
  }

  func complete(
    _ number: Int, order: Int, from user: UInt32, failure: String?, holders: StreamHolders? = nil
  ) throws(VarlinkError) {
    guard sessions[number]?.user == user else { throw .session(.noSession, "You have no session \(number).") }
    guard let order = sessions[number]?.orders.removeValue(forKey: order) else {
      throw .session(.noOrder, "The session has no such order.")
    }
    finish(order, Answer(refusal: failure.map { Refusal(.other, $0) }, holders: holders))
  }

  /// Has the followed session change a card; answered when it has seen it so, or why not.
  func order(_ card: String, profile: String? = nil, codec: String? = nil) async -> Refusal? {
    await order { Session.Order(number: $0, card: card, profile: profile, codec: codec) }.refusal
  }

  /// Has the followed session restart what registers its sound server with BlueZ; answered when that runs, or why not.
  func restartServer() async -> Refusal? {
    await order { Session.Order(number: $0, card: "", restart: true) }.refusal
  }

  /// Who of the followed session's user has a stream that BlueZ handed out, and whether something plays to a card; nil where
  /// that cannot be told.
  func streamHolders(_ card: String) async -> StreamHolders? {
    await order(within: Self.lookLimit) { Session.Order(number: $0, card: card, holders: true) }.holders
  }

  private func order(within limit: Duration = orderLimit, _ make: (Int) -> Session.Order) async -> Answer {
    guard let number = followedNumber, let session = sessions[number] else {
      return Answer(refusal: Refusal(.doesNotExist, "No login session has joined mdrctld."))
    }
    lastOrder += 1
    let order = lastOrder
    return await withCheckedContinuation { continuation in
      let timer = loop.schedule(after: limit) { self.assumeIsolated { $0.expire(order, of: number) } }
      sessions[number]?.orders[order] = Order(timer: timer, limit: limit, continuation: continuation)
      session.send(Session.AttachReply(order: make(order)))
    }
  }

  private func expire(_ order: Int, of number: Int) {
    guard let order = sessions[number]?.orders.removeValue(forKey: order) else { return }
    let seconds = order.limit.components.seconds
    finish(order, Answer(refusal: Refusal(.noReply, "mdrctl-session did not answer within \(seconds) s.")))
  }

  private func finish(_ order: Order, _ answer: Answer) {
    loop.cancel(order.timer)
    order.continuation.resume(returning: answer)
  }

  /// Has a session show its user something, or take it away.
  func tell(_ notice: Session.Notice, to number: Int) { sessions[number]?.send(Session.AttachReply(notice: notice)) }

  // MARK: Whom to follow

  /// What is likelier to be listened to; nil for who may not be followed at all.
  private func rank(_ session: Joined) -> Int? {
    switch session.sound.presence {
    case .active: 5
    case .online: 4
    // Also where a greeter has the seat: a machine without a screen may well run one.
    case .lingering: 3
    case nil: session.mayControl ? 2 : nil
    case .greeter: 1
    case .closing: nil
    }
  }

  /// `before` is what was followed.
  private func choose(before: AudioSession?) {
    let ranked = sessions.compactMap { number, session in rank(session).map { (rank: $0, number: number) } }
    // Among equals the one that is followed stays.
    let best = ranked.max {
      ($0.rank, $0.number == followedNumber ? 1 : 0, $0.number) < (
        $1.rank, $1.number == followedNumber ? 1 : 0, $1.number
      )
    }
    if best?.number != followedNumber {
      if let old = followedNumber { sessions[old]?.send(Session.AttachReply(followed: false)) }
      followedNumber = best?.number
      if let new = best?.number { sessions[new]?.send(Session.AttachReply(followed: true)) }
      log.info("the sound of a login session is followed", ["user": followed?.name ?? "nobody"])
    }
    // A greeter comes back at each logout, and one who is not entitled hears nothing of headsets: they take nobody's place.
    if let session = followedNumber.flatMap({ sessions[$0] }), session.sound.isHost {
      if session.user != host { guests = Set(session.sound.cards.keys) }
      // Of whom logind never knew nothing can be told when he logs out.
      host = session.sound.presence == nil ? nil : session.user
    } else if let last = host, hasLoggedOut(last) {
      onRelease(last, guests)
      (host, guests) = (nil, [])
    }
    announce(changed: followed != before)
  }

  /// Tells of a change: of the followed session, or of whether it is the only one with a sound server.
  private func announce(changed hasChanged: Bool) {
    let isShared = isShared
    guard hasChanged || isShared != wasShared else { return }
    wasShared = isShared
    onChange()
  }

  /// Whether a user's login is over, so that the next one is new. Where there is no logind nothing tells but the end of
  /// the session that was there.
  func isLoginOver(of user: UInt32, wasThere: Bool) -> Bool {
    // What a host had is released first.
    guard !isThere(user), host != user else { return false }
    return hasLoggedOut(user) || !hasLogind && wasThere
  }

  /// Whether logind says that a user has no login any more.
  func hasLoggedOut(_ user: UInt32) -> Bool {
    guard let presence = presence(user) else { return hasLogind }
    return presence == .closing
  }
}

extension VarlinkError {
  static func session(_ name: Session.ErrorName, _ message: String) -> Self {
    Self(name.fullName, Session.ErrorParameters(message: message))
  }
}
