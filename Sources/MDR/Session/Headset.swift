/// Something that may be sent. Only a ``Headset`` makes one, out of what that headset lists.
package struct Request: Hashable, Sendable {
  package enum Purpose: Hashable, Sendable {
    case read(Feature)
    case change(Change)
    case deed(Deed)
    case answer(Alert, Bool)
    /// Lets the headset ask.
    case permitQuestions
  }

  package let purpose: Purpose
  package let table: Table
  package let payload: [UInt8]
  /// Whom it was made for. To another one the same bytes could mean something else.
  let headset: Headset

  fileprivate init(_ purpose: Purpose, _ table: Table, _ payload: [UInt8], for headset: Headset) {
    self.purpose = purpose
    self.table = table
    self.payload = payload
    self.headset = headset
  }
}

/// What a message of the headset says.
package enum Reading: Hashable, Sendable {
  /// `isNotification`: it came for a change, not for a question; headsets mix both up.
  case report(Report, isNotification: Bool)
  case alert(Alert)
  /// A feature that the headset does not list. WH-CH520 tells of noise cancelling that it has not (captured).
  case unlisted(Feature)
  /// The layout is known, and these bytes do not fit it.
  case unreadable(Feature, PayloadFault)
  /// Nobody has said what it is.
  case unknown(MessageKey)
}

/// A headset after its handshake: what it is, what it has, and every command that it may be sent.
package struct Headset: Hashable, Sendable {
  package let handshake: Handshake
  /// Nil when it told none, so that its functions cannot be kept.
  package let identity: Identity?
  package let introduction: Introduction
  package let functions: Functions

  package var generation: Generation { handshake.generation }

  init(handshake: Handshake, identity: Identity?, introduction: Introduction, functions: Functions) {
    self.handshake = handshake
    self.identity = identity
    self.introduction = introduction
    self.functions = functions
  }

  // MARK: What it has

  /// Of several kinds the one that is preferred.
  private func layout(of feature: Feature) -> Layout? {
    generation.layouts.first { $0.feature == feature && isListed($0) }
  }

  private func isListed(_ layout: Layout) -> Bool {
    handshake.tables.contains(layout.table)
      && layout.functions.contains { functions.contains($0, layout.table, generation) }
  }

  package func has(_ feature: Feature) -> Bool { layout(of: feature) != nil }

  /// What it has, in the order of ``Feature/all``.
  package var features: [Feature] { Feature.all.filter(has) }

  /// What reading and setting it are known from; nil when the headset has it not, or the second where it is only told.
  package func evidence(of feature: Feature) -> (reading: Evidence, writing: Evidence?)? {
    layout(of: feature).map { ($0.reading, $0.write == nil ? nil : $0.writing) }
  }

  // MARK: What may be sent

  /// Asks for a feature.
  package func request(toRead feature: Feature) throws(RequestFault) -> Request {
    guard let layout = layout(of: feature) else { throw .notOffered(feature) }
    guard let question = layout.question else { throw .notReadable(feature) }
    return Request(.read(feature), layout.table, question, for: self)
  }

  /// Sets a feature. `last` is what was reported of it last, some of which goes into the command.
  package func request(to change: Change, last: Report?) throws(RequestFault) -> Request {
    let feature = change.feature
    guard let layout = layout(of: feature) else { throw .notOffered(feature) }
    guard let command = layout.commands.set, let write = layout.write, let rest = try write(change, last) else {
      throw .notOffered(feature)
    }
    return Request(.change(change), layout.table, [command, layout.type] + layout.detail + rest, for: self)
  }

  /// Does what somebody consented to, once.
  package func request(for consent: consuming Consent) throws(RequestFault) -> Request {
    let deed = consent.deed
    guard let (table, payload) = bytes(of: deed) else { throw .impossible(deed) }
    return Request(.deed(deed), table, payload, for: self)
  }

  /// Whether it lists what the deed needs.
  package func offers(_ deed: Deed) -> Bool { bytes(of: deed) != nil }

  private func bytes(of deed: Deed) -> (Table, [UInt8])? {
    func lists(_ ids: UInt8..., table: Table = .one) -> Bool {
      handshake.tables.contains(table) && ids.contains { functions.contains($0, table, generation) }
    }
    switch (deed, generation) {
    case (.powerOff, .v1): return lists(0x21) ? (.one, [0x22, 0x00, 0x01]) : nil
    case (.powerOff, .v2): return lists(0x23) ? (.one, [0x24, 0x03, 0x01]) : nil
    case (.reset, .v1): return nil
    case (.reset(let reset), .v2): return lists(0xF9) ? (.one, [0xF8, 0x09, reset.rawValue]) : nil
    case (.unpair(let address), .v1):
      return lists(0x38, table: .two) ? (.two, [0x3C, 0x01, 0x00, 0x02] + Shared.bytes(of: address)) : nil
    case (.unpair(let address), .v2):
      let hasClass = lists(0x32, 0x33, table: .two)
      guard hasClass || lists(0x30, table: .two) else { return nil }
      return (.two, [0x3C, hasClass ? 0x02 : 0x00, 0x02] + Shared.bytes(of: address))
    }
  }

  /// Lets the headset ask before it does what has a consequence; without it such a change is acknowledged and ignored
  /// (captured from WH-1000XM4). Nil where it cannot ask.
  var permitQuestions: Request? {
    switch generation {
    case .v1: Request(.permitQuestions, .one, [0x94, 0x01, 0x00], for: self)
    case .v2:
      functions.contains(0x90, .one, .v2) && handshake.tables.contains(.one)
        ? Request(.permitQuestions, .one, [0x94, 0x00, 0x00], for: self) : nil
    }
  }

  /// Answers a question of the headset. The session sends it for its own changes only.
  func request(answering alert: Alert, _ yes: Bool) -> Request {
    let type: UInt8 = generation == .v1 ? 0x01 : 0x00
    return Request(.answer(alert, yes), .one, [0x98, type, alert.message, yes ? 1 : 0], for: self)
  }

  // MARK: What it says

  /// Nil for a payload without command and type.
  package func read(_ table: Table, _ payload: [UInt8]) -> Reading? {
    guard payload.count >= 2 else { return nil }
    if let alert = alert(table, payload) { return .alert(alert) }
    guard let layout = generation.layouts.first(where: { $0.table == table && $0.isTold(by: payload) }) else {
      return .unknown(MessageKey(generation: generation, table: table, command: payload[0], type: payload[1]))
    }
    // Some report a listed feature in the words of another kind, so it is the feature that has to be listed.
    guard has(layout.feature) else { return .unlisted(layout.feature) }
    do {
      return .report(try layout.read(payload), isNotification: layout.isNotification(payload))
    } catch {
      return .unreadable(layout.feature, error)
    }
  }

  private func alert(_ table: Table, _ payload: [UInt8]) -> Alert? {
    let type: UInt8 = generation == .v1 ? 0x01 : 0x00
    guard table == .one, payload.count == 4, payload[0] == 0x99, payload[1] == type, payload[3] <= 1 else { return nil }
    return Alert(message: payload[2], isQuestion: payload[3] == 1)
  }
}
