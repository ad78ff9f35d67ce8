import Interface
import Testing

@testable import Session

@Suite struct TranslationTests {
  private func card(_ facts: SoundFacts) throws -> Wire.Card { try #require(SoundState(facts).cards.first) }

  // MARK: Servers

  @Test func `pipewire is told by its own version`() {
    #expect(Wire.Server(Sample.pipewire) == Wire.Server(kind: .pipewire, version: "1.4.2", manager: false))
    #expect(Wire.Server(Sample.oldPipewire) == Wire.Server(kind: .pipewire, version: "0.3.65", manager: false))
  }

  @Test func `pipewire's session manager is one of its clients, and pulseaudio has none`() {
    let clients = [
      ClientFacts(index: 31, properties: [.applicationName: "OBS", .applicationBinary: "obs"]),
      ClientFacts(index: 33, properties: [.applicationName: "WirePlumber", .applicationBinary: "wireplumber"]),
    ]
    func manager(_ server: ServerFacts, _ clients: [ClientFacts]) -> Bool? {
      SoundState(SoundFacts(server: server, clients: clients)).server?.manager
    }
    #expect(manager(Sample.pipewire, clients) == true)
    #expect(manager(Sample.pipewire, [clients[0]]) == false)
    #expect(manager(Sample.pulseaudio, clients) == nil)
  }

  @Test func `pulseaudio is told by its version`() {
    #expect(Wire.Server(Sample.pulseaudio) == Wire.Server(kind: .pulseaudio, version: "16.1"))
  }

  // MARK: Cards

  @Test func `a headset of pipewire`() throws {
    let card = try card(Sample.pipewireHeadset())
    #expect(card.name == cardName)
    #expect(card.address == address)
    #expect(card.activeProfile == "a2dp-sink")
    #expect(card.codec == "sbc")
    #expect(card.codecs.isEmpty)
    #expect(card.sink == Sample.sinkName)
    #expect(card.isDefault)
    #expect(card.captures.isEmpty)
    #expect(card.profiles.map(\.name) == Sample.pipewireProfiles.map(\.name))
    let call = try #require(card.profiles.last)
    #expect(
      call
        == Wire.Profile(
          name: "headset-head-unit", description: "Profile headset-head-unit", sinks: 1, sources: 1, priority: 3,
          available: true))
  }

  @Test func `a headset of pulseaudio`() throws {
    let card = try card(Sample.pulseHeadset())
    #expect(card.address == address)
    #expect(card.codec == "sbc")
    #expect(card.codecs.map(\.name) == ["sbc", "sbc_xq_552"])
    #expect(card.codecs.last?.description == "SBC XQ 552kbps")
    #expect(card.isDefault)
    #expect(card.profiles.map(\.available) == [true, true, false, true])
  }

  @Test func `other cards are not told`() {
    let state = SoundState(Sample.pipewireHeadset())
    #expect(state.cards.count == 1)
    #expect(state.server?.kind == .pipewire)
  }

  @Test func `without its sink a card has no codec and is not the default`() throws {
    var facts = Sample.pipewireHeadset(profile: "off")
    facts.sinks.removeLast()
    facts.sources.removeAll()
    let card = try card(facts)
    #expect(card.sink == nil && card.codec == nil && !card.isDefault)
  }

  @Test func `a sink that has failed is told`() throws {
    var facts = Sample.pipewireHeadset()
    #expect(SoundState(facts).cards.first?.sinkFailed == false)
    facts.sinks[1].hasFailed = true
    #expect(SoundState(facts).cards.first?.sinkFailed == true)
  }

  @Test func `where sound goes elsewhere the card is not the default`() throws {
    var facts = Sample.pipewireHeadset()
    facts.server.defaultSink = "alsa_output.pci-0000_00_1f.3.analog-stereo"
    let card = try card(facts)
    #expect(card.sink == Sample.sinkName && !card.isDefault)
  }

  @Test func `two headsets keep what is theirs`() throws {
    var facts = Sample.pipewireHeadset()
    let other = "AC:80:0A:00:00:02"
    facts.cards.append(
      CardFacts(
        index: 90, name: "bluez_card.AC_80_0A_00_00_02", properties: [.bluezAddress: other], profiles: [],
        activeProfile: nil))
    facts.sinks.append(
      EndpointFacts(index: 91, name: "bluez_output.AC_80_0A_00_00_02.1", card: 90, properties: [.bluezCodec: "aac"]))
    facts.sources.append(
      EndpointFacts(index: 92, name: "bluez_input.AC:80:0A:00:00:02", card: nil, properties: [:]))
    facts.streams = [Sample.stream(92, [.applicationName: "Firefox"])]
    let cards = SoundState(facts).cards
    #expect(cards.map(\.address) == [address, other])
    #expect(cards.map(\.codec) == ["sbc", "aac"])
    #expect(cards.map(\.captures) == [[], [Wire.Capture(application: "Firefox")]])
    #expect(cards.map(\.activeProfile) == ["a2dp-sink", nil])
  }

  // MARK: Addresses

