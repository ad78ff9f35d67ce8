import Testing
import Vocabulary

@testable import MDR

@Suite struct VectorTests {
  @Test func `all 361 published frames are there`() { #expect(Recordings.vectors.count == 361) }

  @Test(arguments: Recordings.vectors)
  func `a published frame is decoded, and encoded to the same bytes`(vector: Vector) {
    let parser = TestParser()
    let frame = Frame(FrameType(rawValue: vector.type), sequence: vector.sequence, payload: vector.bytes)
    #expect(parser.take(hex(vector.frame)) == [.frame(frame)])
    #expect(text(frame.bytes) == vector.frame)
  }

  // MARK: What headsets say

  private static let opening: Set<UInt8> = [0x01, 0x03, 0x05, 0x07]
  private static let told = Recordings.vectors.filter {
    $0.from == "headset" && $0.type != 1 && !opening.contains($0.bytes[0])
  }

  @Test(arguments: told)
  func `what a headset said is read as another decoder reads it, or told as unknown`(vector: Vector) throws {
    let headset = try Headset.withEverything(vector.isV1 ? .v1 : .v2)
    let table = try #require(vector.table)
    let reading = try #require(headset.read(table, vector.bytes))
    switch (vector.reads, reading) {
    case ("!", .unreadable): break
    case ("!", _): Issue.record("must be refused, was read as \(reading)")
    case (nil, .unknown), (nil, .unreadable): break
    case (nil, _): Issue.record("nobody knows this layout, yet it was read as \(reading)")
    case (let expected?, _): #expect(wording(reading) == expected)
    }
  }

  @Test(arguments: Recordings.vectors.filter { $0.from == "headset" && $0.type != 1 && opening.contains($0.bytes[0]) })
  func `what a headset says in the beginning is read`(vector: Vector) throws {
    let expected = try #require(vector.reads)
    let words = expected.split(separator: " ").map(String.init)
    let generation: Generation = vector.isV1 ? .v1 : .v2
    switch vector.bytes[0] {
    case 0x01:
      let handshake = try #require(Handshake(parsing: vector.bytes))
      #expect((handshake.generation == .v1) == (words[1] == "V1"))
      #expect(handshake.version == UInt32(words[2], radix: 16))
      if handshake.generation == .v2 { #expect(words[3] == "11" && handshake.tables == [.one, .two]) }
    case 0x03:
      let handshake = try #require(Handshake.v1)
      let identity = try #require(Identity(parsing: vector.bytes, handshake: handshake))
      #expect("identity \(identity.counter) \(String(decoding: identity.identifier, as: UTF8.self))" == expected)
    case 0x05:
      var introduction = Introduction()
      introduction.read(vector.bytes)
      switch words[0] {
      case "model": #expect(introduction.model == words[1])
      case "firmware": #expect(introduction.firmware == words[1])
      default:
        #expect(
          [introduction.series, introduction.colour] == [UInt8(words[1], radix: 16), UInt8(words[2], radix: 16)])
      }
    default:
      var functions = Functions()
      let table = try #require(vector.table)
      let isRead = functions.read(vector.bytes, table: table, generation)
      #expect(isRead)
      #expect(functions.ids[table] == Set(words.dropFirst().compactMap { UInt8($0, radix: 16) }))
    }
  }

  // MARK: What hosts say

  /// PublishedChange that public clients sent, and that this code does not know: nobody can make it send them.
  private static let foreign: [String: Set<String>] = [
    "V1": [
      // Status and abilities that the vendor's app asks for, and nobody shows.
      "f006", "6202", "5200", "5201", "f200", "6002", "9001", "9201", "9401", "9601", "9602", "9606",
      // Acknowledged and ignored: the answer's byte in a command.
      "f8050001",
      // "On" as it is reported, not as it is told.
      "6802010200010114",
    ],
    "V2": [
      // Sound pressure, the earbuds' button and others of which no function is known to name them.
      "fa03", "fc030135010002", "f200", "f210", "a601", "8001", "f605", "f609",
      "fa06", "2601",
      // A type of V1.
      "6602",
      // Another client's "reboot", which is an answer to a question that was never asked.
      "98001601",
    ],
    "V2 two": ["3201", "5a03", "5602", "5604"],
  ]

  @Test func `every command that was published is either one that can be made here, or none that can be`() throws {
    let questions = Dictionary(
      grouping: Generation.allCases.flatMap { generation in
        generation.layouts.compactMap { layout in layout.question.map { Line(generation, layout.table, $0) } }
      }
    ) { $0 }
    let openings: [Opening] = [
      .handshake, .identity, .model, .firmware, .series, .functions(.one), .functions(.two),
    ]
    var made = Set(try PublishedChange.all.map { try $0.line() })
    for generation in Generation.allCases {
      let headset = try Headset.withEverything(generation)
      let message: UInt8 = generation == .v1 ? 0x02 : 0x07
      for request in [
        try headset.request(for: Consent(to: .powerOff)), try #require(headset.permitQuestions),
        headset.request(answering: Alert(message: message, isQuestion: true), true),
      ] { made.insert(Line(generation, request.table, request.payload)) }
    }
    for vector in Recordings.vectors where vector.from == "host" && vector.type != 1 {
      let table = try #require(vector.table)
      let line = Line(vector.isV1 ? .v1 : .v2, table, vector.bytes)
      let isOpening = openings.contains { $0.payload == vector.bytes && $0.table == table }
      // A capability is asked for with a language here, which some clients left out.
      let isQuestion =
        questions[line] != nil || questions[Line(line.generation, table, vector.bytes + [0x01])] != nil
      let isForeign = Self.foreign[vector.generation + (table == .two ? " two" : "")]?.contains(vector.payload) == true
      let kinds = [isOpening, isQuestion, made.contains(line), isForeign].filter { $0 }
      #expect(kinds.count == 1, "\(vector.testDescription) \(kinds.count)")
    }
  }

  @Test(arguments: PublishedChange.all) func `a change makes the bytes that were published`(change: PublishedChange)
    throws
  {
    let published = Recordings.vectors.filter { $0.from == "host" }
    let line = try change.line()
    #expect(
      published.contains { Line($0.isV1 ? .v1 : .v2, $0.table ?? .one, $0.bytes) == line }, "\(text(line.payload))")
  }
}

