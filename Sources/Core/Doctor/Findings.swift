package import Vocabulary

/// What was found on this computer, for the rules to judge. Nothing here is asked for again.
package struct Findings: Sendable {
  // MARK: BlueZ and below

  /// Why nothing is known of BlueZ's objects; nil where they are known.
  package var absence: BlueZAbsence?
  /// Whether bluetoothd answers now; unknown where it is not there.
  package var answers: Fact<Bool> = .unknown("It was not asked.")
  /// When systemd starts bluetoothd again by itself: "no", "on-failure", "always" (systemd.service(5)).
  package var restart: Fact<String> = .unknown("systemd was not asked.")
  /// bluetoothd's version, "5.82", as an adapter tells it.
  package var bluez: Fact<String> = .unknown("No adapter tells it.")
  /// Where `bluez` is a package: its version, whole, and its upstream version.
  package var bluezPackage: Fact<PackageFact> = .unknown("No package database was read.")
  /// The kernel's release, "6.12.43+deb13-amd64".
  package var kernel: Fact<String> = .unknown("It was not asked.")
  /// The process that is the system bus.
  package var bus: Fact<BusClient> = .unknown("The bus was not asked.")
  package var host = HostAdapters()
  package var adapters: [AdapterFact] = []
  package var settings: Fact<BlueZSettings> = .unknown("main.conf was not read.")

  // MARK: Sound

  package var session: AudioSession?
  package var isSoundShared = false
  package var hasBlueALSA: Fact<Bool> = .unknown("The bus was not asked.")

  // MARK: Others

  /// The processes on the system bus, but for ours.
  package var clients: Fact<[BusClient]> = .unknown("The bus was not asked.")

  // MARK: Headsets

  package var devices: [DeviceFact] = []

  // MARK: mdrctl itself

  package var state: Fact<StateFact> = .unknown("It was not looked at.")
  package var helper: Fact<Bool> = .unknown("It was not looked at.")
  /// mdrctld's.
  package var version = ""
  /// Where the unit of the part in the sessions lies; nil where it is nowhere.
  package var sessionUnit: Fact<String?> = .unknown("It was not looked at.")
  /// Whether the daemon is started beside bluetoothd.
  package var isEnabled: Fact<Bool> = .unknown("It was not looked at.")
  /// What is wrong with mdrctl.conf; nil where nothing is.
  package var configuration: AccessFact?
  /// What the caller may do; nil where nobody asked.
  package var access: AccessFact?
  /// What is wrong with files that add to what is known; empty where nothing is.
  package var knowledgeFaults: Fact<[String]> = .unknown("They were not read.")

  // MARK: Known faults

  /// What the table says of what is installed.
  package var defects: Fact<DefectsFact> = .unknown("The table was not read.")

  package init() {}

  /// Whether something of BlueZ's can be judged.
  var hasBlueZ: Bool { absence == nil }
}

/// A package as its distribution names its version.
package struct PackageFact: Hashable, Sendable {
  /// "5.82-1.1".
  package let version: String
  /// "5.82".
  package let upstream: String
  /// Who says so: "dpkg".
  package let database: String

  package init(version: String, upstream: String, database: String) {
    self.version = version
    self.upstream = upstream
    self.database = database
  }
}

/// A process on the system bus.
package struct BusClient: Hashable, Sendable {
  package let process: Int
  /// The program's name, "bluetoothctl"; nil where nobody may say.
  package let program: String?
  /// "user@1000.service/app-blueman.service", "bluetooth.service"; nil where nobody says.
  package let unit: String?

  package init(process: Int, program: String?, unit: String? = nil) {
    self.process = process
    self.program = program
    self.unit = unit
  }

  /// "bluetoothctl (process 4711, session-3.scope)".
  var title: String {
    "\(program ?? "an unnamed program") (process \(process)\(unit.map { ", \($0)" } ?? ""))"
  }
}

/// An adapter with what is looked at of it here.
package struct AdapterFact: Sendable {
  package var adapter: Adapter
  package var address: Fact<Address>
  /// It is being switched off, or about to be.
  package var isGoingOff: Bool
  /// Whether a search of ours runs on it, or is under way.
  package var isOurSearch: Bool
  /// What is known of the search that runs on it, where it is somebody else's.
  package var search = SearchFact()
  /// The devices with a stereo stream that some program has, by their ids.
  package var streaming: [Device] = []

  package init(_ adapter: Adapter, address: Fact<Address>, isGoingOff: Bool = false, isOurSearch: Bool = false) {
    self.adapter = adapter
    self.address = address
    self.isGoingOff = isGoingOff
    self.isOurSearch = isOurSearch
  }
}

