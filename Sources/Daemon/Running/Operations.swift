internal import BlueZ
internal import Core
internal import EventLoop
internal import Service
internal import Vocabulary

/// What an operation works on; two operations never work on the same thing at a time.
enum Subject: Hashable {
  case device(DeviceID)
  case adapter(AdapterID)
  /// Pairing needs the one agent of our connection.
  case pairing
}

/// The operations that are running: one for a subject, others are told who is busy.
///
/// An operation belongs to the registry and not to the client that asked for it. Whether it ends with the client is
/// the operation's own matter: it is told that it was cancelled.
actor Operations: LoopActor {
  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private let port: HostPort
  private let log: Log
  private var runs: [Int: Run] = [:]
  private var lastNumber = 0
  private var onIdle: CheckedContinuation<Void, Never>?
  private var onVerdict: @Sendable (DeviceID, Verdict?) -> Void = { _, _ in }
  private var onNews: @Sendable (Event) -> Void = { _ in }
  private var onEnd: @Sendable () -> Void = {}
  /// The daemon ends: what is begun now would not be put back.
  private var isEnding = false

  private struct Run {
    var operation: any Operation
    let subjects: Set<Subject>
    /// It gives way to what somebody asks for.
    let yields: Bool
    /// Those that wait for its end to begin.
    var successors: [CheckedContinuation<Void, Never>] = []
    let port: HostPort
    var timers: [Deadline: TimerToken] = [:]
    let progress: @Sendable (Report) -> Void
    /// Nil when nobody waits for it.
    let completion: CheckedContinuation<Result<Outcome, OperationError>, Never>?
    /// What has been in its way since it found its device.
    var obstacle: OperationError?
    /// The device whose link is to be taken down after it.
    var abandoned: DeviceID?
    /// Those for which watches were told that it began: they are told that it has ended, whatever it has let go by then.
    var begunOn: Set<DeviceID> = []

    /// Also the device that it has found meanwhile.
    var allSubjects: Set<Subject> { operation.found.map { subjects.union([.device($0)]) } ?? subjects }

    var allDevices: [DeviceID] {
      allSubjects.compactMap { if case .device(let id) = $0 { id } else { nil } }
    }

    /// What watches are told of it.
    func told(of id: DeviceID) -> DeviceOperation { DeviceOperation(on: id, operation.undertaking, isAsked: !yields) }
  }

  init(loop: EventLoop, world: LiveWorld, port: HostPort, log: Log) {
    self.loop = loop
    self.world = world
    self.port = port
    self.log = log
  }

  /// Whom to tell what is wrong with a bond, on the loop; nil when it was seen to be sound.
  func onVerdict(_ handler: @escaping @Sendable (DeviceID, Verdict?) -> Void) { onVerdict = handler }

  /// Whom to tell what only watches are told: which operations begin and end, and what they met; on the loop.
  func onNews(_ handler: @escaping @Sendable (Event) -> Void) { onNews = handler }

  /// Whom to tell that an operation has ended, on the loop.
  func onEnd(_ handler: @escaping @Sendable () -> Void) { onEnd = handler }

  /// Runs an operation to its end. One without a subject only watches: anything may run beside it.
  ///
  /// `progress` is called on the loop. A caller that is cancelled cancels the operation when `endsWithCaller`, and
  /// otherwise leaves it to itself; in both cases the result comes when the operation has ended.
  ///
  /// One that nobody asked for `yields`: it is cancelled for one that somebody did, which then waits for its end. So is
  /// one that it overrules.
  func run(
    _ operation: some Operation, on subjects: Set<Subject>, endsWithCaller: Bool = true, yields: Bool = false,
    through port: HostPort? = nil,
    progress: @escaping @Sendable (Report) -> Void = { _ in }
  ) async throws(OperationError) -> Outcome {
    if !yields { await makeWay(for: operation, on: subjects) }
    if isEnding { throw .cancelled("The request") }
    if let busy = busy(with: subjects) { throw busy }
    let number = newNumber()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        runs[number] = Run(
          operation: operation, subjects: subjects, yields: yields, port: port ?? self.port, progress: progress,
          completion: continuation)
        start(number)
      }
    } onCancel: {
      if endsWithCaller { loop.spawn { await self.tell(number, .cancelled) } }
    }
    return try result.get()
  }

  /// Begins an operation that nobody asked for and nobody waits for: it gives way to those that somebody asks for.
  /// Returns why it cannot begin.
  func begin(_ operation: any Operation, on subjects: Set<Subject>) -> OperationError? {
    if isEnding { return .cancelled("The request") }
    if let busy = busy(with: subjects) { return busy }
    let number = newNumber()
    runs[number] = Run(
      operation: operation, subjects: subjects, yields: true, port: port, progress: { _ in }, completion: nil)
    start(number)
    return nil
  }

  private func makeWay(for operation: some Operation, on subjects: Set<Subject>) async {
    while let (number, run) = runs.first(where: { _, run in
      (run.yields || run.operation.undertaking.map(operation.overrules) ?? false)
        && !run.allSubjects.isDisjoint(with: subjects)
    }) {
      if !run.yields {
        let shared = run.allSubjects.intersection(subjects).first
        runs[number]?.obstacle = .overruled(run.operation.name, by: operation.name, on: name(of: shared))
      }
      tell(number, .cancelled)
      guard runs[number] != nil else { continue }
      await withCheckedContinuation { runs[number]?.successors.append($0) }
    }
  }

  /// What is said to whoever wants to work on one of these while something else does.
  func busy(with subjects: Set<Subject>, beside number: Int? = nil) -> OperationError? {
    for (other, run) in runs where other != number {
      guard let shared = run.allSubjects.intersection(subjects).first else { continue }
      return .busy(run.operation.name, on: name(of: shared))
    }
    return nil
  }

  /// The operation that is running on a device, if any.
  func running(on id: DeviceID) -> String? {
    runs.values.first { $0.allSubjects.contains(.device(id)) }?.operation.name
  }

  /// Whether a device of an adapter is being connected.
  func isConnecting(on adapter: AdapterID) -> Bool {
    runs.values.contains { run in
      if case .connect(let id) = run.operation.undertaking { id.adapter == adapter } else { false }
    }
  }

  /// Passes a change of the world on.
  func tellAll(_ event: Event) {
    for number in runs.keys.sorted() { tell(number, event) }
  }

  /// Cancels everything and waits until it has put things back, at most for `limit`.
  func cancelAll(within limit: Duration) async {
    isEnding = true
    tellAll(.cancelled)
    guard !runs.isEmpty else { return }
    let timer = loop.schedule(after: limit) { self.assumeIsolated { $0.idle() } }
    await withCheckedContinuation { onIdle = $0 }
    loop.cancel(timer)
  }

  private func idle() {
    onIdle?.resume()
    onIdle = nil
  }

  /// Tells the pairing that nobody could answer a question of the agent.
  func tellPairing(_ event: Event) {
    for (number, run) in runs where run.subjects.contains(.pairing) { tell(number, event) }
  }

  // MARK: Running

  private func newNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// Takes down a link that an operation left behind. It begins before anybody can ask for the device, so that whoever
  /// does waits for its end.
  private func hangUp(_ id: DeviceID) {
    guard world.device(id) != nil else { return }
    _ = begin(HangUpOperation(id), on: [.device(id)])
  }

  private func start(_ number: Int) {
    tellBeginning(number)
    guard var run = runs[number] else { return }
    let actions = run.operation.start(in: world)
    runs[number]?.operation = run.operation
    perform(actions, of: number)
  }

  private func tell(_ number: Int, _ event: Event) {
    guard runs[number]?.operation.isConcerned(by: event) == true else { return }
    let found = runs[number]?.operation.found
    // In its place: many may be running, and each is told of many changes.
    guard let actions = runs[number]?.operation.handle(event, in: world) else { return }
    let nowFound = runs[number]?.operation.found
    tellBeginning(number)
    perform(actions, of: number)
    if let nowFound, nowFound != found { giveWay(number, on: nowFound) }
  }

  private func tellBeginning(_ number: Int) {
    guard let run = runs[number] else { return }
    for id in run.allDevices where runs[number]?.begunOn.insert(id).inserted == true {
      onNews(.operationBegan(run.told(of: id)))
    }
  }

  /// An operation that has found out on which device it works gives way to one that works on it already.
  private func giveWay(_ number: Int, on id: DeviceID) {
    guard runs[number]?.obstacle == nil, let busy = busy(with: [.device(id)], beside: number) else { return }
    runs[number]?.obstacle = busy
    tell(number, .cancelled)
  }

  private func perform(_ actions: [Action], of number: Int) {
    for action in actions {
      switch action {
      case .request(let request):
        guard let run = runs[number] else { return }
        log.debug("\(run.operation.name): \(request.words)")
        loop.spawn { [port = run.port] in
          let answer = await port.perform(request)
          await self.tell(number, answer)
        }
      case .arm(let deadline, let delay):
        disarm(deadline, of: number)
        runs[number]?.timers[deadline] = loop.schedule(after: delay) {
          self.assumeIsolated {
            $0.runs[number]?.timers[deadline] = nil
            $0.tell(number, .expired(deadline))
          }
        }
      case .disarm(let deadline): disarm(deadline, of: number)
      case .progress(let stage, let message): runs[number]?.progress(Report(stage, message))
      case .climb(let rung, let words): runs[number]?.progress(Report(.fixing, words, rung: rung))
      case .await(let awaited): runs[number]?.progress(Report(.waiting, awaited.message, awaited: awaited))
      case .diagnose(let id, let verdict): onVerdict(id, verdict)
      case .noteAudioObstacle(let id, let obstacle): onNews(.audioObstacle(id, obstacle))
      case .hangUp(let id): runs[number]?.abandoned = id
      case .finish(.failure(let error)) where error.mayBeStop && !isEnding: findCause(of: error, endOf: number)
      case .finish(let result): finish(number, result)
      }
    }
  }

  private func disarm(_ deadline: Deadline, of number: Int) {
    if let timer = runs[number]?.timers.removeValue(forKey: deadline) { loop.cancel(timer) }
  }

  /// What was switched off or removed may have been so because bluetoothd is being stopped, which its name tells last.
  private func findCause(of error: OperationError, endOf number: Int) {
    guard let run = runs[number] else { return }
    loop.spawn { [world] in
      let owner = world.mirror.bluezOwner
      await world.mirror.tree.ping()
      let isThere = owner != nil && world.mirror.bluezOwner == owner
      await self.finish(
        number,
        .failure(isThere ? error : .bluezMissing(world.absence, while: "\(run.operation.name) was running")))
    }
  }

  private func finish(_ number: Int, _ result: Result<Outcome, OperationError>) {
    guard let run = runs.removeValue(forKey: number) else { return }
    for timer in run.timers.values { loop.cancel(timer) }
    var result = result
    if let obstacle = run.obstacle, case .failure(let error) = result, error.code == .cancelled {
      result = .failure(obstacle)
    }
    if case .failure(let error) = result {
      let (message, evidence) = ("\(run.operation.name): \(error.code.rawValue)", error.evidence ?? "")
      if run.operation.onlyWatches {
        log.debug(message, ["evidence": evidence])
      } else {
        log.info(message, ["evidence": evidence])
      }
    }
    let error: OperationError? = if case .failure(let error) = result { error } else { nil }
    for id in run.begunOn.sorted() { onNews(.operationEnded(run.told(of: id), error)) }
    if let abandoned = run.abandoned { hangUp(abandoned) }
    run.completion?.resume(returning: result)
    for successor in run.successors { successor.resume() }
    if runs.isEmpty { idle() }
    onEnd()
  }

  private func name(of subject: Subject?) -> String {
    switch subject {
    case .device(let id): world.title(of: id)
    case .adapter(let id): "the adapter \(id)"
    case .pairing, nil: "this computer"
    }
  }
}
