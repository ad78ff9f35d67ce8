internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Varlink

/// What a scan has shown its client.
actor Sight: LoopActor {
  nonisolated let loop: EventLoop
  private let adapter: AdapterID
  private let mirror: MirrorView
  private let send: @Sendable (ScanEvent, Interface.Device?) -> Void
  private var shown: [DeviceID: Interface.Device] = [:]
  private var isOpen = false

  init(of adapter: AdapterID, in mirror: MirrorView, send: @escaping @Sendable (ScanEvent, Interface.Device?) -> Void) {
    loop = mirror.tree.loop
    self.adapter = adapter
    self.mirror = mirror
    self.send = send
  }

  /// The discovery runs: show what is in sight already.
  func open() {
    guard !isOpen else { return }
    isOpen = true
    send(.started, nil)
    for device in mirror.devices(of: adapter) { look(at: device.id) }
  }

  func see(_ change: MirrorChange) {
    guard isOpen else { return }
    switch change {
    case .deviceAdded(let id), .deviceChanged(let id): if id.adapter == adapter { look(at: id) }
    case .deviceRemoved(let id):
      if let device = shown.removeValue(forKey: id) { send(.lost, device) }
    default: break
    }
  }

  private func look(at id: DeviceID) {
    guard let device = mirror.wireDevice(id), mirror.device(id)?.isInSight == true || shown[id] != nil else { return }
    let before = shown.updateValue(device, forKey: id)
    if before == nil { send(.found, device) } else if before != device { send(.changed, device) }
  }
}

/// What the monitors are sent: each change is looked at once and encoded once, for all of them.
actor MonitorHub: LoopActor {
  typealias Reply = Control.MonitorReply

  nonisolated let loop: EventLoop
  private let mirror: MirrorView
  private let resolver: Resolver
  private var monitors: [Int: @Sendable (EncodedReply<Reply>) -> Void] = [:]
  private var lastNumber = 0
  /// The default adapter as the monitors know it.
  private var selected: AdapterID?
  private var observation: MirrorView.Observation?
  private var choices: Int?
  private var findings: Int?

  init(resolver: Resolver) {
    loop = resolver.mirror.tree.loop
    mirror = resolver.mirror
    self.resolver = resolver
  }

  /// Sends a monitor what there is, and from now on what changes; returns its number.
  func join(_ send: @escaping @Sendable (EncodedReply<Reply>) -> Void) -> Int {
    if monitors.isEmpty { open() }
    lastNumber += 1
    monitors[lastNumber] = send
    send(EncodedReply(state))
    return lastNumber
  }

  func leave(_ number: Int) {
    monitors[number] = nil
    if monitors.isEmpty { close() }
  }

  private func open() {
    selected = resolver.defaultAdapter
    observation = mirror.observe { change in self.assumeIsolated { $0.see(change) } }
    choices = resolver.selected.assumeIsolated { $0.observe { self.assumeIsolated { $0.seeSelection() } } }
    findings = mirror.history.assumeIsolated { $0.observe { key in self.assumeIsolated { $0.seeFinding(key) } } }
  }

  private func close() {
    observation?.end()
    if let choices { resolver.selected.assumeIsolated { $0.stopObserving(choices) } }
    if let findings { mirror.history.assumeIsolated { $0.stopObserving(findings) } }
    (observation, choices, findings) = (nil, nil, nil)
  }

  private func send(_ reply: Reply) {
    let encoded = EncodedReply(reply)
    for send in monitors.values { send(encoded) }
  }

  private var state: Reply {
    let adapters = mirror.allAdapters.compactMap { adapter($0.id) }.sorted { $0.name < $1.name }
    let devices = mirror.allDevices.compactMap { mirror.wireDevice($0.id) }
      .sorted { ($0.adapter, $0.address) < ($1.adapter, $1.address) }
    return Reply(event: .state, adapters: adapters, devices: devices)
  }

  private func see(_ change: MirrorChange) {
    let before = selected
    selected = resolver.defaultAdapter
    report(change)
    if case .adapterAdded(let id) = change { return reportSelection(since: before, but: id) }
    if case .adapterChanged(let id) = change { return reportSelection(since: before, but: id) }
    reportSelection(since: before)
  }

  /// Something was found out about a bond.
  private func seeFinding(_ key: Journal.Key) {
    guard let device = mirror.device(at: key).flatMap(mirror.wireDevice) else { return }
    send(Reply(event: .deviceChanged, device: device))
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

  private func report(_ change: MirrorChange) {
    switch change {
    case .bluezAppeared: send(Reply(event: .bluezAppeared))
    case .bluezReady: break
    case .bluezVanished: send(Reply(event: .bluezVanished))
    case .adapterAdded(let id): send(Reply(event: .adapterAdded, adapter: adapter(id)))
    case .adapterChanged(let id): send(Reply(event: .adapterChanged, adapter: adapter(id)))
    case .adapterRemoved(let id): send(Reply(event: .adapterRemoved, adapter: .gone(id)))
    case .deviceAdded(let id): send(Reply(event: .deviceAdded, device: mirror.wireDevice(id)))
    case .deviceChanged(let id): send(Reply(event: .deviceChanged, device: mirror.wireDevice(id)))
    case .deviceRemoved(let id): send(Reply(event: .deviceRemoved, device: .gone(id)))
    }
  }

  private func adapter(_ id: AdapterID) -> Interface.Adapter? {
    mirror.wireAdapter(id, selected: id == selected)
  }
}

/// Waits until the task is cancelled.
actor Forever: LoopActor {
  nonisolated let loop: EventLoop
  private var continuation: CheckedContinuation<Void, Never>?
  private var isCancelled = false

  init(loop: EventLoop) { self.loop = loop }

  func wait() async {
    await withTaskCancellationHandler {
      guard !isCancelled else { return }
      await withCheckedContinuation { continuation = $0 }
    } onCancel: {
      loop.spawn { await self.end() }
    }
  }

  private func end() {
    isCancelled = true
    continuation?.resume()
    continuation = nil
  }
}
