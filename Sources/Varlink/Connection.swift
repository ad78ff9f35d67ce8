internal import EventLoop

/// One client. Its calls are served one after the other, which keeps the replies in order; what it sends meanwhile
/// waits, first in a buffer of one message's size and then in the kernel.
actor Connection: LoopActor {
  private struct Running {
    let number: Int
    let request: Request
    let isSubscription: Bool
    let task: Task<Void, Never>
  }

  nonisolated let loop: EventLoop
  nonisolated let peer: PeerCredentials
  private let router: Router
  private let limits: VarlinkLimits
  private let onEnd: @Sendable (Connection) -> Void

  /// Nil once closed.
  private var socket: FileDescriptor?
  private var watch: Watch?
  private var input: FrameBuffer
  private var output = OutputQueue()
  private var running: Running?
  private var lastNumber = 0
  private var lastActivity = ContinuousClock.now
  /// Calls taken since the loop last looked at other descriptors.
  private var burst = 0
  /// The client sends no more, though it may still read.
  private var inputEnded = false
  /// The client reads no more either.
  private var peerLeft = false
  /// No further call is taken; the connection ends when the current one is answered and the answer is sent.
  private var isDraining = false

  /// A client with many calls under way must let others have their turn after so many.
  private static let longestBurst = 16
  private static let chunkSize = 32 * 1024

  init(
    _ socket: consuming FileDescriptor, peer: PeerCredentials, router: Router, limits: VarlinkLimits, loop: EventLoop,
    onEnd: @escaping @Sendable (Connection) -> Void
  ) {
    self.socket = consume socket
    self.peer = peer
    self.router = router
    self.limits = limits
    self.loop = loop
    self.onEnd = onEnd
    input = FrameBuffer(limit: limits.messageSize)
  }

  /// Begins to serve; false when the kernel has no memory for one more watched descriptor.
  func start() -> Bool {
    guard let number = socket?.number else { return false }
    watch = try? loop.watch(number, for: .readable) { readiness in self.ready(readiness) }
    return watch != nil
  }

  /// Since when there has been nothing to do, or nil while a call is in flight.
  var idleSince: ContinuousClock.Instant? { running == nil ? lastActivity : nil }

  /// Takes no further call. A subscription is told to end now, another call may finish.
  func drain() {
    isDraining = true
    input.discard()
    if running?.isSubscription == true { cancelCall() }
    advance()
  }

  /// Tells the handler of the call in flight to end; its answer is still sent.
  func cancelCall() { running?.task.cancel() }

  /// Closes at once. A handler that is still busy is cancelled, unless nobody was going to read its answer anyway.
  func close() {
    guard socket != nil else { return }
    if running?.request.isOneway == false { cancelCall() }
    if let watch { loop.cancel(watch) }
    watch = nil
    socket = nil
    output.discard()
    input.discard()
    onEnd(self)
  }

  // MARK: Events

  private func ready(_ readiness: Readiness) {
    burst = 0
    if !readiness.isDisjoint(with: .broken) {
      leave()
    } else {
      if readiness.contains(.writable) { flush() }
      if readiness.contains(.readable) { read() }
    }
    advance()
  }

  /// The client has gone. What it sent before still counts if it wanted no answer.
  private func leave() {
    guard !peerLeft else { return }
    peerLeft = true
    output.discard()
    if let watch { loop.cancel(watch) }
    watch = nil
    if running?.request.isOneway == false { cancelCall() }
  }

  private func read() {
    var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
    do throws(SystemError) {
      guard let count = try socket?.read(into: &chunk) else { return }
      inputEnded = count == 0
      guard !inputEnded else { return cancelIfUnwanted() }
      lastActivity = .now
      if !isDraining { input.append(chunk[..<count]) }
    } catch {
      guard !error.isWouldBlock || peerLeft else { return }
      inputEnded = true
      leave()
    }
  }

  /// A client that ends its sending half takes no more progress: its call is to end, and its last reply is still sent.
  private func cancelIfUnwanted() {
    if let request = running?.request, inputEnded, request.wantsMore, !request.isOneway { cancelCall() }
  }

  private func flush() {
    while !output.isEmpty {
      do throws(SystemError) {
        guard let count = try socket?.send(output.pending) else { return }
        output.drop(count)
      } catch {
        if !error.isWouldBlock { leave() }
        return
      }
    }
  }

  // MARK: Calls

  /// Goes as far as it can: takes calls while none is running and the client has read the earlier answers.
  private func advance() {
    while socket != nil, running == nil, output.isEmpty {
      if !isDraining, burst >= Self.longestBurst { return yieldToOthers() }
      if !isDraining, let frame = input.next() {
        burst += 1
        take(frame)
      } else if input.isFull {
        refuse(Request.Refusal(error: .invalidParameter("message"), endsConnection: true))
      } else if peerLeft, !inputEnded {
        read()
      } else if inputEnded || isDraining {
        return close()
      } else {
        break
      }
    }
    if socket != nil, running == nil, peerLeft { return close() }
    updateInterest()
  }

  private func yieldToOthers() {
    updateInterest()
    loop.schedule(after: .zero) {
      self.burst = 0
      self.advance()
    }
  }

  private func updateInterest() {
    guard let watch else { return }
    var interest: Readiness = []
    if !inputEnded, !input.isFull, !isDraining { interest.insert(.readable) }
    if !output.isEmpty { interest.insert(.writable) }
    loop.update(watch, for: interest)
  }

  private func take(_ frame: ArraySlice<UInt8>) {
    let request: Request
    do throws(Request.Refusal) { request = try Request(frame: frame) } catch { return refuse(error) }
    if peerLeft, !request.isOneway { return }
    do throws(VarlinkError) {
      run(try router.method(for: request, from: peer), request)
    } catch {
      if !request.isOneway { send(.error(error)) }
    }
  }

  private func refuse(_ refusal: Request.Refusal) {
    if refusal.endsConnection {
      isDraining = true
      input.discard()
    }
    if !refusal.isSilent { send(.error(refusal.error)) }
  }

  private func run(_ method: VarlinkMethod, _ request: Request) {
    lastNumber += 1
    let number = lastNumber
    let call = Call(
      peer: peer, method: request.method, wantsMore: request.wantsMore, isOneway: request.isOneway)
    let task = loop.spawn { [self] in
      let reply: Reply
      do throws(VarlinkError) {
        reply = .last(
          try await method.body(request.parameters, call) { progress in
            self.assumeIsolated { $0.report(progress, of: number) }
          })
      } catch {
        reply = .error(error)
      }
      await finish(reply)
    }
    running = Running(number: number, request: request, isSubscription: method.needsMore, task: task)
    cancelIfUnwanted()
  }

  private func report(_ progress: JSONValue, of number: Int) {
    guard let running, running.number == number, running.request.wantsMore, !running.request.isOneway else { return }
    send(.progress(progress))
    updateInterest()
  }

  private func finish(_ reply: Reply) {
    let answered = running?.request.isOneway == false
    running = nil
    lastActivity = .now
    if answered { send(reply) }
    advance()
  }

  private func send(_ reply: Reply) {
    guard socket != nil, !peerLeft else { return }
    guard output.backlog <= limits.unreadReplies else { return close() }
    output.append(reply.frame)
    flush()
  }
}
