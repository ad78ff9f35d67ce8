import Core
import Testing
import Vocabulary

/// Each rule of the doctor's: what it says of a computer that is well, of one that is not, and of one that nobody can tell
/// of.
@Suite struct DoctorTests {
  /// One thing that is otherwise, and what one rule says of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let rule: String
    let verdict: CheckVerdict
    /// Part of what is said: message, evidence and hint.
    let says: String
    let spoil: @Sendable (inout Findings) -> Void

    init(
      _ rule: String, _ verdict: CheckVerdict, _ says: String, _ spoil: @escaping @Sendable (inout Findings) -> Void
    ) {
      (self.rule, self.verdict, self.says, self.spoil) = (rule, verdict, says, spoil)
    }

    var testDescription: String { "\(rule): \(verdict.rawValue), \(says)" }
  }

  private static func silence(_ findings: inout Findings) {
    findings.absence = .starting
    (findings.adapters, findings.devices) = ([], [])
  }

  private static func device(_ change: @escaping @Sendable (inout Device) -> Void) -> @Sendable (inout Findings) -> Void
  {
    { $0.devices = [Patient.device(change)] }
  }

  static let bluez: [Case] = [
    Case("bluetoothd", .broken, "sudo systemctl start bluetooth") { $0.absence = .notRunning },
    Case("bluetoothd", .broken, "does not answer") { $0.answers = .known(false) },
    Case("bluetoothd", .unknown, "still to come") { $0.absence = .starting },
    Case("bluetoothd", .unknown, "Whether bluetoothd answers") { $0.answers = .unknown("No.") },
    Case("bluez-version", .warning, "5.55 is older") { $0.bluez = .known("5.55") },
    Case("bluez-version", .note, "bluetoothd 5.66 runs, and BlueZ 5.82 is installed") { $0.bluez = .known("5.66") },
    Case("bluez-version", .unknown, "The package is 5.82-1.1") { $0.bluez = .unknown("No adapter.") },
    Case("system-bus", .broken, "There is no system bus") { $0.absence = .noBus("No such file.") },
    Case("system-bus", .broken, "policy") { $0.absence = .notPermitted("AccessDenied") },
    Case("system-bus", .unknown, "Which program") { $0.bus = .unknown("No reply.") },
    Case("bluetoothd-restart", .note, "Restart=on-failure") { $0.restart = .known("no") },
    Case("bluetoothd-restart", .ok, "is started again") { $0.restart = .known("on-failure") },
    Case("bluetoothd-restart", .unknown, "No such unit") { $0.restart = .unknown("No such unit.") },
    Case("kernel", .unknown, "Which kernel") { $0.kernel = .unknown("No.") },
  ]

  static let adapters: [Case] = [
    Case("adapter-present", .broken, "has no Bluetooth adapter") {
      ($0.adapters, $0.host) = ([], HostAdapters(names: []))
    },
    Case("adapter-present", .broken, "ControllerMode = le") {
      ($0.adapters, $0.host) = ([], HostAdapters(names: ["hci0"], mode: "le"))
    },
    Case("adapter-present", .unknown, "The kernel has hci0.", silence),
    Case("adapter-power", .broken, "mdrctl adapter power on") { $0.adapters = [Patient.adapter(powered: false)] },
    Case("adapter-power", .broken, "rfkill") {
      $0.adapters = [Patient.adapter(powered: false)]
      $0.adapters[0].adapter.blocked = true
    },
    Case("adapter-power", .note, "hci1") {
      var other = Patient.adapter(powered: false)
      other.adapter = Adapter(id: AdapterID("hci1"), powered: false)
      $0.adapters.append(other)
    },
    Case("adapter-power", .unknown, "being switched off") { $0.adapters[0].isGoingOff = true },
    Case("adapter-address", .broken, "00:00:00:00:00:00") { $0.adapters[0].address = .known(Address(bits: 0)) },
    Case("adapter-address", .unknown, "not known") { $0.adapters[0].address = .unknown("No.") },
  ]

  private static func setting(_ name: String, _ value: String) -> @Sendable (inout Findings) -> Void {
    { $0.settings = .known(Patient.settings([name: value])) }
  }
  private static func unread(_ findings: inout Findings) { findings.settings = .unknown("Permission denied.") }

  static let settings: [Case] = [
    Case("main-conf", .broken, "/etc/bluetooth/main.conf:7: No line.") {
      var settings = Patient.settings()
      settings.fault = (7, "No line.")
      $0.settings = .known(settings)
    },
    Case("main-conf", .unknown, "Permission denied", unread),
    Case("JustWorksRepairing", .warning, "main.conf:3", setting("General/JustWorksRepairing", "always")),
    Case("JustWorksRepairing", .ok, "confirm", setting("General/JustWorksRepairing", "confirm")),
    Case(
      "JustWorksRepairing", .warning, "no value that bluetoothd knows", setting("General/JustWorksRepairing", "yes")),
    Case("JustWorksRepairing", .unknown, "Permission denied", unread),
    Case("ControllerMode", .broken, "only low energy", setting("General/ControllerMode", "le")),
    Case("ControllerMode", .ok, "bredr", setting("General/ControllerMode", "bredr")),
    Case("ControllerMode", .unknown, "Permission denied", unread),
    Case("Privacy", .note, "changing addresses", setting("General/Privacy", "device")),
    Case("Privacy", .unknown, "Permission denied", unread),
    Case("Experimental", .note, "LE Audio", setting("General/Experimental", "true")),
    Case("Experimental", .unknown, "Permission denied", unread),
    Case("FastConnectable", .ok, "costs power", setting("General/FastConnectable", "true")),
    Case("FastConnectable", .warning, "no value", setting("General/FastConnectable", "maybe")),
    Case("FastConnectable", .unknown, "Permission denied", unread),
    Case("TemporaryTimeout", .warning, "gone after 5 s", setting("General/TemporaryTimeout", "5")),
    Case("TemporaryTimeout", .ok, "stays long enough", setting("General/TemporaryTimeout", "0")),
    Case("TemporaryTimeout", .unknown, "Permission denied", unread),
    Case("AutoEnable", .warning, "stay off", setting("Policy/AutoEnable", "false")),
    Case("AutoEnable", .unknown, "Permission denied", unread),
    Case(
      "ReconnectUUIDs", .warning, "not called again",
      setting("Policy/ReconnectUUIDs", "00001124-0000-1000-8000-00805f9b34fb")),
    Case(
      "ReconnectUUIDs", .ok, "is called again",
      setting("Policy/ReconnectUUIDs", "00001124-0000-1000-8000-00805f9b34fb, 0000110b-0000-1000-8000-00805f9b34fb")),
    Case("ReconnectUUIDs", .unknown, "Permission denied", unread),
    // A file that bluetoothd does not use says nothing.
    Case("ControllerMode", .ok, "does not use") {
      var settings = Patient.settings(["General/ControllerMode": "le"])
      settings.fault = (7, "No line.")
      $0.settings = .known(settings)
    },
  ]

  private static func mute(_ findings: inout Findings) { findings.adapters = [Patient.adapter(services: [])] }

  static let sound: [Case] = [
    Case("sound-server", .broken, "mdrctl-session") {
      mute(&$0)
      $0.session = nil
    },
    Case("sound-server", .broken, "does not run") {
      mute(&$0)
      $0.session = Patient.session { $0.server = nil }
    },
    Case("sound-server", .unknown, "No adapter is on") { $0.adapters = [Patient.adapter(powered: false)] },
    Case("sound-server", .unknown, "bluetoothd does not tell", silence),
    Case("sound-roles", .note, "bluez5.roles") { $0.adapters = [Patient.adapter(services: [.a2dpSource])] },
    Case("sound-roles", .broken, "No stereo") { $0.adapters = [Patient.adapter(services: [.handsFreeGateway])] },
    Case("sound-roles", .unknown, "bluetoothd does not tell", silence),
    Case("session-part", .warning, "enable --now mdrctl-session") { $0.session = nil },
    Case("session-part", .ok, "BlueALSA") { ($0.session, $0.hasBlueALSA) = (nil, .known(true)) },
    Case("session-part", .unknown, "No reply") { ($0.session, $0.hasBlueALSA) = (nil, .unknown("No reply.")) },
    Case("session-manager", .broken, "restart wireplumber") { $0.session = Patient.session { $0.hasManager = false } },
    Case("session-manager", .unknown, "WirePlumber") { $0.session = Patient.session { $0.hasManager = nil } },
    Case("seat", .broken, "seat-monitoring") {
      mute(&$0)
      $0.session = Patient.session { $0.presence = .online }
    },
    Case("seat", .ok, "The sound server has registered") { $0.session = Patient.session { $0.presence = .lingering } },
    Case("seat", .note, "not registered") {
      mute(&$0)
      $0.session = Patient.session { ($0.presence, $0.hadEndpoints) = (.online, true) }
    },
    Case("seat", .unknown, "logind does not tell") { $0.session = Patient.session { $0.presence = nil } },
    Case("one-sound-server", .warning, "two login sessions") { $0.isSoundShared = true },
    Case("one-sound-server", .warning, "BlueALSA") { $0.hasBlueALSA = .known(true) },
    Case("one-sound-server", .unknown, "finds none") { $0.session = Patient.session { $0.server = nil } },
    Case("players", .note, "dummy-avrcp-player") { $0.clients = .known([]) },
    Case("players", .unknown, "No reply") { $0.clients = .unknown("No reply.") },
  ]

  static let rivals: [Case] = [
    Case("controllers", .note, "bluetoothctl (process 4711, session-3.scope)") {
      $0.clients = .known([Patient.client("bluetoothctl", unit: "session-3.scope")])
    },
    // The kernel keeps fifteen bytes of a name.
    Case("controllers", .warning, "connects headsets by itself") {
      $0.clients = .known([Patient.client("bluetooth-autoc")])
    },
    Case("controllers", .ok, "No other program") {
      $0.clients = .known([Patient.client(nil), Patient.client("cron")])
    },
    Case("controllers", .unknown, "No reply") { $0.clients = .unknown("No reply.") },
    Case("agents", .note, "Several programs") {
      $0.clients = .known([Patient.client("bluetoothctl"), Patient.client("blueman-applet")])
    },
    Case("agents", .ok, "may answer") { $0.clients = .known([Patient.client("gnome-shell")]) },
    Case("agents", .unknown, "No reply") { $0.clients = .unknown("No reply.") },
    Case("discovery", .warning, "kdeconnectd (process 4711)") {
      $0.adapters[0].adapter.discovering = true
      $0.clients = .known([Patient.client("kdeconnectd"), Patient.client("mpris-proxy")])
    },
    Case("discovery", .warning, "No program that is known to search") { $0.adapters[0].adapter.discovering = true },
    Case("discovery", .note, "mdrctl searches") {
      ($0.adapters[0].adapter.discovering, $0.adapters[0].isOurSearch) = (true, true)
    },
    Case("discovery", .warning, "When it began is not known.") { $0.adapters[0].adapter.discovering = true },
    // Who came after it began does not do it.
    Case("discovery", .warning, "scanner.py (process 4711), as it seems, keeps") {
      $0.adapters[0].adapter.discovering = true
      $0.clients = .known([Patient.client("scanner.py"), Patient.client("bluetoothctl", 4712)])
      $0.adapters[0].search.age = .seconds(40)
      $0.adapters[0].search.clients = [Patient.client("scanner.py")]
      $0.adapters[0].search.newest = Patient.client("scanner.py")
    },
    Case("discovery", .warning, "bluetoothctl (process 4712), as it seems, keeps") {
      $0.adapters[0].adapter.discovering = true
      $0.adapters[0].search.age = .seconds(40)
      $0.adapters[0].search.clients = [Patient.client("scanner.py"), Patient.client("bluetoothctl", 4712)]
      $0.adapters[0].search.newest = Patient.client("scanner.py")
    },
    // bluetoothd keeps track of whoever searches.
    Case("discovery", .warning, "scanner.py (process 4711) keeps") {
      $0.adapters[0].adapter.discovering = true
      $0.clients = .known([Patient.client("scanner.py"), Patient.client("bluetoothctl", 4712)])
      $0.adapters[0].search.clients = [Patient.client("wireplumber", 4713), Patient.client("scanner.py")]
      $0.adapters[0].search.isTold = true
    },
    // An agent of one, and a search of the other, are the same to bluetoothd.
    Case("discovery", .warning, "It is scanner.py (process 4711) or bluetoothctl (process 4712).") {
      $0.adapters[0].adapter.discovering = true
      $0.adapters[0].search.clients = [Patient.client("bluetoothctl", 4712), Patient.client("scanner.py")]
      $0.adapters[0].search.isTold = true
    },
    Case("discovery", .warning, "Another program keeps") {
      $0.adapters[0].adapter.discovering = true
      $0.clients = .known([Patient.client("bluetoothctl"), Patient.client("kdeconnectd", 4712)])
    },
    Case("discovery", .warning, "It began 5 min ago.") {
      $0.adapters[0].adapter.discovering = true
      $0.adapters[0].search.age = .seconds(330)
    },
    Case("discovery", .ok, "ended 12 s ago, as scanner.py (process 4711) left the bus") {
      $0.adapters[0].search.ended = EndedSearch(client: Patient.client("scanner.py"), ago: .seconds(12))
    },
    Case("streams", .ok, "No more than one headset") { $0.adapters[0].streaming = [Patient.device().device] },
    Case("streams", .warning, "mdrctl disconnect") {
      $0.adapters[0].streaming = [Patient.device().device, Patient.device().device]
    },
  ]

  private static func verdict(_ cause: Verdict.Cause, _ certainty: Verdict.Certainty)
    -> @Sendable (inout Findings) -> Void
  {
    { $0.devices[0].verdict = Verdict(cause, certainty, message: "M.", evidence: "E.", hint: "mdrctl repair X") }
  }

  static let devices: [Case] = [
    Case("bond", .broken, "mdrctl repair", verdict(.headsetLostKey, .certain)),
    Case("bond", .warning, "M.", verdict(.adapterChanged, .certain)),
    Case("bond", .unknown, "M.", verdict(.headsetLostKey, .possible)),
    // What is in the way of a connection is told by other rules.
    Case("bond", .ok, "nothing speaks against", verdict(.unreachable, .certain)),
    Case("bond", .warning, "no key was stored", device { $0.bonded = false }),
    Case("bond", .note, "not paired", device { ($0.paired, $0.bonded) = (false, false) }),
    Case("twin", .warning, "mdrctl forget") {
      var twin = Patient.device().device
      twin.alias = "LE_WH-1000XM4"
      $0.devices[0].twins = .known([twin])
    },
    Case("twin", .warning, "has no stereo") { $0.devices[0].twinOf = "WH-1000XM4" },
    Case("twin", .note, "never paired") {
      $0.devices = [Patient.device { ($0.paired, $0.bonded, $0.trusted) = (false, false, false) }]
      $0.devices[0].twinOf = "WH-1000XM4"
    },
    Case("twin", .unknown, "Two.") { $0.devices[0].twins = .unknown("Two.") },
    Case("one-bond", .note, "hci0 and hci1") { $0.devices[0].bonds.append(AdapterID("hci1")) },
    Case("trust", .warning, "mdrctl trust", device { $0.trusted = false }),
    Case("blocked", .warning, "mdrctl unblock", device { $0.blocked = true }),
    Case("stereo", .warning, "mdrctl why") { $0.devices[0].transports = [Transport(profile: .hfp, isActive: false)] },
    Case("stereo", .unknown, "still being asked for") {
      $0.devices = [Patient.device { $0.servicesResolved = false }]
      $0.devices[0].transports = []
    },
    Case("battery", .note, "low, at 15%", device { $0.battery = 15 }),
    Case("battery", .unknown, "Battery1", device { $0.battery = nil }),
    Case("signal", .note, "-73 dBm", device { $0.rssi = -73 }),
    Case("signal", .ok, "-72 dBm", device { $0.rssi = -72 }),
    Case("signal", .unknown, "no dBm", device { $0.rssi = nil }),
  ]

  private static let fault = AccessFact(isFine: false, message: "No.", evidence: "x.conf:3: No.", hint: "Correct it.")

  static let installation: [Case] = [
    Case("access", .note, "Correct it.") { $0.access = fault },
    Case("configuration", .warning, "x.conf:3") { $0.configuration = fault },
    Case("state-directory", .warning, "The disk is full.") {
      $0.state = .known(StateFact(path: "/var/lib/mdrctl", obstacle: "The disk is full."))
    },
    Case("state-directory", .unknown, "No.") { $0.state = .unknown("No.") },
    Case("enabled", .note, "systemctl enable mdrctld") { $0.isEnabled = .known(false) },
    Case("enabled", .unknown, "No.") { $0.isEnabled = .unknown("No.") },
    Case("helper", .note, "mdrctl-flush.socket") { $0.helper = .known(false) },
    Case("helper", .unknown, "No.") { $0.helper = .unknown("No.") },
    Case("session-unit", .note, "not installed") { $0.sessionUnit = .known(nil) },
    Case("session-unit", .unknown, "No.") { $0.sessionUnit = .unknown("No.") },
    Case("session-version", .warning, "mdrctl-session 0.0.9, mdrctld 0.1.0") {
      $0.session = Patient.session { $0.version = "0.0.9" }
    },
    Case("session-version", .unknown, "older") { $0.session = Patient.session { $0.version = nil } },
    Case("knowledge-files", .warning, "a.json:3") { $0.knowledgeFaults = .known(["a.json:3: schema: no."]) },
    Case("knowledge-files", .unknown, "No.") { $0.knowledgeFaults = .unknown("No.") },
  ]

  private static func known(_ state: DefectFinding.State, isSecurity: Bool = false)
    -> @Sendable (inout Findings) -> Void
  {
    { $0.defects = .known(DefectsFact(count: 1, findings: [Patient.defect(state, isSecurity: isSecurity)])) }
  }

  static let known: [Case] = [
    Case("known-faults", .broken, "It was seen.", known(.seen("It was seen."))),
    Case("known-faults", .warning, "Install another. Fixed in 5.88.", known(.affected(isMinor: false))),
    Case("known-faults", .note, "It shows by this: A line.", known(.affected(isMinor: true))),
    Case("known-faults", .warning, "published vulnerability", known(.affected(isMinor: false), isSecurity: true)),
    Case("known-faults", .unknown, "Nobody knows.", known(.open("Nobody knows."))),
    Case("known-faults", .unknown, "No table.") { $0.defects = .unknown("No table.") },
  ]

  static let all = bluez + adapters + settings + sound + rivals + devices + installation + known

  @Test(arguments: all)
  func `a rule says what is the case, what it was seen by and what to do`(_ one: Case) throws {
    var findings = Patient.healthy
    one.spoil(&findings)
    let checks = Doctor.examine(findings).filter { $0.name == one.rule }
    let check = try #require(checks.first { $0.verdict == one.verdict }, "\(checks)")
    let told = [check.message, check.evidence, check.hint].compactMap(\.self)
    #expect(told.contains { $0.contains(one.says) }, "\(told)")
    #expect(told.allSatisfy { !$0.isEmpty && !$0.contains("Optional(") && !$0.contains("..") }, "\(told)")
    if check.verdict == .broken || check.verdict == .warning { #expect(check.hint != nil, "\(told)") }
    if check.verdict == .unknown { #expect(check.evidence != nil, "\(told)") }
  }

  @Test func `where all is well every rule says so, once for each thing`() {
    let checks = Doctor.examine(Patient.healthy)
    #expect(checks.filter { $0.verdict != .ok }.isEmpty, "\(checks.filter { $0.verdict != .ok })")
    #expect(checks.map(\.name) == Doctor.rules.map(\.name))
    #expect(Set(checks.map(\.name)).count == checks.count)
  }

  /// What nobody could fail to know, since it is there or BlueZ has said it.
  private static let neverUnknown: Set<String> = [
    "one-bond", "trust", "blocked", "access", "configuration", "discovery", "streams",
  ]
  /// What only tells.
  private static let neverFailing: Set<String> = ["kernel"]

  @Test func `every rule is tried where it passes, where it does not and where nobody knows`() {
    for rule in Doctor.rules {
      let verdicts = Set(Self.all.filter { $0.rule == rule.name }.map(\.verdict))
      let fails = !verdicts.isDisjoint(with: [.note, .warning, .broken])
      #expect(fails != Self.neverFailing.contains(rule.name), "\(rule.name)")
      #expect(verdicts.contains(.unknown) != Self.neverUnknown.contains(rule.name), "\(rule.name)")
    }
    #expect(Set(Self.all.map(\.rule)).isSubset(of: Doctor.rules.map(\.name)))
  }

  @Test func `without bluetoothd nothing is said of adapters and headsets but that nobody knows`() {
    var findings = Findings()
    findings.absence = .notRunning
    let checks = Doctor.examine(findings)
    #expect(checks.first?.verdict == .broken)
    #expect(checks.filter { $0.group == .device }.isEmpty)
    #expect(checks.dropFirst().allSatisfy { $0.verdict == .unknown }, "\(checks.filter { $0.verdict != .unknown })")
  }

  @Test func `the verdicts are in the order of how bad they are`() {
    #expect(CheckVerdict.allCases == CheckVerdict.allCases.sorted())
    #expect(CheckVerdict.allCases.max() == .broken)
    #expect(CheckVerdict.allCases.min() == .ok)
  }
}
