internal import Core
internal import MDR
internal import Vocabulary

/// Captured bytes in words, a line for each frame. Identifiers are left out, bytes and all.
enum Explaining {
  /// Of hexadecimal digits; blanks and colons do not count.
  static let longestText = 16 * 1024

  static func lines(_ text: String, _ generation: ProtocolGeneration?) throws(OperationError) -> [String] {
    guard text.utf8.count <= longestText, let bytes = bytes(text), !bytes.isEmpty else {
      throw OperationError(
        .invalidArgument, "Those are no captured bytes.",
        hint:
          "They are hexadecimal digits, two to a byte, at most 16 KiB of them: mdrctl explain 3e0c000000000200000e3c")
    }
    let generations: [Generation] =
      switch generation {
      case .v1: [.v1]
      case .v2: [.v2]
      case nil: [.v1, .v2]
      }
    // Without a start mark it is a payload alone, as many people note them.
    guard bytes.contains(0x3E) else {
      return Table.allCases.flatMap { table in
        words(Frame(FrameType(table), sequence: 0, payload: bytes), generations)
      }
    }
    var parser = FrameParser()
    var lines: [String] = []
    for finding in parser.take(bytes) {
      switch finding {
      case .frame(let frame): lines += words(frame, generations)
      case .dropped(let fault): lines.append("no frame: \(fault)")
      }
    }
    return lines.isEmpty ? ["no whole frame"] : lines
  }

  private static func words(_ frame: Frame, _ generations: [Generation]) -> [String] {
    var meanings: [(Generation, Explanation)] = generations.map { ($0, Explanation(frame, of: $0)) }
    // What one of them knows is said once, and what none knows too.
    if meanings.contains(where: { $0.1 != .unknown }) { meanings.removeAll { $0.1 == .unknown } }
    let isSecret = meanings.contains { $0.1 == .identifier }
    let table =
      frame.type.table.map { $0 == .one ? "table 1" : "table 2" } ?? "type \(hexadecimal([frame.type.rawValue]))"
    let payload = isSecret ? hexadecimal(frame.payload.prefix(2)) + " …" : hexadecimal(frame.payload[...])
    let head =
      frame.type == .acknowledgement ? "acknowledgement, next \(frame.sequence)" : "\(table), \(frame.sequence)"
    guard frame.type != .acknowledgement else { return [head] }
    let all = meanings.allSatisfy { $0.1 == meanings[0].1 }
    return (all ? Array(meanings.prefix(1)) : meanings).map { generation, explanation in
      "\(head): \(payload): \(all && generations.count > 1 ? "" : "\(generation): ")\(explanation.words)"
    }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce("") { $0 + ($0.isEmpty ? "" : " ") + ($1 < 16 ? "0" : "") + String($1, radix: 16) }
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    var digits: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte - UInt8(ascii: "A") + 10)
      case UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "\n"): continue
      default: return nil
      }
    }
    guard digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension Explanation {
  fileprivate var words: String {
    switch self {
    case .acknowledgement: "acknowledgement"
    case .asks(let feature): "asks for \(feature)"
    case .sets(let feature): "sets \(feature)"
    case .handshake(let handshake):
      "handshake of \(handshake.generation), version \(String(handshake.version, radix: 16))"
    case .opening: "the beginning of a session"
    case .identifier: "holds an identifier, which is left out"
    case .unknown: "not known"
    case .told(.unreadable(let feature, let fault)): "\(feature), but it cannot be right: \(fault)"
    case .told(.report(let report, let isNotification)):
      "\(report.feature)\(isNotification ? " now" : ""): \(report.settingValue ?? report.words)"
    case .told(.alert(let alert)): "asks: message \(alert.message)"
    case .told(.unlisted), .told(.unknown): "not known"
    }
  }
}

extension MDR.Report {
  /// What is no setting; nothing that came as text is in it.
  fileprivate var words: String {
    switch self {
    case .battery(let battery), .caseBattery(let battery): "\(battery.level)%"
    case .earbudBatteries(let pair):
      [pair.left, pair.right].map { $0.map { "\($0.level)%" } ?? "absent" }.reduce("") {
        $0.isEmpty ? $1 : "\($0), \($1)"
      }
    case .codec(let codec): codec.word
    case .noiseControl(let now):
      "\(now.mode), level \(now.level.map { "\($0)" } ?? "-")\(now.isFinal ? "" : ", not final")"
    case .equalizer(let now): "\(now.preset.name ?? "?"), bands \(now.bands)"
    default: "told"
    }
  }
}
