import Testing

@testable import MDR

@Suite struct OpeningTests {
  private static let xm4: [UInt8] = [0x62, 0x51, 0xE2, 0xD1, 0xD2, 0x11, 0x13, 0x21, 0xF6, 0x39]

  private static func payloads(_ stage: Stage) -> [String] {
    stage.headset.received.map { "\($0.table == .one ? 1 : 2) \(text($0.payload))" }
  }

  @Test func `a V1 headset is asked in order, and is ready with its list`() throws {
    var stage = Stage(FakeHeadset(sequence: 1, answer: Answers.opening(.v1, one: Self.xm4)))
    stage.start()
    stage.settle()
    #expect(Self.payloads(stage) == ["1 0000", "1 0200", "1 0401", "1 0402", "1 0403", "1 0600"])
    let headset = try #require(stage.session.headset)
    #expect(headset.generation == .v1 && headset.handshake.version == 0x7000)
    #expect(headset.introduction == Introduction(model: "WH-1000XM4", firmware: "3.0.1", series: 0x30, colour: 1))
    #expect(headset.has(.noiseControl) && headset.has(.voiceGuidance) && !headset.has(.hosts))
    #expect(stage.actions.last == .ready(headset))
    #expect(stage.headset.violations.isEmpty)
  }

  @Test func `a V2 headset is also asked for its second table`() throws {
    var stage = Stage(FakeHeadset(answer: Answers.opening(.v2, one: [0x20, 0x6B], two: [0x42, 0x31])))
    stage.start()
    stage.settle()
    #expect(Self.payloads(stage).suffix(2) == ["1 0600", "2 0600"])
    let headset = try #require(stage.session.headset)
    #expect(headset.generation == .v2 && headset.handshake.version == 0x0300_3018)
    #expect(headset.has(.battery) && headset.has(.voiceGuidance) && headset.has(.fixedSource))
    // 42 and 31 are other functions in the first table.
    #expect(!headset.has(.surround))
  }

  @Test(arguments: [UInt8(0), 1], [0, 1, 2])
  func `the first questions may be ignored, and nothing else is sent until one is answered`(
    sequence: UInt8, ignored: Int
  ) {
    var left = ignored
    let answer = Answers.opening(.v1, one: Self.xm4)
    var stage = Stage(
      FakeHeadset(sequence: sequence) { table, payload in
        if payload == [0, 0], left > 0 {
          left -= 1
          return []
        }
        return answer(table, payload)
      })
    stage.start()
    stage.settle()
    #expect(stage.session.headset != nil)
    #expect(stage.headset.received.prefix(ignored + 1).allSatisfy { $0.payload == [0, 0] })
    #expect(stage.headset.received.count == ignored + 6)
    #expect(stage.now == .milliseconds(1250 * ignored))
  }

  @Test func `a headset that never answers is asked three times, and given up`() {
    var stage = Stage(FakeHeadset { _, _ in [] })
    stage.start()
    stage.settle()
    #expect(Self.payloads(stage) == ["1 0000", "1 0000", "1 0000"])
    #expect(stage.ended == .noHandshake)
  }

  @Test func `a peer that does not even acknowledge gets the same four bytes, and is given up`() {
    var session = Session()
    var actions = session.start()
    for _ in 0..<10 { actions += session.handle(.expired(.acknowledgement)) }
    let writes = actions.compactMap { if case .write(let bytes) = $0 { bytes } else { nil } }
    #expect(writes == Array(repeating: Frame(FrameType(.one), sequence: 0, payload: [0, 0]).bytes, count: 4))
    #expect(actions.last == .ended(.unacknowledged))
  }

  @Test(
    arguments: [
      "01 00", "01 00 70", "01 00 70 00 00", "01 00 03 00 30 18", "01 00 03 00 30 18 00", "01 00 03 00 30 18 02 00",
      "01 00 03 00 30 18 00 00 00",
    ])
  func `another answer to the handshake stops all sending but acknowledgements`(answer: String) {
    var stage = Stage(FakeHeadset { _, payload in payload == [0, 0] ? [(.one, hex(answer))] : [] })
    stage.start()
    stage.settle()
    #expect(stage.actions.contains(.unsupported))
    for payload in ["01 00 70 00", "25 00 54 00", "07 00 01 62"] { stage.push(.one, hex(payload)) }
    stage.settle()
    #expect(Self.payloads(stage) == ["1 0000"])
    #expect(stage.session.headset == nil && stage.headset.violations.isEmpty)
  }

  @Test func `what comes before the handshake is acknowledged, and decides nothing`() throws {
    // Captured: a list of hosts from WF-1000XM5, a volume from WF-LC900; and a V2 battery that looks like V1's codec.
    var stage = Stage(FakeHeadset(answer: Answers.opening(.v1, one: Self.xm4)))
    for payload in ["39 02 00 00", "a9 20 10", "07 00 01 22", "05 01 01 41", "03 00 01 01 41"] {
      stage.push(.two, hex(payload))
      stage.push(.one, hex(payload))
    }
    stage.start()
    stage.settle()
    #expect(stage.headset.violations.isEmpty)
    let headset = try #require(stage.session.headset)
    #expect(headset.generation == .v1)
    #expect(headset.introduction.model == "WH-1000XM4")
    #expect(headset.functions.ids == [.one: Set(Self.xm4)])
  }

