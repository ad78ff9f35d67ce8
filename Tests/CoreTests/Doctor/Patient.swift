import Core
import Vocabulary

/// A computer on which everything is as it should be, to be spoilt in one place.
enum Patient {
  static let adapter = AdapterID("hci0")
  static let address = Address(bits: 0x94DB_5600_0001)
  static let headset = DeviceID(adapter, Address(bits: 0x94DB_568A_0001))

  static let stereoAndCalls: Set<AudioService> = [.a2dpSource, .handsFreeGateway]

  static func adapter(powered: Bool = true, services: Set<AudioService> = stereoAndCalls) -> AdapterFact {
    AdapterFact(Adapter(id: adapter, powered: powered, services: services), address: .known(address))
  }

  static func device(_ change: (inout Device) -> Void = { _ in }) -> DeviceFact {
    var device = Device(
      id: headset, name: "WH-1000XM4", classOfDevice: 0x240404, paired: true, bonded: true, trusted: true,
      connected: true, servicesResolved: true, rssi: -50, services: [.a2dpSink, .handsFree], battery: 80)
    change(&device)
    var fact = DeviceFact(device)
    fact.transports = [Transport(profile: .a2dp, isActive: true)]
    fact.bonds = [adapter]
    return fact
  }

  static func session(_ change: (inout AudioSession) -> Void = { _ in }) -> AudioSession {
    var session = AudioSession(
      user: 1000, name: "anna", presence: .active, server: "PipeWire 1.4.2", hasManager: true)
    session.version = "0.1.0"
    change(&session)
    return session
  }

  static func settings(_ values: [String: String] = [:]) -> BlueZSettings {
    var settings = BlueZSettings(path: "/etc/bluetooth/main.conf")
    for (number, (name, text)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
      settings.values[name] = BlueZSettings.Value(text: text, line: number + 3)
    }
    return settings
  }

  static func client(_ program: String?, _ process: Int = 4711, unit: String? = nil) -> BusClient {
    BusClient(process: process, program: program, unit: unit)
  }

  static func defect(_ state: DefectFinding.State, isSecurity: Bool = false) -> DefectFinding {
    DefectFinding(
      name: "row", state: state, symptom: "It breaks.", compared: "the package bluez 5.87-3 (dpkg)", sign: "A line.",
      cure: "Install another.", fixed: "5.88", sources: ["https://example.org (so)"], isSecurity: isSecurity)
  }

  static var healthy: Findings {
    var findings = Findings()
    findings.answers = .known(true)
    findings.restart = .known("on-failure")
    findings.bluez = .known("5.82")
    findings.bluezPackage = .known(PackageFact(version: "5.82-1.1", upstream: "5.82", database: "dpkg"))
    findings.kernel = .known("6.12.43+deb13-amd64")
    findings.bus = .known(BusClient(process: 500, program: "dbus-daemon", unit: "dbus.service"))
    findings.host = HostAdapters(names: ["hci0"])
    findings.adapters = [adapter()]
    findings.settings = .known(settings())
    findings.session = session()
    findings.hasBlueALSA = .known(false)
    findings.clients = .known([client("mpris-proxy")])
    findings.devices = [device()]
    findings.state = .known(StateFact(path: "/var/lib/mdrctl", obstacle: nil))
    findings.helper = .known(true)
    findings.sessionUnit = .known("/usr/lib/systemd/user/mdrctl-session.service")
    findings.isEnabled = .known(true)
    findings.configuration = AccessFact(isFine: true, message: "The configuration is acceptable.")
    findings.access = AccessFact(isFine: true, message: "You may control.")
    findings.knowledgeFaults = .known([])
    findings.version = "0.1.0"
    findings.defects = .known(DefectsFact(count: 20, findings: []))
    return findings
  }
}
