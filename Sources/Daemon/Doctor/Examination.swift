internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Vocabulary

/// Gathers what the doctor's rules judge: from the mirror, the bus and files of this computer. It changes nothing, and
/// nothing of it is there before somebody asks or after he was answered.
struct Examination: Sendable {
  let loop: EventLoop
  let world: LiveWorld
  let port: HostPort
  let searches: Searches
  /// Where things of mdrctl's own are.
  let places: Places

  struct Places: Sendable {
    /// What stands before the paths of this computer's files: empty but in tests.
    let root: String
    let state: String?
    let helper: String
    let models: String
  }

  private var mirror: BlueZMirror { world.mirror }
  private var files: HostFiles { HostFiles(root: places.root) }

  /// All that can be found out. `devices` are those to be looked at, and `tell` hears what is looked at.
  func findings(_ devices: [DeviceID], tell: (CheckGroup) -> Void) async -> Findings {
    var findings = Findings()
    tell(.bluez)
    await lookAtBlueZ(&findings)
    tell(.adapter)
    findings.settings = files.settings
    tell(.sound)
    findings.session = world.sound
    findings.isSoundShared = world.isSoundShared
    tell(.rivals)
    let clients = await lookAtOthers(&findings)
    let adapters = mirror.allAdapters.sorted { $0.id.name < $1.id.name }
    let isSearched = adapters.contains { $0.discovering && !isSearching($0.id) }
    let watched = isSearched ? await port.helper.clients() : nil
    findings.adapters = adapters.map { adapter($0, clients, watched) }
    tell(.device)
    findings.devices = devices.compactMap(device)
    tell(.installation)
    findings.version = Control.version
    findings.state = HostFiles.state(places.state)
    findings.helper = HostFiles.isSocket(places.helper)
    findings.sessionUnit = files.sessionUnit
    findings.isEnabled = files.isEnabled
    tell(.known)
    await compare(&findings)
    return findings
  }

  private func lookAtBlueZ(_ findings: inout Findings) async {
    findings.absence = mirror.hasBlueZ ? nil : mirror.absence
    findings.host = mirror.host
    findings.bluez =
      mirror.bluezVersion.map { .known($0) }
      ?? .unknown(
        mirror.hasBlueZ ? "No adapter tells it: main.conf may set another DeviceID." : "bluetoothd is not there.")
    findings.kernel = HostFiles.kernel
    guard let connection = mirror.connection else { return }
    let bus = BusClients(connection: connection)
    findings.bus = await bus.bus()
    findings.restart = await bus.restart(of: "bluetooth.service")
    if let owner = mirror.bluezOwner { findings.answers = await bus.answers(owner) }
  }

  /// Returns who is on the bus, by the names there; nil where that is not known.
  private func lookAtOthers(_ findings: inout Findings) async -> [String: BusClient]? {
    guard let connection = mirror.connection else { return nil }
    let bus = BusClients(connection: connection, others: Set([mirror.bluezOwner].compactMap(\.self)))
    let clients = await bus.all()
    findings.hasBlueALSA = await bus.isOwned("org.bluealsa")
    switch clients {
    case .unknown(let reason): findings.clients = .unknown(reason)
    case .known(let named): findings.clients = .known(Set(named.values).sorted { $0.process < $1.process })
    }
    return clients.value
  }

  // MARK: Adapters and devices

  /// Whether a search of ours runs on it, or is under way.
  private func isSearching(_ id: AdapterID) -> Bool { port.bluez.assumeIsolated { $0.isSearching(id) } }

  private func adapter(
    _ adapter: Core.Adapter, _ clients: [String: BusClient]?, _ watched: Set<String>?
  ) -> AdapterFact {
    var fact = AdapterFact(
      adapter,
      address: mirror.adapterAddress(adapter.id).map { .known($0) } ?? .unknown("BlueZ does not tell it."),
      isGoingOff: mirror.isGoingOff(adapter.id), isOurSearch: isSearching(adapter.id))
    fact.search = searches.assumeIsolated { $0.search(on: adapter.id, among: clients, watched: watched) }
    fact.streaming = mirror.devices(of: adapter.id).filter { world.isStereoActive($0.id) }.sorted { $0.id < $1.id }
    return fact
  }

  private func device(_ id: DeviceID) -> DeviceFact? {
    guard let device = mirror.device(id) else { return nil }
    var fact = DeviceFact(device)
    fact.verdict = world.finding(of: id)?.verdict
    fact.transports = mirror.transports(of: id)
    fact.twinOf = Twin.original(of: device)
    fact.twins = twins(of: device)
    fact.bonds = mirror.allDevices.filter { $0.bonded && $0.id.address == id.address }.map(\.id.adapter)
    return fact
  }

