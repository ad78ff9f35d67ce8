internal import EventLoop

/// One client. Its calls are served one after the other, which keeps the replies in order; what it sends meanwhile
/// waits, first in a buffer of one message's size and then in the kernel.
actor Connection: LoopActor {
  private struct Running {
    let number: Int
    let request: Request
    let terms: MethodTerms
    let task: Task<Void, Never>

    /// It is of use also when its caller has left.
    var goesOn: Bool { request.isOneway && terms.goesOn }
  }

  nonisolated let loop: EventLoop
  nonisolated let peer: PeerCredentials
  private let router: Router
  private let limits: VarlinkLimits
  /// Knows what all connections take, each of which has its share.
  private weak var server: VarlinkServer?

  /// Nil once closed.
  private var socket: FileDescriptor?
  private var watch: Watch?
  private var input: FrameBuffer
  private var output = OutputQueue()
  private var running: Running?
  private var lastNumber = 0
  private var lastActivity = ContinuousClock.now
  /// Since when nothing has come from the client or gone to it.
  private(set) var lastMove = ContinuousClock.now
  /// Other connections have their turn before its next call.
  private var isWaitingForTurn = false
  /// The client sends no more, though it may still read.
  private var inputEnded = false
  /// The client reads no more either.
  private var peerLeft = false
  /// No further call is taken; the connection ends when the current one is answered and the answer is sent.
  private var isDraining = false

  private static let chunkSize = 32 * 1024

  init(
    _ socket: consuming FileDescriptor, peer: PeerCredentials, router: Router, limits: VarlinkLimits, loop: EventLoop,
    server: VarlinkServer
  ) {
    self.socket = consume socket
    self.peer = peer
    self.router = router
    self.limits = limits
    self.loop = loop
    self.server = server
    input = FrameBuffer(limit: router.longestCall(elsewhere: limits.messageSize))
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
    isWaitingForTurn = false
    input.discard()
    if running?.terms.needsMore == true { cancelCall() }
    advance()
  }

  /// Tells the handler of the call in flight to end; its answer is still sent.
  func cancelCall() { running?.task.cancel() }

  /// Closes at once. A handler that is still busy is cancelled, unless it goes on without its caller.
  func close() {
    guard socket != nil else { return }
    if running?.goesOn == false { cancelCall() }
    if let watch { loop.cancel(watch) }
    watch = nil
    socket = nil
    output.discard()
    input.discard()
    server?.assumeIsolated { $0.forget(self) }
  }

  // MARK: Events

  private func ready(_ readiness: Readiness) {
    if !readiness.isDisjoint(with: .broken) {
      leave()
    } else {
      if readiness.contains(.writable) { flush() }
      if readiness.contains(.readable) { read() }
    }
    advance()
  }

  /// The client has gone. What it sent before still counts if it wanted no answer and is of use without it.
  private func leave() {
    guard !peerLeft else { return }
    peerLeft = true
    output.discard()
    if let watch { loop.cancel(watch) }
    watch = nil
    if running?.goesOn == false { cancelCall() }
  }

  private func read() {
    var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
    do throws(SystemError) {
      guard let count = try socket?.read(into: &chunk) else { return }
      inputEnded = count == 0
      guard !inputEnded else { return cancelIfUnwanted() }
      lastActivity = .now
      lastMove = lastActivity
      server?.assumeIsolated { $0.moved(count) }
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
        lastMove = .now
        server?.assumeIsolated { $0.moved(count) }
      } catch {
        if !error.isWouldBlock { leave() }
        return
      }
    }
  }

  // MARK: Calls

  /// Goes as far as it can: takes calls while none is running and the client has read the earlier answers.
  private func advance() {
    while socket != nil, running == nil, output.isEmpty, !isWaitingForTurn {
      if !isDraining, let size = input.nextSize() {
        guard hasTurn(for: size), let frame = input.next() else { break }
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
    if socket != nil, running == nil, peerLeft, !isWaitingForTurn { return close() }
    settle()
  }

  /// Whether a call of this size may be begun now; if not, ``takeTurn()`` comes later.
  private func hasTurn(for size: Int) -> Bool {
    isWaitingForTurn = server?.assumeIsolated { !$0.admitsCall(of: size, on: self) } ?? false
    return !isWaitingForTurn
  }

  func takeTurn() {
    isWaitingForTurn = false
    advance()
  }

  /// After each step: what to wait for, and what is kept for the client.
  private func settle() {
    updateInterest()
    let waiting = input.count + output.count
    server?.assumeIsolated { $0.note(waiting, for: self) }
  }

  private func updateInterest() {
    guard let watch else { return }
    var interest: Readiness = []
    if !inputEnded, !input.isFull, !isDraining { interest.insert(.readable) }
    if !output.isEmpty { interest.insert(.writable) }
    loop.update(watch, for: interest)
  }

  private func take(_ frame: ArraySlice<UInt8>) {
    do throws(Request.Refusal) {
      let request = try Request(frame: frame)
      let method = try router.method(for: request, of: frame.count, within: limits.messageSize, from: peer)
      // Nobody is left to hear of it.
      if peerLeft, !(request.isOneway && method.terms.goesOn) { return }
      run(method, request)
    } catch { refuse(error) }
  }

  private func refuse(_ refusal: Request.Refusal) {
    if refusal.endsConnection {
      isDraining = true
      input.discard()
    }
    if !refusal.isSilent { send(Reply.error(refusal.error).frame) }
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
          try await method.body(request.parameters, call) { frame in
            self.assumeIsolated { $0.report(frame, of: number) }
          })
      } catch {
        reply = .error(error)
      }
      conclude(reply.frame)
    }
    running = Running(number: number, request: request, terms: method.terms, task: task)
    cancelIfUnwanted()
  }

  private func report(_ frame: [UInt8], of number: Int) {
    guard let running, running.number == number, running.request.wantsMore else { return }
    send(frame)
    settle()
  }

  /// In one go with what the handler did last: the replies of many calls are not all kept until each is sent.
  private nonisolated func conclude(_ frame: [UInt8]) { assumeIsolated { $0.finish(frame) } }

  private func finish(_ frame: [UInt8]) {
    let answered = running?.request.isOneway == false
    running = nil
    lastActivity = .now
    if answered { send(frame) }
    advance()
  }

  private func send(_ frame: [UInt8]) {
    guard socket != nil, !peerLeft else { return }
    guard output.backlog <= limits.unreadReplies else { return close() }
    output.append(frame)
    flush()
  }
}