/// A payload with all that it takes to know what it means.
struct Line: Hashable {
  let generation: Generation
  let table: Table
  let payload: [UInt8]
  init(_ generation: Generation, _ table: Table, _ payload: [UInt8]) {
    (self.generation, self.table, self.payload) = (generation, table, payload)
  }
}

/// Changes whose bytes are among the vectors: for which headset, after which report.
struct PublishedChange: Sendable, CustomTestStringConvertible {
  let generation: Generation
  let functions: [UInt8]
  let change: Change
  /// A payload that the headset told before, on the table of the change.
  let before: String?

  var testDescription: String { "\(generation) \(change)" }

  init(_ generation: Generation, _ functions: [UInt8], _ change: Change, after before: String? = nil) {
    self.generation = generation
    self.functions = functions
    self.change = change
    self.before = before
  }

  func line() throws -> Line {
    let headset = try Headset.with(generation, one: functions, two: generation == .v1 ? [] : functions)
    var last: Report?
    if let before {
      let readings = Table.allCases.compactMap { headset.read($0, hex(before)) }
      for case .report(let report, _) in readings where report.feature == change.feature { last = report }
      #expect(last != nil)
    }
    let request = try headset.request(to: change, last: last)
    return Line(generation, request.table, request.payload)
  }

  private static let host = Address(bits: 0xAABB_CCDD_EEFF)

  static let all: [PublishedChange] = noiseV1 + noiseV2 + soundV1 + restV1 + restV2

