package import Vocabulary

/// Why an operation did not succeed: the only kind of error that users see.
package struct OperationError: Error, Hashable, Sendable {
  package typealias Code = ErrorCode

  package let code: Code
  /// What happened, one sentence.
  package let message: String
  /// What it was seen by: BlueZ's own words where there are any.
  package let evidence: String?
  /// What the user can do next.
  package let hint: String?
  /// The devices that fit, with ``Code/ambiguousDevice``.
  package let candidates: [String]
  /// The operation that runs, with ``Code/busy``.
  package let operation: String?
  /// The device or the adapter was removed, or the adapter switched off, which bluetoothd also does when it is stopped.
  package let mayBeStop: Bool

  package init(
    _ code: Code, _ message: String, evidence: String? = nil, hint: String? = nil, candidates: [String] = [],
    operation: String? = nil, mayBeStop: Bool = false
  ) {
    self.code = code
    self.message = message
    self.evidence = evidence
    self.hint = hint
    self.candidates = candidates
    self.operation = operation
    self.mayBeStop = mayBeStop
  }
}
