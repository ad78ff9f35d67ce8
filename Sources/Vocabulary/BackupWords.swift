// The words for what of a headset is saved and put back.

/// Something of a headset that can be saved and put back: its noise control, its equalizer, or a setting by its name.
package enum HeadsetItem: Hashable, Sendable {
  case noise, equalizer
  case setting(HeadsetSettingName)
}

extension HeadsetItem: CaseIterable {
  package static var allCases: [HeadsetItem] {
    [.noise, .equalizer] + HeadsetSettingName.allCases.map { .setting($0) }
  }
}

extension HeadsetItem: RawRepresentable, Codable {
  package init?(rawValue: String) {
    switch rawValue {
    case "noise": self = .noise
    case "equalizer": self = .equalizer
    default:
      guard let name = HeadsetSettingName(rawValue: rawValue) else { return nil }
      self = .setting(name)
    }
  }

  /// A setting's own name, "noise" or "equalizer"; no setting is called so.
  package var rawValue: String {
    switch self {
    case .noise: "noise"
    case .equalizer: "equalizer"
    case .setting(let name): name.rawValue
    }
  }
}

/// How readily ambient sound follows the surroundings.
package enum AmbientSensitivity: String, CaseIterable, Codable, Sendable {
  case standard, high, low
}

/// Why a headset's settings were saved.
package enum BackupOccasion: String, CaseIterable, Codable, Sendable {
  /// Somebody wanted it.
  case asked
  /// Before a guide that resets the headset.
  case guide
  /// Before a repair.
  case repair
}

/// What became of this computer's entry in a headset that was to forget it.
package enum HeadsetSide: String, CaseIterable, Codable, Sendable {
  /// The headset said so.
  case removed
  /// The headset did not list this computer.
  case absent
  /// It was told, and ended the connection or said nothing.
  case unknown
}

/// What becomes, or would become, of an item that is put back.
package enum RestoreState: String, CaseIterable, Codable, Sendable {
  /// It would be set.
  case planned
  /// It is so already, and is left alone.
  case same
  /// It cannot be set.
  case impossible
  /// It was set, and the headset told it again afterwards.
  case done
  /// It was set, and the headset could not be asked again.
  case unread
}
