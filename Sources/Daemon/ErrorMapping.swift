internal import Core
internal import Interface
internal import Varlink

extension OperationError {
  /// The error as it travels. Codes and names correspond by their raw values, which a test proves.
  var onWire: VarlinkError {
    guard let wire = ErrorCode(rawValue: code.rawValue) else {
      preconditionFailure("the interface has no error \(code.rawValue)")
    }
    return VarlinkError(
      wire.varlinkName,
      Control.ErrorParameters(
        message: message, evidence: evidence, hint: hint, candidates: candidates.isEmpty ? nil : candidates,
        operation: operation))
  }
}
