/// Everything that the sound server tells, read in one go.
final class SoundReading {
  private let context: PulseContext
  private let finish: (Result<SoundFacts, PulseError>) -> Void
  private var facts = SoundFacts(server: ServerFacts(name: "", version: ""))
  private var failure: PulseError?
  private var missing = 0

  private init(_ context: PulseContext, _ finish: @escaping (Result<SoundFacts, PulseError>) -> Void) {
    self.context = context
    self.finish = finish
  }

  static func start(_ context: PulseContext, _ finish: @escaping (Result<SoundFacts, PulseError>) -> Void) {
    let reading = SoundReading(context, finish)
    // All is asked before the first answer comes, so it is of one moment as far as it can be.
    reading.expect(\.server) { context.server($0) }
    reading.expect(\.cards) { context.cards($0) }
    reading.expect(\.sinks) { context.sinks($0) }
    reading.expect(\.sources) { context.sources($0) }
    reading.expect(\.streams) { context.streams($0) }
    reading.expect(\.playbacks) { context.playbacks($0) }
    reading.expect(\.clients) { context.clients($0) }
  }

  private func expect<Value>(
    _ part: WritableKeyPath<SoundFacts, Value>, _ ask: (@escaping PulseContext.Completion<Value>) -> Void
  ) {
    missing += 1
    ask { result in
      switch result {
      case .success(let value): self.facts[keyPath: part] = value
      case .failure(let error): self.failure = error
      }
      self.missing -= 1
      if self.missing == 0 { self.askForCodecs() }
    }
  }

  /// PulseAudio's codecs, of the cards that can be told to use another one. Whose codecs cannot be had just now, while it
  /// changes to another one, has none.
  private func askForCodecs() {
    if let failure { return finish(.failure(failure)) }
    let cards = facts.cardsWithCodecs
    missing = cards.count
    if cards.isEmpty { return finish(.success(facts)) }
    for card in cards {
      context.send(CodecMessages.list, to: CodecMessages.object(card), parameters: nil) { answer in
        self.facts.codecs[card] = (try? answer.get()).map(CodecMessages.codecs)
        self.missing -= 1
        if self.missing == 0 { self.finish(.success(self.facts)) }
      }
    }
  }
}
