import Testing
import Vocabulary

@testable import MDR

/// What must not happen to anybody's headset.
@Suite struct SafetyTests {
  private static let host = Address(bits: 0xAABB_CCDD_EEFF)

  /// At least one change of every kind.
  private static let changes: [Change] =
    NoiseControl.Mode.allCases.flatMap { mode in
      [.noiseControl(NoiseWish(mode)), .noiseControl(NoiseWish(mode, level: 10, voiceFocus: true))]
    } + NoiseButton.allCases.map { .noiseButton($0) } + EqualizerPreset.known.map { .equalizer(.preset($0)) } + [
      .equalizer(.curve(clearBass: 3, bands: [0, 1, 2, 3, 4], into: .manual)),
      .equalizer(.curve(clearBass: nil, bands: Array(repeating: 2, count: 10), into: nil)), .clearBass(-10),
    ] + Surround.allCases.map { .surround($0) } + SoundPosition.allCases.map { .soundPosition($0) }
    + ConnectionMode.allCases.map { .connectionMode($0) }
    + [.backgroundMusic(.on(.small)), .backgroundMusic(.off(.large)), .volume(15)]
    + PlaybackCommand.allCases.map { .playback($0) } + AutoPowerOffTime.allCases.map { .autoPowerOff($0) }
    + [
      .speakToChatDetails(SpeakToChatDetails(sensitivity: .low, voiceFocus: true, timeout: .none)),
      .speakToChatDetails(SpeakToChatDetails(sensitivity: .low, voiceFocus: nil, timeout: .none)),
      .buttons([ButtonPreset(rawValue: 0)]), .quickAccess([QuickAccessService(rawValue: 1)]),
    ] + GeneralSlot.allCases.flatMap { [.general($0, .flag(true)), .general($0, .choice(3))] }
    + [.voiceGuidance(true), .voiceVolume(-2), .optimizer(start: true), .optimizer(start: false)]
    + [.pairingMode(true), .host(.connect, host), .host(.disconnect, host), .playingSource(host)]
    + Feature.all.flatMap { [.toggle($0, true), .toggle($0, false)] }

  /// Reports with which changes can be made.
  private static let reports: [Feature: Report] = [
    .noiseControl: .noiseControl(
      NoiseControl(
        mode: .ambient, level: 10, voiceFocus: false, automatic: .init(isOn: false, sensitivity: .standard),
        isFinal: true, kept: .init(type: 0x02, ncType: 2, asmType: 1, nc: 2))),
    .buttons: .buttons([ButtonPreset(rawValue: 0)]),
    .quickAccess: .quickAccess([QuickAccessService(rawValue: 0)]),
    .autoPowerOff: .autoPowerOff(AutoPowerOff(current: .never, last: .oneHour)),
  ]

  /// Everything that can be sent to this headset, deeds left out.
  private static func requests(_ headset: Headset) -> [Request] {
    let readings = Feature.all.compactMap { try? headset.request(toRead: $0) }
    let settings = changes.compactMap { try? headset.request(to: $0, last: reports[$0.feature]) }
    return readings + settings + [headset.permitQuestions].compactMap { $0 }
      + [true, false].map { headset.request(answering: Alert(message: 6, isQuestion: true), $0) }
  }

  private static let deeds: [Deed] = [.powerOff, .reset(.settings), .reset(.everything), .unpair(host)]

  /// A V1 headset that switches itself off for any 22 of the first table, as WH-1000XM4 does.
  private static func v1(everything: [UInt8]) -> FakeHeadset {
    let opening = Answers.opening(.v1, one: everything)
    return FakeHeadset(sequence: 1) { table, payload in
      if table == .one, payload[0] == 0x22 { return [(.one, [0xFF, 0xFF])] }
      return opening(table, payload)
    }
  }

