package import EventLoop

/// One connection to a message bus, on the event loop. Nothing here ever blocks.
///
///     let bus = try await Connection.open(.system(), on: loop)
///     let reply = try await bus.call(
///       Message(call: "GetNameOwner", on: "/org/freedesktop/DBus", interface: StandardInterface.driver,
///         to: BusName.driver) { $0.append("org.bluez") },
///       timeout: .seconds(10))
///     var body = reply.reader()
///     let owner = try body.string()
///     let rule = MatchRule(sender: "org.bluez", interface: StandardInterface.properties, member: "PropertiesChanged")
///     let subscription = try await bus.subscribe(to: rule) { signal in /* on the loop, in bus order */ }
///     try await bus.export("/agent") { call in
///       guard call.matches("org.bluez.Agent1", "Release") else { return .unknownMethod }
///       return .reply { _ in }
///     }
///     await bus.close()
///
/// **Order.** Signals, answers and incoming calls are handed out in the order in which the bus sent them. Handlers run
/// synchronously on the loop; an actor of the same loop enters itself with `assumeIsolated`. A task on the loop that
/// waits in ``call(_:timeout:)`` goes on, up to where it next waits for something, before any later message is handed
/// out: what it has seen through handlers up to there is exactly what preceded the answer.
///
/// **Lifetime.** An open connection stays alive until ``close()`` or until the bus goes away, whoever holds it.
/// A connection never comes back; ``Bus`` makes new ones.
package actor Connection: LoopActor {
  package nonisolated let loop: EventLoop
  /// The name that the bus gave this connection, such as ":1.42".
  package private(set) var uniqueName = ""

  private var transport: Transport?
  /// By the serial of the message that was sent.
  private var pending: [UInt32: PendingCall] = [:]
  private var nextCall: UInt64 = 0
  private var isDraining = false
  private var drainScheduled = false
  private var endHandlers: [@Sendable (DBusError) -> Void] = []
  private var end: DBusError?
  var subscriptions = SubscriptionTable()
  var owners = OwnerTable()
  var exports = ExportTable()

  /// The deadline of calls that name none: what libdbus takes.
  package static let defaultTimeout: Duration = .seconds(25)

  /// The deadline of calls to the bus itself, which does nothing that takes time.
  static let driverTimeout: Duration = .seconds(10)

  private struct PendingCall {
    let timer: TimerToken?
    /// The task that waits, which must run before the next message is handed out; nil when none does.
    let waiter: UInt64?
    let completion: (Result<Message, DBusError>) -> Void
  }

  private init(loop: EventLoop) { self.loop = loop }

  // MARK: Life

  /// Connects, authenticates and registers at the bus.
  ///
  /// Throws ``DBusError/Code/address`` when nobody listens there or the bus turns this process down, and
  /// ``DBusError/Code/timedOut`` when the bus does not answer in time.
  package static func open(
    _ address: BusAddress, on loop: EventLoop, timeout: Duration = .seconds(10)
  ) async throws(DBusError) -> Connection {
    let connection = Connection(loop: loop)
    try await connection.start(address, timeout: timeout)
    return connection
  }

  private func start(_ address: BusAddress, timeout: Duration) async throws(DBusError) {
    // The loop's watch keeps this closure, and so the connection, until the transport is closed.
    let onReadable = { self.assumeIsolated { $0.drain() } }
    transport = try Transport(address, on: loop, onReadable: onReadable)
    do throws(DBusError) {
      var body = try await callDriver("Hello", timeout: timeout) { _ in }.reader()
      uniqueName = try body.string()
    } catch {
      close()
      // The bus hangs up on a process that it does not let in.
      throw error.code == .disconnected ? .address("the bus turned the connection down") : error
    }
  }

  /// Whether calls can be made.
  package var isOpen: Bool { transport != nil }

  /// Ends the connection: waiting calls fail, handlers are forgotten, names owned through it become free.
  package func close() { finish(.disconnected("the connection was closed")) }

  /// Calls `handler` once when the connection has ended, after the calls that were waiting have failed; at once if it
  /// has ended already.
  package func onEnd(_ handler: @escaping @Sendable (DBusError) -> Void) {
    if let end { handler(end) } else { endHandlers.append(handler) }
  }

  private func finish(_ reason: DBusError) {
    guard let transport else { return }
    self.transport = nil
    end = reason
    transport.close()
    let failed = pending.sorted { $0.key < $1.key }.map(\.value)
    pending = [:]
    for call in failed {
      if let timer = call.timer { loop.cancel(timer) }
      call.completion(.failure(reason))
    }
    subscriptions.removeAll()
    owners.removeAll()
    exports.removeAll()
    let handlers = endHandlers
    endHandlers = []
    for handler in handlers { handler(reason) }
  }

  // MARK: Sending

  /// Sends a message that nobody answers: a signal, a reply, or a call whose answer is of no interest.
  package func send(_ message: Message) throws(DBusError) { _ = try transmit(message) }

  /// Calls a method and waits for the answer.
  ///
  /// Throws the error that came back, or ``DBusError/Code/timedOut`` (`timeout` nil: never),
  /// ``DBusError/Code/cancelled`` or ``DBusError/Code/disconnected``.
  @discardableResult
  package func call(
    _ message: Message, timeout: Duration? = Connection.defaultTimeout
  ) async throws(DBusError) -> Message {
    try await call(message, timeout: timeout) { _ in }
  }

  /// The same; `inTurn` is called with the answer before any later message is handed out.
  private func call(
    _ message: Message, timeout: Duration?, inTurn: @escaping (Result<Message, DBusError>) -> Void
  ) async throws(DBusError) -> Message {
    nextCall += 1
    let number = nextCall
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Message, DBusError>, Never>) in
        do throws(DBusError) {
          guard !Task.isCancelled else { throw .cancelled }
          try register(message, timeout: timeout, waiter: number) { answer in
            inTurn(answer)
            continuation.resume(returning: answer)
          }
        } catch { continuation.resume(returning: .failure(error)) }
      }
    } onCancel: {
      // A task that is not of the loop may get here before its call is registered; then the call sees it by itself.
      loop.spawn { await self.cancel(number) }
    }
    return try result.get()
  }

  /// Calls a method; `completion` runs on the loop when the answer's turn has come, between the signals that the bus
  /// sent before and after it.
  package func call(
    _ message: Message, timeout: Duration? = Connection.defaultTimeout,
    completion: @escaping @Sendable (Result<Message, DBusError>) -> Void
  ) throws(DBusError) {
    try register(message, timeout: timeout, waiter: nil, completion)
  }

  /// Calls a method of the bus itself.
  @discardableResult
  func callDriver(
    _ method: String, timeout: Duration = Connection.driverTimeout,
    inTurn: @escaping (Result<Message, DBusError>) -> Void = { _ in }, _ arguments: (inout MessageWriter) -> Void
  ) async throws(DBusError) -> Message {
    try await call(
      Message(
        call: method, on: "/org/freedesktop/DBus", interface: StandardInterface.driver, to: BusName.driver, arguments),
      timeout: timeout, inTurn: inTurn)
  }

  private func transmit(_ message: Message) throws(DBusError) -> UInt32 {
    guard let transport else { throw end ?? .disconnected() }
    let serial = transport.send(message.sendable)
    // A failed write ends the connection inside libdbus, which tells with a message and no event of the socket.
    if !isDraining, transport.hasMessages { scheduleDrain() }
    return serial
  }

  /// Sends a call; `waiter` is the number of the task that waits for the answer.
  private func register(
    _ message: Message, timeout: Duration?, waiter: UInt64?,
    _ completion: @escaping (Result<Message, DBusError>) -> Void
  ) throws(DBusError) {
    let serial = try transmit(message)
    let timer = timeout.map { timeout in
      loop.schedule(after: timeout) {
        self.assumeIsolated { _ = $0.complete(serial, .failure(.timedOut(timeout))) }
      }
    }
    pending[serial] = PendingCall(timer: timer, waiter: waiter, completion: completion)
  }

  /// Returns whether a task was resumed. An answer that nobody waits for any more is dropped.
  @discardableResult
  private func complete(_ serial: UInt32, _ result: Result<Message, DBusError>) -> Bool {
    guard let call = pending.removeValue(forKey: serial) else { return false }
    if let timer = call.timer { loop.cancel(timer) }
    call.completion(result)
    return call.waiter != nil
  }

  private func cancel(_ waiter: UInt64) {
    guard let serial = pending.first(where: { $0.value.waiter == waiter })?.key else { return }
    complete(serial, .failure(.cancelled))
  }

  // MARK: Receiving

  /// Hands out what has arrived, up to an answer that a task waits for: the task runs first, then the rest follows.
  private func drain() {
    guard !isDraining, !drainScheduled else { return }
    isDraining = true
    defer { isDraining = false }
    while let message = transport?.pop() {
      guard handOut(message) else { continue }
      if let transport, transport.hasMessages { scheduleDrain() }
      return
    }
  }

  /// Hands out the rest when the loop has nothing else to run.
  ///
  /// A resumed task takes several jobs to get back to its own code, one for each change of executor. Timers are looked
  /// at when no job is left; setting this one from a job keeps it out of the wake-up that is being handled now.
  private func scheduleDrain() {
    guard !drainScheduled else { return }
    drainScheduled = true
    loop.spawn { await self.drainWhenIdle() }
  }

  private func drainWhenIdle() {
    loop.schedule(after: .zero) {
      self.assumeIsolated { connection in
        connection.drainScheduled = false
        connection.drain()
      }
    }
  }

  /// Returns whether a task was resumed.
  private func handOut(_ message: Message) -> Bool {
    switch message.kind {
    case .methodReturn: return complete(message.replySerial, .success(message))
    case .error: return complete(message.replySerial, .failure(message.error ?? .malformed("an error without a name")))
    case .methodCall: answer(message)
    case .signal where message.isSignal(StandardInterface.local, "Disconnected") && transport?.isConnected == false:
      finish(.disconnected("the bus closed the connection"))
    case .signal: deliver(message)
    case nil: break
    }
    return false
  }
}
