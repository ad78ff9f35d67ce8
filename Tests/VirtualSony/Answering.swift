internal import EventLoop

// What it holds, and what it says of it.
extension VirtualSony {
  private typealias Message = Recording.Message

  /// Whether the recording's headset is of the first generation.
  private var isV1: Bool { recording.isV1 }

  /// What was recorded, and what every headset answers where that was not: constructed, apart from the lists of functions.
  static func answers(of recording: Recording, identifier: String) -> [Recording.Message: Recording.Message] {
    var state = recording.answers.compactMapValues(\.first)
    func lists(_ id: UInt8) -> Bool {
      let list = state[Message(table: 0x0C, payload: [0x06, 0x00])]?.payload.dropFirst(3) ?? []
      return stride(from: list.startIndex, to: list.endIndex, by: 2).contains { list[$0] == id }
    }
    func answer(_ asked: [UInt8], table: UInt8 = 0x0C, _ told: [UInt8]) {
      let asked = Message(table: table, payload: asked)
      if state[asked] == nil { state[asked] = Message(table: table, payload: told) }
    }
    func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
    func list(_ ids: [UInt8]) -> [UInt8] {
      [0x07, 0x00, UInt8(ids.count)] + ids.flatMap { recording.isV1 ? [$0] : [$0, 0xFF] }
    }
    answer(
      [0x00, 0x00], recording.isV1 ? [0x01, 0x00, 0x70, 0x00] : [0x01, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00])
    answer([0x02, 0x00], [0x03, 0x00, 0x01] + text(identifier))
    answer([0x04, 0x01], [0x05, 0x01] + text(recording.model))
    answer([0x04, 0x02], [0x05, 0x02] + text(recording.firmware ?? "0"))
    answer([0x04, 0x03], [0x05, 0x03, 0x30, 0x01])
    answer([0x06, 0x00], list(recording.functions.one))
    if !recording.isV1 {
      answer([0x06, 0x00], table: 0x0E, list(recording.functions.two))
      // Titles as the maker's clients know them; never captured.
      for (slot, title) in [
        (UInt8(0xD1), "SIDETONE_SETTING"), (0xD2, "MULTIPOINT_SETTING"), (0xD3, "TOUCH_PANEL_SETTING"),
      ]
      where lists(slot) {
        answer([0xD0, slot, 0x01], [0xD1, slot, 0x00, 0x00] + text(title) + text(""))
        answer([0xD6, slot], [0xD7, slot, 0x00, 0x01])
      }
    }
    if recording.model == "WF-1000XM6" { answer([0x66, 0x19], [0x67, 0x19, 0, 1, 0, 0, 20, 0, 0]) }
    return state
  }

  func handle(_ message: Recording.Message) {
    received.append(message.words)
    if message.payload == [0x00, 0x00] { return shakeHands(message) }
    guard channel?.isShaken == true else { return violate("\(message.words) before the handshake was answered") }
    watchForDanger(message)
    if isOff { return }
    let payload = message.payload
    if payload.count == 3 || payload.count == 4, payload[0] == 0x94 {
      mayAsk = true
      return
    }
    if payload.count == 4, payload[0] == 0x98 { return answered(payload) }
    if habits.contains(.storm), payload[0] > 0x07 {
      fire(.storm)
      for number in 0..<UInt8(30) { say(Message(table: 0x0C, payload: [0xA5, 0x01, 0x00, 1 + number % 3])) }
    }
    if mayForget, message.table == 0x0E, payload.starts(with: [0x3C, 0x02, 0x02]) { return forget(payload) }
    if isChange(message) { return change(message) }
    ask(message)
  }

  private func shakeHands(_ message: Recording.Message) {
    handshakes += 1
    if habits.contains(.initIgnore), handshakes == 1 { return fire(.initIgnore) }
    channel?.isShaken = true
    if habits.contains(.oddHandshake) {
      fire(.oddHandshake)
      return say(Message(table: 0x0C, payload: [0x01, 0x00, 0x70, 0x00, 0x00, 0x00]))
    }
    if let answer = state[message] { say(answer) }
    if habits.contains(.lateLog) {
      fire(.lateLog)
      say(Message(table: 0x0C, payload: [0xC9, 0x01, 0x00, 0x04] + Array("ops".utf8) + [0x00]))
    }
    if habits.contains(.tableCollision) {
      fire(.tableCollision)
      say(Message(table: 0x0E, payload: [0x25, 0x02, 0x01]))
      say(Message(table: 0x0E, payload: [0x23, 0x00, 0x01, 0x00]))
    }
  }

  private func ask(_ message: Recording.Message) {
    if habits.contains(.allMute), message.payload[0] > 0x07, accepted == 1 { return fire(.allMute) }
    if habits.contains(.muteGet), [[0x12, 0x02], [0x18, 0x00]].contains(message.payload) { return fire(.muteGet) }
    if let old = stale.removeValue(forKey: message) {
      fire(.staleGet)
      return say(old)
    }
    if let answer = state[message] { say(answer) } else { unanswered += 1 }
  }

  // MARK: Changes

  private func change(_ message: Recording.Message) {
    guard let change = Change(message, isV1: isV1, now: state) else { return }
    if habits.contains(.alertGate), [0xD8, 0xF8].contains(message.payload[0]), change.isGated {
      fire(.alertGate)
      guard mayAsk else { return }
      question = message
      return say(Message(table: 0x0C, payload: [0x99, isV1 ? 0x01 : 0x00, change.alert, 0x01]))
    }
    make(change)
  }

