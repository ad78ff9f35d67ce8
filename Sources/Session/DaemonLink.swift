internal import EventLoop
internal import Interface
internal import Service
internal import Varlink

/// The link with the daemon: joins it, reports what there is and takes its orders; joins it again when it was lost.
///
/// One report is under way at a time; what changes meanwhile is in the next. An order is answered when everything that is
/// known then has been reported.
actor DaemonLink: LoopActor {
  /// Why the link is not taken up again.
  enum Ending: Hashable, Sendable {
    /// Another program of this kind speaks for the user now.
    case replaced
    case cancelled
  }

  /// A daemon that was started again may give the same number: each link is counted here.
  private struct Joined: Hashable, Sendable {
    let number: Int
    let link: Int
  }

  nonisolated let loop: EventLoop
  private let path: String
  private let orders: Orders
  private let onNotice: @Sendable (Session.Notice) -> Void
  private let attempts: Attempts
  private let log: Log
  private var call: OutgoingCall?
  private var ended: CheckedContinuation<VarlinkClientError, Never>?
  /// What the daemon calls us, as long as we are joined.
  private var session: Joined?
  private var links = 0
  private var isMissed = false

  private var state: SoundState?
  private var reported: SoundState?
  private var isReporting = false
  private var waitingForReport: [CheckedContinuation<Void, Never>] = []

  private var queue: [(order: Session.Order, arrival: ContinuousClock.Instant)] = []
  private var isWorking = false

  /// How long the daemon may take to answer a report; it only takes note of it.
  private static let answerTime = Duration.seconds(10)
  /// Orders that may wait; the daemon gives one at a time.
  private static let mostOrders = 16

  /// `onNotice` is given, on the loop, what the daemon wants shown to the user.
  init(
    loop: EventLoop, path: String, orders: Orders, log: Log, backoff: Backoff = Backoff(),
    onNotice: @escaping @Sendable (Session.Notice) -> Void = { _ in }
  ) {
    self.loop = loop
    self.path = path
    self.orders = orders
    self.onNotice = onNotice
    self.log = log
    attempts = Attempts(loop: loop, path: path, backoff: backoff)
  }

  /// To be told of each change. Until the first one nothing is reported.
  func take(_ state: SoundState) {
    self.state = state
    report()
  }

  /// Joins the daemon, again and again, until there is an end to it.
  func run() async -> Ending {
    let ending = await attachUntilEnd()
    await attempts.end()
    return ending
  }

  private func attachUntilEnd() async -> Ending {
    while !Task.isCancelled {
      await attempts.prepare()
      let error = await attachOnce()
      guard !Task.isCancelled else { break }
      if case .refused(let refusal) = error, refusal.name == Session.ErrorName.replaced.fullName { return .replaced }
      if !isMissed {
        isMissed = true
        log.notice("The daemon is not there", ["error": "\(error)"])
        ServiceManager.status("Waiting for mdrctld")
      }
      await attempts.wait(isAbsent: error == .notRunning)
    }
    return .cancelled
  }

  // MARK: The link

  /// Stays joined to the end of the link.
  private func attachOnce() async -> VarlinkClientError {
    let error = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        ended = continuation
        guard !Task.isCancelled else { return end(.interrupted) }
        call = OutgoingCall.start(
          on: loop, path: path, method: Session.Method.attach.fullName,
          Session.AttachParameters(version: Control.version), more: true, within: nil
        ) { event in self.assumeIsolated { $0.take(event) } }
      }
    } onCancel: {
      loop.spawn { await self.end(.interrupted) }
    }
    await call?.end()
    call = nil
    session = nil
    reported = nil
    queue = []
    letGo()
    return error
  }

  private func end(_ error: VarlinkClientError) {
    ended?.resume(returning: error)
    ended = nil
  }

  private func take(_ event: OutgoingCall.Event) {
    switch event {
    case .failed(let error): end(error)
    case .reply(let parameters, let isLast):
      do {
        take(try parameters.decode(Session.AttachReply.self))
        if isLast { end(.closed) }
      } catch {
        end(.malformed(words(of: error)))
      }
    }
  }

  private func take(_ reply: Session.AttachReply) {
    if let number = reply.session, session == nil {
      links += 1
      session = Joined(number: number, link: links)
      isMissed = false
      attempts.assumeIsolated { $0.succeed() }
      log.info("Joined the daemon", ["session": "\(number)"])
      ServiceManager.status("Joined mdrctld")
      report()
    }
    if let followed = reply.followed {
      ServiceManager.status(followed ? "Joined mdrctld, which follows this session" : "Joined mdrctld")
    }
    if let order = reply.order { take(order) }
    if let notice = reply.notice { onNotice(notice) }
  }

  // MARK: Reports

  /// Brings what the daemon knows up to date, if it is not.
  private func report() {
    guard let session, !isReporting, state != nil, state != reported else { return }
    isReporting = true
    loop.spawn { await self.reportUntilCurrent(session) }
  }

  private func reportUntilCurrent(_ session: Joined) async {
    while session == self.session, let state, state != reported {
      let parameters = Session.ReportParameters(
        session: session.number, server: state.server, cards: state.cards, playing: state.isPlaying)
      do throws(VarlinkClientError) {
        try await tell(.report, parameters)
        if session == self.session { reported = state }
      } catch {
        // What went wrong is told when the link is lost.
        guard error.isRefusal(.invalidInput) else {
          if session == self.session { end(error) }
          break
        }
        // It would be refused the next time, too, and in every link: the next change may be taken.
        log.warning("The daemon does not take what the sound server says", ["error": "\(error)"])
        if session == self.session { reported = state }
      }
    }
    isReporting = false
    // Another link may have been made meanwhile.
    if session == self.session { letGo() } else { report() }
  }

  /// Returns when all that is known has been reported, or the link was lost.
  private func waitForReport() async {
    guard session != nil, isReporting || state != reported else { return }
    report()
    await withCheckedContinuation { waitingForReport.append($0) }
  }

  private func letGo() {
    let waiting = waitingForReport
    waitingForReport = []
    for continuation in waiting { continuation.resume() }
  }

  private func tell(
    _ method: Session.Method, _ parameters: some Encodable & Sendable
  ) async throws(VarlinkClientError) {
    _ = try await OutgoingCall.perform(
      on: loop, path: path, method: method.fullName, parameters, within: Self.answerTime,
      returning: Session.NoReply.self)
  }

  // MARK: Orders

  private func take(_ order: Session.Order) {
    guard queue.count < Self.mostOrders else { return end(.malformed("more orders than can be waiting")) }
    queue.append((order, .now))
    guard !isWorking else { return }
    isWorking = true
    loop.spawn { await self.work() }
  }

  private func work() async {
    while let session, !queue.isEmpty {
      let (order, arrival) = queue.removeFirst()
      let isQuestion = order.holders == true
      let isPlaying = state?.playedCards.contains(order.card) == true
      let holders = isQuestion ? StreamHolders.look(isPlaying: isPlaying) : nil
      let failure =
        isQuestion
        ? holders == nil ? "It cannot be seen." : nil
        : await orders.carryOut(order, since: arrival)?.plain()
      if let failure { log.notice("An order was not carried out", ["reason": failure]) }
      await waitForReport()
      guard session == self.session else { continue }
      let parameters = Session.CompleteParameters(
        session: session.number, order: order.number, failure: failure, holders: holders)
      do throws(VarlinkClientError) { try await tell(.complete, parameters) } catch {
        if error.isRefusal(.noOrder) {
          // It came too late: the daemon has given the order up.
          log.notice("The daemon does not wait for an order's answer any more", ["order": "\(order.number)"])
        } else if session == self.session {
          end(error)
        }
      }
    }
    isWorking = false
  }
}

extension VarlinkClientError {
  fileprivate func isRefusal(_ name: Session.ErrorName) -> Bool {
    guard case .refused(let refusal) = self else { return false }
    return refusal.name == name.fullName
  }
}
