internal import CLinux
internal import Glibc
internal import Interface
internal import Vocabulary

/// A place that text is written to: standard output or standard error.
package final class TextSink {
  /// Somebody watches.
  package let isTerminal: Bool
  /// A terminal that cannot rewrite its lines.
  let isDumb: Bool
  /// Whether escape sequences for colour may be used.
  let hasColour: Bool
  /// How wide the terminal is.
  private let columnsNow: () -> Int
  /// A pipe without a reader ends the program quietly.
  let endsByPipe: Bool
  private let write: ([UInt8]) -> Int32

  /// Writes with `write`, which returns 0 or the `errno` of its failure.
  package init(
    isTerminal: Bool, isDumb: Bool = false, endsByPipe: Bool = true, hasColour: Bool = false,
    columns: @escaping () -> Int = { 80 }, write: @escaping ([UInt8]) -> Int32
  ) {
    self.isTerminal = isTerminal
    self.isDumb = isDumb
    self.endsByPipe = endsByPipe
    self.hasColour = hasColour
    columnsNow = columns
    self.write = write
  }

  /// A descriptor, which remains the caller's. Colour only on a terminal that is not dumb, and never with NO_COLOR
  /// set to something (no-color.org).
  package convenience init(descriptor: Int32, isTerminal: Bool, variable: (String) -> String?) {
    let isDumb = variable("TERM") == nil || variable("TERM") == "dumb"
    // Whoever had SIGPIPE ignored wants to be told of the failure instead.
    let ignoresPipe = clinux_signal_is_ignored(SIGPIPE) > 0
    self.init(
      isTerminal: isTerminal, isDumb: isDumb, endsByPipe: !ignoresPipe,
      hasColour: isTerminal && !isDumb && (variable("NO_COLOR") ?? "").isEmpty,
      columns: { max(0, Int(clinux_terminal_columns(descriptor))) },
      write: { Self.write($0, to: descriptor) })
  }

  var columns: Int {
    let columns = columnsNow()
    return columns > 0 ? columns : 80
  }

  func put(_ text: String) throws(EarlyExit) {
    guard !text.isEmpty else { return }
    switch write(Array(text.utf8)) {
    case 0: return
    case EPIPE: throw .brokenPipe
    case let code:
      let reason = unsafe String(cString: strerror(code))
      throw .failure(Failure(code: "output", message: "The output cannot be written: \(reason).", exit: .failed))
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe clinux_write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { return Int32(-count) }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}
