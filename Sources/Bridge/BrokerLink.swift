internal import EventLoop
internal import Service

/// The link with the broker: keeps it up, and has the broker hold what it is to.
actor BrokerLink: LoopActor {
  /// What a client published on a topic that was subscribed to.
  struct Message: Sendable {
    let topic: String
    let payload: [UInt8]
    /// The broker had it from before.
    let isRetained: Bool
  }

  nonisolated let loop: EventLoop
  private let settings: BrokerSettings
  private let subscriptions: [String]
  private let onMessage: @Sendable (Message) -> Void
  private let log: Log
  private var machine = BrokerMachine()
  private var publications: Publications
  private var connection: BrokerConnection?
  private var watch: Watch?
  private var timer: TimerToken?

  /// `onMessage` is called on the loop.
  init(
    loop: EventLoop, _ settings: BrokerSettings, subscriptions: [String], log: Log,
    onMessage: @escaping @Sendable (Message) -> Void
  ) {
    self.loop = loop
    self.settings = settings
    self.subscriptions = subscriptions
    self.log = log
    self.onMessage = onMessage
    publications = Publications(last: settings.willTopic)
  }

  /// Connects, and from then on by itself.
  func begin() { feed(.begin) }

  /// Has the broker hold payloads; an empty one removes what it holds.
  func hold(_ messages: [Publications.Message]) {
    for message in messages { publications.set(message.topic, message.payload) }
    publish()
  }

  /// Publishes everything once more.
  func repeatAll() {
    publications.forgetTold()
    publish()
  }

  func unsubscribe(_ filter: String) {
    do throws(BrokerFailure) { try connection?.unsubscribe(filter) } catch { feed(.failed(error)) }
  }

  /// Ends the connection with what the will would have said, before the process ends. What does not go out at once is left,
  /// and who is still connecting is not waited for.
  func end() {
    guard machine.isOnline, let connection else { return }
    let message = Publications.Message(topic: settings.willTopic, payload: Array(settings.willPayload.utf8))
    try? connection.publish(message)
    connection.disconnect()
    close()
  }

  // MARK: The machine

  private func feed(_ event: BrokerMachine.Event) {
    for action in machine.handle(event, at: .now) { perform(action) }
  }

  private func perform(_ action: BrokerMachine.Action) {
    switch action {
    case .connect: connect()
    case .hasten: connection?.hasten()
    case .close: close()
    case .publish: publishAnew()
    case .tend:
      do throws(BrokerFailure) { try connection?.tend() } catch { return feed(.failed(error)) }
      updateWatch()
    case .wait(let delay):
      if let timer { loop.cancel(timer) }
      timer = loop.schedule(after: delay) { self.assumeIsolated { $0.expire() } }
    case .tell(let failure):
      let sentence = "No connection with the broker \(settings.host), port \(settings.port). \(failure.message)"
      if let evidence = failure.evidence {
        log.error(sentence, ["evidence": evidence, "hint": failure.hint])
      } else {
        log.error(sentence, ["hint": failure.hint])
      }
      ServiceManager.status("No broker: \(failure.message)")
    }
  }

  private func expire() {
    timer = nil
    feed(.due)
  }

  private func connect() {
    do throws(BrokerFailure) {
      let connection = try BrokerConnection(settings)
      self.connection = connection
      try watch(connection.begin(), for: .readable) { link, _ in link.finishConnecting() }
    } catch { feed(.failed(error)) }
  }

  private func finishConnecting() {
    do throws(BrokerFailure) {
      endWatch()
      guard let connection else { return }
      let socket = try connection.outcome()
      feed(.reached)
      try watch(socket, for: [.readable, .writable]) { $0.move($1) }
    } catch { feed(.failed(error)) }
  }

  private func close() {
    endWatch()
    connection = nil
  }

  // MARK: The connection

  private func move(_ readiness: Readiness) {
    guard let (events, end) = connection?.move(readiness) else { return }
    for event in events {
      switch event {
      case .answered(0): feed(.accepted)
      case .answered(let code): return feed(.failed(.refused(code, BrokerConnection.words(ofAnswer: code))))
      case .message(let topic, let payload, let isRetained):
        onMessage(Message(topic: topic, payload: payload, isRetained: isRetained))
      }
    }
    if let end { return feed(.failed(end)) }
    // Before the broker has answered, too: a socket that is watched for writing without need is ready all the time.
    updateWatch()
    publish()
  }

  /// The broker has let us in, and knows nothing yet.
  private func publishAnew() {
    log.info("The broker \(settings.host), port \(settings.port), let us in")
    ServiceManager.status("Connected with the broker")
    publications.forgetTold()
    do throws(BrokerFailure) {
      for filter in subscriptions { try connection?.subscribe(filter) }
    } catch { return feed(.failed(error)) }
    publish()
  }

  /// As much as the connection takes now.
  private func publish() {
    guard machine.isOnline, let connection else { return }
    do throws(BrokerFailure) {
      while !connection.wantsToWrite, let message = publications.next() { try connection.publish(message) }
    } catch { return feed(.failed(error)) }
    updateWatch()
  }

  // MARK: Watching

  private func watch(
    _ descriptor: Int32, for interest: Readiness,
    _ handler: @escaping @Sendable (isolated BrokerLink, Readiness) -> Void
  ) throws(BrokerFailure) {
    do throws(SystemError) {
      watch = try loop.watch(descriptor, for: interest) { readiness in
        self.assumeIsolated { handler($0, readiness) }
      }
    } catch { throw .unreachable("\(error)") }
  }

  /// Has the socket watched for what the connection waits for.
  private func updateWatch() {
    guard let watch, let connection else { return }
    loop.update(watch, for: connection.wantsToWrite ? [.readable, .writable] : .readable)
  }

  /// Before the descriptor is closed.
  private func endWatch() {
    if let watch { loop.cancel(watch) }
    watch = nil
  }
}
