import Interface
import Vocabulary

extension Example {
  /// What the doctor of the tests' daemon found; the client adds what it sees.
  static let found: [Check] = [
    Check(group: .bluez, name: "bluetoothd", verdict: .ok, message: "bluetoothd runs, and answers."),
    Check(
      group: .adapter, name: "adapter-power", subject: "hci0", verdict: .note, message: "The adapter hci0 is off.\u{7}",
      evidence: "Powered is false.", hint: "Switch it on: mdrctl adapter power on"),
    Check(
      group: .settings, name: "Privacy", verdict: .unknown, message: "What Privacy is cannot be seen.",
      evidence: "open: Permission denied."),
    Check(
      group: .settings, name: "AutoEnable", verdict: .unknown, message: "What AutoEnable is cannot be seen.",
      evidence: "open: Permission denied."),
    Check(
      group: .known, name: "known-faults", subject: "row", verdict: .warning, message: "It breaks.",
      evidence: "The package bluez 5.87-3 (dpkg).", hint: "Install another.",
      sources: ["https://example.org/1 (so)"]),
  ]

  /// What the client sees of itself in a test.
  private static let own: [Check] = [
    Check(group: .installation, name: "daemon", verdict: .ok, message: "mdrctld answers."),
    Check(group: .installation, name: "socket", verdict: .ok, message: "mdrctld's socket is open to everybody."),
    Check(
      group: .installation, name: "version", verdict: .ok, message: "mdrctl and mdrctld are of one version.",
      evidence: Control.version),
  ]
  private static let modules = Check(
    group: .bluez, name: "kernel-modules", verdict: .ok, message: "The modules of the kernel that runs are there.")

  static let doctor: [Example] = [
    Example(
      "doctor xm4 -a hci0", follows: Control.doctor, .init(device: "xm4", adapter: "hci0"),
      answers: .init(looking: .bluez), .init(checks: found, worst: .warning, version: Control.version),
      shows: """
        bluetoothd, system bus and kernel: ok
        Adapters
          note     The adapter hci0 is off.\u{FFFD}
                   Seen by: Powered is false.
                   Switch it on: mdrctl adapter power on
        bluetoothd's main.conf
          unknown  2 things are not known: Privacy, AutoEnable.
                   Seen by: open: Permission denied.
        mdrctl itself: ok
        Known faults of these versions
          warning  It breaks.
                   Seen by: The package bluez 5.87-3 (dpkg).
                   Install another.

        1 warning, 1 note, 2 unknown, 5 ok.

        """,
      inJSON: Control.DoctorReply(
        checks: [found[0], modules] + found[1...3] + own + [found[4]], worst: .warning, version: Control.version))
  ]
}
