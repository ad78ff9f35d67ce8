import DBus
import EventLoop
import Glibc
import Interface
import Simulator
import Support

/// Something that goes wrong. Each is over by itself, or is put right some steps later.
enum Trouble: CaseIterable {
  case restartBluez, crashBluez, stopBluez, freezeBluez, failCall, loseAnswer, delayAnswer
  case loseBus, stallBus
  case unplug, blockAdapter, switchOff
  case vanish, wipe, changeKey, call, hangUp, pairingMode, storm, rename
  case stopHelper, breakHelper, session, soundServer
  case fillDisk, readOnly, cutFile
  case killDaemon, stopDaemon, haltDaemon, reload

  /// How often it comes, beside the others.
  var weight: Int {
    switch self {
    case .failCall, .loseAnswer, .delayAnswer, .vanish, .hangUp, .call, .pairingMode: 6
    case .freezeBluez, .unplug, .switchOff, .session, .breakHelper, .storm: 4
    case .killDaemon, .stopDaemon, .loseBus, .cutFile: 1
    default: 2
    }
  }

  /// It ends the daemon's life, and with it what is compared over that.
  var endsDaemon: Bool { [.killDaemon, .stopDaemon, .cutFile].contains(self) }
}

extension Soak {
  /// What bluetoothd may refuse.
  private static let methods = [
    "Pair", "Connect", "Disconnect", "RemoveDevice", "StartDiscovery", "RegisterAgent", "RequestDefaultAgent",
    "Set Powered", "Set Trusted", "Set Blocked", "Set Alias", "ConnectProfile", "SetDiscoveryFilter",
    "GetManagedObjects",
  ]
  /// What it has no reason to refuse, since nothing could be given back then. That an agent is unregistered is not asked
  /// again where no answer comes: the next pairing does it, or the end of the connection.
  private static let returns = ["StopDiscovery", "CancelPairing", "Set Pairable"]
  private static let errors = [
    "org.bluez.Error.Failed", "org.bluez.Error.InProgress", "org.bluez.Error.NotReady", "org.bluez.Error.NotAuthorized",
    "org.bluez.Error.DoesNotExist", "org.bluez.Error.AlreadyExists", "org.bluez.Error.ConnectionAttemptFailed",
    "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.AccessDenied",
  ]

  /// Lets it go wrong. Returns what was done, for whoever reads the record of a run.
  func cause(_ trouble: Trouble) throws -> String {
    let device = random.one(of: headsets)
    let adapter = random.one(of: adapters)
    let late = Self.methods + Self.returns + (trouble == .delayAnswer ? ["UnregisterAgent"] : [])
    let method = random.one(of: trouble == .failCall ? Self.methods : late)
    let times = Int.random(in: 1...3, using: &random)
    func happen(_ happening: Happening) throws { try stage.onLoop { try await $0.happen(happening) } }
    func later(_ what: String, _ heal: @escaping (Soak) throws -> Void) {
      heals.append((step + Int.random(in: 1...12, using: &random), what, heal))
    }
    wakeBus()
    switch trouble {
    case .restartBluez: try happen(.restartBluez)
    case .crashBluez: try happen(.crashBluez)
    case .stopBluez:
      try happen(.stopBluez)
      later("start bluetoothd") { try $0.startBluez() }
    case .freezeBluez:
      try stage.onLoop { await $0.freeze() }
      later("bluetoothd goes on") { try $0.stage.onLoop { await $0.thaw() } }
    case .failCall:
      let name = random.one(of: Self.errors)
      try stage.onLoop { await $0.fail(method, with: DBusError(name: name, message: "in a soak"), times: times) }
      return "\(trouble) \(method) \(name) x\(times)"
    case .loseAnswer:
      try stage.onLoop { await $0.inject(Fault(method, .silence, times: 1)) }
      return "\(trouble) \(method)"
    case .delayAnswer:
      let delay = Duration.milliseconds(random.one(of: [100, 1_000, 10_000, 60_000]))
      try stage.onLoop { simulator in
        var fault = Fault(method, .normal, times: times)
        fault.delay = delay
        await simulator.inject(fault)
      }
      return "\(trouble) \(method) \(delay) x\(times)"
    case .loseBus:
      stage.bus.stop()
      try stage.bus.start()
      later("start bluetoothd") { try $0.startBluez() }
    case .stallBus:
      guard let bus = stage.bus.processID else { return "no bus to stall" }
      kill(bus, SIGSTOP)
      later("the bus goes on") { $0.wakeBus() }
    case .unplug:
      try happen(.unplug(adapter))
      later("plug \(adapter)") { try $0.stage.onLoop { try await $0.happen(.plug(adapter)) } }
      return "\(trouble) \(adapter)"
    case .blockAdapter:
      try happen(.block(adapter))
      later("unblock \(adapter)") { try $0.stage.onLoop { try await $0.happen(.unblock(adapter)) } }
      return "\(trouble) \(adapter)"
    case .switchOff:
      try happen(.switchOff(adapter))
      later("switch \(adapter) on") { try $0.stage.onLoop { try await $0.happen(.switchOn(adapter)) } }
      return "\(trouble) \(adapter)"
    case .vanish:
      try happen(.vanish(device))
      later("\(device) is back") { try $0.stage.onLoop { try await $0.happen(.appear(device)) } }
    case .wipe: try happen(.wipe(device))
    case .changeKey: try happen(.changeKey(device))
    case .call: try happen(.connectFromHeadset(device))
    case .hangUp: try happen(.disconnectFromHeadset(device))
    case .pairingMode: try happen(random.once(in: 3) ? .leavePairingMode(device) : .enterPairingMode(device))
    case .storm: try happen(.storm(device, 200))
    case .rename: try happen(.rename(device, random.one(of: ["WH-1000XM4", "Küche", "\u{202E}"])))
    case .stopHelper:
      try stage.onLoop { [helper = stage.helper] _ in await helper.stop() }
      later("the helper is back") { try $0.startHelper(.works) }
    case .breakHelper:
      let manner = random.one(
        of: [.refuses(.bluezUnknown), .refuses(.devicePresent), .hangs, .says("nonsense"), .hangsUp, .endsNoLinks]
          as [FakeHelper.Manner])
      try startHelper(manner)
      later("the helper works") { try $0.startHelper(.works) }
      return "\(trouble) \(manner)"
    case .session:
      // A session waits for the daemon as long as it takes.
      stage.daemonProcess?.signal(SIGCONT)
      return try changeSession()
    case .soundServer:
      try happen(.stopSoundServer)
      later("the sound server is back") { try $0.stage.onLoop { try await $0.happen(.startSoundServer) } }
    case .fillDisk: return try disk.fill() ? heal("there is room", later) : "no disk of its own to fill"
    case .readOnly: return try disk.protect() ? heal("it can be written", later) : "no disk of its own to protect"
    case .cutFile: return try cutFile()
    case .killDaemon:
      stage.killDaemon()
      try startDaemon()
    case .stopDaemon:
      try endDaemon()
      try startDaemon()
    case .haltDaemon:
      guard let daemon = stage.daemonProcess?.processID else { return "no daemon" }
      kill(daemon, SIGSTOP)
      later("mdrctld goes on") { _ in kill(daemon, SIGCONT) }
    case .reload:
      let text = random.one(of: ["", "[History]\nSize=64\n", "[Connection]\nBetter=take\n", "[Control]\nNonsense=1\n"])
      try writeConfiguration(text)
      stage.daemonProcess?.signal(SIGHUP)
    }
    return "\(trouble) \(device)"
  }

