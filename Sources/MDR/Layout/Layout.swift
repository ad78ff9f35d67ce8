/// Which protocol a headset speaks. The same command bytes mean other things, and 1 in one is 0 in the other.
package enum Generation: Hashable, Sendable, CaseIterable { case v1, v2 }

/// What a message is about. The command alone never says it: 22 reads the battery on V2, and switches a V1 headset off.
package struct MessageKey: Hashable, Sendable {
  package let generation: Generation
  package let table: Table
  package let command: UInt8
  /// The "inquired type", the first byte after the command.
  package let type: UInt8
}

/// The command bytes of one thing: to ask, the answer, to set, and what comes unasked or after a change.
struct Commands: Hashable, Sendable {
  var ask: UInt8?
  var reply: UInt8?
  var set: UInt8?
  var notify: UInt8?

  /// Most things: a command, and the next three.
  static func block(_ base: UInt8) -> Commands {
    Commands(ask: base, reply: base + 1, set: base + 2, notify: base + 3)
  }
  /// Such a block of something that cannot be set.
  static func read(_ base: UInt8) -> Commands { Commands(ask: base, reply: base + 1, notify: base + 3) }
  /// What the headset can do, which does not change.
  static func ability(_ base: UInt8) -> Commands { Commands(ask: base, reply: base + 1) }
  /// What is only told to do, and what comes of it.
  static func order(_ base: UInt8) -> Commands { Commands(set: base, notify: base + 1) }
}

/// How one feature is said in one generation: a row of the tables ``V1`` and ``V2``.
struct Layout: Sendable {
  typealias Parse = @Sendable (inout PayloadReader) throws(PayloadFault) -> Report
  /// What follows command and type; nil when the change is none of this layout, or none that it can express. The second
  /// is what the headset reported last.
  typealias Write = @Sendable (Change, Report?) throws(RequestFault) -> [UInt8]?

  let feature: Feature
  /// The functions of which the headset lists one if it has the feature; on V2 in the list of the same table.
  let functions: [UInt8]
  let table: Table
  let commands: Commands
  let type: UInt8
  /// What comes after the type in question, answer and command alike, and belongs to the key.
  let detail: [UInt8]
  /// What the question has after that, and the answer does not.
  let argument: [UInt8]
  let parse: Parse
  let write: Write?
  let reading: Evidence
  let writing: Evidence

  init(
    _ feature: Feature, _ functions: [UInt8], table: Table = .one, _ commands: Commands, type: UInt8,
    detail: [UInt8] = [], argument: [UInt8] = [], reading: Evidence, writing: Evidence = .unproven,
    parse: @escaping Parse, write: Write? = nil
  ) {
    self.feature = feature
    self.functions = functions
    self.table = table
    self.commands = commands
    self.type = type
    self.detail = detail
    self.argument = argument
    self.parse = parse
    self.write = write
    self.reading = reading
    self.writing = writing
  }

  /// Something that is on or off; `before` are the bytes between type and value.
  static func toggle(
    _ feature: Feature, _ functions: [UInt8], table: Table = .one, _ commands: Commands = .block(0xF6), type: UInt8,
    before: [UInt8] = [], on: UInt8, reading: Evidence, writing: Evidence = .unproven
  ) -> Layout {
    Layout(
      feature, functions, table: table, commands, type: type, reading: reading, writing: writing,
      parse: { (reader) throws(PayloadFault) in
        for byte in before { _ = try reader.byte(in: byte...byte) }
        return .toggle(feature, try reader.flag(on: on))
      },
      write: { (change, _) throws(RequestFault) in
        guard case .toggle(feature, let isOn) = change else { return nil }
        return before + [isOn ? on : 1 - on]
      })
  }

  /// The question, or nil for what is only told.
  var question: [UInt8]? { commands.ask.map { [$0, type] + detail + argument } }

  /// Whether a payload, command included, is the answer or a notification of it.
  func isTold(by payload: [UInt8]) -> Bool {
    guard payload.count >= 2, payload[1] == type else { return false }
    guard payload[0] == commands.reply || payload[0] == commands.notify else { return false }
    return payload.dropFirst(2).starts(with: detail)
  }

  func isNotification(_ payload: [UInt8]) -> Bool { payload.first == commands.notify }

  /// What a payload says for which ``isTold(by:)`` holds.
  func read(_ payload: [UInt8]) throws(PayloadFault) -> Report {
    var reader = PayloadReader(payload.dropFirst(2 + detail.count))
    let report = try parse(&reader)
    try reader.end()
    return report
  }
}

extension Generation {
  /// Everything this generation can say; of several layouts of one feature the preferred one comes first.
  var layouts: [Layout] {
    switch self {
    case .v1: V1.layouts
    case .v2: V2.layouts
    }
  }

  /// What reading and setting a feature are known from, for each kind of it that this generation has; the second is nil
  /// for what is only told. For help and documents: a headset says of its own kind in ``Headset/evidence(of:)``.
  package func evidence(of feature: Feature) -> [(reading: Evidence, writing: Evidence?)] {
    layouts.filter { $0.feature == feature }.map { ($0.reading, $0.write == nil ? nil : $0.writing) }
  }
}
