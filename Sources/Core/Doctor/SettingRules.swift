internal import Vocabulary

// What bluetoothd's main.conf says. What bluetoothd makes of each key: src/main.c and src/main.conf of BlueZ 5.87.

/// One key of main.conf: what it is without one, and what each value means for a headset.
private struct SettingAdvice: Sendable {
  let group: String
  let key: String
  /// What bluetoothd has where the file does not say; nil where that depends on its version.
  let standard: String
  /// What to say of a value; nil for one that bluetoothd does not know, and so does not use.
  let judge: @Sendable (String) -> (CheckVerdict, String, hint: String?)?

  static let all: [SettingAdvice] = [
    SettingAdvice(group: "General", key: "JustWorksRepairing", standard: "never") { value in
      switch value {
      case "never": (.ok, "A headset that was reset is paired anew only when somebody here asks for it", nil)
      case "confirm": (.ok, "A headset that was reset may ask to be paired anew", nil)
      case "always":
        (
          .warning, "Any device that says it is your headset may take its pairing over, unasked",
          "Set it to confirm, or leave it out; mdrctl repair pairs a headset anew without it."
        )
      default: nil
      }
    },
    SettingAdvice(group: "General", key: "ControllerMode", standard: "dual") { value in
      switch value {
      case "dual": (.ok, "Both kinds of Bluetooth are on", nil)
      case "bredr": (.ok, "Low energy is off, which headphones do not need for stereo", nil)
      case "le": (.broken, "Stereo and calls are off: only low energy is on", "Set it to dual.")
      default: nil
      }
    },
    SettingAdvice(group: "General", key: "Privacy", standard: "off") { value in
      switch value {
      case "off": (.ok, "The computer shows its own address", nil)
      case "network/on", "device", "limited-network", "limited-device", "network":
        (
          .note, "In low energy this computer shows changing addresses",
          "Where a headset does not come back over low energy (LE Audio), try it without this."
        )
      default: nil
      }
    },
    SettingAdvice(group: "General", key: "Experimental", standard: "false") { value in
      switch value {
      case "false": (.ok, "Interfaces that BlueZ calls experimental are off", nil)
      case "true":
        (.note, "Interfaces that BlueZ calls experimental are on", "LE Audio needs them; stereo and calls do not.")
      default: nil
      }
    },
    SettingAdvice(group: "General", key: "FastConnectable", standard: "false") { value in
      switch value {
      case "false": (.ok, "Headsets that call this computer may take up to 2.56 s to get through", nil)
      case "true": (.ok, "Headsets that call this computer get through faster, which costs power", nil)
      default: nil
      }
    },
    SettingAdvice(group: "General", key: "TemporaryTimeout", standard: "30") { value in
      guard let seconds = Int(value), seconds >= 0 else { return nil }
      return seconds == 0 || seconds >= 10
        ? (.ok, "A device that was found stays long enough to be paired", nil)
        : (
          .warning, "A device that was found is gone after \(seconds) s, maybe before it is paired",
          "Leave it out: bluetoothd keeps it for 30 s then."
        )
    },
    SettingAdvice(group: "Policy", key: "AutoEnable", standard: "true") { value in
      switch value {
      case "true": (.ok, "Adapters are switched on when bluetoothd starts", nil)
      case "false":
        (
          .warning, "Adapters stay off when the computer starts, until somebody switches them on",
          "Set it to true, or leave it out (BlueZ 5.65 and newer)."
        )
      default: nil
      }
    },
    SettingAdvice(group: "Policy", key: "ReconnectUUIDs", standard: "") { value in
      let services = value.utf8.split(separator: UInt8(ascii: ","))
      // A2DP's source and sink, and calls: any of them has a headset called again whose link was lost.
      let isForSound = ["0000110a", "0000110b", "0000111e", "0000111f", "00001108", "00001112"].contains { uuid in
        services.contains { $0.drop { $0 == 0x20 }.starts(with: uuid.utf8) }
      }
      return services.isEmpty || isForSound
        ? (.ok, "A headset whose link was lost is called again", nil)
        : (
          .warning, "A headset whose link was lost is not called again", "Leave it out, or add the headset's services."
        )
    },
  ]

  func outcome(_ settings: BlueZSettings) -> CheckRule.Outcome {
    guard settings.fault == nil else {
      return outcome(standard, seenBy: "bluetoothd does not use \(settings.path), so this is what it has by itself.")
    }
    guard let value = settings.values["\(group)/\(key)"] else {
      return outcome(standard, seenBy: "\(settings.path) does not say.")
    }
    return outcome(value.text, seenBy: "\(settings.path):\(value.line)")
  }

  private func outcome(_ value: String, seenBy place: String) -> CheckRule.Outcome {
    guard let (verdict, message, hint) = judge(value) else {
      return .init(
        .warning, "\(key) = \(value.shown) is no value that bluetoothd knows.", evidence: place,
        hint: "bluetoothd has what it has without it: \(standard.isEmpty ? "its own list" : standard).")
    }
    let shown = value.isEmpty ? "its own list" : value.shown
    return .init(verdict, "\(message) (\(key) = \(shown)).", evidence: place, hint: hint)
  }
}

extension Doctor {
  static var settingRules: [CheckRule] {
    [CheckRule(.settings, "main-conf") { findings in [file(findings.settings)] }]
      + SettingAdvice.all.map { advice in
        CheckRule(.settings, advice.key) { findings in
          switch findings.settings {
          case .known(let settings): [advice.outcome(settings)]
          case .unknown(let reason): [.unknown("What \(advice.key) is cannot be seen.", because: reason)]
          }
        }
      }
  }

  private static func file(_ settings: Fact<BlueZSettings>) -> CheckRule.Outcome {
    switch settings {
    case .unknown(let reason): return .unknown("bluetoothd's main.conf cannot be read.", because: reason)
    case .known(let settings):
      if let fault = settings.fault {
        return .init(
          .broken, "bluetoothd does not use its main.conf at all: it has a line that cannot be read.",
          evidence: "\(settings.path):\(fault.line): \(fault.reason)",
          hint: "Correct it, and then run: sudo systemctl restart bluetooth")
      }
      return settings.isThere
        ? .init(.ok, "bluetoothd's main.conf can be read.", evidence: settings.path)
        : .init(.ok, "bluetoothd has no main.conf, and what it has by itself is good.", evidence: settings.path)
    }
  }
}
