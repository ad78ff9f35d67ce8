internal import BlueZ
internal import Core
internal import DBus
internal import Interface
internal import Service
internal import Vocabulary

// Devices and adapters as they are told to clients.

extension BlueZMirror {
  func wireAdapter(_ id: AdapterID, selected: Bool) -> Interface.Adapter? {
    guard let adapter = known(id) else { return nil }
    let policy = Core.Adapter(adapter)
    return Interface.Adapter(
      name: id.name, address: adapter.address.description, alias: adapter.alias, powered: adapter.powered,
      blocked: policy.blocked, pairable: adapter.pairable, discoverable: adapter.discoverable,
      discovering: adapter.discovering, audioReady: policy.hasStereo, selected: selected,
      callsReady: policy.hasCalls)
  }

  fileprivate func wire(_ stream: MediaTransport) -> Interface.Transport {
    let endpoint = stream.path.parent.flatMap { path in tree.assumeIsolated { $0.endpoints[path] } }
    return Interface.Transport(
      profile: stream.wireProfile, codec: Codec.name(stream.codec, capabilities: endpoint?.capabilities ?? []),
      state: stream.state.text, volume: stream.volume.map(Int.init))
  }
}

extension LiveWorld {
  func wireDevice(_ id: DeviceID) -> Interface.Device? {
    guard let device = mirror.known(id) else { return nil }
    var shown = Interface.Device(
      adapter: id.adapter.name, address: id.address.description, name: device.name, alias: device.alias,
      icon: device.icon, paired: device.paired, bonded: device.bonded, trusted: device.trusted,
      blocked: device.blocked, connected: device.connected, servicesResolved: device.servicesResolved,
      profiles: AudioServices.profiles(device.uuids), transports: mirror.streams(of: id).map(mirror.wire),
      battery: self.device(id)?.battery.map(Int.init), rssi: device.rssi.map(Int.init), modalias: device.modalias,
      manufacturer: device.modalias.flatMap(Modalias.init)?.manufacturer, uuids: device.uuids,
      twinOf: Twin.original(of: Core.Device(device, id: id)), verdict: wireVerdict(of: id))
    let batteries = batteries(of: id)
    if !batteries.isEmpty { shown.batteries = batteries }
    return shown
  }

  private func wireVerdict(of id: DeviceID) -> Interface.Verdict? {
    let finding = finding(of: id)
    // Without a bond there is none that could be of no use.
    if let finding, finding.verdict.isStale, device(id)?.bonded != true { return nil }
    return finding.map { Interface.Verdict($0) { mirror.told($0, as: id.adapter) } }
  }
}

extension Interface.Device {
  /// Fills in what the hardware database knows. Not for lists: it is looked up on the disk.
  mutating func lookUpProduct() {
    guard let modalias, Modalias(modalias) != nil else { return }
    let found = HardwareDatabase.device(modalias)
    manufacturer = manufacturer ?? found.manufacturer
    model = found.model
  }
}

extension Interface.SoundCard {
  /// `namesRecorders`: for callers who may know which program records.
  init(_ card: AudioCard, namesRecorders: Bool) {
    self.init(
      name: card.name, profile: card.activeProfile, kind: card.kind ?? .off,
      codec: card.codec, sink: card.sink, isDefault: card.isDefault,
      captures: namesRecorders ? card.captures.map { Capture(application: $0.application, process: $0.process) } : [],
      recorders: card.captures.count)
  }
}