  @Test func `a second answer to the handshake changes nothing`() throws {
    var stage = Stage(FakeHeadset(answer: Answers.opening(.v1, one: Self.xm4)))
    stage.start()
    stage.settle()
    stage.push(.one, hex("01 00 03 00 30 18 00 00"))
    stage.settle()
    #expect(stage.session.headset?.generation == .v1)
  }

  @Test func `functions that are known by identifier and counter are not asked for again`() throws {
    var first = Stage(FakeHeadset(answer: Answers.opening(.v1, one: Self.xm4)))
    first.start()
    first.settle()
    let met = try #require(first.session.headset)
    let identity = try #require(met.identity)
    var second = Stage(FakeHeadset(answer: Answers.opening(.v1, one: [])), kept: [identity: met.functions])
    second.start()
    second.settle()
    #expect(!Self.payloads(second).contains("1 0600"))
    #expect(second.session.headset?.functions == met.functions)

    // Another counter, another generation, or no identifier: asked.
    for changed in ["03 00 06 04 58 59 5a 31", "03 00 05 04 58 59 5a 32", "03 00 05 00", "03 00 05 04 58 0a 5a 31"] {
      let answer = Answers.opening(.v1, one: Self.xm4)
      var stage = Stage(
        FakeHeadset { $1 == [0x02, 0x00] ? [(.one, hex(changed))] : answer($0, $1) }, kept: [identity: met.functions])
      stage.start()
      stage.settle()
      #expect(Self.payloads(stage).contains("1 0600"))
    }
  }

  @Test func `the second table of V2 is asked for although it is known, since it is silent before`() throws {
    let answer = Answers.opening(.v2, one: [0x20], two: [0x42])
    var first = Stage(FakeHeadset(answer: answer))
    first.start()
    first.settle()
    let met = try #require(first.session.headset)
    let identity = try #require(met.identity)
    var second = Stage(FakeHeadset(answer: answer), kept: [identity: met.functions])
    second.start()
    second.settle()
    #expect(!Self.payloads(second).contains("1 0600"))
    #expect(Self.payloads(second).last == "2 0600")
  }

  @Test func `a headset that acknowledges and tells nothing is told from one that answers`() {
    var stage = Stage(FakeHeadset { _, payload in payload == [0, 0] ? [(.one, hex("01 00 70 00"))] : [] })
    stage.start()
    stage.settle()
    #expect(stage.ended == .mute)
    #expect(stage.now <= .seconds(6))
  }

  @Test(
    arguments: [
      ("07 00 02 62", [UInt8(0x62)]), ("07 00 ff 62 51", [0x62, 0x51]), ("07 00 00", []),
      ("07 00 01 62 51", nil), ("07 00", nil), ("07 00 00 01", nil),
    ] as [(String, [UInt8]?)])
  func `a V1 list may be shorter than announced, and never longer`(payload: String, expected: [UInt8]?) {
    var functions = Functions()
    let isRead = functions.read(hex(payload), table: .one, .v1)
    #expect(isRead == (expected != nil))
    #expect(functions.ids[.one] == expected.map { Set($0) })
  }

  @Test(
    arguments: [
      ("07 00 01 6b 05", [UInt8(0x6B)]), ("07 00 ff 6b 05 20 ff", [0x6B, 0x20]), ("07 00 01 6b", nil),
      ("07 00 01 6b 05 20 ff", nil),
    ] as [(String, [UInt8]?)])
  func `a V2 list has whole pairs only`(payload: String, expected: [UInt8]?) {
    var functions = Functions()
    let isRead = functions.read(hex(payload), table: .two, .v2)
    #expect(isRead == (expected != nil))
    #expect(functions.ids[.two] == expected.map { Set($0) })
  }

  @Test func `a list that cannot be right ends the session, and one of the second table only that table`() {
    let good = Answers.opening(.v2, one: [0x20, 0x6B], two: [])
    var broken = Stage(FakeHeadset { $1 == [6, 0] && $0 == .one ? [(.one, hex("07 00 01 6b"))] : good($0, $1) })
    broken.start()
    broken.settle()
    #expect(broken.ended == .unreadableFunctions)
    var half = Stage(FakeHeadset { $1 == [6, 0] && $0 == .two ? [(.two, hex("07 00 01 42"))] : good($0, $1) })
    half.start()
    half.settle()
    #expect(half.session.headset?.features.contains(.noiseControl) == true)
    #expect(half.session.headset?.has(.voiceGuidance) == false)
  }

  @Test func `texts with control characters or of wrong UTF-8 are not shown, nor is one that is cut`() {
    for payload in ["05 01 03 41 1b 42", "05 01 02 c3 28", "05 01 09 41 42", "05 01 01 41 42", "05 01 03 e2 80 ae"] {
      var introduction = Introduction()
      introduction.read(hex(payload))
      #expect(introduction.model == nil)
    }
  }
}
