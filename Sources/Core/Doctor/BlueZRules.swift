internal import Vocabulary

extension Doctor {
  /// bluetoothd, the system bus and the kernel.
  static var bluezRules: [CheckRule] {
    [
      CheckRule(.bluez, "bluetoothd") { findings in [bluetoothd(findings)] },
      CheckRule(.bluez, "bluetoothd-restart") { findings in [restart(findings.restart)] },
      CheckRule(.bluez, "bluez-version") { findings in [version(findings.bluez, findings.bluezPackage)] },
      CheckRule(.bluez, "system-bus") { findings in [bus(findings)] },
      CheckRule(.bluez, "kernel") { findings in [kernel(findings.kernel)] },
    ]
  }

  private static func bluetoothd(_ findings: Findings) -> CheckRule.Outcome {
    guard let absence = findings.absence else { return answering(findings.answers) }
    let (sentence, evidence, hint) = absence.words
    switch absence {
    case .starting, .busSilent: return .init(.unknown, sentence, evidence: evidence, hint: hint)
    case .notRunning, .noBus, .notPermitted, .silent, .unreadable:
      return .init(.broken, sentence, evidence: evidence, hint: hint)
    }
  }

  private static func answering(_ answers: Fact<Bool>) -> CheckRule.Outcome {
    switch answers {
    case .known(true): return .init(.ok, "bluetoothd runs, and answers.")
    case .unknown(let reason): return .unknown("Whether bluetoothd answers is not known.", because: reason)
    case .known(false):
      let (sentence, evidence, hint) = BlueZAbsence.silent("It did not answer a ping.").words
      return .init(.broken, sentence, evidence: evidence, hint: hint)
    }
  }

  /// BlueZ's own unit leaves it to the administrator; a bluetoothd that has died stays so.
  private static func restart(_ restart: Fact<String>) -> CheckRule.Outcome {
    switch restart {
    case .unknown(let reason):
      return .unknown("Whether bluetoothd is started again when it dies is not known.", because: reason)
    case .known("no"):
      return .init(
        .note, "bluetoothd is not started again when it dies.", evidence: "bluetooth.service has Restart=no.",
        hint: "sudo systemctl edit bluetooth.service, and add two lines: [Service] and Restart=on-failure")
    case .known(let when):
      return .init(.ok, "bluetoothd is started again when it dies.", evidence: "bluetooth.service has Restart=\(when).")
    }
  }

  /// The oldest version that mdrctl is proven with; see README.
  private static let oldest = (5, 66)

  private static func version(_ running: Fact<String>, _ package: Fact<PackageFact>) -> CheckRule.Outcome {
    let seen: String? =
      switch package {
      case .known(let package): "The package is \(package.version), by \(package.database)."
      case .unknown: nil
      }
    switch running {
    case .unknown(let reason):
      return .init(
        .unknown, "Which version of bluetoothd runs is not known.",
        evidence: [reason, seen].compactMap(\.self).joined(separator: " "))
    case .known(let version):
      let numbers = version.utf8.split(separator: UInt8(ascii: ".")).compactMap { Int(String(Substring($0))) }
      if numbers.count >= 2, (numbers[0], numbers[1]) < oldest {
        return .init(
          .warning, "BlueZ \(version) is older than those that mdrctl is proven with.", evidence: seen,
          hint: "mdrctl is proven with BlueZ \(oldest.0).\(oldest.1) and newer.")
      }
      if let installed = package.value, installed.upstream != version {
        return .init(
          .note, "bluetoothd \(version) runs, and BlueZ \(installed.upstream) is installed.", evidence: seen,
          hint: "The new one runs after: sudo systemctl restart bluetooth (which disconnects everything).")
      }
      return .init(.ok, "BlueZ \(version).", evidence: seen)
    }
  }

  private static func bus(_ findings: Findings) -> CheckRule.Outcome {
    switch findings.absence {
    case .noBus(let words):
      return .init(.broken, "There is no system bus.", evidence: words, hint: "systemctl status dbus")
    case .notPermitted(let words):
      return .init(
        .broken, "The policy of the system bus keeps mdrctld from BlueZ.", evidence: words,
        hint: "Look for what denies org.bluez in /etc/dbus-1/system.d and /usr/share/dbus-1/system.d.")
    default: break
    }
    switch findings.bus {
    case .known(let bus): return .init(.ok, "The system bus is \(bus.title).")
    case .unknown(let reason): return .unknown("Which program is the system bus is not known.", because: reason)
    }
  }

  private static func kernel(_ release: Fact<String>) -> CheckRule.Outcome {
    switch release {
    case .unknown(let reason): .unknown("Which kernel runs is not known.", because: reason)
    case .known(let release): .init(.ok, "Linux \(release).")
    }
  }
}
