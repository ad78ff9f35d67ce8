// What is said to the user where it belongs to no single kind of operation: what happened, and what to do next.

internal import Vocabulary

extension OperationError {
  static let pairingMode =
    """
    Put the headset into pairing mode (most Sony headphones: switch off, then hold the power button for about 7 \
    seconds until the light flashes blue)
    """
  static let pairingModeHint = "\(pairingMode), then run this again."

  // MARK: Naming

  package static func deviceNotFound(_ text: String) -> Self {
    Self(
      .deviceNotFound, "No device fits \"\(text)\".",
      hint: "mdrctl list --all shows the devices that are known; mdrctl pair finds new ones.")
  }

  package static func ambiguous(_ text: String, _ candidates: [Device]) -> Self {
    let hasSeveral = candidates.contains { $0.id.adapter != candidates[0].id.adapter }
    return Self(
      .ambiguousDevice, "\"\(text)\" fits more than one device.", hint: "Name one of them by its address.",
      candidates: candidates.map { "\($0.id.address) \($0.alias)\(hasSeveral ? " on \($0.id.adapter)" : "")" })
  }

  /// Which of its bonds is meant, where the same headset has one with each of several adapters.
  package static func ambiguous(_ device: Device, on adapters: [AdapterID]) -> Self {
    let names = adapters.map(\.name).sorted()
    return Self(
      .ambiguousDevice, "\(device.alias) is known on more than one adapter.",
      hint: "Say which is meant: \(names.map { "--adapter \($0)" }.joined(separator: " or ")).",
      candidates: names.map { "\(device.id.address) \(device.alias) on \($0)" })
  }

  static func ambiguous(inPairingMode candidates: [Device]) -> Self {
    Self(
      .ambiguousDevice, "More than one headset is in pairing mode.", hint: "Name one of them by its address.",
      candidates: candidates.map { "\($0.id.address) \($0.alias)" })
  }

