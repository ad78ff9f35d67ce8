internal import Core
internal import Interface
internal import Varlink

extension OperationError {
  /// The error as it travels, its advice made this computer's by `told`. Codes and names correspond by their raw values,
  /// which a test proves.
  func onWire(_ told: (String) -> String) -> VarlinkError {
    guard let wire = ErrorCode(rawValue: code.rawValue) else {
      preconditionFailure("the interface has no error \(code.rawValue)")
    }
    return VarlinkError(
      wire.varlinkName,
      Control.ErrorParameters(
        message: message, evidence: evidence, hint: hint.map(told), candidates: candidates.isEmpty ? nil : candidates,
        operation: operation))
  }
}