  @Test func `no request but power-off ends the link of a V1 headset, whatever it lists`() throws {
    let everything = (1...255).map { UInt8($0) }
    var stage = Stage(Self.v1(everything: everything))
    stage.start()
    stage.settle()
    let headset = try #require(stage.session.headset)
    let requests = Self.requests(headset)
    #expect(requests.count > 100)
    for (number, request) in requests.enumerated() {
      stage.ask(request, number: number)
      stage.settle()
    }
    let killed = { (stage: Stage) in stage.headset.received.contains { $0.table == .one && $0.payload[0] == 0x22 } }
    #expect(!killed(stage))
    #expect(stage.ended == nil && stage.headset.violations.isEmpty)
    #expect(stage.headset.received.filter { $0.table == .one && (0x30...0x3F).contains($0.payload[0]) }.isEmpty)

    stage.ask(try headset.request(for: Consent(to: .powerOff)), number: 1_000)
    #expect(killed(stage))
    stage.close()
    #expect(stage.outcome(1_000) == .gone && stage.ended == .closed)
  }

  @Test(arguments: Generation.allCases) func `nothing but a deed does what cannot be put back`(
    generation: Generation
  ) throws {
    let headset = try Headset.withEverything(generation)
    for request in Self.requests(headset) {
      let (table, bytes) = (request.table, request.payload)
      // Firmware, in any case.
      #expect(!(table == .one && (0x30...0x3F).contains(bytes[0])), "\(request)")
      switch generation {
      case .v1:
        #expect(!(table == .one && bytes[0] == 0x22), "\(request)")
        #expect(!(table == .two && bytes[0] == 0x3C && bytes[3] == 2), "\(request)")
      case .v2:
        #expect(!(table == .one && bytes[0] == 0x24), "\(request)")
        #expect(!(table == .one && bytes.starts(with: [0xF8, 0x09])), "\(request)")
        #expect(!(table == .two && bytes[0] == 0x3C && bytes[1] != 1 && bytes[2] == 2), "\(request)")
      }
      // The vendor's test mode.
      #expect(!bytes.starts(with: [0x68, 0x40]), "\(request)")
    }
  }

