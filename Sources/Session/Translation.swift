internal import Interface
internal import Vocabulary

// What the sound servers say, PipeWire and PulseAudio each in their own way, as the one thing that the daemon is told.

extension SoundState {
  init(_ facts: SoundFacts) {
    server = Session.Server(facts.server, hasManager: facts.manager != nil)
    cards = Array(
      facts.cards.compactMap { Session.Card($0, in: facts) }.sorted { $0.name < $1.name }.prefix(Report.mostCards))
    isPlaying = facts.playbacks.contains { !$0.isCorked }
    playedCards = facts.playedCards
    isBusyElsewhere = facts.isBusyElsewhere
  }
}

/// What the daemon takes at most: it refuses a whole report for one text that is too long or not plain.
enum Report {
  static let mostCards = 32
  static let mostOfEach = 64
  /// Bytes. The daemon takes 512 of each.
  static let longestText = 400
}

extension String {
  /// As it may be reported: without control characters, and cut between two characters to a number of bytes.
  func plain(_ bytes: Int = Report.longestText) -> String {
    var scalars = String.UnicodeScalarView()
    var count = 0
    for scalar in unicodeScalars {
      let shown: Unicode.Scalar = scalar.properties.generalCategory == .control ? " " : scalar
      count += UTF8.width(shown)
      guard count <= bytes else { break }
      scalars.append(shown)
    }
    return String(scalars)
  }
}

extension Session.Server {
  /// PipeWire calls itself "PulseAudio (on PipeWire 1.4.2)", and has a version of PulseAudio beside that.
  init(_ facts: ServerFacts, hasManager: Bool = false) {
    if let rest = text(after: "PipeWire ", in: facts.name) {
      self.init(
        kind: .pipewire, version: String(rest.prefix { $0 != ")" && $0 != " " }).plain(),
        manager: hasManager)
    } else {
      self.init(kind: .pulseaudio, version: facts.version.plain())
    }
  }
}

extension SoundFacts {
  /// The number of PipeWire's session manager. Its interface of PulseAudio lists the clients of PipeWire itself among its
  /// own (laboratory, 0.3.65 to 1.6.9).
  var manager: UInt32? { clients.first { $0.properties[.applicationBinary] == "wireplumber" }?.index }

  /// The Bluetooth cards, by their names, to which something plays.
  fileprivate var playedCards: Set<String> {
    let played = Set(playbacks.filter { !$0.isCorked }.map(\.sink))
    return Set(
      cards.compactMap { card in
        guard let address = card.address else { return nil }
        let isPlayed = sinks.contains { played.contains($0.index) && $0.belongs(to: card, address) }
        return isPlayed ? card.name.plain() : nil
      })
  }

  /// What plays where there is no sink goes nowhere, as over a headset that has gone.
  fileprivate var isBusyElsewhere: Bool {
    let headsets = cards.compactMap { card in card.address.map { (card, $0) } }
    func isElsewhere(_ end: EndpointFacts) -> Bool {
      end.name != "auto_null" && !headsets.contains { end.belongs(to: $0.0, $0.1) }
    }
    let sinks = Set(sinks.filter(isElsewhere).map(\.index))
    let sources = Set(sources.filter { !$0.isMonitor && isElsewhere($0) }.map(\.index))
    return playbacks.contains { !$0.isCorked && sinks.contains($0.sink) }
      || streams.contains { !$0.watchesLevels && sources.contains($0.source) }
  }

  /// The names of the Bluetooth cards whose codec is not chosen by their profile: PulseAudio's, in A2DP.
  var cardsWithCodecs: [String] {
    guard Session.Server(server).kind == .pulseaudio else { return [] }
    return cards.filter { $0.address != nil && $0.activeProfile?.hasPrefix("a2dp") == true }.map(\.name)
  }
}

extension CardFacts {
  /// Of the device, where it is a Bluetooth card.
  var address: String? {
    let prefix = "bluez_card."
    guard
      properties[.deviceAPI]?.hasPrefix("bluez") == true || properties[.deviceBus] == "bluetooth"
        || name.hasPrefix(prefix)
    else { return nil }
    let candidates = [properties[.bluezAddress], properties[.deviceString], String(name.dropFirst(prefix.count))]
    return candidates.lazy.compactMap { $0.flatMap(bluetoothAddress) }.first
  }
}

