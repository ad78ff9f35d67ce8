package import EventLoop

/// Accepts clients, bounds what they use, and serves interfaces to them.
package actor VarlinkServer: LoopActor {
  package nonisolated let loop: EventLoop
  private let router: Router
  private let limits: VarlinkLimits
  private var listeners: [Int32: Watch] = [:]
  private var connections: [ObjectIdentifier: Connection] = [:]
  private var perUser: [UInt32: Int] = [:]
  private var idleTimer: TimerToken?
  private var retryTimer: TimerToken?
  private var isShuttingDown = false
  private var onEmpty: [CheckedContinuation<Void, Never>] = []

  /// Accepted in one turn of the loop; the rest waits for the next, after the other descriptors.
  private static let longestBurst = 64
  /// How long to wait for a free descriptor when no connection of ours ends meanwhile.
  private static let retryDelay = Duration.seconds(1)
  /// How long a client may take to read its last answer when the server shuts down.
  private static let farewell = Duration.milliseconds(500)

  /// Every method of the interfaces must be covered by the authoriser; `org.varlink.service` comes by itself.
  package init(
    loop: EventLoop, identity: ServiceIdentity, interfaces: [VarlinkInterface], authoriser: any Authoriser,
    limits: VarlinkLimits = VarlinkLimits()
  ) {
    self.loop = loop
    self.limits = limits
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
    guard !isShuttingDown, admits(peer.uid) else { return }
    let connection = Connection(socket, peer: peer, router: router, limits: limits, loop: loop) { [weak self] ended in
      self?.assumeIsolated { $0.forget(ended) }
    }
    guard connection.assumeIsolated({ $0.start() }) else { return }
    connections[ObjectIdentifier(connection)] = connection
    perUser[peer.uid, default: 0] += 1
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

  /// Root is not counted among the others, so that they cannot keep it out.
  private func admits(_ uid: UInt32) -> Bool {
    guard perUser[uid, default: 0] < limits.connectionsPerUser else { return false }
    return uid == 0 || connections.count - perUser[0, default: 0] < limits.connections
  }

  private func forget(_ connection: Connection) {
    guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
    let left = perUser[connection.peer.uid, default: 1] - 1
    perUser[connection.peer.uid] = left > 0 ? left : nil
    resumeAccepting()
    if connections.isEmpty {
      if let idleTimer { loop.cancel(idleTimer) }
      idleTimer = nil
      for waiter in onEmpty { waiter.resume() }
      onEmpty = []
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