  private func heal(_ what: String, _ later: (String, @escaping (Soak) throws -> Void) -> Void) -> String {
    later(what) { try $0.disk.free() }
    return "the disk takes nothing"
  }

  /// Ends the daemon as the service manager does. It gives operations five seconds to put things back.
  func endDaemon() throws {
    stage.daemonProcess?.signal(SIGCONT)
    stage.daemonProcess?.stop(patience: .seconds(30))
    let status = stage.stopDaemon()
    guard status == 0 else { throw Failure("mdrctld ended with the status \(status) when it was told to end") }
  }

  // MARK: What is put right

  /// bluetoothd itself needs the bus.
  private func wakeBus() {
    if let bus = stage.bus.processID { kill(bus, SIGCONT) }
  }

  func startBluez() throws {
    wakeBus()
    try stage.onLoop { simulator in
      // It may have been started meanwhile.
      await simulator.kill()
      try await simulator.happen(.startBluez)
    }
  }

  func startHelper(_ manner: FakeHelper.Manner) throws {
    try stage.onLoop { [helper = stage.helper] _ in try await helper.start(manner) }
  }

  /// A login session comes, goes, or behaves otherwise.
  private func changeSession() throws -> String {
    let (loop, path) = (stage.loop, stage.socketPath)
    if let session, random.once(in: 2) {
      self.session = nil
      try stage.onLoop { _ in await session.leave() }
      return "the session leaves"
    }
    let manner = random.one(
      of: [.obeys, .obeys, .refuses("No."), .lies, .isSilent, .takesBack] as [FakeSession.Manner])
    let joined = session ?? FakeSession(on: loop, path: path)
    let isNew = session == nil
    session = joined
    let (device, profile) = (random.one(of: headsets), random.one(of: ["a2dp-sink", "headset-head-unit", "off"]))
    try stage.onLoop { _ in
      await joined.behave(manner)
      // A daemon that has just ended, or has had enough of it, takes none.
      if isNew { try? await joined.join() }
      try? await joined.report(.pipewire(device, in: profile))
    }
    return "a session that \(manner)"
  }

  /// Kills the daemon, cuts one of its files off, or puts something else into it, and starts the daemon again.
  private func cutFile() throws -> String {
    stage.killDaemon()
    // Which adapters are to be made unpairable again stands nowhere else.
    let files = disk.files().filter { $0 != "pairable" }
    var told = "no file to cut"
    if !files.isEmpty {
      let file = random.one(of: files)
      let bytes = disk.read(file)
      var cut = Array(bytes.prefix(bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)))
      if random.once(in: 3), !cut.isEmpty {
        cut[Int.random(in: 0..<cut.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      disk.write(cut, to: file)
      told = "\(file) cut to \(cut.count) of \(bytes.count) bytes"
    }
    try startDaemon()
    // One that cannot be read is told, and left to people.
    for file in files where file.hasPrefix("journal/") && told.hasPrefix(file) { disk.remove(file) }
    return told
  }
}