extension EndpointFacts {
  /// Some of a card's sinks and sources do not tell to which card they belong: the source that WirePlumber shows instead
  /// of the microphone has only the address in its name.
  func belongs(to card: CardFacts, _ address: String) -> Bool {
    if let index = self.card { return index == card.index }
    if let own = properties[.bluezAddress].flatMap(bluetoothAddress) { return own == address }
    return ["bluez_input.", "bluez_output.", "bluez_source.", "bluez_sink."].contains { prefix in
      name.hasPrefix(prefix) && bluetoothAddress(String(name.dropFirst(prefix.count).prefix(17))) == address
    }
  }

  fileprivate var codec: String? { properties[.bluezCodec] ?? properties[.bluetoothCodec] }
}

extension Session.Card {
  /// Recording programs that are told of a card at most, and the longest name in bytes.
  private static let mostCaptures = 32
  private static let longestName = 128

  /// Nil for a card that is not Bluetooth's.
  fileprivate init?(_ card: CardFacts, in facts: SoundFacts) {
    guard let address = card.address else { return nil }
    let sinks = facts.sinks.filter { $0.belongs(to: card, address) }
    let sources = facts.sources.filter { !$0.isMonitor && $0.belongs(to: card, address) }
    let sink = sinks.first { $0.name == facts.server.defaultSink } ?? sinks.first
    let recorded = Set(sources.map(\.index))
    let captures = facts.streams.filter { recorded.contains($0.source) && !$0.watchesLevels }
    self.init(
      name: card.name.plain(), address: address,
      profiles: card.profiles.prefix(Report.mostOfEach).map(Session.Profile.init),
      activeProfile: card.activeProfile?.plain(),
      // Not the card's own before theirs: in PipeWire that is the codec of a profile it may not be in.
      codec: (sink?.codec ?? sources.lazy.compactMap(\.codec).first)?.plain(),
      codecs: (facts.codecs[card.name] ?? []).prefix(Report.mostOfEach).map {
        Session.Codec(name: $0.name.plain(), description: $0.description.plain())
      },
      sink: sink?.name.plain(), sinkFailed: sink.map(\.hasFailed),
      isDefault: sink != nil && sink?.name == facts.server.defaultSink,
      captures: captures.prefix(Self.mostCaptures).map { stream in
        let client = facts.clients.first { $0.index == stream.client }
        return Session.Capture(
          application: stream.application(of: client).plain(Self.longestName),
          process: processNumber(stream.properties) ?? client.flatMap { processNumber($0.properties) })
      })
  }
}

extension StreamFacts {
  /// A level meter, as volume controls show it.
  fileprivate var watchesLevels: Bool { properties[.streamMonitor] == "true" || resampling == "peaks" }

  fileprivate func application(of client: ClientFacts?) -> String {
    let names = [
      properties[.applicationName], client?.properties[.applicationName], properties[.applicationBinary],
      properties[.nodeName], name,
    ]
    return names.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? "unknown"
  }
}

private func processNumber(_ properties: [Property: String]) -> Int? {
  guard let number = properties[.applicationProcess].flatMap({ Int($0) }), number > 0 else { return nil }
  return number
}

extension Session.Profile {
  fileprivate init(_ facts: ProfileFacts) {
    self.init(
      name: facts.name.plain(), description: facts.description.plain(), sinks: facts.sinks, sources: facts.sources,
      priority: facts.priority, available: facts.isAvailable)
  }
}

/// "94_db_56_00_00_01" and "94:DB:56:00:00:01" as "94:DB:56:00:00:01"; nil for what is no address.
func bluetoothAddress(_ text: String) -> String? {
  let written = text.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: ":") : $0 }
  return Address(String(decoding: written, as: UTF8.self))?.description
}

private func text(after mark: String, in text: String) -> Substring? {
  var rest = text.utf8[...]
  while !rest.isEmpty {
    if rest.starts(with: mark.utf8) { return Substring(rest.dropFirst(mark.utf8.count)) }
    rest = rest.dropFirst()
  }
  return nil
}
