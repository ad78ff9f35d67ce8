import Support
import Testing

@testable import MDR

/// What a broken, confused or hostile peer can do: cost itself its connection, and nothing else.
@Suite struct BadInputTests {
  private static let everything = (1...255).map { UInt8($0) }
  private static let payloads = Recordings.vectors.filter { $0.from == "headset" && $0.type != 1 }

  /// A session with a headset that answers everything in the vectors, however its bytes are cut.
  private static func stage(_ generation: Generation, cut: @escaping ([UInt8]) -> [[UInt8]] = { [$0] }) -> Stage {
    var stage = Stage(
      FakeHeadset(sequence: 1, answer: Answers.opening(generation, one: everything, two: everything)))
    stage.cut = cut
    return stage
  }

  @Test func `a conversation is the same however its bytes are cut`() {
    for generation in Generation.allCases {
      for size in 1...9 {
        var stage = Self.stage(generation) { bytes in
          stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        }
        stage.start()
        stage.settle()
        #expect(stage.session.headset?.generation == generation)
        #expect(stage.headset.violations.isEmpty)
      }
    }
  }

  @Test(arguments: payloads) func `a payload cut at any byte, or with bytes behind it, is never told as whole`(
    vector: Vector
  ) throws {
    let headset = try Headset.withEverything(vector.isV1 ? .v1 : .v2)
    let table = try #require(vector.table)
    guard case .report(let whole, _)? = headset.read(table, vector.bytes) else { return }
    for count in 0..<vector.bytes.count {
      guard case .report(let report, _)? = headset.read(table, Array(vector.bytes[..<count])) else { continue }
      // What may be left out at the end: thresholds, and the language of a voice.
      switch (whole, report) {
      case (.battery, .battery), (.caseBattery, .caseBattery), (.earbudBatteries, .earbudBatteries),
        (.voiceGuidance, .voiceGuidance):
        #expect(generationAllowsShorter(vector))
      default: Issue.record("\(count) bytes were read as \(report)")
      }
    }
    for extra: [UInt8] in [[0], [0xFF], [0, 0, 0]] {
      if case .report(let report, _)? = headset.read(table, vector.bytes + extra) {
        Issue.record("\(text(vector.bytes + extra)) was read as \(report)")
      }
    }
  }

  private func generationAllowsShorter(_ vector: Vector) -> Bool { !vector.isV1 }

