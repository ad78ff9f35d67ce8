// What is said of a removal or a repair that failed.

internal import Vocabulary

extension OperationError {
  static func notRemoved(_ device: Device) -> Self {
    Self(
      .notRemoved, "BlueZ still has \(device.alias), although it was removed twice.",
      evidence: "RemoveDevice answered success, and the device is still there.",
      hint: "Restart BlueZ (sudo systemctl restart bluetooth), then run this again.")
  }

  static func devicesConnected(_ devices: [Device], on adapter: AdapterID) -> Self {
    let names = devices.map(\.alias).joined(separator: ", ")
    return Self(
      .devicesConnected, "\(adapter) is not switched off, because that would disconnect \(names).",
      evidence: "Connected is true for \(devices.map(\.id.address.description).joined(separator: ", ")).",
      hint: "Disconnect them first, or switch it off all the same with --force.",
      candidates: devices.map { "\($0.id.address) \($0.alias)" })
  }

  /// The same when they connected while the device was being forgotten.
  static func staysOn(_ entry: JournalEntry, _ others: [Device]) -> Self {
    let adapter = entry.device.adapter
    let error = devicesConnected(others, on: adapter).afterForgetting(entry)
    let commands = ["off", "on"].map { Advice.command("adapter power \($0)", on: adapter) }
    return Self(
      error.code, error.message, evidence: error.evidence,
      hint: "Disconnect them first, then: \(commands[0]); \(commands[1]).",
      candidates: error.candidates)
  }

  package static func needsConsent(_ device: Device) -> Self {
    Self(
      .needsConsent, "Repairing \(device.alias) deletes its pairing with this computer, which nobody has agreed to.",
      hint: "Agree with --yes; --dry-run only shows what would be done.")
  }

  static func notRecorded(_ entry: JournalEntry, _ refusal: Refusal) -> Self {
    Self(
      .notRecorded, "What is to be done with \(entry.title) could not be written to the journal, so it was not begun.",
      evidence: refusal.words, hint: "See that there is room in /var/lib/mdrctl, then run this again.")
  }

  static func notForgottenThere(_ entry: JournalEntry, _ refusal: Refusal) -> Self {
    Self(
      .notChanged, "\(entry.title) did not forget this computer, and was not forgotten here.", evidence: refusal.words,
      hint: "To forget it here alone, leave --both-sides out.")
  }

  static func powering(_ adapter: AdapterID, on: Bool, _ refusal: Refusal) -> Self {
    switch refusal.kind {
    case .blocked: adapterBlocked(adapter, evidence: refusal.words)
    case .bluezGone: bluezMissing(while: "it was switching \(adapter) \(on ? "on" : "off")")
    default:
      Self(
        .failed, "BlueZ could not switch \(adapter) \(on ? "on" : "off").", evidence: refusal.words,
        hint: "Look at: journalctl -u bluetooth.")
    }
  }

  /// An error of the power cycle that follows a removal: the removal itself stands.
  func afterForgetting(_ entry: JournalEntry) -> Self {
    Self(
      code, "\(entry.title) is forgotten, but: \(message)", evidence: evidence, hint: hint, candidates: candidates,
      operation: operation)
  }
}
