import Foundation
import Testing

@testable import MDR

/// Bytes from hexadecimal digits, with or without spaces.
func hex(_ text: String) -> [UInt8] {
  let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }.map { $0 & 0x40 == 0 ? $0 & 0xF : ($0 & 0xF) + 9 }
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func text(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// One published frame or payload, with what a second decoder made of it.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
  let n: Int
  let generation: String
  let from: String
  let type: UInt8
  let sequence: UInt8
  let payload: String
  let frame: String
  let status: String
  let source: String
  let reads: String?

  var bytes: [UInt8] { hex(payload) }
  var isV1: Bool { generation == "V1" }
  var table: Table? { Table(rawValue: type) }
  var testDescription: String { "\(n) \(generation) \(payload)" }
}

/// What was recorded of one headset.
struct Recording: Decodable, Sendable, CustomTestStringConvertible {
  struct Exchange: Decodable, Sendable {
    let request_hex: String
    let replies_hex: [String]
    let grade: String
    let host_ack_hex: String?
    let reads: [String?]?
  }
  struct Notification: Decodable, Sendable {
    let frame_hex: String
    let grade: String
    let reads: [String?]
  }
  struct Trace: Decodable, Sendable {
    let rows: [Row]
    /// Milliseconds, number of the packet, type, sequence, command.
    struct Row: Decodable, Sendable {
      let type: UInt8
      let sequence: UInt8
      let command: UInt8
      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        _ = try row.decode(Int.self)
        _ = try row.decode(Int.self)
        type = hex(try row.decode(String.self))[0]
        sequence = try row.decode(UInt8.self)
        command = hex(try row.decode(String.self))[0]
      }
    }
  }

  let id: String
  let model: String
  let generation: String
  let exchanges: [Exchange]
  let notifications: [Notification]
  let silent: [Exchange]
  let header_only_trace: Trace?

  var isV1: Bool { generation == "V1" }
  var testDescription: String { id }
}

enum Recordings {
  private struct Vectors: Decodable { let vectors: [Vector] }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data")

  static let vectors: [Vector] = read(Vectors.self, "vectors.json")?.vectors ?? []
  static let sessions: [Recording] = [
    "wf-1000xm5-v2-fw610", "wf-1000xm6-v2", "wf-lc900-v2-header-trace", "wh-1000xm4-v1-device-stream",
    "wh-1000xm4-v1-fw301-ambient", "wh-1000xm4-v1-vendor-app", "wh-1000xm5-v2-fw241", "wh-1000xm6-v2-fw315-state",
    "wh-ch520-v2", "wh-ch720n-v2", "wh-xb910n-v2",
  ].compactMap { read(Recording.self, "sessions/\($0).json") }

  private static func read<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value? {
    do {
      return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
    } catch {
      Issue.record("\(name): \(error)")
      return nil
    }
  }

  /// Every whole frame in a text of hexadecimal digits.
  static func frames(_ digits: String) -> [Frame] {
    var parser = FrameParser()
    return parser.take(hex(digits)).compactMap { if case .frame(let frame) = $0 { frame } else { nil } }
  }
}