  private func make(_ change: Change) {
    let old = state[change.asked]
    if habits.contains(.ignoredSet) { return fire(.ignoredSet) }
    if habits.contains(.refusedSet), let old {
      fire(.refusedSet)
      return say(change.notification(of: old))
    }
    if habits.contains(.otherAnswer) {
      fire(.otherAnswer)
      say(Message(table: 0x0C, payload: isV1 ? [0x17, 0x00, 0x02, 0x00] : [0xF5, 0x0C, 0x00, 0x00]))
    }
    if habits.contains(.quietSet), old == change.told { return fire(.quietSet) }
    state[change.asked] = change.told
    if habits.contains(.ackOnlySet) { return fire(.ackOnlySet) }
    if habits.contains(.staleGet) { stale[change.asked] = old }
    say(change.notification(of: change.told))
  }

  private func answered(_ payload: [UInt8]) {
    guard let waiting = question else { return violate("an answer to no question") }
    question = nil
    guard payload[3] == 1, let change = Change(waiting, isV1: isV1, now: state) else { return }
    make(change)
  }

  /// Forgets a host, says so, and ends the channel of the one that it forgets.
  private func forget(_ payload: [UInt8]) {
    let host = String(decoding: payload.dropFirst(3), as: UTF8.self)
    if habits.contains(.ignoredSet) { return fire(.ignoredSet) }
    let isRefused = habits.contains(.refusedSet)
    if isRefused { fire(.refusedSet) } else { list(hosts.filter { $0 != host }) }
    if habits.contains(.ackOnlySet) { return fire(.ackOnlySet) }
    say(
      Recording.Message(
        table: 0x0E, payload: [0x3D, 0x02, 0x02, isRefused ? 0x21 : 0x20] + Array(host.utf8)))
  }

  /// What must never be sent unless a test wants it.
  private func watchForDanger(_ message: Recording.Message) {
    let payload = message.payload
    let isOfOne = message.table == 0x0C
    // Captures show WH-1000XM4 going off for it, whatever follows.
    if isV1, isOfOne, payload[0] == 0x22 { return switchOff() }
    if !isV1, isOfOne, payload.starts(with: [0x24, 0x03, 0x01]) { return switchOff() }
    if payload.starts(with: [0xF8, 0x09]) || isOfOne && (0x30...0x3F).contains(payload[0])
      || !isOfOne && payload[0] == 0x3C && !mayForget
    {
      violate("the dangerous \(message.words)")
    }
  }

  private func switchOff() {
    isOff = true
    drop()
  }
}

/// A change that was asked for, and what the headset says and holds then. Most are a command, its answer one below and its
/// notification one above, with the same bytes behind; the rest is as it was captured.
private struct Change {
  let asked: Recording.Message
  let told: Recording.Message
  private let notify: UInt8
  private let isV1: Bool
  /// The byte behind the type that a notification has instead of the answer's, where they differ.
  private let notedAs: UInt8?

  init?(_ message: Recording.Message, isV1: Bool, now: [Recording.Message: Recording.Message]) {
    let payload = message.payload
    guard payload.count > 2, message.table == 0x0C || payload[0] == 0x48 else { return nil }
    var question = [payload[0] - 2, payload[1]]
    // The V1 voice has a detail in question and answer.
    if isV1, payload[0] == 0x48 { question.append(payload[2]) }
    asked = Recording.Message(table: message.table, payload: question)
    guard let old = now[asked]?.payload else { return nil }
    notify = payload[0] + 1
    self.isV1 = isV1
    var rest = Array(payload.dropFirst(2))
    var notedAs: UInt8?
    switch (payload[0], payload[1]) {
    case (0x68, 0x02) where isV1:
      guard rest.count == 6, rest[0] == 0x00 || rest[0] == 0x11 else { return nil }
      rest[0] = rest[0] == 0x11 ? 0x01 : 0x00
      rest[1] = 0x02
      if rest[2] != 0 { rest[5] = 0 }
    case (0x68, _): if rest.count > 1 { rest[0] = 0x01 }
    case (0x58, _):
      if rest[0] == 0xFF { rest[0] = 0xA0 }
      if rest.count == 2, rest[1] == 0 { rest = [rest[0]] + old.dropFirst(3) }
    case (0xF8, 0x05) where isV1:
      guard rest.first == 0x01 else { return nil }
      rest[0] = 0x00
      notedAs = 0x01
    case (0xF8, 0x0C): rest = [rest[0], 0x00]
    case (0x48, _): rest += old.dropFirst(2 + rest.count)
    default: break
    }
    self.notedAs = notedAs
    told = Recording.Message(table: message.table, payload: [payload[0] - 1, payload[1]] + rest)
  }

  func notification(of told: Recording.Message) -> Recording.Message {
    var payload = [notify] + told.payload.dropFirst()
    if let notedAs { payload[2] = notedAs }
    return Recording.Message(table: told.table, payload: payload)
  }

  /// Buttons and general settings.
  var isGated: Bool { asked.payload[0] == 0xD6 || asked.payload == [0xF6, isV1 ? 0x06 : 0x03] }
  var alert: UInt8 { asked.payload[0] == 0xD6 ? 0x06 : 0x02 }
}

extension Recording.Message {
  /// "0c 66 17".
  var words: String {
    ([table] + payload).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.reduce("") {
      $0.isEmpty ? $1 : "\($0) \($1)"
    }
  }
}
