/// The questions of the beginning, in their order. They mean the same in both generations, and are all that can be sent
/// before it is known which one it is.
enum Opening: Hashable, Sendable {
  case handshake
  case identity
  case model
  case firmware
  case series
  case functions(Table)

  var table: Table { if case .functions(let table) = self { table } else { .one } }

  var payload: [UInt8] {
    switch self {
    case .handshake: [0x00, 0x00]
    case .identity: [0x02, 0x00]
    case .model: [0x04, 0x01]
    case .firmware: [0x04, 0x02]
    case .series: [0x04, 0x03]
    case .functions: [0x06, 0x00]
    }
  }

  /// Whether this is the answer: the next command, the same type, the same table.
  func isAnswered(by payload: [UInt8], _ table: Table) -> Bool {
    payload.count >= 2 && table == self.table && payload[0] == self.payload[0] + 1 && payload[1] == self.payload[1]
  }

  /// How often it is sent before it counts as not answered. The first is ignored by some headsets (captured from
  /// WH-1000XM4); without the list of functions nothing else can be sent.
  var tries: Int {
    switch self {
    case .handshake: 3
    case .functions(.one): 2
    default: 1
    }
  }

  /// How long an acknowledged one waits for its answer.
  var patience: Duration { self == .handshake ? .milliseconds(1250) : .seconds(1) }
}