  @Test(arguments: Generation.allCases) func `every command with every type and any bytes is read without harm`(
    generation: Generation
  ) throws {
    let headset = try Headset.withEverything(generation)
    var generator = SeededGenerator(seed: 11)
    for command: UInt8 in 0...255 {
      for type: UInt8 in 0...255 {
        for table in Table.allCases {
          let rest = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
            [UInt8.random(in: 0...255, using: &generator), 0, 1, 255].randomElement(using: &generator) ?? 0
          }
          guard case .report(let report, _)? = headset.read(table, [command, type] + rest) else { continue }
          check(report)
        }
      }
    }
  }

  @Test(arguments: payloads) func `a payload with changed bytes is never read as a value out of range`(
    vector: Vector
  ) throws {
    let headset = try Headset.withEverything(vector.isV1 ? .v1 : .v2)
    let table = try #require(vector.table)
    let bounds: [UInt8] = [
      0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 17, 20, 21, 30, 31, 100, 101, 127, 128, 240, 245, 246, 254, 255,
    ]
    for index in vector.bytes.indices {
      for byte in bounds {
        var bytes = vector.bytes
        bytes[index] = byte
        if case .report(let report, _)? = headset.read(table, bytes) { check(report) }
      }
    }
  }

  /// That a report has nothing that cannot be.
  private func check(_ report: Report) {
    func isCharge(_ battery: Battery?) -> Bool { battery.map { $0.level <= 100 } ?? true }
    switch report {
    case .battery(let battery), .caseBattery(let battery): #expect(isCharge(battery))
    case .earbudBatteries(let pair):
      #expect(isCharge(pair.left) && isCharge(pair.right) && pair.left?.level != 0 && pair.right?.level != 0)
    case .noiseControl(let now): #expect((now.level ?? 0) <= 20)
    case .equalizer(let now):
      let limit: Int8 = now.bands.count == 10 ? 6 : 10
      #expect([0, 5, 10].contains(now.bands.count))
      #expect((now.bands + [now.clearBass ?? 0]).allSatisfy { (-limit...limit).contains($0) })
    case .clearBass(let value): #expect((-10...10).contains(value))
    case .volume(let value): #expect(value <= 30)
    case .voiceVolume(let value): #expect((-2...2).contains(value))
    case .buttons(let presets): #expect(presets.count <= 8)
    case .quickAccess(let services): #expect(services.count <= 8)
    case .hosts(let hosts):
      for host in hosts.known { #expect(host.name.map { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } } ?? true) }
    default: break
    }
  }

  @Test func `a count of 255 with little behind it is refused`() throws {
    let v1 = try Headset.withEverything(.v1)
    let v2 = try Headset.withEverything(.v2)
    for (headset, table, payload) in [
      (v1, Table.one, "f7 06 ff 00"), (v1, .one, "57 01 a0 ff 0a 0a"), (v1, .one, "5b 01 ff 01 01 90"),
      (v1, .one, "51 01 06 15 ff 00 10"), (v1, .two, "37 01 ff 41"), (v2, .one, "f7 0d ff 01"),
      (v2, .one, "53 04 01 ff 02"), (v2, .two, "37 02 ff 41"), (v2, .one, "13 09 ff 32"),
    ] {
      guard case .unreadable = headset.read(table, hex(payload)) else {
        Issue.record("\(payload)")
        continue
      }
    }
  }

  @Test func `a host list is read whole, and names that cannot be shown are left out`() throws {
    let headset = try Headset.withEverything(.v1)
    func list(_ name: [UInt8]) -> [UInt8] {
      [0x37, 0x01, 0x01] + Array("AA:BB:CC:DD:EE:FF".utf8) + [0x01, UInt8(name.count)] + name + [0x01]
    }
    for (name, shown) in [
      (Array("Desk".utf8), "Desk"), (Array("Küche".utf8), "Küche"), ([0x1B, 0x5B, 0x32, 0x4A], nil),
      ([0xC3, 0x28], nil), (Array("a\u{202E}b".utf8), nil), ([0x41, 0x00], nil), ([], ""),
    ] as [([UInt8], String?)] {
      guard case .report(.hosts(let hosts), _)? = headset.read(.two, list(name)) else {
        Issue.record("\(name)")
        continue
      }
      #expect(hosts.known.map(\.name) == [shown] && hosts.playing == 1 && hosts.known[0].place == 1)
    }
    let noAddress = [0x37, 0x01, 0x01] + Array("AA-BB-CC-DD-EE-FF".utf8) + [0x01, 0x00, 0x01]
    #expect(headset.read(.two, noAddress) == .unreadable(.hosts, .address))
  }

  @Test func `a headset that floods is acknowledged, and gets nothing else that was not asked for`() throws {
    for generation in Generation.allCases {
      var stage = Self.stage(generation)
      stage.start()
      stage.settle()
      let asked = stage.headset.received.count
      let request = try #require(stage.session.headset).request(toRead: .dsee)
      stage.ask(request, number: 1)
      for vector in Self.payloads where vector.isV1 == (generation == .v1) {
        stage.push(vector.table ?? .one, vector.bytes)
      }
      stage.settle(longest: 2_000)
      #expect(stage.headset.received.count == asked + 1)
      #expect(stage.headset.violations.isEmpty)
      #expect(stage.outcome(1) != nil && stage.ended == nil)
    }
  }

  @Test func `a random peer has nothing sent but acknowledgements, the beginning and what was asked`() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<60 {
      let generation: Generation = round.isMultiple(of: 2) ? .v1 : .v2
      let headset = try Headset.withEverything(generation)
      var session = Session()
      var actions = session.start()
      let frames = Recordings.vectors.map { hex($0.frame) }
      for _ in 0..<200 {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: actions += session.handle(.expired(.acknowledgement))
        case 1: actions += session.handle(.expired(.answer))
        case 2: actions += session.ask(try headset.request(toRead: .dsee), number: 1)
        case 3: actions += session.handle(.received(Frame(.acknowledgement, sequence: 1).bytes))
        case 4: actions += session.handle(.received(Frame(.acknowledgement, sequence: 0).bytes))
        case 5: actions += session.answer(true)
        case 6:
          let bytes = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
          actions += session.handle(.received(bytes))
        default: actions += session.handle(.received(frames.randomElement(using: &generator) ?? []))
        }
      }
      let allowed: Set<[UInt8]> = [[0, 0], [2, 0], [4, 1], [4, 2], [4, 3], [6, 0]]
      for case .write(let bytes) in actions {
        let frame = try #require(Recordings.frames(text(bytes)).first)
        let asked: [UInt8] = generation == .v1 ? [0xE6, 0x02] : [0xE6, 0x01]
        #expect(frame.type == .acknowledgement || allowed.contains(frame.payload) || frame.payload == asked)
      }
      #expect(actions.count { if case .ended = $0 { true } else { false } } <= 1)
    }
  }
}