  private static let noiseV1: [PublishedChange] = [
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.cancelling)), after: "67 02 00 02 02 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.wind)), after: "67 02 00 02 02 01 00 00"),
    PublishedChange(
      .v1, [0x62], .noiseControl(NoiseWish(.ambient, level: 15, voiceFocus: true)), after: "67 02 00 02 02 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.ambient, level: 20)), after: "67 02 01 01 00 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.off)), after: "67 02 01 01 00 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.cancelling)), after: "67 02 01 01 00 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.ambient, level: 1)), after: "67 02 01 01 00 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.ambient, level: 5)), after: "67 02 01 01 00 01 00 00"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.ambient)), after: "67 02 01 01 00 01 00 0a"),
    PublishedChange(
      .v1, [0x62], .noiseControl(NoiseWish(.ambient, voiceFocus: true)), after: "67 02 01 01 00 01 00 14"),
    PublishedChange(.v1, [0x62], .noiseControl(NoiseWish(.ambient, level: 7)), after: "67 02 01 01 00 01 00 14"),
  ]

  private static let noiseV2: [PublishedChange] = [
    PublishedChange(.v2, [0x6B], .noiseControl(NoiseWish(.ambient, level: 10)), after: "67 17 01 01 00 00 14"),
    PublishedChange(.v2, [0x6B], .noiseControl(NoiseWish(.cancelling)), after: "67 17 01 01 01 00 14"),
    PublishedChange(
      .v2, [0x68], .noiseControl(NoiseWish(.ambient, level: 16, voiceFocus: true)),
      after: "67 15 01 00 00 02 00 0a"),
    PublishedChange(.v2, [0x68], .noiseControl(NoiseWish(.cancelling)), after: "69 15 01 01 01 02 01 10"),
    PublishedChange(.v2, [0x68], .noiseControl(NoiseWish(.off)), after: "69 15 01 01 00 02 01 0a"),
    PublishedChange(.v2, [0x65], .noiseControl(NoiseWish(.ambient, level: 12)), after: "67 14 01 01 02 00 0b"),
    PublishedChange(.v2, [0x65], .noiseControl(NoiseWish(.off)), after: "67 14 01 01 00 00 0b"),
    PublishedChange(.v2, [0x67], .noiseControl(NoiseWish(.off)), after: "67 22 01 01 00 0a"),
    PublishedChange(.v2, [0x6D], .noiseControl(NoiseWish(.cancelling)), after: "69 19 01 01 01 00 0a 00 00"),
    PublishedChange(.v2, [0x6D], .noiseControl(NoiseWish(.off)), after: "69 19 01 01 00 00 0a 00 00"),
    PublishedChange(
      .v2, [0x6D],
      .noiseControl(NoiseWish(.ambient, automatic: .init(isOn: true, sensitivity: .high))),
      after: "69 19 01 01 00 00 0a 00 00"),
    PublishedChange(.v2, [0x6B], .noiseControl(NoiseWish(.off)), after: "67 17 01 01 00 00 0a"),
  ]

  private static let soundV1: [PublishedChange] = [
    PublishedChange(.v1, [0x51], .equalizer(.preset(EqualizerPreset(rawValue: 0x16)))),
    PublishedChange(.v1, [0x51], .equalizer(.preset(.user1))),
    PublishedChange(.v1, [0x51], .equalizer(.preset(EqualizerPreset(rawValue: 0x17)))),
    PublishedChange(.v1, [0x51], .equalizer(.curve(clearBass: -2, bands: [10, 0, 3, 0, 5], into: nil))),
    PublishedChange(.v1, [0x51], .equalizer(.curve(clearBass: 7, bands: [-3, -7, 0, 2, 9], into: nil))),
    PublishedChange(.v1, [0x52], .clearBass(-2)),
    PublishedChange(.v1, [0x41], .surround(.concertHall)),
    PublishedChange(.v1, [0xE2], .toggle(.dsee, true)),
    PublishedChange(.v1, [0xE2], .toggle(.dsee, false)),
    PublishedChange(.v1, [0xE1], .connectionMode(.stable)),
    PublishedChange(.v1, [0xA1], .volume(7)),
    PublishedChange(.v1, [0xA1], .playback(.play)),
    PublishedChange(.v1, [0x81], .optimizer(start: true)),
    PublishedChange(.v1, [0x81], .optimizer(start: false)),
  ]

  private static let restV1: [PublishedChange] = [
    PublishedChange(.v1, [0xF3], .toggle(.pauseWhenRemoved, false)),
    PublishedChange(.v1, [0xF4], .autoPowerOff(.never)),
    PublishedChange(.v1, [0xF4], .autoPowerOff(.fiveMinutes)),
    PublishedChange(.v1, [0xF4], .autoPowerOff(.thirtyMinutes)),
    PublishedChange(.v1, [0xF4], .autoPowerOff(.whenTakenOff), after: "f7 04 01 11 00"),
    PublishedChange(.v1, [0xF5], .toggle(.speakToChat, true)),
    PublishedChange(
      .v1, [0xF5], .speakToChatDetails(SpeakToChatDetails(sensitivity: .low, voiceFocus: nil, timeout: .long)),
      after: "fb 05 00 00 01 01"),
    PublishedChange(.v1, [0xF6], .buttons([0xFF, 0x20].map { ButtonPreset(rawValue: $0) }), after: "f7 06 02 00 00"),
    PublishedChange(.v1, [0xF6], .buttons([0x00, 0xFF].map { ButtonPreset(rawValue: $0) }), after: "f7 06 02 00 00"),
    PublishedChange(.v1, [0xF6], .buttons([ButtonPreset(rawValue: 0x31)]), after: "f7 06 01 00"),
    PublishedChange(.v1, [0xD1], .general(.first, .choice(0))),
    PublishedChange(.v1, [0xD1], .general(.first, .choice(1))),
    PublishedChange(.v1, [0xD1], .general(.first, .choice(2))),
    PublishedChange(.v1, [0xD1], .general(.first, .flag(true))),
    PublishedChange(.v1, [0x39], .voiceGuidance(true)),
    PublishedChange(.v1, [0x39], .voiceGuidance(false)),
    PublishedChange(.v1, [0x38], .host(.disconnect, host)),
  ]

  private static let restV2: [PublishedChange] = [
    PublishedChange(.v2, [0x50], .equalizer(.preset(EqualizerPreset(rawValue: 0x16)))),
    PublishedChange(.v2, [0x50], .equalizer(.preset(EqualizerPreset(rawValue: 0x14)))),
    PublishedChange(.v2, [0x50], .equalizer(.curve(clearBass: -6, bands: [0, 1, 2, 3, 5], into: nil))),
    PublishedChange(.v2, [0x50], .equalizer(.curve(clearBass: 10, bands: [-10, -10, 10, 10, 10], into: nil))),
    PublishedChange(.v2, [0x51], .clearBass(-2)),
    PublishedChange(.v2, [0xE2], .toggle(.dsee, true)),
    PublishedChange(.v2, [0xFC], .toggle(.speakToChat, false)),
    PublishedChange(.v2, [0xF1], .toggle(.pauseWhenRemoved, true)),
    PublishedChange(
      .v2, [0xFD], .quickAccess([0, 0].map { QuickAccessService(rawValue: $0) }), after: "f7 0d 02 00 00"),
    PublishedChange(
      .v2, [0xFD], .quickAccess([0, 1].map { QuickAccessService(rawValue: $0) }), after: "f7 0d 02 00 00"),
    PublishedChange(.v2, [0xD2], .general(.second, .flag(false))),
    PublishedChange(.v2, [0xA1], .playback(.play)),
    PublishedChange(.v2, [0x42], .voiceGuidance(true)),
    PublishedChange(.v2, [0x32], .host(.connect, host)),
  ]
}