  @Test(
    arguments: [
      (["api.bluez5.address": "94:db:56:00:00:01"], "x"), (["device.string": address, "device.bus": "bluetooth"], "x"),
      ([:], "bluez_card.94_DB_56_00_00_01"), (["device.string": "hw:0"], "bluez_card.94_DB_56_00_00_01"),
      (["api.bluez5.address": "", "device.api": "bluez5"], "bluez_card.94_db_56_00_00_01"),
    ] as [([String: String], String)])
  func `a card's address is found wherever it stands`(properties: [String: String], name: String) throws {
    var known: [Property: String] = [.deviceAPI: "bluez5"]
    for (key, value) in properties { known[try #require(Property(rawValue: key))] = value }
    let facts = CardFacts(index: 1, name: name, properties: known, profiles: [], activeProfile: nil)
    #expect(facts.address == address)
  }

  @Test(arguments: ["", "94:DB:56:00:00", "94:DB:56:00:00:01:02", "94:DB:56:00:00:0g", "94:DB:56:0:00:001", "hw:0"])
  func `what is no address is none`(text: String) { #expect(bluetoothAddress(text) == nil) }

  @Test func `a bluetooth card without any address is not told`() {
    var facts = Sample.pipewireHeadset()
    facts.cards = [
      CardFacts(index: 1, name: "odd", properties: [.deviceAPI: "bluez5"], profiles: [], activeProfile: nil)
    ]
    #expect(SoundState(facts).cards.isEmpty)
  }

  @Test func `something plays as long as one stream is not stopped`() {
    var facts = Sample.pipewireHeadset()
    #expect(!SoundState(facts).isPlaying)
    facts.playbacks = [PlaybackFacts(index: 3, sink: 1, isCorked: true)]
    #expect(!SoundState(facts).isPlaying)
    facts.playbacks.append(PlaybackFacts(index: 4, sink: 1, isCorked: false))
    #expect(SoundState(facts).isPlaying)
  }

  @Test func `a card is played to by what plays into a sink of its own`() {
    var facts = Sample.pipewireHeadset()
    let headset = facts.sinks.first { $0.name == Sample.sinkName }?.index ?? 0
    facts.sinks.append(EndpointFacts(index: 77, name: "alsa_output.pci", properties: [:]))
    facts.playbacks = [
      PlaybackFacts(index: 3, sink: 77, isCorked: false), .init(index: 4, sink: headset, isCorked: true),
    ]
    #expect(SoundState(facts).playedCards.isEmpty)
    facts.playbacks.append(PlaybackFacts(index: 5, sink: headset, isCorked: false))
    #expect(SoundState(facts).playedCards == [cardName])
  }

  @Test func `only what is heard or recorded elsewhere than on a headset keeps the server from being restarted`() {
    var facts = Sample.pipewireHeadset()
    let headset = facts.sinks.first { $0.name == Sample.sinkName }?.index ?? 0
    facts.sinks.append(EndpointFacts(index: 77, name: "alsa_output.pci", properties: [:]))
    facts.sinks.append(EndpointFacts(index: 78, name: "auto_null", properties: [:]))
    facts.sources.append(EndpointFacts(index: 79, name: "alsa_input.pci", properties: [:]))
    func isBusy(_ change: (inout SoundFacts) -> Void) -> Bool {
      var changed = facts
      change(&changed)
      return SoundState(changed).isBusyElsewhere
    }
    // Over the headset, into nothing, into the sink that stands for none, and a stopped one.
    for (sink, isCorked) in [(headset, false), (UInt32.max, false), (78, false), (77, true)] {
      #expect(!isBusy { $0.playbacks = [PlaybackFacts(index: 3, sink: sink, isCorked: isCorked)] })
    }
    #expect(isBusy { $0.playbacks = [PlaybackFacts(index: 3, sink: 77, isCorked: false)] })
    #expect(isBusy { $0.streams = [StreamFacts(source: 79, client: nil, name: "call", properties: [:])] })
    let meter = StreamFacts(source: 79, client: nil, name: "meter", properties: [:], resampling: "peaks")
    #expect(!isBusy { $0.streams = [meter] })
  }

  // MARK: Captures

  @Test func `who records from the headset is told, with its process`() throws {
    var facts = Sample.pipewireHeadset(profile: "headset-head-unit")
    facts.sources[1] = EndpointFacts(
      index: 70, name: "bluez_input.94:DB:56:00:00:01", card: 57, properties: [.bluezCodec: "msbc"])
    facts.streams = [
      Sample.stream(70, [.applicationName: "Firefox", .applicationProcess: "4711", .applicationBinary: "firefox-esr"]),
      Sample.stream(70, [.applicationBinary: "parecord"]), Sample.stream(70, [.nodeName: "pw-record"]),
      Sample.stream(70, [.applicationName: "", .applicationProcess: "none"]),
    ]
    #expect(
      try card(facts).captures == [
        Wire.Capture(application: "Firefox", process: 4711), Wire.Capture(application: "parecord"),
        Wire.Capture(application: "pw-record"), Wire.Capture(application: "record"),
      ])
  }

  @Test func `a program of pipewire's own is told with its client's process`() throws {
    var facts = Sample.pipewireHeadset()
    facts.clients = [
      ClientFacts(index: 12, properties: [.applicationName: "OBS", .applicationProcess: "99"]),
      ClientFacts(index: 13, properties: [.applicationName: "other", .applicationProcess: "98"]),
    ]
    facts.streams = [Sample.stream(70, client: 12, [:]), Sample.stream(70, client: 14, [.nodeName: "pw-record"])]
    #expect(
      try card(facts).captures == [
        Wire.Capture(application: "OBS", process: 99), Wire.Capture(application: "pw-record"),
      ])
  }

  @Test func `who records from the source shown in place of the microphone is told`() throws {
    var facts = Sample.pipewireHeadset()
    facts.streams = [Sample.stream(70, [.applicationName: "Firefox"])]
    #expect(try card(facts).captures == [Wire.Capture(application: "Firefox")])
  }

  @Test func `who records what the headset plays does not hold its microphone`() throws {
    var facts = Sample.pipewireHeadset()
    facts.streams = [Sample.stream(81, [.applicationName: "OBS"])]
    #expect(try card(facts).captures.isEmpty)
  }

  @Test func `level meters are not told`() throws {
    var facts = Sample.pipewireHeadset()
    facts.streams = [
      Sample.stream(70, [.applicationName: "Volume Control", .streamMonitor: "true"]),
      Sample.stream(70, [.applicationName: "Volume Control"], resampling: "peaks"),
    ]
    #expect(try card(facts).captures.isEmpty)
  }

  @Test func `many and long names are cut`() throws {
    var facts = Sample.pipewireHeadset()
    facts.streams = Array(
      repeating: Sample.stream(70, [.applicationName: String(repeating: "x", count: 100_000)]), count: 1000)
    let captures = try card(facts).captures
    #expect(captures.count == 32 && captures.allSatisfy { $0.application.count == 128 })
  }

  @Test func `every text is plain and short, and every list`() throws {
    // One character of 1001 code points.
    let odd = "a\u{1B}[2J\n\u{85}e" + String(repeating: "\u{301}", count: 1000)
    var facts = Sample.pulseHeadset()
    facts.server.version = odd
    facts.server.defaultSink = odd
    facts.sinks[0].name = odd
    facts.sinks[0].properties[.bluetoothCodec] = odd
    facts.cards[0].name = odd
    facts.cards[0].activeProfile = odd
    facts.cards[0].profiles = Array(repeating: Sample.profile(odd), count: 100)
    facts.codecs = [odd: Array(repeating: CodecFacts(name: odd, description: odd), count: 100)]
    facts.sources.append(EndpointFacts(index: 9, name: "microphone", card: 1, properties: [:]))
    facts.streams = [Sample.stream(9, [.applicationName: odd])]
    facts.cards = Array(repeating: facts.cards[0], count: 50)
    let state = SoundState(facts)
    #expect(state.cards.count == 32)
    let card = try #require(state.cards.first)
    #expect(card.profiles.count == 64 && card.codecs.count == 64 && card.captures.count == 1 && card.isDefault)
    var texts = [try #require(state.server).version, card.name]
    texts += try [#require(card.activeProfile), #require(card.codec), #require(card.sink)]
    texts += card.profiles.flatMap { [$0.name, $0.description] } + card.codecs.flatMap { [$0.name, $0.description] }
    texts += card.captures.map(\.application)
    for text in Set(texts) {
      #expect(text.utf8.count <= 400)
      #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }
    #expect(card.name.hasPrefix("a [2J  "))
  }

  @Test func `a text is cut between two code points`() {
    #expect("äöü".plain(5) == "äö")
    #expect("".plain() == "")
  }

  // MARK: PulseAudio's codecs

  @Test func `codecs are asked of pulseaudio's cards in a2dp only`() {
    var facts = Sample.pulseHeadset()
    #expect(facts.cardsWithCodecs == [cardName])
    facts.cards[0].activeProfile = "headset_head_unit"
    #expect(facts.cardsWithCodecs.isEmpty)
    #expect(Sample.pipewireHeadset().cardsWithCodecs.isEmpty)
  }

  @Test func `the messages about codecs`() {
    #expect(CodecMessages.object(cardName) == "/card/\(cardName)/bluez")
    #expect(CodecMessages.quoted("sbc_xq_552") == "\"sbc_xq_552\"")
    #expect(CodecMessages.quoted("a\"b") == "\"a\\\"b\"")
    #expect(
      CodecMessages.codecs("[{\"name\":\"sbc\",\"description\":\"SBC\"},{\"name\":\"aac\"},{\"x\":1},2]")
        == [CodecFacts(name: "sbc", description: "SBC"), CodecFacts(name: "aac", description: "aac")])
    for odd in ["", "null", "{", "\"sbc\"", "[]"] { #expect(CodecMessages.codecs(odd).isEmpty) }
  }
}
