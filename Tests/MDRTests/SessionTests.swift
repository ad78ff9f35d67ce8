import Testing

@testable import MDR

/// How requests end: by the headset's word, and by its silences.
@Suite struct SessionTests {
  private static let listV1: [UInt8] = [0x62, 0x51, 0xE2, 0xE1, 0xD1, 0xD2, 0x11, 0x13, 0x21, 0xF3, 0xF5, 0xF6]
  private static let listV2: [UInt8] = [0x20, 0x12, 0x23, 0x6B, 0x50, 0xE1, 0xE2, 0xF1, 0xF9, 0x90, 0xD2]

  /// A ready session; `answer` is asked for everything that does not belong to the opening.
  private static func ready(
    _ generation: Generation = .v1, _ answer: @escaping FakeHeadset.Answer
  ) throws -> Stage {
    let opening =
      generation == .v1
      ? Answers.opening(.v1, one: listV1) : Answers.opening(.v2, one: listV2, two: [0x32, 0x42])
    var stage = Stage(
      FakeHeadset(sequence: 1) { table, payload in
        let opened = opening(table, payload)
        return opened.isEmpty ? answer(table, payload) : opened
      })
    stage.start()
    stage.settle()
    _ = try #require(stage.session.headset)
    return stage
  }

  private static func read(_ feature: Feature, _ stage: inout Stage, number: Int = 1) throws {
    stage.ask(try #require(stage.session.headset).request(toRead: feature), number: number)
    stage.settle()
  }

  private static func change(_ change: Change, _ stage: inout Stage, number: Int = 2) throws {
    let request = try stage.session.request(to: change)
    stage.ask(try #require(request), number: number)
    stage.settle()
  }

  private static let dsee = Change.toggle(.dsee, true)
  private static let dseeOn = Report.toggle(.dsee, true)
  private static let dseeOff = Report.toggle(.dsee, false)

  // MARK: Reading

  @Test func `an answer ends a reading, whether it comes as an answer or as a notification`() throws {
    for reply in ["e7 02 00 01", "e9 02 00 01"] {
      var stage = try Self.ready { _, _ in [(.one, hex(reply))] }
      try Self.read(.dsee, &stage)
      #expect(stage.outcome(1) == .report(Self.dseeOn))
      #expect(stage.session.reports[.dsee] == Self.dseeOn)
    }
  }

  @Test func `what is acknowledged and never answered is silent, and the next request goes on`() throws {
    var stage = try Self.ready { _, payload in payload[0] == 0xE6 ? [] : [(.one, hex("11 00 50 00"))] }
    let headset = try #require(stage.session.headset)
    let before = stage.now
    stage.ask(try headset.request(toRead: .dsee), number: 1)
    stage.ask(try headset.request(toRead: .battery), number: 2)
    stage.settle()
    #expect(stage.outcome(1) == .silent)
    #expect(stage.outcome(2) == .report(.battery(Battery(level: 80, charging: .no))))
    #expect(stage.now - before == .milliseconds(1500))
  }

  @Test func `the answer to another request is not taken for this one, and is not lost`() throws {
    var stage = try Self.ready { _, payload in
      payload[0] == 0xE6 ? [(.one, hex("11 00 50 00")), (.two, hex("e7 02 00 01")), (.one, hex("e7 01 00 01"))] : []
    }
    try Self.read(.dsee, &stage)
    #expect(stage.outcome(1) == .silent)
    #expect(stage.session.reports[.battery] == .battery(Battery(level: 80, charging: .no)))
    #expect(stage.session.reports[.dsee] == nil)
  }

  @Test func `an answer after the next request was sent belongs to its own`() throws {
    var asked = 0
    var stage = try Self.ready { _, payload in
      asked += 1
      return asked == 1 ? [] : [(.one, hex("e7 02 00 01")), (.one, hex("11 00 50 00"))]
    }
    let headset = try #require(stage.session.headset)
    stage.ask(try headset.request(toRead: .dsee), number: 1)
    stage.ask(try headset.request(toRead: .battery), number: 2)
    stage.settle()
    #expect(stage.outcome(2) == .report(.battery(Battery(level: 80, charging: .no))))
    #expect(stage.session.reports[.dsee] == Self.dseeOn)
  }

  @Test func `an answer that cannot be right is told as that, and keeps no value`() throws {
    var stage = try Self.ready { _, _ in [(.one, hex("11 00 d8 00"))] }
    try Self.read(.battery, &stage)
    #expect(stage.outcome(1) == .unreadable(.value(0xD8)))
    #expect(stage.session.reports[.battery] == nil)
  }

  @Test func `what a headset tells of a function that it does not list is not taken for true`() throws {
    var stage = try Self.ready(.v2) { _, _ in [] }
    stage.push(.one, hex("27 05 10 00"))
    stage.settle()
    #expect(stage.readings == [.unlisted(.autoPowerOff)])
    #expect(stage.session.reports.isEmpty)
  }

  @Test func `any kind of noise control is read where one is listed`() throws {
    var stage = try Self.ready(.v2) { _, _ in [] }
    stage.push(.one, hex("69 19 00 01 01 00 14 00 00"))
    stage.settle()
    guard case .noiseControl(let now) = stage.session.reports[.noiseControl] else {
      Issue.record("not read")
      return
    }
    #expect(now.mode == .ambient && !now.isFinal)
  }

  // MARK: Changing

  @Test func `a change is done when the headset says so`() throws {
    var stage = try Self.ready { _, payload in
      payload[0] == 0xE8 ? [(.one, hex("e9 02 00 01")), (.one, hex("17 00 02 00"))] : []
    }
    try Self.change(Self.dsee, &stage)
    #expect(stage.outcome(2) == .done(Self.dseeOn))
  }

  @Test func `a change that is done without a word is read once, a second later`() throws {
    var stage = try Self.ready { _, payload in payload[0] == 0xE6 ? [(.one, hex("e7 02 00 01"))] : [] }
    let before = stage.now
    try Self.change(Self.dsee, &stage)
    #expect(stage.outcome(2) == .done(Self.dseeOn))
    #expect(stage.now - before == .seconds(1))
  }

  @Test func `a change that is ignored without a word is told as ignored`() throws {
    var stage = try Self.ready { _, payload in payload[0] == 0xE6 ? [(.one, hex("e7 02 00 00"))] : [] }
    try Self.change(Self.dsee, &stage)
    #expect(stage.outcome(2) == .ignored(Self.dseeOff))
  }

  @Test func `a change that is answered with the old value is told as refused`() throws {
    // As WH-1000XM4 does with multipoint.
    var stage = try Self.ready { _, payload in
      switch payload[0] {
      case 0xD8: [(.one, hex("d9 d2 01 00"))]
      case 0xD6: [(.one, hex("d7 d2 01 00"))]
      default: []
      }
    }
    try Self.change(.general(.second, .flag(true)), &stage)
    #expect(stage.outcome(2) == .refused(.general(.second, .flag(false))))
  }

  @Test func `an old value that was under way decides nothing`() throws {
    var stage = try Self.ready { _, payload in
      payload[0] == 0xE8 ? [(.one, hex("e9 02 00 00")), (.one, hex("e9 02 00 01"))] : []
    }
    try Self.change(Self.dsee, &stage)
    #expect(stage.outcome(2) == .done(Self.dseeOn))
  }

  @Test func `a change of which nothing can be read is told as unconfirmed`() throws {
    var stage = try Self.ready { _, _ in [] }
    try Self.change(Self.dsee, &stage)
    #expect(stage.outcome(2) == .unconfirmed)
  }

  @Test func `ambient sound gets back the level that it had, though the headset tells 0 meanwhile`() throws {
    var stage = try Self.ready { _, payload in
      payload[0] == 0x68 ? [(.one, [0x69, 0x02, payload[2] == 0 ? 0 : 1] + payload[3...])] : []
    }
    stage.push(.one, hex("69 02 01 02 00 01 00 07"))
    stage.push(.one, hex("69 02 01 02 02 01 00 00"))
    stage.settle()
    try Self.change(.noiseControl(NoiseWish(.ambient)), &stage)
    #expect(text(stage.headset.received.last?.payload ?? []) == "6802110200010007")
    guard case .done(.noiseControl(let now)) = stage.outcome(2) else {
      Issue.record("not done")
      return
    }
    #expect(now.level == 7 && now.mode == .ambient)
  }

  @Test func `ambient sound without a level that is known is refused before anything is sent`() throws {
    var stage = try Self.ready { _, _ in [] }
    #expect(throws: RequestFault.needsReport(.noiseControl)) {
      try stage.session.request(to: .noiseControl(NoiseWish(.ambient)))
    }
    stage.push(.one, hex("69 02 01 02 02 01 00 00"))
    stage.settle()
    #expect(throws: RequestFault.needsLevel) { try stage.session.request(to: .noiseControl(NoiseWish(.ambient))) }
    #expect(throws: RequestFault.outOfRange(.noiseControl)) {
      try stage.session.request(to: .noiseControl(NoiseWish(.ambient, level: 0)))
    }
    #expect(throws: RequestFault.outOfRange(.noiseControl)) {
      try stage.session.request(to: .noiseControl(NoiseWish(.ambient, level: 21)))
    }
  }

  // MARK: Questions of the headset

  /// As WH-1000XM4 does with its button: ignored unless it may ask; then asked, and done after a yes.
  private static func asking() throws -> Stage {
    var mayAsk = false
    var button: UInt8 = 0
    return try ready { _, payload in
      switch payload {
      case [0x94, 0x01, 0x00]:
        mayAsk = true
        return []
      case [0xF8, 0x06, 0x01, 0x31]: return mayAsk ? [(.one, hex("99 01 02 01"))] : []
      case [0x98, 0x01, 0x02, 0x01]:
        button = 0x31
        return [(.one, hex("f9 06 01 31"))]
      case [0xF6, 0x06]: return [(.one, [0xF7, 0x06, 0x01, button])]
      default: return []
      }
    }
  }

  /// Runs a session until the headset has asked.
  private static func askedStage() throws -> Stage {
    var stage = try asking()
    try read(.buttons, &stage)
    let request = try stage.session.request(to: .buttons([ButtonPreset(rawValue: 0x31)]))
    stage.ask(try #require(request), number: 2)
    for _ in 0..<4 where !stage.actions.contains(.asked(Alert(message: 2, isQuestion: true))) { stage.step() }
    #expect(stage.actions.contains(.asked(Alert(message: 2, isQuestion: true))))
    return stage
  }

  @Test func `a change that has a consequence is asked about, and done after a yes`() throws {
    var stage = try Self.askedStage()
    stage.answer(true)
    stage.settle()
    #expect(stage.outcome(2) == .done(.buttons([ButtonPreset(rawValue: 0x31)])))
    #expect(stage.headset.received.suffix(3).map { text($0.payload) } == ["940100", "f8060131", "98010201"])
    // It may ask from now on: that is said once.
    try Self.change(.buttons([ButtonPreset(rawValue: 0x00)]), &stage, number: 3)
    #expect(stage.headset.received.count { $0.payload[0] == 0x94 } == 1)
  }

  @Test func `a no is a no, and so is nobody's answer`() throws {
    for answers in [true, false] {
      var stage = try Self.askedStage()
      let before = stage.now
      if answers { stage.answer(false) }
      stage.settle()
      #expect(stage.outcome(2) == .declined)
      #expect(stage.headset.received.last.map { text($0.payload) } == "98010200")
      #expect(answers || stage.now - before == Exchange.personPatience)
    }
  }

  // MARK: Ends

  @Test func `a headset that switches off as it was told has done so`() throws {
    for closes in [true, false] {
      var stage = try Self.ready { _, _ in [] }
      let headset = try #require(stage.session.headset)
      stage.ask(try headset.request(for: Consent(to: .powerOff)), number: 1)
      if closes { stage.close() } else { stage.settle() }
      #expect(stage.outcome(1) == (closes ? .gone : .unconfirmed))
      #expect(stage.headset.received.count { $0.payload == [0x22, 0x00, 0x01] } == 1)
    }
  }

  @Test func `a reset tells what came of it`() throws {
    for (reply, outcome) in [
      ("f9 09 00", Outcome.done(.resetResult(.done))), ("f9 09 01", .refused(.resetResult(.leftIsMissing))),
    ] {
      var stage = try Self.ready(.v2) { _, payload in payload[0] == 0xF8 ? [(.one, hex(reply))] : [] }
      let headset = try #require(stage.session.headset)
      stage.ask(try headset.request(for: Consent(to: .reset(.settings))), number: 1)
      stage.settle()
      #expect(stage.outcome(1) == outcome)
    }
  }

  @Test func `a connection that ends takes all requests with it, and nothing is sent again`() throws {
    var stage = try Self.ready { _, _ in [] }
    let headset = try #require(stage.session.headset)
    let count = stage.headset.received.count
    for number in 1...3 { stage.ask(try headset.request(toRead: .dsee), number: number) }
    stage.close()
    #expect((1...3).allSatisfy { stage.outcome($0) == .lost })
    #expect(stage.ended == .closed)
    stage.ask(try headset.request(toRead: .dsee), number: 4)
    stage.push(.one, hex("e7 02 00 01"))
    stage.settle()
    #expect(stage.outcome(4) == .lost)
    #expect(stage.headset.received.count == count + 1)
  }

  @Test func `more than a session holds is told as busy`() throws {
    var stage = try Self.ready { _, _ in [] }
    let request = try #require(stage.session.headset).request(toRead: .dsee)
    // One is under way, and the others wait.
    for number in 0...(Session.longestQueue + 1) { stage.ask(request, number: number) }
    #expect(stage.outcome(Session.longestQueue + 1) == .busy)
    stage.settle()
    #expect((0...Session.longestQueue).allSatisfy { stage.outcome($0) == .silent })
  }
}
