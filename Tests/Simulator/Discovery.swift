internal import DBus

/// Who looks for devices over an adapter, and for which.
struct Discovery: Sendable {
  /// What a client wants to be told of.
  struct Filter: Sendable {
    var transport = "auto"
    var services: Set<String> = []
    var rssi: Int16?
    var pattern: String?

    func admits(_ headset: Headset, _ uuids: [String]) -> Bool {
      switch transport {
      case "bredr" where headset.bearer == .le: return false
      case "le" where headset.bearer == .bredr: return false
      default: break
      }
      if !services.isEmpty, services.isDisjoint(with: uuids) { return false }
      if let rssi, headset.rssi < rssi { return false }
      return true
    }
  }

  /// By the client's name on the bus; set before the discovery starts, or while it runs.
  var filters: [String: Filter] = [:]
  var clients: Set<String> = []
  /// Clients whose StartDiscovery waits for the kernel: theirs to stop is "in progress" so long.
  var starting: Set<String> = []
  /// Tells one run from the next.
  var round = 0

  /// Whether anybody looks.
  var isRunning: Bool { !clients.isEmpty }

  /// A client without a filter wants everything.
  func admits(_ headset: Headset, _ uuids: [String]) -> Bool {
    clients.contains { client in filters[client]?.admits(headset, uuids) ?? true }
  }

  /// Whether no client's pattern hides it: one that has none is passed over, an empty one admits everything
  /// (`adapter.c device_is_discoverable`).
  func showsByPattern(_ headset: Headset) -> Bool {
    let patterns = clients.compactMap { filters[$0]?.pattern }
    return patterns.isEmpty || patterns.contains { headset.name.hasPrefix($0) || headset.address.hasPrefix($0) }
  }
}

extension Simulator {
  /// A client looks from now on.
  func startDiscovery(_ call: MethodCall, on adapter: String) throws -> Answer {
    guard controllers[adapter]?.isPowered == true else { throw BluezError.notReady }
    // Its caller has died while it was held: in life the discovery would have ended with him.
    guard !departed.contains(call.sender) else { return .done }
    // The kernel refuses a second inquiry while that of a bluetoothd that died is running.
    if let end = inquiries[adapter], end > .now { throw BluezError.operationInProgress }
    var discovery = discoveries[adapter] ?? Discovery()
    guard discovery.clients.insert(call.sender).inserted else { throw BluezError.operationInProgress }
    let wasRunning = discovery.clients.count > 1
    discoveries[adapter] = discovery
    reply(call, .done)
    if !wasRunning { look(over: adapter) }
    return .later
  }

  /// A client does not look any more.
  func stopDiscovery(_ call: MethodCall, on adapter: String) throws -> Answer {
    guard controllers[adapter]?.isPowered == true else { throw BluezError.notReady }
    if discoveries[adapter]?.starting.contains(call.sender) == true { throw BluezError.operationInProgress }
    guard discoveries[adapter]?.clients.contains(call.sender) == true else { throw BluezError.noDiscovery }
    reply(call, .done)
    endDiscovery(of: call.sender, on: adapter)
    return .later
  }

  /// A client says what it looks for; an empty filter takes everything.
  func setDiscoveryFilter(_ call: MethodCall, on adapter: String) throws -> Answer {
    guard controllers[adapter]?.isPowered == true else { throw BluezError.notReady }
    var filter = Discovery.Filter()
    var isEmpty = true
    do {
      var body = call.reader()
      try body.forEachProperty { name, value throws(DBusError) in
        isEmpty = false
        switch name {
        case "Transport": filter.transport = try value.string()
        case "UUIDs": filter.services = Set(try value.strings().map { Service(name: $0)?.uuid ?? $0.lowercased() })
        case "RSSI": filter.rssi = try value.int16()
        case "Pathloss": _ = try value.uint16()
        case "Pattern": filter.pattern = try value.string()
        case "Discoverable", "DuplicateData": _ = try value.bool()
        case "AutoConnect" where version == .v5_87: _ = try value.bool()
        default: throw BluezError.invalidArguments
        }
      }
    } catch {
      throw BluezError.invalidArguments
    }
    guard ["auto", "bredr", "le"].contains(filter.transport) else { throw BluezError.invalidArguments }
    discoveries[adapter, default: Discovery()].filters[call.sender] = isEmpty ? nil : filter
    return .done
  }