  package static func twin(_ device: Device, of original: String) -> Self {
    Self(
      .lowEnergyTwin, "\(device.alias) is the low-energy twin of \(original) and carries no stereo audio.",
      evidence: "It calls itself \(device.name ?? device.alias).",
      hint: "Pair the headset itself: \(Advice.command("pair \"\(original)\"", on: device.id.adapter)).")
  }

  // MARK: BlueZ and the adapter

  package static func adapterNotFound(_ name: String, known: [String]) -> Self {
    Self(
      .adapterNotFound, "There is no adapter \"\(name.shown)\".",
      hint: known.isEmpty ? "BlueZ knows no adapter at all." : "There is: \(known.joined(separator: ", ")).")
  }

  package static func adapterGone(_ adapter: AdapterID, while action: String) -> Self {
    Self(
      .noAdapter, "The adapter \(adapter) went away while \(action).", evidence: "BlueZ removed it.",
      hint: "Plug it in again, then run this again.", mayBeStop: true)
  }

  package static func adapterOff(_ adapter: AdapterID, evidence: String? = nil) -> Self {
    Self(
      .adapterOff, "The adapter \(adapter) is switched off.", evidence: evidence,
      hint: "Switch it on: \(Advice.command("adapter power on", on: adapter)).", mayBeStop: true)
  }

  package static func adapterBlocked(_ adapter: AdapterID, evidence: String? = nil) -> Self {
    Self(
      .adapterBlocked, "The adapter \(adapter) is blocked by an rfkill switch.", evidence: evidence,
      hint:
        "Unblock it: \(Advice.command("adapter power on --unblock", on: adapter)), or use the computer's wireless switch."
    )
  }

  /// What a refused preparation means: the agent, the pairable adapter, the discovery.
  static func starting(_ what: String, on adapter: AdapterID, _ refusal: Refusal) -> Self {
    switch refusal.kind {
    case .notReady: adapterOff(adapter, evidence: refusal.words)
    case .blocked: adapterBlocked(adapter, evidence: refusal.words)
    case .bluezGone: bluezMissing(while: "\(what) was starting")
    case .noReply: bluezMissing(.silent(refusal.words))
    case .inProgress:
      Self(
        .busy, "BlueZ is busy with something else and could not begin \(what).", evidence: refusal.words,
        hint: "Wait a moment, then run this again.", operation: "another program")
    default:
      Self(
        .failed, "BlueZ could not begin \(what).", evidence: refusal.words,
        hint: "Run it again; if it persists, look at: journalctl -u bluetooth.")
    }
  }

  // MARK: The operation itself

  package static func busy(_ operation: String, on name: String) -> Self {
    Self(
      .busy, "\(operation) is already running on \(name).", hint: "Wait until it has ended, then run this again.",
      operation: operation)
  }

  /// What somebody else asked for meanwhile meant its end.
  package static func overruled(_ operation: String, by other: String, on name: String) -> Self {
    Self(
      .cancelled, "\(operation) was ended: somebody asked to \(other) \(name) meanwhile.",
      hint: "Look at what there is now: mdrctl status.")
  }

  package static func cancelled(_ operation: String) -> Self {
    Self(.cancelled, "\(operation) was cancelled.", hint: "Nothing of it was left behind.")
  }

  /// `cause` is what is known to have been in the way.
  package static func timedOut(_ message: String, _ cause: Self? = nil) -> Self {
    Self(
      .timedOut, message, evidence: cause?.message,
      hint: cause?.hint ?? "Look at what there is now: mdrctl status.")
  }

  /// The danger of it: what is recorded as being removed is removed again, whatever has been paired meanwhile.
  static func notErased(_ entry: JournalEntry, _ refusal: Refusal) -> Self {
    notErased(
      "\(entry.title) is forgotten", refusal,
      hint: "then, before it is paired again: \(Advice.command("forget", entry.device))")
  }

  /// Of a repair, when all of it is done.
  static func notErased(_ device: Device, _ refusal: Refusal) -> Self {
    notErased("\(device.alias) is paired again", refusal, hint: "then: \(Advice.command("repair", device.id))")
  }

  private static func notErased(_ what: String, _ refusal: Refusal, hint: String) -> Self {
    Self(
      .notRecorded, "\(what), but the journal could not be told that it is done.", evidence: refusal.words,
      hint: "See that there is room in /var/lib/mdrctl, \(hint).")
  }

  /// The same error, of something that stays in the journal, and how it goes on.
  func leaving(_ entry: JournalEntry) -> Self {
    let goesOn =
      switch (entry.purpose, entry.phase) {
      case (.forget, .powerCycling):
        "\(entry.title) is forgotten; mdrctld switches \(entry.device.adapter) on again as soon as it can."
      case (.forget, _):
        """
        The removal has begun: mdrctld finishes it when BlueZ and the adapter are there again; to finish it at once: \
        \(Advice.command("forget", entry.device)).
        """
      case (.repair, .pairing):
        "\(entry.title) is forgotten on this computer already; go on with: \(Advice.command("repair", entry.device))."
      case (.repair, _):
        "\(entry.title) may not be completely forgotten yet; go on with: \(Advice.command("repair", entry.device))."
      }
    // What is told of a cancelled operation is that nothing of it is left.
    let hints = code == .cancelled ? [goesOn] : [hint, goesOn].compactMap { $0 }
    return Self(
      code, message, evidence: evidence, hint: hints.joined(separator: " "), candidates: candidates,
      operation: operation)
  }

  static let unreachableHint =
    "Switch it on and bring it near; if it is connected elsewhere, disconnect it there."

  static func deviceGone(_ id: DeviceID) -> Self {
    Self(
      .failed, "\(id.address) was removed meanwhile.", evidence: "BlueZ removed the device.",
      hint: "Another program may manage Bluetooth devices; run this again.", mayBeStop: true)
  }

  package static func notBonded(_ device: Device) -> Self {
    Self(
      .notBonded, "\(device.alias) is not paired with this computer.",
      evidence: device.paired ? "Paired is true, but Bonded is false." : "Bonded is false.",
      hint: "Pair it: \(Advice.command("pair", device.id)).")
  }

  static func deviceBlocked(_ device: Device) -> Self {
    Self(
      .deviceBlocked, "\(device.alias) is blocked: this computer keeps off it.", evidence: "Blocked is true.",
      hint: "Unblock it: \(Advice.command("unblock", device.id)).")
  }

  /// `refusal` is what BlueZ said, where it was asked.
  /// `offersRestart`: who asks for it can have it restarted.
  static func noSoundServer(
    _ device: Device, _ absence: AudioAbsence, refusal: String? = nil, offersRestart: Bool = false
  ) -> Self {
    let command = "\(Advice.command("connect", device.id)) --restart-sound"
    return Self(
      .noSoundServer, "\(device.alias) cannot be connected for audio. \(absence.sentence).",
      evidence: refusal.map { "\(absence.evidence) \($0)" } ?? absence.evidence,
      hint: offersRestart && absence.isCurable ? "\(command) restarts it. \(absence.hint)" : absence.hint)
  }

  // MARK: Anything else

  /// What a refusal means where the request gives it no meaning of its own.
  package static func general(
    _ refusal: Refusal, device: Device, action: String, code: Code = .failed
  ) -> Self {
    switch refusal.kind {
    case .notReady: adapterOff(device.id.adapter, evidence: refusal.words)
    case .blocked: adapterBlocked(device.id.adapter, evidence: refusal.words)
    case .bluezGone: bluezMissing(while: "it was asked to \(action) \(device.alias)")
    case .inProgress:
      Self(
        .busy, "BlueZ or another program is busy with \(device.alias).", evidence: refusal.words,
        hint: "Wait a moment, then run this again.", operation: "another program")
    default:
      Self(
        code, "BlueZ could not \(action) \(device.alias).", evidence: refusal.words,
        hint: "Run it again; if it persists, look at: journalctl -u bluetooth.")
    }
  }
}