/// What is known of another program's search for devices.
package struct SearchFact: Sendable {
  /// How long ago it began; nil where it began before mdrctld looked, or beside a search of its own.
  package var age: Duration?
  /// Who was on the bus when it began, and still is; nil where that is not known.
  package var clients: [BusClient]?
  /// `clients` are those whose end bluetoothd waits for, whenever they came: whoever searches is one of them.
  package var isTold = false
  /// Whoever of those had come to the bus last.
  package var newest: BusClient?
  /// The last one, where it ended as one client left the bus.
  package var ended: EndedSearch?

  package init() {}
}

/// A search that ended as somebody left the bus.
package struct EndedSearch: Sendable {
  package let client: BusClient
  /// How long ago.
  package let ago: Duration

  package init(client: BusClient, ago: Duration) {
    self.client = client
    self.ago = ago
  }
}

/// bluetoothd's `main.conf`.
package struct BlueZSettings: Sendable {
  package struct Value: Hashable, Sendable {
    package let text: String
    /// From 1.
    package let line: Int

    package init(text: String, line: Int) {
      self.text = text
      self.line = line
    }
  }

  package let path: String
  /// By "General/JustWorksRepairing"; what is not there is as bluetoothd has it by itself.
  package var values: [String: Value] = [:]
  /// The line that GLib refuses, and with it bluetoothd the whole file; and why.
  package var fault: (line: Int, reason: String)?
  /// Whether there is a file.
  package var isThere = true

  package init(path: String) { self.path = path }
}

/// A headset, or what somebody asked for.
package struct DeviceFact: Sendable {
  package var device: Device
  package var verdict: Verdict?
  package var transports: [Transport] = []
  /// The headset whose low-energy twin it is.
  package var twinOf: String?
  /// Its own low-energy twins, and whether that can be told: not where two headsets have its name.
  package var twins: Fact<[Device]> = .known([])
  /// The adapters that hold a bond of the same address.
  package var bonds: [AdapterID] = []

  package init(_ device: Device) { self.device = device }
}

/// Where the daemon keeps what lasts.
package struct StateFact: Hashable, Sendable {
  package let path: String
  /// Why nothing can be written there; nil where it can.
  package let obstacle: String?

  package init(path: String, obstacle: String?) {
    self.path = path
    self.obstacle = obstacle
  }
}

/// What the daemon says of a right, or of its own configuration.
package struct AccessFact: Hashable, Sendable {
  package let isFine: Bool
  package let message: String
  package let evidence: String?
  package let hint: String?

  package init(isFine: Bool, message: String, evidence: String? = nil, hint: String? = nil) {
    self.isFine = isFine
    self.message = message
    self.evidence = evidence
    self.hint = hint
  }
}

/// What the table of known faults says of what is installed.
package struct DefectsFact: Sendable {
  /// How many rows were looked at.
  package let count: Int
  package let findings: [DefectFinding]

  package init(count: Int, findings: [DefectFinding]) {
    self.count = count
    self.findings = findings
  }
}

/// A row that concerns this computer, or may.
package struct DefectFinding: Sendable {
  package enum State: Hashable, Sendable {
    /// The version is one of those, and what the row is recognised by was seen.
    case seen(String)
    /// The version is one of those; `isMinor` where that befalls few.
    case affected(isMinor: Bool)
    /// Whether it is cannot be told, and why.
    case open(String)
  }

  /// The row's own name.
  package let name: String
  package let state: State
  package let symptom: String
  /// What was compared: "bluez 5.87-3 (dpkg)".
  package let compared: String
  /// What tells it from other faults.
  package let sign: String
  package let cure: String
  /// The version that has it no more.
  package let fixed: String?
  package let sources: [String]
  /// A published vulnerability.
  package let isSecurity: Bool

  package init(
    name: String, state: State, symptom: String, compared: String, sign: String, cure: String, fixed: String?,
    sources: [String], isSecurity: Bool
  ) {
    self.name = name
    self.state = state
    self.symptom = symptom
    self.compared = compared
    self.sign = sign
    self.cure = cure
    self.fixed = fixed
    self.sources = sources
    self.isSecurity = isSecurity
  }
}
