@testable import MDR

// What a headset, or whoever answers at its address, says over its control channel.

private func everything(_ generation: Generation) -> Headset {
  let answer: [UInt8] = generation == .v1 ? [1, 0, 0x70, 0] : [1, 0, 3, 0, 0x30, 0x18, 0, 0]
  guard let handshake = Handshake(parsing: answer) else { preconditionFailure("the handshake of \(generation)") }
  var functions = Functions()
  for table in Table.allCases {
    let ids: [UInt8] = (1...255).flatMap { generation == .v1 ? [$0] : [$0, 0xFF] }
    _ = functions.read([7, 0, 255] + ids, table: table, generation)
  }
  return Headset(handshake: handshake, identity: nil, introduction: Introduction(), functions: functions)
}

/// That a report has nothing that cannot be.
private func check(_ report: Report) {
  func isCharge(_ battery: Battery?) -> Bool { battery.map { $0.level <= 100 } ?? true }
  switch report {
  case .battery(let battery), .caseBattery(let battery): precondition(isCharge(battery), "\(report)")
  case .earbudBatteries(let pair): precondition(isCharge(pair.left) && isCharge(pair.right), "\(report)")
  case .noiseControl(let now): precondition((now.level ?? 0) <= 20, "\(report)")
  case .equalizer(let now):
    let limit: Int8 = now.bands.count == 10 ? 6 : 10
    precondition((now.bands + [now.clearBass ?? 0]).allSatisfy { (-limit...limit).contains($0) }, "\(report)")
  case .volume(let value): precondition(value <= 30, "\(report)")
  default: break
  }
}

extension Kind {
  /// Payloads of a headset that has everything, of both generations and tables.
  static let headset = Kind("headset", longest: 512) { _ in
    let headsets = Generation.allCases.map(everything)
    return { bytes in
      guard let first = bytes.first else { return }
      let headset = headsets[Int(first) & 1]
      let table = Table.allCases[Int(first) >> 1 & 1]
      guard case .report(let report, _)? = headset.read(table, Array(bytes.dropFirst())) else { return }
      check(report)
    }
  }

  /// A session with it: bytes and whole frames, repeats, acknowledgements, silence, questions and answers in any order.
  static let link = Kind("link", longest: 2048) { _ in
    { bytes in
      var choices = Choices(bytes)
      var session = Session()
      var actions = session.start()
      var (asked, ended) = (0, 0)
      var sequence: UInt8 = 0
      func handle(_ event: Session.Event) { actions = session.handle(event) }
      while !choices.isEmpty {
        switch choices.below(10) {
        case 0: handle(.received(choices.some()))
        case 1...3:
          let type = choices.one(of: [FrameType(.one), FrameType(.two), .large, FrameType(rawValue: choices.byte())])
          sequence = choices.byte() & 1
          handle(.received(Frame(type, sequence: sequence, payload: choices.some()).bytes))
        case 4: handle(.received(Frame(.acknowledgement, sequence: choices.byte() & 1).bytes))
        case 5: handle(.expired(.acknowledgement))
        case 6: handle(.expired(.answer))
        case 7:
          guard let headset = session.headset else { continue }
          let feature = choices.one(of: Feature.all)
          guard let request = try? headset.request(toRead: feature) else { continue }
          asked += 1
          actions = session.ask(request, number: asked)
        case 8: actions = session.answer(choices.byte() & 1 == 1)
        default: handle(choices.below(16) == 15 ? .closed : .received([Mark.start]))
        }
        for action in actions {
          switch action {
          case .ended: ended += 1
          case .told(.report(let report, _)): check(report)
          default: break
          }
        }
        precondition(ended <= 1, "a session ended twice")
      }
    }
  }
}
