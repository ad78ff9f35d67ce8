internal import Vocabulary

extension Doctor {
  /// Headsets: those that are paired or connected, or the one that was asked for.
  static var deviceRules: [CheckRule] {
    [
      each("bond") { [bond($0)] },
      each("twin") { twin($0) },
      each("one-bond") { $0.device.bonded ? [single($0)] : [] },
      each("trust") { $0.device.bonded ? [trust($0.device)] : [] },
      each("blocked") { [blocked($0.device)] },
      each("stereo") { $0.device.connected && $0.twinOf == nil ? [stereo($0)] : [] },
      each("battery") { $0.device.connected ? [battery($0.device)] : [] },
      each("signal") { $0.device.connected || $0.device.isInSight ? [signal($0.device)] : [] },
    ]
  }

  private static func each(
    _ name: String, _ judge: @escaping @Sendable (DeviceFact) -> [CheckRule.Outcome]
  ) -> CheckRule {
    CheckRule(.device, name) { findings in
      findings.devices.flatMap { fact in judge(fact).map { $0.about(fact.device.id.address.description) } }
    }
  }

  private static func bond(_ fact: DeviceFact) -> CheckRule.Outcome {
    let device = fact.device
    if let verdict = fact.verdict, verdict.concernsBond, device.bonded || !verdict.isStale {
      let outcome: CheckVerdict =
        switch verdict.certainty {
        case _ where verdict.isStale: .broken
        case .possible: .unknown
        case .probable, .certain: .warning
        }
      return .init(outcome, verdict.message, evidence: verdict.evidence, hint: verdict.hint)
    }
    if device.bonded { return .init(.ok, "\(device.alias) is paired, and nothing speaks against its pairing.") }
    if device.paired {
      return .init(
        .warning, "\(device.alias) is paired, but no key was stored, so it does not last.",
        evidence: "Paired is true, but Bonded is false.", hint: "Pair it: \(Advice.command("pair", device.id)).")
    }
    return .init(.note, "\(device.alias) is not paired.", hint: "Pair it: \(Advice.command("pair", device.id)).")
  }

  private static func twin(_ fact: DeviceFact) -> [CheckRule.Outcome] {
    let device = fact.device
    if let original = fact.twinOf {
      guard device.paired || device.bonded || device.trusted else {
        return [.init(.note, "\(device.alias) is the low-energy twin of \(original), which is never paired.")]
      }
      return [paired(device, original)]
    }
    switch fact.twins {
    case .unknown(let reason):
      return [.unknown("Whether a twin of \(device.alias) is paired is not known.", because: reason)]
    case .known(let twins):
      let wrong = twins.filter { $0.paired || $0.bonded }
      return wrong.isEmpty
        ? [.init(.ok, "No low-energy twin of \(device.alias) is paired.")] : wrong.map { paired($0, device.alias) }
    }
  }

  private static func paired(_ twin: Device, _ original: String) -> CheckRule.Outcome {
    .init(
      .warning, "\(twin.alias), the low-energy twin of \(original), is paired; it has no stereo.",
      evidence: "Paired is true of \(twin.id.address).", hint: "Forget it: \(Advice.command("forget", twin.id)).")
  }

  /// A headset keeps one key for each adapter, and calls whichever it had last.
  private static func single(_ fact: DeviceFact) -> CheckRule.Outcome {
    guard fact.bonds.count > 1 else { return .init(.ok, "\(fact.device.alias) is paired with one adapter.") }
    let names = fact.bonds.map(\.name).sorted()
    return .init(
      .note, "\(fact.device.alias) is paired with several adapters of this computer: \(words(names)).",
      evidence: "Each of them holds a bond with it.",
      hint: "It calls the one that it had last. Keep one: \(Advice.command("forget", fact.device.id)).")
  }

  private static func trust(_ device: Device) -> CheckRule.Outcome {
    device.trusted
      ? .init(.ok, "\(device.alias) may connect by itself.")
      : CheckRule.Outcome(
        .warning, "\(device.alias) is not trusted: what it connects by itself is refused, or asked about.",
        evidence: "Trusted is false.", hint: "\(Advice.command("trust", device.id))"
      ).cured(by: .trust, on: device.id.adapter)
  }

  private static func blocked(_ device: Device) -> CheckRule.Outcome {
    device.blocked
      ? CheckRule.Outcome(
        .warning, "\(device.alias) is blocked: this computer neither calls it nor answers it.",
        evidence: "Blocked is true.", hint: "\(Advice.command("unblock", device.id))"
      ).cured(by: .unblock, on: device.id.adapter)
      : .init(.ok, "\(device.alias) is not blocked.")
  }

  private static func stereo(_ fact: DeviceFact) -> CheckRule.Outcome {
    let device = fact.device
    if fact.transports.contains(where: { $0.profile == .a2dp }) {
      return .init(.ok, "\(device.alias) has a stereo stream.")
    }
    guard device.servicesResolved else {
      return .unknown(
        "Whether \(device.alias) gets stereo is not known yet.", because: "Its services are still being asked for.")
    }
    return CheckRule.Outcome(
      .warning, "\(device.alias) is connected without stereo.", evidence: "BlueZ has no A2DP stream of it.",
      hint: "Why: \(Advice.command("why", device.id))"
    ).cured(by: .stereo, on: device.id.adapter)
  }

  private static let lowBattery: UInt8 = 15

  private static func battery(_ device: Device) -> CheckRule.Outcome {
    guard let level = device.battery else {
      return .unknown(
        "How full the battery of \(device.alias) is, is not known.",
        because: "BlueZ has no Battery1 of it: neither the headset nor the sound server has told.")
    }
    let source = "By BlueZ's Battery1, which the headset or the sound server tells; since when is not told."
    return level > lowBattery
      ? .init(.ok, "The battery of \(device.alias) is at \(level)%.", evidence: source)
      : .init(.note, "The battery of \(device.alias) is low, at \(level)%.", evidence: source, hint: "Charge it.")
  }

  /// dBm. Weaker than this, sound begins to break with the codecs that take the most.
  private static let weak: Int16 = -72

  private static func signal(_ device: Device) -> CheckRule.Outcome {
    guard let rssi = device.rssi else {
      return .unknown(
        "How strong the signal of \(device.alias) is, is not known.",
        because: "BlueZ tells it of a search only. What the controller says of a link is no dBm, and takes privileges.")
    }
    let source = "At the search that runs."
    return rssi >= weak
      ? .init(.ok, "The signal of \(device.alias) has \(rssi) dBm.", evidence: source)
      : .init(
        .note, "The signal of \(device.alias) is weak: \(rssi) dBm.", evidence: source,
        hint: "Bring it nearer to the adapter, and the adapter away from USB 3 and from behind metal.")
  }
}
