internal import Core
internal import Interface
internal import Varlink

extension OperationError {
  /// The error as it travels, its advice made this computer's by `told`.
  func onWire(_ told: (String) -> String) -> VarlinkError {
    VarlinkError(
      code.varlinkName,
      Control.ErrorParameters(
        message: message, evidence: evidence, hint: hint.map(told), candidates: candidates.isEmpty ? nil : candidates,
        operation: operation))
  }
}
