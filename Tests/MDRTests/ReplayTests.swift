import Testing

@testable import MDR

@Suite struct ReplayTests {
  @Test func `there are eleven recordings`() { #expect(Recordings.sessions.count == 11) }

  /// A link whose next frame has this number.
  private static func link(next sequence: UInt8) -> TestLink {
    let link = TestLink()
    if sequence == 1 {
      _ = link.handle(.send(0, .one, [0x00, 0x00]))
      _ = link.handle(.received(Frame(.acknowledgement, sequence: 1).bytes))
    }
    return link
  }

  @Test(arguments: Recordings.sessions)
  func `every recorded exchange runs through the link byte for byte, and is decoded`(recording: Recording) throws {
    for exchange in recording.exchanges + recording.silent {
      let request = try #require(Recordings.frames(exchange.request_hex).first)
      let replies = exchange.replies_hex.flatMap(Recordings.frames)
      let link = Self.link(next: request.sequence)
      let table = try #require(request.type.table)
      // What is sent is what was recorded, to the last byte.
      #expect(link.handle(.send(1, table, request.payload)).first == .write(hex(exchange.request_hex)))

      var delivered: [[UInt8]] = []
      var written: [[UInt8]] = []
      var isAcknowledged = false
      for reply in replies {
        for action in link.handle(.received(reply.bytes)) {
          switch action {
          case .deliver(_, let payload): delivered.append(payload)
          case .write(let bytes): written.append(bytes)
          case .acknowledged(1): isAcknowledged = true
          default: break
          }
        }
      }
      let data = replies.filter { $0.type != .acknowledgement }
      #expect(isAcknowledged == (data.count != replies.count))
      // Each is acknowledged with the other number, also when it is a repeat; a repeat is delivered once.
      #expect(written == data.map { Frame(.acknowledgement, sequence: 1 - $0.sequence).bytes })
      let news = data.indices.filter { $0 == 0 || data[$0] != data[$0 - 1] }
      #expect(delivered == news.map { data[$0].payload })
      if let ack = exchange.host_ack_hex { #expect(written.first == hex(ack)) }
      try compare(data, with: exchange.reads ?? [], recording)
    }
  }

  @Test(arguments: Recordings.sessions)
  func `everything that a headset said unasked is acknowledged and decoded`(recording: Recording) throws {
    let link = TestLink()
    var last: Frame?
    for notification in recording.notifications {
      let frame = try #require(Recordings.frames(notification.frame_hex).first)
      let table = try #require(frame.type.table)
      let acknowledgement = Link.Action.write(frame.acknowledgement.bytes)
      #expect(
        link.handle(.received(hex(notification.frame_hex)))
          == (frame == last ? [acknowledgement] : [acknowledgement, .deliver(table, frame.payload)]))
      last = frame
      try compare([frame], with: notification.reads, recording)
    }
  }

  /// Compares what is read of frames with what a second decoder made of them.
  private func compare(_ frames: [Frame], with lines: [String?], _ recording: Recording) throws {
    #expect(frames.count == lines.count)
    let generation: Generation = recording.isV1 ? .v1 : .v2
    let headset = try Headset.withEverything(generation)
    for (frame, line) in zip(frames, lines) {
      let table = try #require(frame.type.table)
      switch frame.payload[0] {
      case 0x01: #expect(Handshake(parsing: frame.payload)?.generation == generation)
      case 0x03: #expect(Identity(parsing: frame.payload, handshake: headset.handshake) != nil)
      case 0x05:
        var introduction = Introduction()
        introduction.read(frame.payload)
        #expect(line == "firmware \(introduction.firmware ?? "-")")
      case 0x07:
        var functions = Functions()
        let isRead = functions.read(frame.payload, table: table, generation)
        #expect(isRead)
      default:
        let reading = try #require(headset.read(table, frame.payload))
        if line == "!" {
          guard case .unreadable = reading else {
            Issue.record("\(text(frame.payload)) was read as \(reading)")
            continue
          }
        } else {
          #expect(wording(reading) == line, "\(text(frame.payload))")
        }
      }
    }
  }

  /// Functions that were published without the bytes of the list, or that are all that was recorded.
  private static let functions: [String: [UInt8]] = [
    "wh-ch720n-v2": [0x6B], "wh-ch520-v2": [0x20],
    "wh-xb910n-v2": [
      0x10, 0x12, 0x13, 0x14, 0x20, 0x23, 0x24, 0x27, 0x32, 0x50, 0x69, 0x6A, 0x70, 0x90, 0x93, 0xA1, 0xC1, 0xD1, 0xD2,
      0xE1, 0xE2, 0xF4, 0xF9,
    ],
  ]
  /// Of these only the beginning was recorded, or what they told unasked, or of what they have not.
  private static let withoutReadings = ["wh-1000xm4-v1-device-stream", "wf-1000xm6-v2", "wh-ch520-v2"]

  @Test(arguments: Recordings.sessions.filter { !$0.exchanges.isEmpty })
  func `a session with the recorded headset tells what was recorded`(recording: Recording) throws {
    let generation: Generation = recording.isV1 ? .v1 : .v2
    // The recorded answers, the first to each question.
    var answers: [Line: [(Table, [UInt8], String?)]] = [:]
    for exchange in recording.exchanges {
      let request = try #require(Recordings.frames(exchange.request_hex).first)
      let table = try #require(request.type.table)
      let data = exchange.replies_hex.flatMap(Recordings.frames).filter { $0.type != .acknowledgement }
      let line = Line(generation, table, request.payload)
      guard answers[line] == nil, !data.isEmpty else { continue }
      answers[line] = zip(data, exchange.reads ?? []).map { ($0.type.table ?? .one, $0.payload, $1) }
    }
    // Where no list was recorded, what is known of the model, or else everything.
    let everything = (1...255).map { UInt8($0) }
    let opening = Answers.opening(generation, one: Self.functions[recording.id] ?? everything, two: everything)
    let recorded = answers
    let headset = FakeHeadset(sequence: 1) { table, payload in
      recorded[Line(generation, table, payload)]?.prefix(1).map { ($0.0, $0.1) } ?? opening(table, payload)
    }
    var stage = Stage(headset)
    stage.start()
    stage.settle()
    let known = try #require(stage.session.headset)
    #expect(known.generation == generation)

    var asked = 0
    for (number, feature) in known.features.enumerated() {
      guard let request = try? known.request(toRead: feature) else { continue }
      stage.ask(request, number: number)
      stage.settle()
      if let answer = recorded[Line(generation, request.table, request.payload)]?.first {
        asked += 1
        switch stage.outcome(number) {
        case .report(let report):
          #expect(report.feature == feature)
          #expect(wording(.report(report, isNotification: false)) == answer.2)
        case .unreadable: #expect(answer.2 == "!")
        case let other: Issue.record("\(feature): \(String(describing: other))")
        }
      } else {
        #expect(stage.outcome(number) == .silent)
      }
    }
    #expect((asked == 0) == Self.withoutReadings.contains(recording.id))
    #expect(stage.headset.violations.isEmpty)
    #expect(stage.ended == nil)
  }
}
