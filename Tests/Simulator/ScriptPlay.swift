internal import DBus

// Setting a script up.
extension Simulator {
  /// Sets up what the script describes. Call it before bluetoothd starts; the clock of its events starts now.
  package func play(_ script: Script) throws(ScriptError) {
    let content = script.content
    if let server = content.soundServer?.value {
      sound = SoundServer(stereo: server.stereo ?? true, handsFree: server.handsFree ?? true)
      sound.streams = server.streams
    }
    repairing = content.justWorksRepairing ?? .never
    for entry in content.adapters ?? [] { add(Self.controller(entry.value)) }
    if content.adapters == nil { add(Controller()) }
    for entry in content.devices ?? [] { try add(entry.value) }
    for entry in content.faults ?? [] { inject(Self.fault(entry.value)) }
    for entry in content.events ?? [] { try schedule(entry.value) }
  }

  private static func controller(_ entry: Script.AdapterEntry) -> Controller {
    var controller = Controller(entry.name ?? "hci0", address: entry.address ?? "00:1A:7D:DA:71:13")
    controller.alias = entry.alias ?? controller.alias
    controller.isBlocked = entry.blocked ?? false
    controller.isPowered = (entry.powered ?? true) && !controller.isBlocked
    controller.isPairable = entry.pairable ?? false
    controller.isPluggedIn = entry.pluggedIn ?? true
    return controller
  }

  private func add(_ entry: Script.DeviceEntry) throws(ScriptError) {
    let headset = entry.headset
    let adapter = entry.adapter ?? "hci0"
    guard devicePath(headset.address, on: adapter) != nil else {
      throw ScriptError("\"\(entry.address)\" cannot be the address of a device on \(adapter)")
    }
    guard let controller = controllers[adapter] else { throw ScriptError("there is no adapter \"\(adapter)\"") }
    let bond = entry.bonded ?? .none
    if bond != .none && bond != .there {
      add(known: [headset], bonded: true, trusted: entry.trusted ?? true, on: adapter)
    } else if entry.known == true {
      add(known: [headset], bonded: false, on: adapter)
    } else {
      add(headset)
    }
    switch bond {
    case .none, .both: break
    case .here: change(headset.address) { $0.keys = [:] }
    case .there, .different: change(headset.address) { $0.keys[controller.address] = .foreign }
    }
    for remnant in entry.remnants ?? [] { plant(remnant, of: headset, on: adapter) }
    if let twin = entry.twin { add(Headset.twin(of: headset, address: twin)) }
  }

  private static func fault(_ entry: Script.FaultEntry) -> Fault {
    let outcome: Fault.Outcome =
      if entry.silent == true {
        .silence
      } else if let error = entry.error {
        .error(DBusError(name: error, message: entry.message ?? ""))
      } else if let reply = entry.reply {
        .reply(reply.map(\.value))
      } else {
        .normal
      }
    var fault = Fault(entry.method, on: entry.device, outcome, times: entry.times)
    fault.delay = .milliseconds(entry.afterMs ?? 0)
    return fault
  }

  private func schedule(_ entry: Script.EventEntry) throws(ScriptError) {
    let happening = try Self.happening(entry)
    let delay = Duration.milliseconds(entry.afterMs ?? 0)
    if let method = entry.on {
      on(method, device: entry.device, after: delay, times: entry.times ?? 1, happening)
    } else {
      happen(happening, after: delay)
    }
  }

  private static func happening(_ entry: Script.EventEntry) throws(ScriptError) -> Happening {
    // Most events concern the device whose call sets them off, or the first adapter.
    let device = entry.target ?? entry.device
    let adapter = entry.target ?? "hci0"
    switch entry.action {
    case "switch off": return .switchOff(adapter)
    case "switch on": return .switchOn(adapter)
    case "block": return .block(adapter)
    case "unblock": return .unblock(adapter)
    case "unplug": return .unplug(adapter)
    case "plug": return .plug(adapter)
    case "restart bluez": return .restartBluez
    case "crash bluez": return .crashBluez
    case "stop bluez": return .stopBluez
    case "start bluez": return .startBluez
    case "start sound server": return .startSoundServer
    case "stop sound server": return .stopSoundServer
    default: break
    }
    guard let device else { throw ScriptError("the event \"\(entry.action)\" does not exist, or needs \"to\"") }
    switch entry.action {
    case "vanish": return .vanish(device)
    case "appear": return .appear(device)
    case "enter pairing mode": return .enterPairingMode(device)
    case "leave pairing mode": return .leavePairingMode(device)
    case "wipe": return .wipe(device)
    case "change key": return .changeKey(device)
    case "connect": return .connectFromHeadset(device)
    case "disconnect": return .disconnectFromHeadset(device)
    case "rename": return .rename(device, entry.value ?? "")
    case "storm": return .storm(device, entry.count ?? 1_000)
    default: throw ScriptError("the event \"\(entry.action)\" does not exist")
    }
  }

  // MARK: Without a script

  /// One adapter, a WH-1000XM4 in pairing mode with its low-energy twin, a bonded WF-1000XM5 nearby, an MDR-1000X that
  /// was bonded and then reset, a sound server.
  package func addDefaultNeighbourhood() {
    add(Controller())
    var new = Headset("94:DB:56:8A:00:01", name: "WH-1000XM4")
    new.isInPairingMode = true
    add(new)
    add(Headset.twin(of: new, address: "5C:3A:90:11:22:33"))
    var bonded = Headset("AC:80:0A:2E:00:02", name: "WF-1000XM5")
    bonded.modalias = "usb:v054Cp0DE1d0100"
    bonded.battery = 65
    add(known: [bonded], bonded: true)
    var reset = Headset("04:5D:4B:11:22:33", name: "MDR-1000X")
    reset.modalias = "usb:v054Cp0BCFd0100"
    reset.isInPairingMode = true
    add(known: [reset], bonded: true)
    change(reset.address) { $0.keys = [:] }
  }

  /// Further devices that bluetoothd knows, of which every tenth is bonded, all out of range.
  package func addCrowd(_ count: Int, on adapter: String = "hci0") {
    let crowd = (0..<count).map { number in
      let digits = String(number, radix: 16, uppercase: true)
      let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
      let parts = [padded.prefix(2), padded.dropFirst(2).prefix(2), padded.dropFirst(4).prefix(2)]
      var headset = Headset("00:16:94:\(parts.joined(separator: ":"))", name: "Crowd \(number)")
      headset.isInRange = false
      return headset
    }
    let isBonded = { (index: Int) in index % 10 == 0 }
    add(known: crowd.indices.filter { isBonded($0) }.map { crowd[$0] }, bonded: true, on: adapter)
    add(known: crowd.indices.filter { !isBonded($0) }.map { crowd[$0] }, bonded: false, on: adapter)
  }
}