  private func twins(of device: Core.Device) -> Fact<[Core.Device]> {
    guard let name = device.name, Twin.original(of: device) == nil else { return .known([]) }
    let all = mirror.devices(of: device.id.adapter)
    let hasSibling = all.contains { $0.id != device.id && $0.name?.hasSameBytes(as: name) == true }
    guard hasSibling, all.contains(where: { Twin.original(of: $0)?.hasSameBytes(as: name) == true }) else {
      return .known(Twin.twins(of: device, in: world))
    }
    return .unknown("There are two headsets of this name, and nobody can tell whose twin it is.")
  }

  // MARK: What is known to be broken

  private static let packages = ["bluez", "pipewire", "wireplumber", "pulseaudio"]

  private func compare(_ findings: inout Findings) async {
    let packages = await InstalledPackages(root: places.root, loop: loop).versions(of: Self.packages)
    switch packages {
    case .unknown(let reason): findings.bluezPackage = .unknown(reason)
    case .known(let found):
      findings.bluezPackage = found["bluez"].map { .known($0) } ?? .unknown("BlueZ is no package here.")
    }
    let table = DefectTable.read(from: places.root + DefectTable.directory)
    findings.knowledgeFaults = .known((Catalogue.faults(in: places.models) + table.faults).map(\.description))
    let comparison = Comparison(
      bluez: mirror.bluezVersion, kernel: findings.kernel.value, server: findings.session?.server,
      packages: packages.value ?? [:], controllers: (findings.host.names ?? []).compactMap(files.controller),
      sightings: sightings(findings))
    findings.defects = .known(comparison.fact(table))
  }

  private func sightings(_ findings: Findings) -> [Defect.Sighting: String] {
    var seen: [Defect.Sighting: String] = [:]
    if let zero = findings.adapters.first(where: { $0.address.value?.bits == 0 }) {
      seen[.adapterUnusable] = "The address of \(zero.adapter.id) is all zeros."
    } else if findings.absence == nil, findings.adapters.isEmpty, let name = findings.host.names?.first {
      seen[.adapterUnusable] = "The kernel has \(name), and bluetoothd has not taken it up."
    }
    // Audio Stream Control, which headsets of LE Audio offer (Bluetooth Assigned Numbers).
    if mirror.allDevices.contains(where: { device in
      device.bonded && mirror.known(device.id)?.uuids.contains { $0.hasPrefix("0000184e-") } == true
    }) {
      seen[.leAudio] = "A headset that is paired offers LE Audio."
    }
    return seen
  }
}

/// The table of known faults against what is installed.
struct Comparison: Sendable {
  /// The version that runs.
  let bluez: String?
  let kernel: String?
  /// "PipeWire 1.4.2".
  let server: String?
  let packages: [String: PackageFact]
  /// The USB numbers of the adapters.
  let controllers: [String]
  /// What was seen, and the sentence that says so.
  let sightings: [Defect.Sighting: String]

  func fact(_ table: DefectTable) -> DefectsFact {
    DefectsFact(count: table.rows.count, findings: table.rows.compactMap(finding))
  }

  private func finding(_ row: Defect) -> DefectFinding? {
    let state: DefectFinding.State
    let compared: String
    switch row.judge(installed(row.component), controllers: controllers, seen: Set(sightings.keys)) {
    case .spared: return nil
    case .open(let what, let reason): (state, compared) = (.open(reason), what)
    case .affected(let what):
      let shown = row.shownBy.compactMap { sightings[$0] }
      let isSeen = !row.shownBy.isEmpty && shown.count == row.shownBy.count
      (state, compared) = (
        isSeen ? .seen(shown.joined(separator: " ")) : .affected(isMinor: row.weight == .note), what
      )
    }
    return DefectFinding(
      name: row.name, state: state, symptom: row.symptom, compared: compared, sign: row.sign, cure: row.cure,
      fixed: row.fixed, sources: row.sources.map { "\($0.url) (\($0.says))" }, isSecurity: row.isSecurity)
  }

  /// What runs counts: a package that was upgraded since is not in use yet.
  func installed(_ component: Defect.Component) -> Defect.Installed? {
    switch component {
    case .bluez: versioned("bluez", running: bluez)
    case .kernel: kernel.map { Defect.Installed(upstream: Self.numbers($0)) }
    case .pipewire: versioned("pipewire", running: version(of: "PipeWire "))
    case .pulseaudio: versioned("pulseaudio", running: version(of: "PulseAudio "))
    case .wireplumber: versioned("wireplumber", running: nil)
    case .controller: nil
    }
  }

  private func versioned(_ name: String, running: String?) -> Defect.Installed? {
    let package = packages[name]
    if let running, package?.upstream != running { return Defect.Installed(upstream: running) }
    return package.map { Defect.Installed(upstream: $0.upstream, package: $0.version, database: $0.database) }
  }

  private func version(of name: String) -> String? {
    server.flatMap { $0.hasPrefix(name) ? Self.numbers($0.dropFirst(name.count)) : nil }
  }

  /// "7.0.9" of "7.0.9-76070009-generic".
  private static func numbers(_ text: some StringProtocol) -> String? {
    var digits = Array(text.utf8.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
    while digits.last == UInt8(ascii: ".") { digits.removeLast() }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }
}
