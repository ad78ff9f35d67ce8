// What is said of a pairing that failed.

internal import Vocabulary

extension OperationError {
  static func notFoundInTime(_ query: DeviceQuery?, seconds: Int64, twin: Device?) -> Self {
    let what = query.map { "\($0.text) was not found" } ?? "No headset in pairing mode was found"
    let seen = twin.map { "Only its low-energy twin \($0.alias) was in sight, which is never paired." }
    return Self(
      .notFoundInTime, "\(what) within \(seconds) s.", evidence: seen, hint: pairingModeHint)
  }

  static func alreadyBonded(_ device: Device, evidence: String? = nil) -> Self {
    Self(
      .alreadyBonded, "This computer is already paired with \(device.alias).", evidence: evidence,
      hint: """
        Connect it: \(Advice.command("connect", device.id)). If it was reset, or does not connect: \
        \(Advice.command("repair", device.id)).
        """)
  }

  static func keyInKernel(_ device: Device, evidence: String) -> Self {
    Self(
      .alreadyBonded, "The kernel still holds a key for \(device.alias) that bluetoothd does not know.",
      evidence: evidence,
      hint: """
        Let mdrctl remove it (sudo systemctl enable --now mdrctl-flush.socket), or restart bluetoothd (sudo systemctl \
        restart bluetooth); then run this again.
        """)
  }

  /// An error of what follows a pairing: the pairing itself stands.
  var afterPairing: Self {
    Self(
      code, "Paired, but: \(message)", evidence: evidence, hint: hint, candidates: candidates, operation: operation)
  }

  static func pairedNotBonded(_ device: Device) -> Self {
    Self(
      .pairedNotBonded, "\(device.alias) paired, but no key was stored, so it would not have lasted; it was undone.",
      evidence: "Paired is true and Bonded is false.", hint: pairingModeHint)
  }

  static func leftWhilePairing(_ device: Device, evidence: String?) -> Self {
    Self(
      .pageTimeout, "\(device.alias) does not answer any more.", evidence: evidence,
      hint: "Switch it on, bring it near, and put it into pairing mode.")
  }

  /// What a refused `Pair` means. Source: `src/device.c new_authentication_return` and the kernel's mgmt status table.
  static func pairing(_ device: Device, _ refusal: Refusal, asked: Bool) -> Self {
    let evidence = refusal.words
    switch refusal.kind {
    case .pageTimeout, .doesNotExist: return leftWhilePairing(device, evidence: evidence)
    case .rejected:
      return Self(
        .refused, "\(device.alias) refuses to pair: it is not in pairing mode.", evidence: evidence,
        hint: pairingModeHint)
    case .authenticationFailed:
      return Self(
        .authenticationFailed, "The authentication with \(device.alias) failed.", evidence: evidence,
        hint: asked ? "Check the passkey or PIN. \(pairingModeHint)" : pairingModeHint)
    case .authenticationCancelled:
      return Self(
        .authenticationCancelled, "The pairing with \(device.alias) was cancelled before it was complete.",
        evidence: evidence, hint: pairingModeHint)
    case .authenticationTimeout, .noReply:
      return Self(
        .authenticationTimeout, "The authentication with \(device.alias) took too long.", evidence: evidence,
        hint: pairingModeHint)
    case .alreadyBonded: return alreadyBonded(device, evidence: evidence)
    case .keyInKernel: return keyInKernel(device, evidence: evidence)
    default: return general(refusal, device: device, action: "pair")
    }
  }

  static func needsAnswer(_ device: Device, evidence: String) -> Self {
    Self(
      .needsAnswer, "\(device.alias) wants a person to answer, and nobody could be asked.", evidence: evidence,
      hint: "Run it on a terminal with --ask, or accept a comparison of passkeys with --yes.")
  }

  /// The same once the device that was half made has been removed, or could not be.
  func afterRemoving(_ id: DeviceID, _ refusal: Refusal?, in world: some World) -> Self {
    guard let refusal, refusal.kind != .doesNotExist, let device = world.device(id) else { return self }
    return leaving(device, refusal)
  }

  /// An error that should have left nothing behind, and did.
  func leaving(_ device: Device, _ refusal: Refusal) -> Self {
    Self(
      code, "\(message) BlueZ could not remove \(device.alias) again.", evidence: evidence ?? refusal.words,
      hint: "Forget it: \(Advice.command("forget", device.id)).", candidates: candidates, operation: operation)
  }
}
