/// What a headset answers to the first question, and which generation that makes it.
///
/// It is made from the bytes of an answer only; without one there is no ``Headset``, and without that no command.
package struct Handshake: Hashable, Sendable {
  package let generation: Generation
  /// As the headset says it: 16 bits on V1, 32 on V2. Newer ones than are known are no reason to refuse.
  package let version: UInt32
  /// Which tables it says that it has; V1 says nothing of it, and has both.
  package let tables: Set<Table>

  /// Four bytes are V1 and eight V2 (captured from both); nil for anything else.
  init?(parsing payload: [UInt8]) {
    guard payload.count >= 2, payload[0] == 0x01, payload[1] == 0x00 else { return nil }
    var reader = PayloadReader(payload.dropFirst(2))
    guard let high = try? reader.big16() else { return nil }
    if reader.count == 0 {
      generation = .v1
      version = UInt32(high)
      tables = [.one, .two]
      return
    }
    guard payload.count == 8, let low = try? reader.big16() else { return nil }
    // 0 says that the table is there.
    guard let one = try? reader.flag(on: 0), let two = try? reader.flag(on: 0) else { return nil }
    generation = .v2
    version = UInt32(high) << 16 | UInt32(low)
    tables = Set((one ? [Table.one] : []) + (two ? [.two] : []))
  }
}

/// What a headset's functions are kept under. It holds the headset's own address: not for logs.
package struct Identity: Hashable, Sendable {
  package let handshake: Handshake
  /// Changes when the functions do, as with new firmware.
  package let counter: UInt8
  /// Usually the headset's address as text, at most 128 bytes of printable ASCII.
  package let identifier: [UInt8]

  init?(parsing payload: [UInt8], handshake: Handshake) {
    guard payload.starts(with: [0x03, 0x00]) else { return nil }
    var reader = PayloadReader(payload.dropFirst(2))
    guard let counter = try? reader.byte(), let text = try? reader.list(longest: 128), reader.count == 0 else {
      return nil
    }
    guard !text.isEmpty, text.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
    self.handshake = handshake
    self.counter = counter
    identifier = Array(text)
  }
}

/// The functions that a headset lists. What is not in it is neither asked for nor set.
package struct Functions: Hashable, Sendable {
  /// V1 lists those of both tables in the first.
  package private(set) var ids: [Table: Set<UInt8>] = [:]

  package init() {}

  func hasList(of table: Table) -> Bool { ids[table] != nil }

  func contains(_ id: UInt8, _ table: Table, _ generation: Generation) -> Bool {
    ids[generation == .v1 ? .one : table]?.contains(id) ?? false
  }

  /// Reads an answer: a count, then an id each on V1, an id and its place in the app's order each on V2. Fewer than
  /// announced are taken, more are not, nor half a pair.
  mutating func read(_ payload: [UInt8], table: Table, _ generation: Generation) -> Bool {
    guard payload.count >= 3, payload[0] == 0x07, payload[1] == 0x00 else { return false }
    let count = Int(payload[2])
    let list = payload.dropFirst(3)
    switch generation {
    case .v1:
      guard list.count <= count else { return false }
      ids[table] = Set(list)
    case .v2:
      guard list.count.isMultiple(of: 2), list.count / 2 <= count else { return false }
      ids[table] = Set(stride(from: list.startIndex, to: list.endIndex, by: 2).map { list[$0] })
    }
    return true
  }
}

/// How a headset introduces itself. Texts are nil when they were not told, or cannot be shown.
package struct Introduction: Hashable, Sendable {
  package internal(set) var model: String?
  package internal(set) var firmware: String?
  /// The vendor's number for the family: 30 is the 1000X, 60 LinkBuds.
  package internal(set) var series: UInt8?
  /// The vendor's number for the colour: 01 is black.
  package internal(set) var colour: UInt8?

  mutating func read(_ payload: [UInt8]) {
    guard payload.count >= 2, payload[0] == 0x05 else { return }
    var reader = PayloadReader(payload.dropFirst(2))
    switch payload[1] {
    case 0x01: if let text = try? reader.text(), reader.count == 0 { model = text }
    case 0x02: if let text = try? reader.text(), reader.count == 0 { firmware = text }
    case 0x03:
      if let series = try? reader.byte(), let colour = try? reader.byte(), reader.count == 0 {
        (self.series, self.colour) = (series, colour)
      }
    default: break
    }
  }
}
