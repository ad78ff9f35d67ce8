internal import EventLoop
internal import Interface
internal import Service

/// The session's sound server, PipeWire or PulseAudio: a mirror of its Bluetooth cards, kept by its own events.
///
/// Each event makes what there is be read anew, once however many there are; a change is told when it has been read and
/// nothing else has happened meanwhile. Connected or not, nothing runs as long as nothing happens.
actor SoundServer: SoundServing {
  nonisolated let loop: EventLoop
  private let pulse: PulseLoop
  private let address: String?
  private let attempts: Attempts
  private let log: Log
  private var context: PulseContext?
  private var ended: CheckedContinuation<PulseError, Never>?
  private var state: SoundState?
  private var handler: @Sendable (SoundState) -> Void = { _ in }
  /// The number of PipeWire's session manager among the clients.
  private var manager: UInt32?
  /// Programs that left while all was being read, and whether one came: only the session manager is read anew for.
  private var left: Set<UInt32> = []
  private var hasCome = false
  private var isReading = false
  private var isStale = false
  private var isMissed = false

  /// Rounds of reading before a change is told although others follow on its heels.
  private static let mostRounds = 8

  /// `address` as libpulse takes it, for another server than the one that it finds by itself. A file that appears at
  /// `path` is a reason to try again at once.
  init(loop: EventLoop, address: String? = nil, path: String?, log: Log, backoff: Backoff = Backoff()) {
    self.loop = loop
    self.address = address
    self.log = log
    pulse = PulseLoop(loop)
    attempts = Attempts(loop: loop, path: path, backoff: backoff)
  }

  func onChange(_ handler: @escaping @Sendable (SoundState) -> Void) { self.handler = handler }

  /// Connects, and connects again, until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await attempts.prepare()
      let error = await connectOnce()
      guard !Task.isCancelled else { break }
      if !isMissed {
        isMissed = true
        log.notice("The sound server is not there", ["error": "\(error)"])
      }
      publish(.absent)
      await attempts.wait(isAbsent: error.kind == .absent)
    }
    await attempts.end()
  }

  // MARK: The connection

  /// Stays with a connection to its end.
  private func connectOnce() async -> PulseError {
    let error = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        ended = continuation
        guard !Task.isCancelled else { return end(PulseError(kind: .ended, words: "cancelled")) }
        let context = PulseContext(on: pulse) { event in self.take(event) }
        self.context = context
        context.connect(to: address)
      }
    } onCancel: {
      loop.spawn { await self.end(PulseError(kind: .ended, words: "cancelled")) }
    }
    context?.close()
    context = nil
    return error
  }

  private func end(_ error: PulseError) {
    ended?.resume(returning: error)
    ended = nil
  }

  private func take(_ event: PulseContext.Event) {
    switch event {
    case .ready:
      isMissed = false
      attempts.assumeIsolated { $0.succeed() }
      refresh()
    case .changed: refresh()
    // Programs come and go all day; only PipeWire's session manager says something of the sound.
    case .clientCame: if isReading { hasCome = true } else if state?.server?.manager == false { refresh() }
    case .clientLeft(let client): if isReading { left.insert(client) } else if client == manager { refresh() }
    case .ended(let error): end(error)
    }
  }

  // MARK: Reading

  private func refresh() {
    isStale = true
    guard !isReading else { return }
    isReading = true
    loop.spawn { await self.read() }
  }

  private func read() async {
    var rounds = 0
    while isStale, let context {
      isStale = false
      (left, hasCome) = ([], false)
      rounds += 1
      let result = await withCheckedContinuation { continuation in
        SoundReading.start(context) { continuation.resume(returning: $0) }
      }
      guard context === self.context else { continue }
      switch result {
      case .success(let facts):
        guard !isStale || rounds == Self.mostRounds else { continue }
        rounds = 0
        manager = facts.manager
        let state = SoundState(facts)
        if manager.map(left.contains) ?? (hasCome && state.server?.manager == false) { isStale = true }
        publish(state)
      case .failure(let error): end(error)
      }
    }
    isReading = false
  }

  private func publish(_ state: SoundState) {
    guard state != self.state else { return }
    if let server = state.server, server != self.state?.server {
      log.info("The sound server is there", ["kind": server.kind.rawValue, "version": server.version])
    }
    self.state = state
    handler(state)
  }

  // MARK: Changes

  func setProfile(_ profile: String, of card: String) async throws(PulseError) {
    try await ask { $0.setProfile(profile, of: card, $1) }
    refresh()
  }

  func setCodec(_ codec: String, of card: String) async throws(PulseError) {
    _ = try await ask {
      $0.send(CodecMessages.change, to: CodecMessages.object(card), parameters: CodecMessages.quoted(codec), $1)
    }
    refresh()
  }

  private func ask<Value: Sendable>(
    _ start: (PulseContext, @escaping PulseContext.Completion<Value>) -> Void
  ) async throws(PulseError) -> Value {
    guard let context else { throw PulseError(kind: .absent, words: "the sound server is not there") }
    let result: Result<Value, PulseError> = await withCheckedContinuation { continuation in
      start(context) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }
}
