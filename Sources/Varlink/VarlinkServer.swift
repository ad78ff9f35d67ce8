package import EventLoop

/// Accepts clients, bounds what they use, and serves interfaces to them.
package actor VarlinkServer: LoopActor {
  package nonisolated let loop: EventLoop
  private let router: Router
  private let limits: VarlinkLimits
  private let hasPriority: @Sendable (PeerCredentials) -> Bool
  private var listeners: [Int32: Watch] = [:]
  private var connections: [ObjectIdentifier: Connection] = [:]
  private var shares: Shares
  private var idleTimer: TimerToken?
  private var retryTimer: TimerToken?
  private var isTurnComing = false
  private var isPauseAwaited = false
  private var isShuttingDown = false
  private var onEmpty: [CheckedContinuation<Void, Never>] = []

  /// Accepted in one turn of the loop; the rest waits for the next, after the other descriptors.
  private static let longestBurst = 64
  /// How long to wait for a free descriptor when no connection of ours ends meanwhile.
  private static let retryDelay = Duration.seconds(1)
  /// How long a client may take to read its last answer when the server shuts down.
  private static let farewell = Duration.milliseconds(500)
  /// How long hardly anything must have come or gone for a burst to be over.
  private static let pause = Duration.seconds(2)

  /// Every method of the interfaces must be covered by the authoriser; `org.varlink.service` comes by itself.
  ///
  /// For those with priority connections are reserved.
  package init(
    loop: EventLoop, identity: ServiceIdentity, interfaces: [VarlinkInterface], authoriser: any Authoriser,
    limits: VarlinkLimits = VarlinkLimits(),
    hasPriority: @escaping @Sendable (PeerCredentials) -> Bool = { $0.uid == 0 }
  ) {
    self.loop = loop
    self.limits = limits
    self.hasPriority = hasPriority
    shares = Shares(limits)
    router = Router(identity, interfaces, authoriser)
  }

  /// Starts to accept from a listening, non-blocking socket. The descriptor must stay open until ``shutDown(grace:)``
  /// has returned; it remains the caller's.
  package func listen(on listener: Int32) throws(SystemError) {
    guard !isShuttingDown, listeners[listener] == nil else { return }
    listeners[listener] = try loop.watch(listener, for: .readable) { _ in self.accept(from: listener) }
  }

  /// Serves a connection that was made elsewhere, as if its peer were the given one.
  package func serve(_ socket: consuming FileDescriptor, peer: PeerCredentials) {
    let hasPriority = hasPriority(peer)
    guard !isShuttingDown, makeRoom(for: peer.uid, hasPriority) else { return }
    let connection = Connection(socket, peer: peer, router: router, limits: limits, loop: loop, server: self)
    guard connection.assumeIsolated({ $0.start() }) else { return }
    connections[ObjectIdentifier(connection)] = connection
    shares.add(ObjectIdentifier(connection), of: peer.uid, hasPriority: hasPriority)
    moved(Self.costOfConnection)
    if idleTimer == nil { sweepLater(at: .now + limits.idleTime) }
  }

  /// How many clients are connected.
  package var connectionCount: Int { connections.count }

  /// Returns when the last client has left; at once when there is none.
  package func waitUntilEmpty() async {
    guard !connections.isEmpty else { return }
    await withCheckedContinuation { onEmpty.append($0) }
  }

  /// Stops accepting, lets calls in flight finish for `grace`, then cancels them, and closes every connection.
  /// Subscriptions are cancelled at once. What was sent but not yet taken up is not served.
  package func shutDown(grace: Duration) async {
    isShuttingDown = true
    for watch in listeners.values { loop.cancel(watch) }
    listeners = [:]
    for timer in [idleTimer, retryTimer].compactMap(\.self) { loop.cancel(timer) }
    forEachConnection { $0.drain() }
    guard !connections.isEmpty else { return }
    let cancelling = loop.schedule(after: grace) { self.forEachConnection { $0.cancelCall() } }
    let closing = loop.schedule(after: grace + Self.farewell) { self.forEachConnection { $0.close() } }
    await waitUntilEmpty()
    loop.cancel(cancelling)
    loop.cancel(closing)
  }

  private func forEachConnection(_ body: @Sendable (isolated Connection) -> Void) {
    for connection in Array(connections.values) { connection.assumeIsolated(body) }
  }

  // MARK: Accepting

  private func accept(from listener: Int32) {
    for _ in 0..<Self.longestBurst {
      do throws(SystemError) {
        let socket = try UnixSocket.accept(listener)
        let peer = try UnixSocket.peer(of: socket.number)
        serve(socket, peer: peer)
      } catch {
        if error.isWouldBlock { return }
        // Whatever else it is, it will be the same at once: without a pause the loop would spin.
        return pauseAccepting()
      }
    }
  }

  /// Clients wait in the listening socket's queue until a connection ends or the delay has passed.
  private func pauseAccepting() {
    guard retryTimer == nil else { return }
    for watch in listeners.values { loop.update(watch, for: []) }
    retryTimer = loop.schedule(after: Self.retryDelay) { self.resumeAccepting() }
  }

  private func resumeAccepting() {
    guard let timer = retryTimer else { return }
    loop.cancel(timer)
    retryTimer = nil
    for watch in listeners.values { loop.update(watch, for: .readable) }
  }

  func forget(_ connection: Connection) {
    guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
    shares.remove(ObjectIdentifier(connection))
    resumeAccepting()
    if connections.isEmpty {
      if let idleTimer { loop.cancel(idleTimer) }
      idleTimer = nil
      for waiter in onEmpty { waiter.resume() }
      onEmpty = []
    }
  }

  // MARK: Shares

  /// Whether there is a place for one more connection of a user, if need be one that another user has to give up.
  private func makeRoom(for user: UInt32, _ hasPriority: Bool) -> Bool {
    switch shares.room(for: user, hasPriority: hasPriority) {
    case .free: return true
    case .none: return false
    case .takenBy(let candidates):
      let all = candidates.compactMap { connections[$0] }
      let idle = all.compactMap { connection in
        connection.assumeIsolated { $0.idleSince }.map { (since: $0, connection: connection) }
      }
      // They come in the order in which they were made.
      guard let victim = idle.min(by: { $0.since < $1.since })?.connection ?? all.first else { return false }
      victim.assumeIsolated { $0.close() }
      return true
    }
  }

  /// So many bytes are kept for a connection. Where they are too many, whoever has not moved for longest is dropped.
  func note(_ waiting: Int, for connection: Connection) {
    shares.set(waiting, for: ObjectIdentifier(connection))
    while let candidates = shares.crowd(around: connection.peer.uid) {
      let stalled = candidates.compactMap { connections[$0] }.min { left, right in
        left.assumeIsolated { $0.lastMove } < right.assumeIsolated { $0.lastMove }
      }
      guard let stalled else { return }
      stalled.assumeIsolated { $0.close() }
    }
  }

  /// Whether a call may be begun in this turn of the loop. If not, the connection is told when it may.
  func admitsCall(of size: Int, on connection: Connection) -> Bool {
    if shares.takeTurn(ObjectIdentifier(connection), of: size, in: loop.turn) { return true }
    awaitTurn()
    return false
  }

  private func giveTurns() {
    isTurnComing = false
    for waiting in shares.next() { connections[waiting]?.assumeIsolated { $0.takeTurn() } }
    if shares.isAnybodyWaiting { awaitTurn() }
  }

  private func awaitTurn() {
    guard !isTurnComing else { return }
    isTurnComing = true
    loop.schedule(after: .zero) { [weak self] in self?.assumeIsolated { $0.giveTurns() } }
  }

  // MARK: Memory

  /// What a connection takes beside the bytes that come and go over it, roughly.
  private static let costOfConnection = 16 * 1024

  /// After a burst, memory is given back. Nothing is timed while there is none.
  func moved(_ count: Int) {
    guard shares.move(count), !isPauseAwaited else { return }
    awaitPause()
  }

  private func awaitPause() {
    isPauseAwaited = true
    loop.schedule(after: Self.pause) { [weak self] in
      self?.assumeIsolated { server in
        server.isPauseAwaited = false
        if server.shares.isBurstOver() { ProcessAttributes.releaseMemory() } else { server.awaitPause() }
      }
    }
  }

  // MARK: Idle connections

  private func sweepLater(at deadline: ContinuousClock.Instant) {
    idleTimer = loop.schedule(at: deadline) { self.sweep() }
  }

  /// Closes what has been idle for too long. One timer serves all connections; without any there is none.
  private func sweep() {
    idleTimer = nil
    let now = ContinuousClock.now
    var next = now + limits.idleTime
    for connection in Array(connections.values) {
      guard let since = connection.assumeIsolated({ $0.idleSince }) else { continue }
      let deadline = since + limits.idleTime
      if deadline <= now { connection.assumeIsolated { $0.close() } } else { next = min(next, deadline) }
    }
    if !connections.isEmpty { sweepLater(at: next) }
  }
}
