// How a session begins. What comes before the handshake is answered is acknowledged and dropped: its meaning depends on
// the generation (captured: WF-1000XM5 and WF-LC900 push something first).
extension Session {
  mutating func open(_ opening: Opening) {
    tries = phase == .opening(opening) ? tries + 1 : 1
    phase = .opening(opening)
    send(opening.table, opening.payload)
  }

  mutating func deliver(
    _ table: Table, _ payload: [UInt8], to opening: Opening, _ actions: inout [Action]
  ) {
    let isAnswer = opening.isAnswered(by: payload, table)
    guard let handshake else {
      guard isAnswer else { return }
      return shakeHands(payload, &actions)
    }
    var isReadable = true
    switch payload.first {
    case 0x03 where table == .one: identity = identity ?? Identity(parsing: payload, handshake: handshake)
    case 0x05 where table == .one: introduction.read(payload)
    // A late answer to the first list may come while the second is awaited.
    case 0x07: isReadable = functions.read(payload, table: table, handshake.generation)
    default: break
    }
    guard isAnswer else { return }
    disarm(&actions)
    guard isReadable || opening != .functions(.one) else { return end(.unreadableFunctions, &actions) }
    goOn(after: opening, &actions)
  }

  private mutating func shakeHands(_ payload: [UInt8], _ actions: inout [Action]) {
    disarm(&actions)
    guard let handshake = Handshake(parsing: payload) else {
      phase = .unsupported
      actions.append(.unsupported)
      return
    }
    self.handshake = handshake
    goOn(after: .handshake, &actions)
  }

  mutating func expire(_ opening: Opening, _ actions: inout [Action]) {
    if tries < opening.tries { return open(opening) }
    switch opening {
    case .handshake: end(.noHandshake, &actions)
    case .functions(.one): end(.mute, &actions)
    default: goOn(after: opening, &actions)
    }
  }

  private mutating func goOn(after opening: Opening, _ actions: inout [Action]) {
    guard let handshake else { return }
    switch opening {
    case .handshake: open(.identity)
    case .identity: open(.model)
    case .model: open(.firmware)
    case .firmware: open(.series)
    case .series:
      if let identity, let known = kept[identity] { functions = known }
      if functions.hasList(of: .one) || !handshake.tables.contains(.one) {
        openSecondTable(&actions)
      } else {
        open(.functions(.one))
      }
    case .functions(.one): openSecondTable(&actions)
    case .functions(.two): becomeReady(&actions)
    }
  }

  /// V1 has one list for both tables. On V2 the second is asked for also when it is known: before that WH-1000XM6 says
  /// nothing of it (captured).
  private mutating func openSecondTable(_ actions: inout [Action]) {
    if let handshake, handshake.generation == .v2, handshake.tables.contains(.two) {
      open(.functions(.two))
    } else {
      becomeReady(&actions)
    }
  }

  private mutating func becomeReady(_ actions: inout [Action]) {
    guard let handshake else { return }
    let headset = Headset(
      handshake: handshake, identity: identity, introduction: introduction, functions: functions)
    self.headset = headset
    phase = .ready
    actions.append(.ready(headset))
  }
}