  @Test func `deeds are what was published, and no more`() throws {
    let v1 = try Headset.withEverything(.v1)
    let v2 = try Headset.withEverything(.v2)
    let mac = text("AA:BB:CC:DD:EE:FF".utf8)
    #expect(text(try v1.request(for: Consent(to: .powerOff)).payload) == "220001")
    #expect(text(try v2.request(for: Consent(to: .powerOff)).payload) == "240301")
    #expect(text(try v2.request(for: Consent(to: .reset(.settings))).payload) == "f80900")
    #expect(text(try v2.request(for: Consent(to: .reset(.everything))).payload) == "f80901")
    #expect(text(try v1.request(for: Consent(to: .unpair(Self.host))).payload) == "3c010002" + mac)
    #expect(text(try v2.request(for: Consent(to: .unpair(Self.host))).payload) == "3c0202" + mac)
    #expect(throws: RequestFault.impossible(.reset(.settings))) {
      try v1.request(for: Consent(to: .reset(.settings)))
    }
  }

  @Test(arguments: Generation.allCases) func `what the list does not name cannot be sent`(
    generation: Generation
  ) throws {
    let bare = try Headset.with(generation)
    for feature in Feature.all {
      #expect(throws: RequestFault.notOffered(feature)) { try bare.request(toRead: feature) }
      #expect(!bare.has(feature) && bare.evidence(of: feature) == nil)
    }
    for change in Self.changes {
      #expect(throws: RequestFault.notOffered(change.feature)) {
        try bare.request(to: change, last: Self.reports[change.feature])
      }
    }
    for deed in Self.deeds {
      #expect(!bare.offers(deed))
      #expect(throws: RequestFault.impossible(deed)) { try bare.request(for: Consent(to: deed)) }
    }
  }

  @Test(arguments: Generation.allCases) func `a function allows what it names, and nothing of another`(
    generation: Generation
  ) throws {
    for layout in generation.layouts {
      for id in layout.functions {
        let inOne = layout.table == .one || generation == .v1
        let headset = try Headset.with(generation, one: inOne ? [id] : [], two: inOne ? [] : [id])
        #expect(headset.has(layout.feature))
        for request in Self.requests(headset) {
          let isOfFunction = generation.layouts.contains { other in
            other.functions.contains(id) && other.table == request.table && other.type == request.payload[1]
          }
          let isOfQuestions = request.payload[0] == 0x94 || request.payload[0] == 0x98
          #expect(isOfFunction || isOfQuestions, "\(request)")
        }
      }
    }
  }

  @Test func `a table that a headset has not gets nothing, whatever a list says`() throws {
    let handshake = try #require(Handshake(parsing: hex("01 00 03 00 30 18 00 01")))
    #expect(handshake.tables == [.one])
    var functions = Functions()
    let isRead = functions.read(hex("07 00 02 42 ff 31 ff"), table: .two, .v2)
    #expect(isRead)
    let headset = Headset(handshake: handshake, identity: nil, introduction: Introduction(), functions: functions)
    #expect(headset.features.isEmpty)
  }

  @Test func `a request made for another headset is not sent`() throws {
    // The battery of V2 is the power-off of V1.
    let dangerous = try Headset.withEverything(.v2).request(toRead: .battery)
    #expect(dangerous.payload == [0x22, 0x00])
    var stage = Stage(Self.v1(everything: [0x11, 0x62]))
    stage.start()
    stage.ask(dangerous, number: 1)
    stage.settle()
    stage.ask(dangerous, number: 2)
    stage.settle()
    #expect(stage.outcome(1) == .stale && stage.outcome(2) == .stale)
    #expect(stage.headset.received.allSatisfy { $0.payload[0] != 0x22 })
  }

  @Test func `a question that no change of ours provoked is never answered`() throws {
    var stage = Stage(FakeHeadset(answer: Answers.opening(.v1, one: [0x11, 0xF6])))
    stage.start()
    stage.settle()
    let count = stage.headset.received.count
    stage.push(.one, hex("99 01 06 01"))
    stage.settle()
    stage.answer(true)
    stage.settle()
    #expect(stage.headset.received.count == count)
    #expect(stage.readings == [.alert(Alert(message: 6, isQuestion: true))])
  }

  @Test(arguments: Generation.allCases) func `every layout can be told from every other by its key`(
    generation: Generation
  ) {
    for (index, layout) in generation.layouts.enumerated() {
      for other in generation.layouts.dropFirst(index + 1)
      where other.table == layout.table && other.type == layout.type {
        let commands = [layout.commands.reply, layout.commands.notify].compactMap { $0 }
        let shared = [other.commands.reply, other.commands.notify].compactMap { $0 }.filter(commands.contains)
        guard !shared.isEmpty else { continue }
        // The more exact key comes first.
        #expect(layout.detail != other.detail && !other.detail.starts(with: layout.detail), "\(layout.feature)")
      }
    }
  }

  @Test func `each kind of a setting says what it is known from`() throws {
    #expect(Generation.v1.evidence(of: .dsee).map(\.reading) == [.captured(["WH-1000XM4"])])
    #expect(Generation.v1.evidence(of: .backgroundMusic).isEmpty)
    let noise = Generation.v2.evidence(of: .noiseControl)
    #expect(noise.count == 12 && noise.contains { !$0.reading.isProven })
    // Nothing was ever captured of V2's hosts.
    #expect(Generation.v2.evidence(of: .hosts).allSatisfy { $0.reading == .unproven && $0.writing == nil })
    let headset = try Headset.with(.v2, one: [0x6B])
    #expect(headset.evidence(of: .noiseControl)?.writing == .captured(["WH-CH720N"]))
  }

  @Test func `every feature is in the list of all, and in a layout`() {
    let features = Set(Generation.allCases.flatMap { $0.layouts.map(\.feature) })
    #expect(features == Set(Feature.all))
    #expect(Feature.all.count == Set(Feature.all).count)
  }
}
