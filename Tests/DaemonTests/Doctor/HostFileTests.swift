import Core
import EventLoop
import Foundation
import Knowledge
import KnowledgeFiles
import Support
import Testing

@testable import Daemon

/// What the doctor reads of a computer's files, in a made-up root.
@Suite struct HostFileTests {
  private let directory: TemporaryDirectory
  private var root: String { directory.path }

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ path: String, _ text: String = "") throws {
    let url = URL(filePath: root + path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func versions(_ names: [String]) async throws -> Fact<[String: PackageFact]> {
    let root = root
    return try await withEventLoop { loop in await InstalledPackages(root: root, loop: loop).versions(of: names) }
  }

  private static let status = """
    Package: bluetooth
    Status: install ok installed
    Version: 5.82-1.1

    Package: bluez
    Status: install ok installed
    Priority: optional
    Description: Bluetooth tools and daemons
     Package: wireplumber
    Version: 5.82-1.1

    Package: pipewire
    Status: deinstall ok config-files
    Version: 1.4.2-1

    Package: wireplumber
    Version: 0.5.8-2
    Status: hold ok installed

    """

  // MARK: Packages

  @Test func `dpkg says which packages are installed, and which only were`() async throws {
    try write("/var/lib/dpkg/status", Self.status)
    let found = try await versions(["bluez", "pipewire", "wireplumber", "pulseaudio"]).value
    #expect(found?["bluez"] == PackageFact(version: "5.82-1.1", upstream: "5.82", database: "dpkg"))
    #expect(found?["wireplumber"]?.version == "0.5.8-2")
    #expect(found?.count == 2)
  }

  @Test func `its last paragraph needs no empty line, and pieces may end anywhere`() {
    let bytes = Array(Self.status.utf8.dropLast())
    for size in [1, 2, 3, 7, 64, 1000] {
      var status = DpkgStatus(["bluez", "wireplumber"])
      for start in stride(from: 0, to: bytes.count, by: size) {
        status.take(bytes[start..<min(start + size, bytes.count)])
      }
      status.end()
      #expect(status.found.mapValues(\.version) == ["bluez": "5.82-1.1", "wireplumber": "0.5.8-2"], "\(size)")
      #expect(status.isComplete)
    }
  }

  @Test func `lines without an end cost no memory`() {
    var status = DpkgStatus(["bluez"])
    let blanks = [UInt8](repeating: 0x20, count: 100_000)
    for _ in 0..<100 { status.take(blanks[...]) }
    status.take(Array("\n\nPackage: bluez\nStatus: install ok installed\nVersion: 1\n".utf8)[...])
    status.end()
    #expect(status.found["bluez"]?.version == "1")
  }

  @Test func `pacman has the version in the name of a directory`() async throws {
    for name in ["bluez-5.87-2", "bluez-libs-5.87-2", "pipewire-1:1.6.8-1", "pipewire-pulse-1:1.6.8-1"] {
      try write("/var/lib/pacman/local/\(name)/desc")
    }
    let found = try await versions(["bluez", "pipewire", "wireplumber"]).value
    #expect(found?["bluez"] == PackageFact(version: "5.87-2", upstream: "5.87", database: "pacman"))
    #expect(found?["pipewire"]?.upstream == "1.6.8")
    #expect(found?.count == 2)
  }

  @Test func `of a database that is not read it is said which`() async throws {
    guard case .unknown(let nothing) = try await versions(["bluez"]) else { throw Unexpected() }
    #expect(nothing.contains("No database"))
    try write("/var/lib/rpm/rpmdb.sqlite")
    guard case .unknown(let rpm) = try await versions(["bluez"]) else { throw Unexpected() }
    #expect(rpm.contains("rpm"))
  }

  private struct Unexpected: Error {}

  // MARK: Others

  @Test func `main.conf is told with its lines, and a line that GLib refuses with its reason`() throws {
    let files = HostFiles(root: root)
    #expect(files.settings.value?.isThere == false)
    try write("/etc/bluetooth/main.conf", "[General]\n# comment\nControllerMode = bredr\n[Policy]\nAutoEnable=true\n")
    let settings = try #require(files.settings.value)
    #expect(settings.values["General/ControllerMode"] == BlueZSettings.Value(text: "bredr", line: 3))
    #expect(settings.values["Policy/AutoEnable"]?.line == 5)
    #expect(settings.values.count == 2)
    try write("/etc/bluetooth/main.conf", "[General]\nno line\n")
    #expect(files.settings.value?.fault?.line == 2)
    try write("/etc/bluetooth/main.conf", String(repeating: "#\n", count: 40_000))
    guard case .unknown = files.settings else { throw Unexpected() }
  }

  @Test func `units are looked for where systemd does`() throws {
    let files = HostFiles(root: root)
    guard case .known(nil) = files.sessionUnit, case .unknown = files.isEnabled else { throw Unexpected() }
    try write("/usr/local/lib/systemd/user/mdrctl-session.service")
    try write("/etc/systemd/system/x.service")
    guard case .known("/usr/local/lib/systemd/user/mdrctl-session.service"?) = files.sessionUnit,
      case .known(false) = files.isEnabled
    else { throw Unexpected() }
    try write("/etc/systemd/system/bluetooth.service.wants/mdrctld.service")
    #expect(files.isEnabled.value == true)
  }

  @Test func `an adapter on USB has its numbers there`() throws {
    let files = HostFiles(root: root)
    #expect(files.controller("hci0") == nil)
    try write("/sys/class/bluetooth/hci0/device/uevent", "DEVTYPE=usb_interface\nPRODUCT=10d7/b012/8891\n")
    try write("/sys/class/bluetooth/hci1/device/uevent", "PRODUCT=a5c/21E8/112\n")
    try write("/sys/class/bluetooth/hci2/device/uevent", "DRIVER=hci_uart\n")
    #expect(files.controller("hci0") == "10d7:b012")
    #expect(files.controller("hci1") == "0a5c:21e8")
    #expect(files.controller("hci2") == nil)
  }

  @Test func `the state directory is written to, or it is said why not`() throws {
    #expect(HostFiles.state(root).value?.obstacle == nil)
    #expect(HostFiles.state(nil).value?.obstacle?.contains("no directory") == true)
    #expect(HostFiles.state("/nonexistent").value?.obstacle?.contains("No such file") == true)
  }

  @Test func `a socket is told from what is none`() throws {
    try write("/file")
    #expect(HostFiles.isSocket("\(root)/file").value == false)
    #expect(HostFiles.isSocket("\(root)/missing").value == false)
  }

  // MARK: Processes

  @Test(arguments: [
    ("/usr/bin/bluetoothctl scan on", "bluetoothctl"), ("/usr/bin/python3 /usr/bin/blueman-applet", "blueman-applet"),
    ("python3.11 -u /opt/x/bthman --verbose", "bthman"), ("\"/usr/lib/my app\" --x", "my"), ("[kworker/0:1]", "0:1"),
    ("sh -c 'secret'", "sh"), ("bash", "bash"), ("shotwell x", "shotwell"),
  ])
  func `a command line has the name of its program, and nothing else of it is told`(command: String, program: String) {
    #expect(ProcessFiles.program(ofCommand: command) == program)
  }

  @Test func `a control group has its unit, and whose`() {
    #expect(ProcessFiles.unit(ofGroup: "/system.slice/bluetooth.service") == "bluetooth.service")
    #expect(
      ProcessFiles.unit(ofGroup: "/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope")
        == "app-x.scope (user@1000.service)")
    #expect(ProcessFiles.unit(ofGroup: "/user.slice/user-1000.slice/session-3.scope") == "session-3.scope")
    #expect(ProcessFiles.unit(ofGroup: "/init.scope") == "init.scope")
    #expect(ProcessFiles.unit(ofGroup: "/") == nil)
    #expect(ProcessFiles.unescaped("bluetooth_2eservice") == "bluetooth.service")
    #expect(ProcessFiles.unescaped("user_401000_2eservice") == "user@1000.service")
    #expect(ProcessFiles.unescaped("a_") == "a_")
  }

  // MARK: Comparing

  private static func comparison(
    bluez: String? = nil, server: String? = nil, packages: [String: String] = [:],
    seen: [Defect.Sighting: String] = [:], kernel: String? = nil
  ) -> Comparison {
    Comparison(
      bluez: bluez, kernel: kernel, server: server,
      packages: packages.mapValues { PackageFact($0, in: "dpkg") }, controllers: [], sightings: seen)
  }

  private func names(_ comparison: Comparison) -> Set<String> {
    Set(comparison.fact(DefectTable.read(from: "/nonexistent")).findings.map(\.name))
  }

  @Test func `what runs is compared, and not a package that was installed since`() {
    let upgraded = Self.comparison(bluez: "5.82", packages: ["bluez": "5.87-2"])
    #expect(!names(upgraded).contains("bluez-5.87-endpoint-cache"))
    #expect(upgraded.installed(.bluez)?.package == nil)
    let running = Self.comparison(bluez: "5.87", packages: ["bluez": "5.87-2"])
    #expect(names(running).isSuperset(of: ["bluez-5.87-endpoint-cache", "CVE-2026-80185"]))
    #expect(!names(Self.comparison(bluez: "5.87", packages: ["bluez": "5.87-5"])).contains("CVE-2026-80185"))
  }

  @Test func `a sound server is known by what its session says, or its package`() {
    #expect(Self.comparison(server: "PipeWire 1.4.2").installed(.pipewire)?.upstream == "1.4.2")
    #expect(Self.comparison(server: "PulseAudio 17.0-rebootstrapped").installed(.pulseaudio)?.upstream == "17.0")
    #expect(Self.comparison(server: "PulseAudio 17.0").installed(.pipewire) == nil)
    #expect(
      names(Self.comparison(packages: ["wireplumber": "0.5.17-1"])) == ["wireplumber-0.5.16-headset-microphone"])
    #expect(names(Self.comparison()).isEmpty)
  }

  @Test func `what a row is recognised by makes it broken`() throws {
    let kernel = "7.0.9-76070009-generic"
    #expect(names(Self.comparison(kernel: kernel)).isEmpty)
    let seen = Self.comparison(seen: [.adapterUnusable: "The address of hci0 is all zeros."], kernel: kernel)
    let finding = try #require(seen.fact(DefectTable.read(from: "/nonexistent")).findings.first)
    #expect(finding.state == .seen("The address of hci0 is all zeros."))
    #expect(finding.compared.contains("7.0.9"))
    #expect(finding.sources.allSatisfy { $0.hasPrefix("https://") })
  }
}
