/// Something that a person does with the keys of a headset.
package struct Procedure: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Makes it visible, and erases nothing.
    case pairingMode = "pairing_mode"
    /// Restarts a headset that hangs, and keeps its pairings.
    case reset
    /// Sets it back to its factory settings, and erases its pairings.
    case initialize
    case powerOff = "power_off"
  }

  package enum Precondition: String, CaseIterable, Sendable {
    case poweredOff = "powered_off"
    case usbUnplugged = "usb_unplugged"
    case usbCharging = "usb_charging"
    case bothBudsInCase = "both_buds_in_case"
    case lidOpen = "lid_open"
  }

  /// What a headset keeps in its memory.
  package enum Holding: String, CaseIterable, Sendable {
    case pairingList = "pairing_list"
    case allSettings = "all_settings"
  }

  package enum Confidence: String, CaseIterable, Comparable, Sendable {
    case none, low, medium, high

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// How much of it is shown, the least first.
  package enum Show: String, CaseIterable, Comparable, Sendable {
    case never
    case linkOnly = "link_only"
    case stepsWithWarning = "steps_with_warning"
    case steps

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  package struct Step: Sendable {
    package enum Deed: String, CaseIterable, Sendable {
      case hold, press
      case putInCase = "put_in_case"
      case takeOutOfCase = "take_out_of_case"
    }
    package let deed: Deed
    package let keys: [String]
    /// Seconds, of a hold: at least so long, and never "exactly".
    package let least: Double?
    /// Seconds: when it usually happens.
    package let usual: Double?
    /// Seconds. Only a maker's own words may set it.
    package let most: Double?
    package let note: String?
  }

  package let kind: Kind
  package let isDestructive: Bool
  package let preconditions: [Precondition]
  package let steps: [Step]
  /// What its light shows, and what its voice says, when it is done.
  package let light: String?
  package let voice: String?
  package let erases: [Holding]
  package let keeps: [Holding]
  /// Seconds for which pairing mode lasts.
  package let window: Double?
  package let confidence: Confidence
  package let show: Show
  package let note: String?
  package let evidence: [Evidence]
  /// What nobody knows of it, in the file's own words.
  let stated: [String]

  /// What is not known of it, for a sentence: what the file says, and what it leaves open.
  package var unknown: [String] {
    var unknown = stated
    if !steps.contains(where: { !$0.keys.isEmpty || $0.deed != .hold }), stated.isEmpty { unknown.append("the keys") }
    if light == nil { unknown.append("what its light shows") }
    if voice == nil { unknown.append("what its voice says") }
    if kind == .pairingMode, window == nil { unknown.append("how long pairing mode lasts") }
    for holding in Holding.allCases where !erases.contains(holding) && !keeps.contains(holding) {
      unknown.append("whether it keeps \(holding.title)")
    }
    if !evidence.contains(where: { $0.kind == .official && $0.verdict == .supports }) {
      unknown.append("the maker's own words")
    }
    return unknown
  }
}

extension Procedure.Holding {
  /// For a sentence.
  package var title: String {
    switch self {
    case .pairingList: "the list of paired devices"
    case .allSettings: "its settings"
    }
  }
}

/// What somebody said about a procedure, and what became of it.
package struct Evidence: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// The maker.
    case official
    /// Somebody who did it.
    case community
    /// One of the guides that this collection began with; never believed by itself.
    case seed
    case web
    /// Somebody's memory of the maker's words, which were not read again.
    case recalled
    /// The headset's control protocol.
    case `protocol`
  }

  package enum Verdict: String, CaseIterable, Sendable {
    case supports
    case conflicts
    case rejected
    /// It is about another model.
    case analogy
    case toBeChecked = "to-be-checked"
    /// Some of it agrees with the rest.
    case partly
    case unverifiable
  }

  /// An address, or what else it was.
  package let source: String
  package let kind: Kind
  /// Sources of one origin are one witness, however many agree.
  package let family: String
  /// In other words than the source's.
  package let says: String
  package let verdict: Verdict
  /// Why that is the verdict.
  package let reason: String?
}
