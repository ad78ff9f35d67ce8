internal import Glibc
internal import Interface
internal import Varlink
internal import Vocabulary

/// Shows results, failures and what happens meanwhile: as text for people or as JSON for programs.
///
/// Results go to standard output, one object to a line in JSON; everything else goes to standard error, except that a
/// failure in JSON is a result.
final class Output {
  let isJSON: Bool
  let isQuiet: Bool
  let isVerbose: Bool
  let progress: ProgressLine
  private let results: TextSink
  private let remarks: TextSink

  /// The version of the JSON that is printed. A change that breaks its readers makes a new one.
  private static let format: Int64 = 1

  init(results: TextSink, remarks: TextSink, isJSON: Bool, isQuiet: Bool, isVerbose: Bool) {
    self.results = results
    self.remarks = remarks
    self.isJSON = isJSON
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    progress = ProgressLine(sink: remarks, isSilent: isJSON || isQuiet)
  }

  var style: Style {
    Style(
      hasColour: results.hasColour, isVerbose: isVerbose, columns: results.isTerminal ? results.columns : nil)
  }

  /// Shows a result: its members as JSON, or the text.
  func show(_ result: some Encodable, _ text: (Style) -> String) throws(EarlyExit) {
    progress.clear()
    try results.put(isJSON ? Self.json(result) : text(style))
  }

  /// Shows text that has no JSON form, such as help.
  func show(text: String) throws(EarlyExit) { try results.put(text) }

  /// Shows what led to a failure, on the way out: as text when results cannot be written, which may be the failure.
  func show(_ failure: Failure) {
    progress.clear()
    do throws(EarlyExit) {
      guard !isJSON else { return try results.put(Self.json(FailureReport(error: .init(failure)))) }
    } catch {
      if error == .brokenPipe { return }
    }
    try? remarks.put(text(of: failure, Style(hasColour: remarks.hasColour)))
  }

  /// How a run ends whose results nobody reads.
  func endByPipe() -> Ending {
    guard !results.endsByPipe else { return .signal(SIGPIPE) }
    let failure = Failure(code: "output", message: "The output cannot be written: nobody reads it.", exit: .failed)
    progress.clear()
    try? remarks.put(text(of: failure, Style(hasColour: remarks.hasColour)))
    return .exit(failure.exit)
  }

  /// A line on standard error that does not belong to the result.
  func remark(_ text: String) {
    guard !isQuiet else { return }
    progress.clear()
    try? remarks.put("mdrctl: \(text)\n")
  }

  /// A question to the person at the terminal, without the end of the line.
  func ask(_ question: String) {
    progress.clear()
    try? remarks.put(question)
  }

  private static func json(_ result: some Encodable) -> String {
    guard var members = (try? JSONValue(encoding: result))?.members else {
      preconditionFailure("a result is an object")
    }
    members["format"] = .integer(format)
    return JSONValue.object(members).text + "\n"
  }
}

/// A failure in JSON.
private struct FailureReport: Encodable {
  struct Members: Encodable {
    let code: String
    let message: String
    let evidence: String?
    let hint: String?
    let candidates: [String]?
    let operation: String?
    let device: String?

    init(_ failure: Failure) {
      code = failure.code
      message = failure.message
      evidence = failure.evidence
      hint = failure.hint
      candidates = failure.candidates
      operation = failure.operation
      device = failure.device
    }
  }
  let error: Members
}

private func text(of failure: Failure, _ style: Style) -> String {
  let device = failure.device.map { "\(displayable($0)): " } ?? ""
  var lines = ["mdrctl: " + device + style.bad(displayable(failure.message))]
  if let evidence = failure.evidence { lines.append("  Seen by: \(displayable(evidence))") }
  if let candidates = failure.candidates {
    lines +=
      [failure.code == ErrorCode.ambiguousDevice.rawValue ? "  It could be:" : "  Namely:"]
      + candidates.map { "    \(displayable($0))" }
  }
  if let hint = failure.hint { lines.append("  \(displayable(hint))") }
  return lines.map { $0 + "\n" }.joined()
}
