internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

/// What the monitors are sent: each change is looked at once and encoded once, for all of them.
actor MonitorHub: LoopActor {
  typealias Reply = Control.MonitorReply

  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private let history: BondHistory
  private var mirror: BlueZMirror { world.mirror }
  private let resolver: Resolver
  private let headsets: Headsets
  private var monitors: [Int: @Sendable (EncodedReply<Reply>) -> Void] = [:]
  private var lastNumber = 0
  /// The default adapter as the monitors know it.
  private var selected: AdapterID?
  /// The cards of the sound server as the monitors know them.
  private var cards: [Address: AudioCard] = [:]
  private var observation: BlueZMirror.Observation?
  private var choices: Int?
  private var findings: Int?
  private var reports: Int?

  init(resolver: Resolver, headsets: Headsets) {
    loop = resolver.mirror.tree.loop
    world = resolver.world
    history = resolver.history
    self.resolver = resolver
    self.headsets = headsets
  }

  /// Sends a monitor what there is, and from now on what changes; returns its number.
  func join(_ send: @escaping @Sendable (EncodedReply<Reply>) -> Void) -> Int {
    if monitors.isEmpty { open() }
    lastNumber += 1
    monitors[lastNumber] = send
    send(EncodedReply(state))
    for id in mirror.allDevices.map(\.id) where cards[id.address] != nil {
      if let reply = sound(of: id) { send(EncodedReply(reply)) }
    }
    return lastNumber
  }

  func leave(_ number: Int) {
    monitors[number] = nil
    if monitors.isEmpty { close() }
  }

  /// The session that is followed, or what its sound server has, is another one.
  func soundChanged() {
    guard !monitors.isEmpty else { return }
    let before = cards
    cards = world.sound?.cards ?? [:]
    for id in mirror.allDevices.map(\.id) where cards[id.address] != before[id.address] {
      if let reply = sound(of: id) { send(reply) }
    }
  }

  /// A headset said how full it is, or what it said is old now.
  func batteryChanged(_ id: DeviceID) {
    guard !monitors.isEmpty, let device = world.wireDevice(id) else { return }
    send(Reply(event: .deviceChanged, device: device))
  }

  private func sound(of id: DeviceID) -> Reply? {
    guard let device = world.wireDevice(id) else { return nil }
    // It is encoded once for all, of whom some may not know who records.
    let card = cards[id.address].map { Interface.SoundCard($0, namesRecorders: false) }
    return Reply(event: .soundChanged, device: device, card: card)
  }

  private func open() {
    selected = resolver.defaultAdapter
    cards = world.sound?.cards ?? [:]
    observation = mirror.observe { change in self.assumeIsolated { $0.see(change) } }
    choices = resolver.selected.assumeIsolated { $0.observe { self.assumeIsolated { $0.seeSelection() } } }
    findings = history.assumeIsolated { $0.observe { key in self.assumeIsolated { $0.seeFinding(key) } } }
    reports = headsets.assumeIsolated { $0.observe { id, report in self.assumeIsolated { $0.see(report, of: id) } } }
  }

  private func close() {
    observation?.end()
    if let choices { resolver.selected.assumeIsolated { $0.stopObserving(choices) } }
    if let findings { history.assumeIsolated { $0.stopObserving(findings) } }
    if let reports { headsets.assumeIsolated { $0.stopObserving(reports) } }
    (observation, choices, findings, reports) = (nil, nil, nil, nil)
  }

  private func send(_ reply: Reply) {
    let encoded = EncodedReply(reply)
    for send in monitors.values { send(encoded) }
  }

  private var state: Reply {
    let adapters = mirror.allAdapters.compactMap { adapter($0.id) }.sorted { $0.name < $1.name }
    let devices = mirror.allDevices.compactMap { world.wireDevice($0.id) }
      .sorted { ($0.adapter, $0.address) < ($1.adapter, $1.address) }
    return Reply(event: .state, adapters: adapters, devices: devices)
  }

  private func see(_ change: BlueZChange) {
    let before = selected
    selected = resolver.defaultAdapter
    report(change)
    if case .adapterAdded(let id) = change { return reportSelection(since: before, but: id) }
    if case .adapterChanged(let id) = change { return reportSelection(since: before, but: id) }
    reportSelection(since: before)
  }

  /// A user wishes something else of a device.
  func wishesChanged(of key: BondKey) { tellChange(of: key) }

  /// Something was found out about a bond.
  private func seeFinding(_ key: BondKey) { tellChange(of: key) }

  private func tellChange(of key: BondKey) {
    guard !monitors.isEmpty, let device = mirror.device(at: key).flatMap(world.wireDevice) else { return }
    send(Reply(event: .deviceChanged, device: device))
  }

  /// A headset told something of itself.
  private func see(_ report: HeadsetReport, of id: DeviceID) {
    guard let device = world.wireDevice(id) else { return }
    send(Reply(event: .headsetChanged, device: device, headset: report))
  }

  /// The user may have chosen another adapter.
  private func seeSelection() {
    let before = selected
    selected = resolver.defaultAdapter
    reportSelection(since: before)
  }

  /// Tells of the adapters that ceased or began to be the default one, except of the one just told.
  private func reportSelection(since before: AdapterID?, but told: AdapterID? = nil) {
    guard before != selected else { return }
    for id in [before, selected] where id != told {
      if let id, let adapter = adapter(id) { send(Reply(event: .adapterChanged, adapter: adapter)) }
    }
  }

  private func report(_ change: BlueZChange) {
    switch change {
    case .bluezAppeared: send(Reply(event: .bluezAppeared))
    case .bluezReady: break
    case .bluezVanished: send(Reply(event: .bluezVanished))
    case .adapterAdded(let id): send(Reply(event: .adapterAdded, adapter: adapter(id)))
    case .adapterChanged(let id): send(Reply(event: .adapterChanged, adapter: adapter(id)))
    case .adapterRemoved(let id): send(Reply(event: .adapterRemoved, adapter: .gone(id)))
    case .deviceAdded(let id):
      send(Reply(event: .deviceAdded, device: world.wireDevice(id)))
      if cards[id.address] != nil, let reply = sound(of: id) { send(reply) }
    case .deviceChanged(let id): send(Reply(event: .deviceChanged, device: world.wireDevice(id)))
    case .deviceRemoved(let id): send(Reply(event: .deviceRemoved, device: .gone(id)))
    }
  }

  private func adapter(_ id: AdapterID) -> Interface.Adapter? {
    mirror.wireAdapter(id, selected: id == selected)
  }
}
