internal import Core
internal import EventLoop
internal import Interface
internal import Vocabulary

/// The questions of a pairing that wait for a person.
actor Questions: LoopActor {
  nonisolated let loop: EventLoop
  private var lastNumber = 0
  private var pending: [Int: (uid: UInt32, continuation: CheckedContinuation<Answer?, Never>)] = [:]

  struct Answer: Sendable {
    let accept: Bool
    let value: String?
  }

  init(loop: EventLoop) { self.loop = loop }

  /// Asks, and waits for the answer; nil when the question was withdrawn.
  ///
  /// `send` gets the question with its number, on the loop. Only `uid` and root may answer.
  func ask(
    _ kind: Question.Kind, about device: Core.Device, passkey: String?, of uid: UInt32,
    send: @Sendable (Question) -> Void
  ) async -> Answer? {
    let question = next(kind, about: device, passkey: passkey)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        pending[question.id] = (uid, continuation)
        send(question)
      }
    } onCancel: {
      loop.spawn { await self.withdraw(question.id) }
    }
  }

  /// Something to show that needs no answer.
  func show(_ device: Core.Device, passkey: String, send: @Sendable (Question) -> Void) {
    send(next(.display, about: device, passkey: passkey))
  }

  /// Answers a question that the same user was asked; a question of another user's does not exist for him.
  func answer(_ number: Int, _ answer: Answer, from uid: UInt32) throws(OperationError) {
    guard let question = pending[number], question.uid == uid || uid == 0 else {
      throw OperationError(
        .invalidArgument, "There is no question \(number) to answer.",
        hint: "It may have been withdrawn; questions come with mdrctl pair --ask.")
    }
    pending[number] = nil
    question.continuation.resume(returning: answer)
  }

  /// Withdraws all questions: the pairing they belonged to is over.
  func withdrawAll() {
    for number in pending.keys { withdraw(number) }
  }

  private func withdraw(_ number: Int) {
    pending.removeValue(forKey: number)?.continuation.resume(returning: nil)
  }

  private func next(_ kind: Question.Kind, about device: Core.Device, passkey: String?) -> Question {
    lastNumber += 1
    return Question(
      id: lastNumber, kind: kind, address: device.id.address.description, name: device.alias, passkey: passkey)
  }
}
