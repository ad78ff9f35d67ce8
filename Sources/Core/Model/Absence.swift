// What is said where BlueZ or its adapters are not there: who fails, and what to do about it.

internal import Vocabulary

/// Why nothing is known of BlueZ's objects.
package enum BlueZAbsence: Hashable, Sendable {
  /// Nobody owns BlueZ's name on the bus.
  case notRunning
  /// There is no connection to the system bus; the bus's or libdbus's own words.
  case noBus(String)
  /// The system bus lets mdrctld in and does not do what it is asked.
  case busSilent(String)
  /// A policy of the bus, or BlueZ, refuses mdrctld.
  case notPermitted(String)
  /// bluetoothd owns its name and does not answer.
  case silent(String)
  /// bluetoothd's answer cannot be read.
  case unreadable(String)
  /// bluetoothd has been asked for its objects, and its answer is still to come.
  case starting

  /// What is the case, one sentence; what it is seen by; and what to do.
  var words: (sentence: String, evidence: String, hint: String) {
    switch self {
    case .notRunning:
      (
        "bluetoothd is not running.", "Nobody owns org.bluez on the system bus.",
        "Start it: sudo systemctl start bluetooth."
      )
    case .noBus(let words):
      (
        "mdrctld has no connection to the system bus.", words,
        "mdrctld tries again by itself. Look at: systemctl status dbus."
      )
    case .busSilent(let words):
      (
        "The system bus does not answer mdrctld.", words,
        "mdrctld asks again by itself. Look at: systemctl status dbus; journalctl -u dbus."
      )
    case .notPermitted(let words):
      (
        "mdrctld may not read BlueZ: a policy of the system bus refuses it.", words,
        """
        Look for what denies org.bluez in /etc/dbus-1/system.d and /usr/share/dbus-1/system.d; mdrctld asks again by \
        itself.
        """
      )
    case .silent(let words):
      (
        "bluetoothd runs, but does not answer.", words,
        "If it stays so, restart it: sudo systemctl restart bluetooth. Look at: journalctl -u bluetooth."
      )
    case .unreadable(let words):
      (
        "bluetoothd's answer cannot be read.", words,
        "mdrctld asks again by itself. Restart bluetoothd: sudo systemctl restart bluetooth."
      )
    case .starting:
      (
        "bluetoothd has not told its devices yet.", "It owns org.bluez, and its answer is still to come.",
        "Wait a moment, then run this again."
      )
    }
  }
}

/// The Bluetooth adapters of this computer as the kernel has them, and what bluetoothd is told to do with them.
package struct HostAdapters: Hashable, Sendable {
  /// As the kernel names them, "hci0"; nil where that cannot be seen.
  package var names: [String]?
  /// `ControllerMode` in bluetoothd's main.conf, where it is not `dual`.
  package var mode: String?

  package init(names: [String]? = nil, mode: String? = nil) {
    self.names = names
    self.mode = mode
  }
}

extension OperationError {
  package static func bluezMissing(_ absence: BlueZAbsence = .notRunning, while action: String? = nil) -> Self {
    let (sentence, evidence, hint) = absence.words
    let message =
      switch (absence, action) {
      case (.notRunning, let action?): "bluetoothd stopped while \(action)."
      case (.noBus, let action?): "The connection to the system bus was lost while \(action)."
      default: sentence
      }
    return Self(.bluezMissing, message, evidence: evidence, hint: hint)
  }

  /// BlueZ lists no adapter. The kernel may have one that bluetoothd leaves alone: of another kind than its
  /// `ControllerMode` (`src/adapter.c read_info_complete`), or one that it could not set up.
  package static func noAdapter(_ host: HostAdapters) -> Self {
    guard let name = host.names?.first else {
      return Self(
        .noAdapter, "This computer has no Bluetooth adapter.",
        evidence: host.names == nil ? "BlueZ lists none." : "BlueZ lists none, and the kernel has none.",
        hint: "Plug one in, or look at: rfkill list bluetooth; journalctl -k -g Bluetooth.")
    }
    guard let mode = host.mode else {
      return Self(
        .noAdapter, "bluetoothd has not taken up the adapter \(name).",
        evidence: "The kernel has \(name), and BlueZ lists none.",
        hint: "Restart bluetoothd: sudo systemctl restart bluetooth. Look at: journalctl -u bluetooth.")
    }
    return Self(
      .noAdapter, "bluetoothd leaves the adapter \(name) alone.",
      evidence: "The kernel has \(name), BlueZ lists none, and main.conf says ControllerMode = \(mode).",
      hint: """
        Set ControllerMode = dual in /etc/bluetooth/main.conf, then restart bluetoothd: sudo systemctl restart bluetooth.
        """)
  }
}
