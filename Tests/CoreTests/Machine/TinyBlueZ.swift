import Core
import Vocabulary

/// As much of a computer as forgetting and repairing change: BlueZ's objects, what lies below them, and the journal. A
/// headset that is not bonded is in pairing mode.
struct TinyBlueZ {
  var world: FakeWorld
  /// What each place holds of each device; BlueZ's objects are in the world.
  var layers: [DeviceID: Set<HostLayer>] = [:]
  /// Whether the helper ends links.
  var endsLinks = true
  private let headset: Device

  init(_ headset: Device, _ others: Device...) {
    self.headset = headset
    world = FakeWorld(headset)
    for device in others { world.known[device.id] = device }
    for device in world.known.values where device.bonded {
      layers[device.id] = [.bond, .linkKey, .storedLinkKey, .cache]
      if device.connected { world.streams[device.id] = [Transport(profile: .a2dp)] }
    }
  }

  /// Does it as BlueZ, the helper and the journal do; the signals come before the answer.
  mutating func carryOut(_ request: Request) -> [Event] {
    switch request {
    case .helper(.inspect(let id, let asked)):
      return [.layers(id, .reports(asked.map { report(id, $0, .nothing, before: holds(id, $0)) }))]
    case .helper(.flush(let id, let asked)): return [.layers(id, flush(id, asked))]
    case .helper(.endLink(let id)):
      guard endsLinks, world.known[id]?.connected == true else { return [.answered(request, Refusal(.other))] }
      world.streams[id] = nil
      return change(id, request) { $0.connected = false }
    case .journal(.record(let entry)): world.journal[entry.device] = entry
    case .journal(.erase(let id)): world.journal[id] = nil
    case .bluez(.remove(let id)):
      guard world.known[id] != nil else { return [.answered(request, Refusal(.doesNotExist))] }
      world.known[id] = nil
      world.streams[id] = nil
      layers[id]?.remove(.bond)
      return [.deviceRemoved(id), .answered(request, nil)]
    case .bluez(.pair(let id)):
      guard layers[id]?.contains(.linkKey) != true else { return [.answered(request, Refusal(.keyInKernel))] }
      layers[id, default: []].formUnion([.bond, .linkKey, .cache])
      return change(id, request) { ($0.paired, $0.bonded) = (true, true) }
    case .bluez(.trust(let id, let on)): return change(id, request) { $0.trusted = on }
    case .bluez(.block(let id, let on)):
      return change(id, request) {
        $0.blocked = on
        if on { $0.connected = false }
      }
    case .bluez(.rename(let id, let alias)): return change(id, request) { $0.alias = alias }
    case .bluez(.connect(let id)):
      world.streams[id] = [Transport(profile: .a2dp)]
      return change(id, request) { ($0.connected, $0.servicesResolved) = (true, true) }
    case .bluez(.disconnect(let id)):
      world.streams[id] = nil
      return change(id, request) { $0.connected = false }
    case .bluez(.startDiscovery(let adapter)): return seek(on: adapter, request)
    case .bluez(.stopDiscovery(let adapter)): world.adapters[adapter]?.discovering = false
    case .bluez(.power(let adapter, let on)): return power(adapter, on, request)
    default: break
    }
    return [.answered(request, nil)]
  }

  /// The computer is started again: bluetoothd knows what it stored, and the kernel what bluetoothd tells it.
  mutating func reboot() {
    for id in Set(world.known.keys).union(layers.keys) {
      world.known[id]?.connected = false
      world.streams[id] = nil
      if layers[id]?.contains(.bond) == true {
        layers[id]?.insert(.linkKey)
        if world.known[id] == nil { world.known[id] = headset.at(id) }
      } else {
        layers[id]?.remove(.linkKey)
        world.known[id] = nil
      }
    }
  }

  /// The daemon is gone: BlueZ ends what it held for it.
  mutating func give(back adapter: AdapterID) {
    world.adapters[adapter]?.discovering = false
    for id in world.known.keys { world.known[id]?.rssi = nil }
  }

  // MARK: Effects

  private mutating func change(_ id: DeviceID, _ request: Request, _ change: (inout Device) -> Void) -> [Event] {
    guard var device = world.known[id] else { return [.answered(request, Refusal(.doesNotExist))] }
    change(&device)
    world.known[id] = device
    return [.deviceChanged(id), .answered(request, nil)]
  }

  private func holds(_ id: DeviceID, _ layer: HostLayer) -> Holding {
    layers[id]?.contains(layer) == true ? .present : .absent
  }

  private func report(_ id: DeviceID, _ layer: HostLayer, _ done: LayerReport.Deed, before: Holding) -> LayerReport {
    LayerReport(id, layer, before: before, done: done, after: holds(id, layer))
  }

  /// As the helper does: not while BlueZ holds the device as more than one merely in sight.
  private mutating func flush(_ id: DeviceID, _ asked: [HostLayer]) -> LayerAnswer {
    if let device = world.device(id), device.bonded || device.paired || device.connected {
      return .unavailable("BlueZ holds the device.")
    }
    return .reports(
      asked.map { layer in
        let before = holds(id, layer)
        layers[id]?.remove(layer)
        return report(id, layer, before == .present ? .removed : .nothing, before: before)
      })
  }

  private mutating func seek(on adapter: AdapterID, _ request: Request) -> [Event] {
    world.adapters[adapter]?.discovering = true
    let isBonded = world.known[headset.id]?.bonded == true
    guard !isBonded else { return [.answered(request, nil)] }
    world.known[headset.id] = Device.found.at(headset.id, name: headset.name)
    return [.deviceChanged(headset.id), .answered(request, nil)]
  }

  private mutating func power(_ adapter: AdapterID, _ on: Bool, _ request: Request) -> [Event] {
    world.adapters[adapter]?.powered = on
    if !on {
      for id in world.known.keys {
        world.known[id]?.connected = false
        world.streams[id] = nil
        layers[id]?.remove(.storedLinkKey)
      }
    }
    return [.worldChanged, .answered(request, nil)]
  }
}