  /// A client has left the bus, or does not want to look any more.
  func endDiscovery(of client: String, on adapter: String) {
    guard var discovery = discoveries[adapter] else { return }
    discovery.filters[client] = nil
    let wasLooking = discovery.clients.remove(client) != nil
    discoveries[adapter] = discovery
    if wasLooking, !discovery.isRunning { finishLooking(over: adapter) }
  }

  /// Everybody's discovery ends.
  func endDiscovery(on adapter: String) {
    guard discoveries[adapter]?.isRunning == true else { return }
    discoveries[adapter]?.clients = []
    finishLooking(over: adapter)
  }

  // MARK: Looking

  private func look(over adapter: String) {
    let round = newNumber()
    discoveries[adapter]?.round = round
    changeRemnants(on: adapter) { $0.isInInquiryCache = false }
    publishAdapter(adapter)
    let visible = headsets.values.filter(\.isVisible).sorted { $0.address < $1.address }
    for headset in visible { expect(headset, over: adapter) }
    repeatLooking(over: adapter, round)
  }

  /// What is in sight is seen again in each round, at another distance.
  private func repeatLooking(over adapter: String, _ round: Int) {
    later(timing.discoveryRound) { simulator in
      guard simulator.discoveries[adapter]?.round == round, simulator.discoveries[adapter]?.isRunning == true else {
        return
      }
      for headset in simulator.headsets.values where headset.isVisible {
        simulator.headsets[headset.address]?.rssi = headset.rssi <= -70 ? -50 : headset.rssi - 1
        simulator.see(headset.address, over: adapter)
      }
      simulator.repeatLooking(over: adapter, round)
    }
  }

  /// A headset answers the inquiry that is running after its time.
  func expect(_ headset: Headset, over adapter: String) {
    guard let discovery = discoveries[adapter], discovery.isRunning else { return }
    later(headset.answersInquiryAfter) { $0.see(headset.address, over: adapter) }
  }

  /// A headset that has just become visible is found by whoever is looking.
  func becomeVisible(_ address: String) {
    guard let headset = headsets[address], headset.isVisible else { return }
    for adapter in discoveries.keys.sorted() { expect(headset, over: adapter) }
  }

  private func see(_ address: String, over adapter: String) {
    guard let headset = headsets[address], headset.isVisible, let path = devicePath(address, on: adapter),
      let discovery = discoveries[adapter], discovery.isRunning
    else { return }
    let known = devices[path]
    // A device that bluetoothd knows is told of in any case; a new one only if somebody asked for such.
    var device = known ?? KnownDevice(path: path, adapter: adapter, headset: headset)
    guard known != nil || discovery.admits(headset, device.uuids) else { return }
    // 5.82 shows it all the same, without its signal strength; the others withhold it.
    let isShown = discovery.showsByPattern(headset)
    guard known != nil || isShown || version == .v5_82 else { return }
    device.see(headset)
    if isShown { device.rssi = headset.rssi }
    device.sightings += 1
    devices[path] = device
    cache(.name, of: device)
    if headset.bearer != .le { change(remnantsOf: address, on: adapter) { $0.isInInquiryCache = true } }
    publish(path)
    if device.isTemporary { armTemporary(path) }
  }

  private func finishLooking(over adapter: String) {
    discoveries[adapter]?.round = 0
    publishAdapter(adapter)
    for device in devices.values.filter({ $0.adapter == adapter && $0.rssi != nil }).sorted(by: { $0.path < $1.path }) {
      update(device.path) { $0.rssi = nil }
    }
  }
}
