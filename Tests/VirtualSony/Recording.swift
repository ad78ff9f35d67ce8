internal import Foundation

/// A recorded session of a real headset, as a file has it: what was asked and answered, each with its grade.
package struct Recording: Sendable {
  package let id: String
  package let model: String
  package let firmware: String?
  package let isV1: Bool
  package let service: String
  /// What was asked, and the first answer to it that was recorded; table and payload.
  let answers: [Message: [Message]]
  /// What the session's second decoder makes of these answers.
  package let reads: [String]

  /// A payload in one of the two tables.
  struct Message: Hashable, Sendable {
    /// 0C or 0E.
    let table: UInt8
    let payload: [UInt8]
  }

  private struct File: Decodable {
    struct Exchange: Decodable {
      let request_hex: String
      let replies_hex: [String]
      let reads: [String?]?
    }
    let id: String
    let model: String
    let firmware: String?
    let generation: String
    let service_uuid: String
    let exchanges: [Exchange]
    struct Notification: Decodable {
      let frame_hex: String
      let reads: [String?]
    }
    let notifications: [Notification]
  }

  package init(contentsOf path: String) throws {
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: path)))
    id = file.id
    model = file.model
    firmware = file.firmware
    isV1 = file.generation == "V1"
    service = file.service_uuid
    var answers: [Message: [Message]] = [:]
    var reads: [String] = []
    for exchange in file.exchanges {
      guard let request = Wire.frames(exchange.request_hex).first else { continue }
      let asked = Message(table: request.type, payload: request.payload)
      let told = exchange.replies_hex.flatMap(Wire.frames).filter { $0.type != Wire.acknowledgement }
      guard answers[asked] == nil, !told.isEmpty else { continue }
      answers[asked] = told.prefix(1).map { Message(table: $0.type, payload: $0.payload) }
      if let read = exchange.reads?.first { reads += read.map { [$0] } ?? [] }
    }
    // What was recorded without its question: an answer is one above that.
    for notification in file.notifications {
      guard let frame = Wire.frames(notification.frame_hex).first, frame.payload.count > 2,
        [0x11, 0x19, 0x57, 0x67, 0xD7, 0xE7, 0xF7].contains(frame.payload[0])
      else { continue }
      let asked = Message(table: frame.type, payload: [frame.payload[0] - 1, frame.payload[1]])
      guard answers[asked] == nil else { continue }
      answers[asked] = [Message(table: frame.type, payload: frame.payload)]
      if let read = notification.reads.first { reads += read.map { [$0] } ?? [] }
    }
    self.answers = answers
    self.reads = reads
  }

  /// The recordings of this repository.
  package static let ids = [
    "wf-1000xm5-v2-fw610", "wf-1000xm6-v2", "wf-lc900-v2-header-trace", "wh-1000xm4-v1-device-stream",
    "wh-1000xm4-v1-fw301-ambient", "wh-1000xm4-v1-vendor-app", "wh-1000xm5-v2-fw241", "wh-1000xm6-v2-fw315-state",
    "wh-ch520-v2", "wh-ch720n-v2", "wh-xb910n-v2",
  ]

  package init(_ id: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    try self.init(contentsOf: tests.appending(path: "MDRTests/Data/sessions/\(id).json").path)
  }

  /// The functions of models whose list was published otherwise, or is that of another recording of the model; those of
  /// WF-1000XM5 are what its answers need.
  private static let published: [String: ([UInt8], [UInt8])] = [
    "WH-1000XM4": (
      [
        0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x30, 0x39, 0x51, 0x62, 0x71, 0x81, 0xA1, 0xC1, 0xD1, 0xD2, 0xE1, 0xE2,
        0xF3,
        0xF4, 0xF5, 0xF6,
      ], []
    ),
    "WH-CH720N": ([0x6B], []), "WH-CH520": ([0x20], []), "WF-1000XM6": ([0x6D], []),
    "WF-1000XM5": ([0x29, 0x2A, 0x6B], []),
    "WH-XB910N": (
      [
        0x10, 0x12, 0x13, 0x14, 0x20, 0x23, 0x24, 0x27, 0x32, 0x50, 0x69, 0x6A, 0x70, 0x90, 0x93, 0xA1, 0xC1, 0xD1,
        0xD2,
        0xE1, 0xE2, 0xF4, 0xF9,
      ], [0x41]
    ),
  ]

  /// The functions that the headset lists in each table.
  var functions: (one: [UInt8], two: [UInt8]) { Self.published[model] ?? ([], []) }
}
