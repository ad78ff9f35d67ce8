internal import BlueZ
internal import Core
internal import EventLoop
internal import MDR
internal import Service
internal import Vocabulary

/// The one owner of a headset's control channel. It opens it when somebody asks, queues what several callers ask, and lets
/// it go when nobody has asked for a while. It never touches the link that the sound is on.
actor HeadsetLink: LoopActor {
  nonisolated let loop: EventLoop
  nonisolated let id: DeviceID
  private let mirror: BlueZMirror
  private let dialler: Dialler
  private let words: HeadsetWords
  private let idle: @Sendable () -> Duration
  private let onReport: @Sendable (DeviceID, MDR.Headset, MDR.Report) -> Void
  private let log: Log

  private var channel: SerialChannel?
  private(set) var session: MDR.Session?
  private var timers: [MDR.Session.Deadline: TimerToken] = [:]
  private var idleTimer: TimerToken?
  /// How many callers are at it.
  private var users = 0
  /// The functions of the headset, so that they need not be asked for each time; they go with its identity.
  private var known: [Identity: Functions] = [:]
  /// How many channels were opened.
  private(set) var channels = 0
  /// What it did not answer over this channel, so that nobody waits for it again.
  private(set) var silent: Set<Feature> = []

  private var isOpening = false
  private var openers: [CheckedContinuation<Result<MDR.Headset, OperationError>, Never>] = []
  private var beginning: CheckedContinuation<Beginning, Never>?
  private var pending: [Int: Pending] = [:]
  private var lastNumber = 0
  /// Which general setting is where; nil until somebody wanted to know.
  var places: GeneralPlaces?
  /// The level of ambient sound that it was last seen at, over all channels: some tell none meanwhile.
  private(set) var ambientLevel: UInt8?
  /// What the headset asked, and nobody said yes to.
  private(set) var declined: Alert?

  /// What came before the first byte of ours; nil from then on.
  private var early: [UInt8]?

  private enum Beginning {
    case ready(MDR.Headset)
    case unsupported
    case ended(MDR.Session.EndReason?)
  }
  private struct Pending {
    let mayAgree: Bool
    let continuation: CheckedContinuation<MDR.Outcome, Never>
  }
  private enum Attempt {
    case open(MDR.Headset)
    case failed(DialTrouble, OperationError)
  }

  /// Before the first byte; clients that began sooner were not heard (told of several models).
  private static let settling = Duration.milliseconds(400)
  /// Bytes of what is kept until then; earbuds tell their hosts (captured from WF-1000XM5).
  private static let mostEarly = 4096

  init(
    _ id: DeviceID, mirror: BlueZMirror, dialler: Dialler, words: HeadsetWords,
    idle: @escaping @Sendable () -> Duration,
    onReport: @escaping @Sendable (DeviceID, MDR.Headset, MDR.Report) -> Void, log: Log
  ) {
    self.id = id
    self.mirror = mirror
    self.dialler = dialler
    self.words = words
    self.idle = idle
    self.onReport = onReport
    self.log = log
    loop = dialler.loop
  }

  /// For callers on the loop.
  nonisolated var isOpen: Bool { assumeIsolated { $0.channel?.isOpen == true && $0.session?.headset != nil } }

  /// How users know it.
  nonisolated var name: String { mirror.device(id)?.alias ?? id.address.description }

  // MARK: Opening

  /// The headset at the other end of the channel, which is opened if it is not.
  func headset() async throws(OperationError) -> MDR.Headset {
    if Task.isCancelled { throw .cancelled("The request") }
    if channel?.isOpen == true, let headset = session?.headset { return headset }
    let result = await withCheckedContinuation { continuation in
      openers.append(continuation)
      guard !isOpening else { return }
      isOpening = true
      loop.spawn { await self.open() }
    }
    return try result.get()
  }

  private func open() async {
    var redial = Redial()
    var result: Result<MDR.Headset, OperationError>
    repeat {
      switch await attempt() {
      case .open(let headset): result = .success(headset)
      case .failed(let trouble, let error):
        log.debug("a control channel could not be opened", ["trouble": "\(trouble)", "evidence": error.evidence ?? ""])
        result = .failure(error)
        if let delay = redial.delay(after: trouble) {
          try? await LoopClock(loop).sleep(for: delay)
          continue
        }
      }
      break
    } while !openers.isEmpty
    isOpening = false
    if openers.isEmpty { return close() }
    for opener in take(&openers) { opener.resume(returning: result) }
  }

  private func attempt() async -> Attempt {
    close()
    guard let device = mirror.known(id), let path = id.path else {
      return .failed(.hopeless, .deviceNotFound(id.address.description))
    }
    guard device.connected else {
      return .failed(.hopeless, mirror.device(id).map(OperationError.notConnected) ?? .deviceNotFound(name))
    }
    // BlueZ would pair it by the way (docs/safety.md).
    guard device.bonded else {
      return .failed(.hopeless, mirror.device(id).map(OperationError.notBonded) ?? .deviceNotFound(name))
    }
    let services = SonyService.among(device.uuids)
    var last = Attempt.failed(
      .hopeless, .noControl(name, evidence: "None of its services is that of the control channel."))
    for service in services {
      do throws(Dialler.Failure) {
        let socket = try await dialler.dial(service, device: path)
        return await begin(over: socket.take())
      } catch {
        last = failed(error)
      }
      // Only a service that is not there is no reason to stop before the other one.
      guard case .failed(.hopeless, let error) = last, error.code == .noControl else { break }
    }
    return last
  }

  private func failed(_ failure: Dialler.Failure) -> Attempt {
    switch failure {
    case .noBus: return .failed(.hopeless, .bluezMissing(mirror.absence))
    case .ghost: return .failed(.ghost, .headsetHeld(name, evidence: "BlueZ says that it is connected already."))
    case .refused(let error):
      let words = error.description
      switch (error.code, error.reason) {
      case (.inProgress, _), (.busy, _), (_, .busy): return .failed(.busy, .general(Refusal(error), named: name))
      case (.notPermitted, _): return .failed(.hopeless, .serviceTaken(error))
      case (.profileUnavailable, _), (.notSupported, _), (.invalidArguments, _), (.doesNotExist, _), (.notAvailable, _):
        return .failed(.hopeless, .noControl(name, evidence: words))
      case (_, .refused): return .failed(.held, .headsetHeld(name, evidence: words))
      case (.failed, _): return .failed(.busy, .headsetSilent(name, evidence: words))
      default: return .failed(.hopeless, .general(Refusal(error), named: name))
      }
    }
  }

  /// Speaks with the headset over a socket that has just been connected.
  private func begin(over socket: Int32) async -> Attempt {
    do throws(SystemError) {
      channel = try SerialChannel(
        socket, on: loop,
        onBytes: { [weak self] bytes in self?.assumeIsolated { $0.receive(bytes) } },
        onEnd: { [weak self] in self?.assumeIsolated { $0.ended() } })
    } catch {
      return .failed(.hopeless, .headsetSilent(name, evidence: error.description))
    }
    session = MDR.Session(kept: known)
    channels += 1
    early = []
    try? await LoopClock(loop).sleep(for: Self.settling)
    let beginning = await withCheckedContinuation { continuation in
      guard channel?.isOpen == true else { return continuation.resume(returning: Beginning.ended(.closed)) }
      self.beginning = continuation
      perform(session?.start() ?? [])
      if let early {
        self.early = nil
        feed(.received(early))
      }
    }
    switch beginning {
    case .ready(let headset):
      if let identity = headset.identity { known = [identity: headset.functions] }
      armIdle()
      return .open(headset)
    case .unsupported:
      close()
      return .failed(.hopeless, .unknownGeneration(name))
    case .ended(let reason):
      close()
      switch reason {
      case .closed, nil: return .failed(.held, .headsetHeld(name, evidence: "The headset closed the channel at once."))
      case .mute: return .failed(.mute, .headsetSilent(name, evidence: "It acknowledges, and tells no functions."))
      case .unreadableFunctions:
        return .failed(.mute, .headsetSilent(name, evidence: "Its list of functions cannot be read."))
      case .unacknowledged, .noHandshake:
        return .failed(.mute, .headsetSilent(name, evidence: "The handshake was not answered."))
      }
    }
  }

  // MARK: Closing

  /// Lets the channel go at once; what is asked meanwhile fails.
  func release() {
    let openers = take(&openers)
    for opener in openers { opener.resume(returning: .failure(.cancelled("The request"))) }
    close()
  }

  /// Closes the channel, unless somebody uses it.
  func closeUnused() {
    if users == 0 { close() }
  }

  /// Closes the channel; the next question opens it again.
  func close() {
    if channel?.isOpen == true { log.debug("a control channel is closed") }
    channel?.close()
    ended()
  }

  /// The channel is gone, or goes.
  private func ended() {
    channel = nil
    feed(.closed)
    words.assumeIsolated { $0.ended(id) }
    for timer in timers.values { loop.cancel(timer) }
    timers = [:]
    if let idleTimer { loop.cancel(idleTimer) }
    idleTimer = nil
    ambientLevel = session?.ambientLevel ?? ambientLevel
    session = nil
    early = nil
    silent = []
    beginning?.resume(returning: .ended(.closed))
    beginning = nil
    for waiting in take(&pending).values { waiting.continuation.resume(returning: .lost) }
  }

  private func take<Collected: RangeReplaceableCollection>(_ all: inout Collected) -> Collected {
    defer { all = Collected() }
    return all
  }
  private func take(_ all: inout [Int: Pending]) -> [Int: Pending] {
    defer { all = [:] }
    return all
  }

  /// Somebody has a use for the channel until ``leave()``.
  func enter() {
    users += 1
    if let idleTimer { loop.cancel(idleTimer) }
    idleTimer = nil
  }

  func leave() {
    users -= 1
    armIdle()
  }

  private func armIdle() {
    guard users == 0, channel?.isOpen == true, idleTimer == nil else { return }
    idleTimer = loop.schedule(after: idle()) { self.assumeIsolated { $0.idled() } }
  }

  private func idled() {
    idleTimer = nil
    if users == 0 { close() }
  }

  // MARK: Running the session

  /// Has the session send a request, and returns what came of it. `mayAgree` answers the headset's own questions with yes.
  func ask(_ request: MDR.Request, mayAgree: Bool = false) async -> MDR.Outcome {
    let outcome = await withCheckedContinuation { continuation in
      guard session != nil else { return continuation.resume(returning: MDR.Outcome.lost) }
      lastNumber += 1
      pending[lastNumber] = Pending(mayAgree: mayAgree, continuation: continuation)
      perform(session?.ask(request, number: lastNumber) ?? [])
    }
    if case .read(let feature) = request.purpose, outcome == .silent { silent.insert(feature) }
    return outcome
  }

  private func receive(_ bytes: [UInt8]) {
    guard let kept = early else { return feed(.received(bytes)) }
    early = kept + bytes.prefix(Self.mostEarly - kept.count)
  }

  private func feed(_ event: MDR.Session.Event) { perform(session?.handle(event) ?? []) }

  private func perform(_ actions: [MDR.Session.Action]) {
    for action in actions {
      switch action {
      case .write(let bytes): channel?.send(bytes)
      case .arm(let deadline, let delay):
        disarm(deadline)
        timers[deadline] = loop.schedule(after: delay) {
          self.assumeIsolated {
            $0.timers[deadline] = nil
            $0.feed(.expired(deadline))
          }
        }
      case .disarm(let deadline): disarm(deadline)
      case .ready(let headset): begun(.ready(headset))
      case .unsupported: begun(.unsupported)
      case .told(.report(let report, let isNotification)):
        words.assumeIsolated { $0.note(report, of: id, own: mirror.adapterAddress(id.adapter)) }
        if isNotification, let headset = session?.headset { onReport(id, headset, report) }
      case .told: break
      case .asked(let alert):
        // One request is under way at a time, in the order in which they came.
        let mayAgree = pending.keys.min().flatMap { pending[$0] }?.mayAgree == true
        if !mayAgree { declined = alert }
        perform(session?.answer(mayAgree) ?? [])
      case .finished(let number, let outcome):
        pending.removeValue(forKey: number)?.continuation.resume(returning: outcome)
      case .ended(let reason):
        begun(.ended(reason))
        channel?.close()
        // Whoever handles this action is at the session's own.
        loop.spawn { await self.tidy() }
      }
    }
  }

  private func tidy() {
    if channel?.isOpen == false { ended() }
  }

  private func begun(_ result: Beginning) {
    beginning?.resume(returning: result)
    beginning = nil
  }

  private func disarm(_ deadline: MDR.Session.Deadline) {
    if let timer = timers.removeValue(forKey: deadline) { loop.cancel(timer) }
  }
}

extension OperationError {
  /// What BlueZ's refusal to open the channel means where it means nothing else.
  fileprivate static func general(_ refusal: Refusal, named name: String) -> Self {
    switch refusal.kind {
    case .bluezGone, .noReply: .bluezMissing(while: "the control channel of \(name) was being opened")
    case .inProgress:
      OperationError(
        .busy, "BlueZ or another program is busy with \(name).", evidence: refusal.words,
        hint: "Wait a moment, then run this again.", operation: "another program")
    default:
      OperationError(
        .connectFailed, "The control channel of \(name) could not be opened.", evidence: refusal.words,
        hint: "Run it again; if it persists, look at: journalctl -u bluetooth.")
    }
  }
}
