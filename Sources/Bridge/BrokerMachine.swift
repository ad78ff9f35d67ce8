/// When the broker is connected to, and given up: a pure machine.
///
/// A broker that is away is tried again after a second, then less and less often, at least once a minute. After a
/// connection that lasted it begins anew with a second.
struct BrokerMachine {
  enum Event: Equatable {
    case begin
    /// The broker was reached, and is to answer.
    case reached
    case accepted
    /// There is no connection, or none any more.
    case failed(BrokerFailure)
    /// The time that was asked for is over.
    case due
  }

  enum Action: Equatable {
    case connect
    /// A name or an address has taken long enough.
    case hasten
    case close
    /// Everything is to be published.
    case publish
    /// The connection wants its keep-alive looked at.
    case tend
    /// `due` is to come after this time, and not the one that was asked for before.
    case wait(Duration)
    /// Why there is no connection; said once until there is one, or the reason is another one.
    case tell(BrokerFailure)
  }

  private enum Phase { case waiting, connecting, greeting, online }

  private var phase = Phase.waiting
  private var delay = Self.firstDelay
  private var told: BrokerFailure?
  private var acceptance: ContinuousClock.Instant?

  static let firstDelay = Duration.seconds(1)
  static let longestDelay = Duration.seconds(60)
  /// For each address of the broker; and for its answer to the greeting.
  static let patience = Duration.seconds(10)
  /// Seconds after which either end has to say something; the broker waits for half as long again.
  static let keepAlive = 60
  /// How often that is looked at: 60 s and 20 s are less than the 90 s that a broker waits.
  static let tending = Duration.seconds(20)

  var isOnline: Bool { phase == .online }

  /// What may fail at once comes last: the failure is an event of its own, and what follows from that must stand.
  mutating func handle(_ event: Event, at now: ContinuousClock.Instant) -> [Action] {
    switch (event, phase) {
    case (.begin, .waiting), (.due, .waiting):
      phase = .connecting
      return [.wait(Self.patience), .connect]
    case (.due, .connecting): return [.hasten, .wait(Self.patience)]
    case (.reached, .connecting):
      phase = .greeting
      return [.wait(Self.patience)]
    case (.due, .greeting): return fail(.silent, at: now)
    case (.accepted, .greeting):
      phase = .online
      acceptance = now
      told = nil
      return [.wait(Self.tending), .publish]
    case (.due, .online): return [.wait(Self.tending), .tend]
    case (.failed(let failure), _) where phase != .waiting: return fail(failure, at: now)
    default: return []
    }
  }

  private mutating func fail(_ failure: BrokerFailure, at now: ContinuousClock.Instant) -> [Action] {
    // One that lets us in and ends it at once is not to be asked without pause.
    if let acceptance, now - acceptance > Self.longestDelay { delay = Self.firstDelay }
    acceptance = nil
    phase = .waiting
    let wait = delay
    delay = min(delay * 2, Self.longestDelay)
    defer { told = failure }
    return [.close] + (told == failure ? [] : [.tell(failure)]) + [.wait(wait)]
  }
}

/// Why there is no connection with the broker.
struct BrokerFailure: Error, Equatable, Sendable {
  /// A sentence, without the broker's name.
  let message: String
  /// The library's or the system's words.
  var evidence: String?
  /// What to do.
  let hint: String

  static let silent = Self(
    message: "It does not answer as an MQTT broker.",
    hint: "Is Port= in bridge.conf the broker's, and TLS= as the broker has it there?")
  static let ended = Self(
    message: "The connection ended.",
    hint: "If this comes again and again: has another computer the same Name= in bridge.conf? The broker's log tells.")

  /// It could not be reached; by the system's words.
  static func unreachable(_ words: String) -> Self {
    Self(
      message: "It cannot be reached.", evidence: words,
      hint: "Does it run? Host= and Port= in bridge.conf are to name it.")
  }

  /// Encryption failed; by the library's words.
  static func untrusted(_ words: String) -> Self {
    Self(
      message: "Its certificate, or its encryption, is not acceptable.", evidence: words,
      hint:
        "Its certificate must name the host as Host= does, and be signed by one of CAFile= in bridge.conf, or of the "
        + "system's without that; Port= must be the one that is encrypted.")
  }

  /// The broker's answer to the greeting was no (CONNACK of MQTT 3.1.1: 4 bad user name or password, 5 not authorised).
  static func refused(_ code: Int32, _ words: String) -> Self {
    let isUser = code == 4 || code == 5
    return Self(
      message: isUser ? "It refuses the user name or the password." : "It refuses this client.", evidence: words,
      hint: isUser
        ? "User= in bridge.conf and the credential mqtt-password (or PasswordFile=) are to be as the broker has them."
        : "The broker's log tells why.")
  }
}
