// One request after the other. Answers are known by what they are about, never by their order: the answer to a request
// may come before its acknowledgement, or after the next one was sent (captured from WH-1000XM3 and WH-1000XM6).
extension Session {
  /// The request for a change, with what was reported before; without a level, ambient sound gets the one it had. Nil
  /// before the headset is known.
  package func request(to change: Change) throws(RequestFault) -> Request? {
    guard let headset else { return nil }
    var change = change
    if case .noiseControl(let wish) = change, wish.mode == .ambient, wish.level == nil,
      case .noiseControl(let now) = reports[.noiseControl], now.level == 0
    {
      change = .noiseControl(
        NoiseWish(.ambient, level: ambientLevel, voiceFocus: wish.voiceFocus, automatic: wish.automatic))
    }
    return try headset.request(to: change, last: reports[change.feature])
  }

  /// Takes the next request, if none is under way.
  mutating func next() {
    guard phase == .ready, exchange == nil, !queue.isEmpty else { return }
    let (number, request) = queue.removeFirst()
    var exchange = Exchange(number: number, request: request)
    if case .change(let change) = request.purpose, change.mayBeQuestioned, !mayAsk,
      let permission = headset?.permitQuestions
    {
      exchange.phase = .permitting
      send(permission.table, permission.payload)
    } else {
      send(request.table, request.payload)
    }
    self.exchange = exchange
  }

  private mutating func finish(_ outcome: Outcome, _ actions: inout [Action]) {
    guard let exchange else { return }
    disarm(&actions)
    self.exchange = nil
    actions.append(.finished(exchange.number, outcome))
    next()
  }

  // MARK: What the headset says

  mutating func take(_ reading: Reading, _ actions: inout [Action]) {
    switch reading {
    case .alert(let alert): take(alert, &actions)
    case .report(let report, _):
      reports[report.feature] = report
      if case .noiseControl(let now) = report, now.mode == .ambient, let level = now.level, level > 0 {
        ambientLevel = level
      }
      actions.append(.told(reading))
      take(report, &actions)
    case .unreadable(let feature, let fault):
      actions.append(.told(reading))
      guard case .read(feature) = exchange?.request.purpose else { return }
      finish(.unreadable(fault), &actions)
    case .unlisted, .unknown: actions.append(.told(reading))
    }
  }

  private mutating func take(_ report: Report, _ actions: inout [Action]) {
    guard let exchange else { return }
    switch exchange.request.purpose {
    case .read(let feature):
      if report.feature == feature { finish(.report(report), &actions) }
    case .change(let change):
      guard report.feature == change.feature, exchange.phase != .permitting else { return }
      if change.isFulfilled(by: report) {
        finish(.done(report), &actions)
      } else if exchange.phase == .checking {
        finish(exchange.seen == nil ? .ignored(report) : .refused(report), &actions)
      } else {
        self.exchange?.seen = report
      }
    case .deed(let deed):
      guard let isDone = deed.isDone(by: report) else { return }
      finish(isDone ? .done(report) : .refused(report), &actions)
    case .answer, .permitQuestions: break
    }
  }

  /// Only what our own change provoked is ever answered.
  private mutating func take(_ alert: Alert, _ actions: inout [Action]) {
    guard alert.isQuestion, let exchange, case .change(let change) = exchange.request.purpose, change.mayBeQuestioned,
      exchange.phase == .sending || exchange.phase == .awaiting
    else {
      actions.append(.told(.alert(alert)))
      return
    }
    self.exchange?.phase = .asking(alert)
    actions.append(.asked(alert))
    arm(Exchange.personPatience, &actions)
  }

  mutating func answer(_ yes: Bool, _ actions: inout [Action]) {
    guard case .asking(let alert) = exchange?.phase, let headset else { return }
    disarm(&actions)
    exchange?.phase = .answering(yes: yes)
    let answer = headset.request(answering: alert, yes)
    send(answer.table, answer.payload)
  }

  // MARK: Acknowledgements and deadlines

  mutating func requestAcknowledged(_ actions: inout [Action]) {
    guard let exchange else { return }
    switch exchange.phase {
    case .permitting:
      mayAsk = true
      self.exchange?.phase = .sending
      send(exchange.request.table, exchange.request.payload)
    case .sending, .answering(yes: true):
      self.exchange?.phase = .awaiting
      arm(exchange.patience, &actions)
    case .answering(yes: false): finish(.declined, &actions)
    case .checking: arm(.milliseconds(1500), &actions)
    case .awaiting, .asking: break
    }
  }

  mutating func requestExpired(_ actions: inout [Action]) {
    guard let exchange else { return }
    switch (exchange.request.purpose, exchange.phase) {
    case (_, .asking): answer(false, &actions)
    case (.change(let change), .awaiting): check(change, &actions)
    case (.change, _):
      finish(exchange.seen.map { .refused($0) } ?? .unconfirmed, &actions)
    case (.deed, _): finish(.unconfirmed, &actions)
    case (.read, _), (.answer, _), (.permitQuestions, _): finish(.silent, &actions)
    }
  }

  /// Some headsets do what they are told without a word (captured from WH-1000XM6), others ignore it without a word. One
  /// reading, a second later, tells them apart; a sooner one may tell the old value (captured from WH-CH720N).
  private mutating func check(_ change: Change, _ actions: inout [Action]) {
    guard let question = try? headset?.request(toRead: change.feature) else {
      return finish(exchange?.seen.map { .refused($0) } ?? .unconfirmed, &actions)
    }
    exchange?.phase = .checking
    send(question.table, question.payload)
  }
}
