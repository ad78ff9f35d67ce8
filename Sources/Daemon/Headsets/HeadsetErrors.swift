internal import BlueZ
internal import Core
internal import MDR
internal import Vocabulary

// Why a headset could not be asked or changed over its control channel, as users are told it.

extension OperationError {
  /// `evidence` is what BlueZ said, where it was asked.
  static func noControl(_ name: String, evidence: String) -> Self {
    OperationError(
      .noControl, "\(name) offers no control channel now.", evidence: evidence,
      hint:
        "Sony's headsets of since about 2016 have one, but not while they are connected by LE Audio; connect it anew.")
  }

  static func headsetHeld(_ name: String, evidence: String) -> Self {
    OperationError(
      .headsetHeld, "Another client holds the control channel of \(name).", evidence: evidence,
      hint: "Close the maker's app on the phone that it is connected to, then run this again.")
  }

  /// Another program of this computer.
  static func serviceTaken(_ error: BlueZError) -> Self {
    OperationError(
      .headsetHeld, "Another program on this computer has registered the control channel of Sony's headsets.",
      evidence: error.description, hint: "End it (another control program for headsets), then run this again.")
  }

  static func headsetSilent(_ name: String, evidence: String) -> Self {
    OperationError(
      .headsetSilent, "\(name) does not answer over its control channel.", evidence: evidence,
      hint: "Run it again; if it persists, switch the headset off and on.")
  }

  static func unknownGeneration(_ name: String) -> Self {
    OperationError(
      .noControl, "\(name) speaks a generation of the control protocol that mdrctl does not know.",
      evidence: "It answered the handshake with neither 4 nor 8 bytes. Nothing else was sent.",
      hint: "docs/sony.md says how to report it.")
  }

  static func channelLost(_ name: String) -> Self {
    OperationError(
      .headsetSilent, "The control channel of \(name) was closed in the middle of it.",
      evidence: "It was opened again, and the headset does not say that the change was made.",
      hint: "Look at what it is now: mdrctl headset.")
  }

  static func channelBusy(_ name: String) -> Self {
    OperationError(
      .busy, "Too much is being asked of \(name) already.", hint: "Wait a moment, then run this again.",
      operation: "the control channel")
  }

  // MARK: Requests

  static func notOffered(_ what: String, _ name: String) -> Self {
    OperationError(
      .notOffered, "\(name) has no \(what), or not of this kind.",
      evidence: "Its own list of functions does not name it.",
      hint: "See what it has: mdrctl headset.")
  }

  static func unacceptable(_ value: String, for what: String, _ accepted: String) -> Self {
    OperationError(
      .invalidArgument, "\"\(value.shown)\" is nothing that \(what) can be.", hint: "It takes: \(accepted).")
  }

  static func notTold(_ what: String, _ name: String) -> Self {
    OperationError(
      .headsetSilent, "\(name) does not tell its \(what), which a change has to be made from.",
      evidence: "It acknowledged the question and did not answer it.", hint: "Wear it, play something, and try again.")
  }

  static func notChanged(_ what: String, _ name: String, isRefused: Bool, now: String?) -> Self {
    OperationError(
      .notChanged, "\(name) did not change its \(what)" + (now.map { ": it is \($0)." } ?? "."),
      evidence: isRefused
        ? "It told of the value that it has kept." : "It acknowledged the command, and told the old value when asked.",
      hint: "Something that the headset does now may exclude it, or its firmware does not know it.")
  }

  static func unconfirmed(_ what: String, _ name: String) -> Self {
    OperationError(
      .headsetSilent, "Nobody can say whether \(name) changed its \(what).",
      evidence: "It acknowledged the command, and said nothing when asked.",
      hint: "Look at what it is now: mdrctl headset.")
  }

  static func headsetAsks(_ name: String, _ alert: Alert?, _ generation: Generation) -> Self {
    OperationError(
      .needsConsent,
      "\(name) asks before it does that: \(alert.map { $0.words(generation) } ?? "it has a consequence").",
      evidence: alert.map { "It sent the question \($0.message)." }, hint: "To say yes, add --yes.")
  }

  static func powersOff(_ name: String) -> Self {
    OperationError(
      .needsConsent, "\(name) would be switched off, which only its own button undoes.",
      hint: "To do it, add --yes.")
  }
}

extension Alert {
  /// What the headset asks. Message 02 and 06 of V1 were captured, the others are the maker's names.
  func words(_ generation: Generation) -> String {
    switch (generation, message) {
    case (.v1, 0x06), (.v2, 0x06), (.v2, 0x07): "it disconnects, and the codec may become another"
    case (.v1, 0x01), (.v1, 0x02): "a button gets another meaning"
    case (.v2, 0x00), (.v2, 0x01), (.v2, 0x02), (.v2, 0x2E...0x31): "it disconnects"
    case (.v2, 0x0A...0x0D): "its touch panel changes"
    default: "it does not say in words that are known"
    }
  }
}
