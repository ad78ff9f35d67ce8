/// What a frame says by itself, for people who bring captures of new models. Nothing can be sent with it.
package enum Explanation: Hashable, Sendable {
  case acknowledgement
  case asks(Feature)
  case sets(Feature)
  case told(Reading)
  case handshake(Handshake)
  /// The beginning of a session: its questions, model and firmware, the lists of functions.
  case opening
  /// It holds an address, a serial number, titles of what is played or names of hosts; its bytes are not for reports.
  case identifier
  case unknown

  /// What a payload is in a generation, in either direction.
  package init(_ frame: Frame, of generation: Generation) {
    guard frame.type != .acknowledgement else {
      self = .acknowledgement
      return
    }
    guard let table = frame.type.table, frame.payload.count >= 2 else {
      self = .unknown
      return
    }
    self = Self.explain(frame.payload, table, generation)
  }

  private static func explain(_ payload: [UInt8], _ table: Table, _ generation: Generation) -> Explanation {
    if holdsIdentifier(payload, table, generation) { return .identifier }
    if let handshake = Handshake(parsing: payload) { return .handshake(handshake) }
    if payload[0] <= 0x07 { return .opening }
    let ofTable = generation.layouts.filter { $0.table == table }
    if let layout = ofTable.first(where: { $0.isTold(by: payload) }) {
      do {
        return .told(.report(try layout.read(payload), isNotification: layout.isNotification(payload)))
      } catch {
        return .told(.unreadable(layout.feature, error))
      }
    }
    if let layout = ofTable.first(where: { $0.question == payload }) { return .asks(layout.feature) }
    let isCommand: (Layout) -> Bool = { layout in
      layout.commands.set == payload[0] && layout.type == payload[1]
        && payload.dropFirst(2).starts(with: layout.detail)
    }
    if let layout = ofTable.first(where: isCommand) { return .sets(layout.feature) }
    return .unknown
  }

  /// The answers that hold one, as far as any is known (docs/sony.md).
  private static func holdsIdentifier(_ payload: [UInt8], _ table: Table, _ generation: Generation) -> Bool {
    switch (generation, table, payload[0], payload[1]) {
    case (_, _, 0x03, 0x00): true
    case (.v1, .one, 0x37, _): true
    case (.v1, .two, 0x47, 0x01), (.v1, .two, 0x49, 0x01): payload.count > 2 && payload[2] == 0x05
    case (.v2, .one, 0x13, 0x00): true
    case (.v2, .two, 0x4B, _): true
    case (_, .two, 0x30...0x3F, _): true
    case (_, .one, 0xA7, 0x01), (_, .one, 0xA9, 0x01): payload.count > 3 + 4
    case (_, .one, 0xC9, _): true
    default: false
    }
  }
}
