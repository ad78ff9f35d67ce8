internal import CSystemd
internal import Glibc
internal import Synchronization

/// The log: the journal with structured fields when it listens, else standard error.
///
/// Whoever swallows an error logs it, once. No link key, and above ``Level/debug`` no whole address, may be in it.
package struct Log: Sendable {
  /// The priorities of `syslog(3)` that are used.
  package enum Level: Int32, CaseIterable, Comparable, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7
    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// What is logged at least; all copies of a log share it.
  private final class Threshold: Sendable {
    let level: Atomic<Int32>
    init(_ level: Level) { self.level = Atomic(level.rawValue) }
  }

  private let threshold: Threshold
  private let toJournal: Bool

  /// Logs what is at least as grave as `least`. Standard error goes to the journal by itself under systemd, but without
  /// fields, so the journal is written to directly when standard error is connected to it (`JOURNAL_STREAM`).
  package init(least: Level = .info) {
    threshold = Threshold(least)
    toJournal = unsafe getenv("JOURNAL_STREAM") != nil
  }

  /// From now on logs what is at least as grave as `least`, by whichever copy it is said.
  package func set(least: Level) { threshold.level.store(least.rawValue, ordering: .relaxed) }

  /// Whether what has this level is logged.
  package func isLogged(_ level: Level) -> Bool { level.rawValue <= threshold.level.load(ordering: .relaxed) }

  package func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.error, message, fields)
  }
  package func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.warning, message, fields)
  }
  package func notice(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    write(.notice, message, fields)
  }
  package func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { write(.info, message, fields) }
  package func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
    if isLogged(.debug) { write(.debug, message(), fields) }
  }

  private func write(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
    guard isLogged(level) else { return }
    let shown = level == .debug ? { $0 } : withoutAddresses
    let message = shown(message)
    let fields = fields.map { (key: $0.key, value: shown($0.value)) }
    if toJournal, writeToJournal(level, message, fields) { return }
    let tail = fields.map { " \($0.key.lowercased())=\(Self.oneLine($0.value))" }.joined()
    let line = Array("<\(level.rawValue)>\(Self.oneLine(message))\(tail)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
  }

  private func writeToJournal(_ level: Level, _ message: String, _ fields: [(key: String, value: String)]) -> Bool {
    var entries = ["MESSAGE=\(message)", "PRIORITY=\(level.rawValue)"]
    entries += fields.map { "MDRCTL_\($0.key.uppercased())=\($0.value)" }
    let buffers = entries.map { ContiguousArray($0.utf8) }
    var vectors: [iovec] = unsafe []
    func send(_ index: Int) -> Bool {
      guard index < buffers.count else { return unsafe sd_journal_sendv(vectors, Int32(vectors.count)) == 0 }
      return unsafe buffers[index].withUnsafeBytes { bytes in
        unsafe vectors.append(
          iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count))
        return send(index + 1)
      }
    }
    return send(0)
  }

  private static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line)
  }
}
