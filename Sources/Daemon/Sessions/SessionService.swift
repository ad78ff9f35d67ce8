internal import Core
internal import EventLoop
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

/// The methods of `org.mdrctl.Session`. Every local user may call them, and speaks for himself only: who he is is the
/// kernel's word.
struct SessionService: Sendable {
  let sessions: Sessions
  /// Whether a caller may control the daemon wherever he sits; whether he does sit there is looked at besides.
  let mayControl: @Sendable (PeerCredentials) -> Bool

  // More than any computer has, and little enough to keep.
  static let mostCards = 32
  static let mostOfEach = 64
  /// Bytes: eight kilobytes for each of as many cards.
  static let longestReport = 256 * 1024

  var interface: VarlinkInterface {
    VarlinkInterface(
      Session.interface, description: Session.description,
      methods: [
        .stream(Session.Method.attach.rawValue, .needsMore) {
          (parameters: Session.AttachParameters, call, replies: Replies<Session.AttachReply>) throws(VarlinkError) in
          try await attach(parameters, call, replies)
        },
        // A report is whole: all cards with all their profiles. How long it may be is decided by its method, which is
        // known as soon as it has been parsed, and that takes no more than its length.
        .method(Session.Method.report.rawValue, MethodTerms { $0.longestCall = Self.longestReport }) {
          (parameters: Session.ReportParameters, call) throws(VarlinkError) in try await report(parameters, call)
        },
        .method(Session.Method.complete.rawValue) {
          (parameters: Session.CompleteParameters, call) throws(VarlinkError) in
          try await sessions.complete(
            parameters.session, order: parameters.order, from: call.peer.uid,
            failure: try parameters.failure.map { text throws(VarlinkError) in try Self.checked(text) },
            holders: try parameters.holders.map { holders throws(VarlinkError) in try StreamHolders(checking: holders) }
          )
          return Session.NoReply()
        },
      ])
  }

  private func attach(
    _ parameters: Session.AttachParameters, _ call: Call, _ replies: Replies<Session.AttachReply>
  ) async throws(VarlinkError) -> Session.AttachReply {
    let number = try await sessions.join(
      call.peer, name: UserNames.name(of: call.peer.uid), mayControl: mayControl(call.peer),
      version: try parameters.version.map { text throws(VarlinkError) in try Self.checked(text) }
    ) { replies.send($0) }
    if let error = await sessions.wait(number) { throw error }
    // The caller has left: nobody reads this.
    return Session.AttachReply()
  }

  private func report(_ parameters: Session.ReportParameters, _ call: Call) async throws(VarlinkError)
    -> Session.NoReply
  {
    guard parameters.cards.count <= Self.mostCards else { throw Self.unacceptable("too many cards") }
    var cards: [Address: AudioCard] = [:]
    for card in parameters.cards {
      guard let address = Address(card.address) else { throw Self.unacceptable("\"address\" is none") }
      cards[address] = try AudioCard(checking: card)
    }
    let server: String?
    if let reported = parameters.server {
      let kind = reported.kind == .pipewire ? "PipeWire" : "PulseAudio"
      server = "\(kind) \(try Self.checked(reported.version))"
    } else {
      server = nil
    }
    try await sessions.report(
      parameters.session, from: call.peer.uid, server: server, hasManager: parameters.server?.manager, cards: cards,
      isPlaying: parameters.playing == true)
    return Session.NoReply()
  }

  /// Somebody else's text without control characters. The server has seen to its length.
  fileprivate static func checked(_ text: String) throws(VarlinkError) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard isPlain else { throw unacceptable("a text is not plain") }
    return text
  }

  /// Somebody else's name for something that is looked for by it: sound servers make theirs of ASCII.
  fileprivate static func checked(name: String) throws(VarlinkError) -> String {
    guard name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { throw unacceptable("a name is not plain") }
    return name
  }

  fileprivate static func unacceptable(_ words: String) -> VarlinkError {
    .session(.invalidInput, "The input is not acceptable: \(words).")
  }
}

extension AudioCard {
  fileprivate init(checking card: Session.Card) throws(VarlinkError) {
    let most = SessionService.mostOfEach
    guard max(card.profiles.count, card.codecs.count, card.captures.count) <= most else {
      throw SessionService.unacceptable("too many profiles, codecs or captures")
    }
    func checked(name: String?) throws(VarlinkError) -> String? {
      try name.map { name throws(VarlinkError) in try SessionService.checked(name: name) }
    }
    var profiles: [Profile] = []
    for profile in card.profiles {
      profiles.append(
        Profile(
          name: try SessionService.checked(name: profile.name),
          description: try SessionService.checked(profile.description),
          priority: profile.priority, isAvailable: profile.available, sinks: profile.sinks, sources: profile.sources))
    }
    var codecs: [Codec] = []
    for codec in card.codecs {
      codecs.append(
        Codec(
          name: try SessionService.checked(name: codec.name),
          description: try SessionService.checked(codec.description)))
    }
    var captures: [Capture] = []
    for capture in card.captures {
      captures.append(
        Capture(application: try SessionService.checked(capture.application), process: capture.process))
    }
    self.init(
      name: try SessionService.checked(name: card.name), profiles: profiles,
      activeProfile: try checked(name: card.activeProfile), codec: try checked(name: card.codec), codecs: codecs,
      sink: try checked(name: card.sink), hasFailed: card.sinkFailed == true, isDefault: card.isDefault,
      captures: captures)
  }
}

extension StreamHolders {
  fileprivate init(checking holders: Session.Holders) throws(VarlinkError) {
    guard holders.programs.count <= SessionService.mostOfEach else {
      throw SessionService.unacceptable("too many programs")
    }
    var programs: [Program] = []
    for program in holders.programs {
      programs.append(Program(name: try SessionService.checked(program.name), process: program.process))
    }
    self.init(isPlaying: holders.playing, hasServer: holders.server, programs: programs)
  }
}
