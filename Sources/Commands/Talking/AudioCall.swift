internal import Interface
internal import Vocabulary

extension Command {
  /// How a device's audio is. A word that is no device's may have been meant for something else; `suggestion` says what.
  /// The device is the operand at `place`.
  func audio(of place: Int = 0, suggestion: (String) -> String? = { _ in nil }) throws(EarlyExit) -> Control.AudioReply
  {
    let device = optionalOperand(place)
    do throws(EarlyExit) {
      return try call(Control.audio, Control.AudioParameters(device: device, adapter: adapter))
    } catch {
      guard case .failure(var failure) = error, failure.code == ErrorCode.deviceNotFound.rawValue,
        let device, let meant = suggestion(device)
      else { throw error }
      failure.hint = (failure.hint.map { $0 + " " } ?? "") + meant
      throw .failure(failure)
    }
  }
}
