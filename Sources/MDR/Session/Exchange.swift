/// What came of a request.
package enum Outcome: Hashable, Sendable {
  /// What was asked for.
  case report(Report)
  /// The headset has it as it was wished, by its own word.
  case done(Report)
  /// The headset told of another value than was wished, and kept it.
  case refused(Report)
  /// Acknowledged and not done; the report is of the reading after it.
  case ignored(Report)
  /// Acknowledged, and nothing more can be known.
  case unconfirmed
  /// Acknowledged and never answered: this headset has it not, or not now.
  case silent
  /// Answered by what cannot be right.
  case unreadable(PayloadFault)
  /// The headset asked, and nobody said yes.
  case declined
  /// The connection ended, as it should after that.
  case gone
  /// The connection ended before the answer.
  case lost
  /// Too much waits already.
  case busy
  /// It was made for another headset than this one is, or for this one before its functions changed.
  case stale
}

/// One request and what it waits for.
struct Exchange: Sendable {
  enum Phase: Hashable, Sendable {
    /// Until the headset may ask.
    case permitting
    /// Until it is acknowledged.
    case sending
    case awaiting
    /// The headset asked; a person is asked.
    case asking(Alert)
    case answering(yes: Bool)
    /// Reading what a change came to.
    case checking
  }

  let number: Int
  let request: Request
  var phase = Phase.sending
  /// A report of what is to be changed, other than wished. An older one may have been under way, so it decides nothing.
  var seen: Report?

  /// How long it waits after the acknowledgement. 0.02 to 1.1 s were measured for answers, 0.3 s for notifications.
  var patience: Duration {
    switch request.purpose {
    case .change(let change):
      switch change.feature {
      case .hostAction, .playingSource, .optimizer: .seconds(10)
      case .connectionMode: .seconds(3)
      default: .seconds(1)
      }
    case .deed(.powerOff): .seconds(3)
    case .deed: .seconds(10)
    case .read, .answer, .permitQuestions: .milliseconds(1500)
    }
  }

  /// How long a person may think.
  static let personPatience = Duration.seconds(30)
}
