internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface

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
    // What BlueZ merely remembers is not in sight; only a discovery gives a device its RSSI.
    guard let device = mirror.wireDevice(id), device.rssi != nil || shown[id] != nil else { return }
    let before = shown.updateValue(device, forKey: id)
    if before == nil { send(.found, device) } else if before != device { send(.changed, device) }
  }
}

/// What a monitor sends.
actor MonitorFeed: LoopActor {
  nonisolated let loop: EventLoop
  private let mirror: MirrorView
  private let resolver: Resolver
  private let send: @Sendable (Control.MonitorReply) -> Void
  /// The default adapter as the client knows it.
  private var selected: AdapterID?
  private var observation: MirrorView.Observation?
  private var choices: Int?
  private var findings: Int?

  init(resolver: Resolver, send: @escaping @Sendable (Control.MonitorReply) -> Void) {
    loop = resolver.mirror.tree.loop
    mirror = resolver.mirror
    self.resolver = resolver
    self.send = send
  }

  /// Sends what there is, and from now on what changes.
  func open() {
    sendState()
    observation = mirror.observe { change in self.assumeIsolated { $0.see(change) } }
    choices = resolver.selected.assumeIsolated { $0.observe { self.assumeIsolated { $0.seeSelection() } } }
    findings = mirror.history.assumeIsolated { $0.observe { key in self.assumeIsolated { $0.seeFinding(key) } } }
  }

  func close() {
    observation?.end()
    if let choices { resolver.selected.assumeIsolated { $0.stopObserving(choices) } }
    if let findings { mirror.history.assumeIsolated { $0.stopObserving(findings) } }
  }

  private func sendState() {
    selected = resolver.defaultAdapter
    let adapters = mirror.allAdapters.compactMap { adapter($0.id) }.sorted { $0.name < $1.name }
    let devices = mirror.allDevices.compactMap { mirror.wireDevice($0.id) }
      .sorted { ($0.adapter, $0.address) < ($1.adapter, $1.address) }
    send(Control.MonitorReply(event: .state, adapters: adapters, devices: devices))
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
    send(Control.MonitorReply(event: .deviceChanged, device: device))
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
      if let id, let adapter = adapter(id) { send(Control.MonitorReply(event: .adapterChanged, adapter: adapter)) }
    }
  }

  private func report(_ change: MirrorChange) {
    switch change {
    case .bluezAppeared: send(Control.MonitorReply(event: .bluezAppeared))
    case .bluezReady: break
    case .bluezVanished: send(Control.MonitorReply(event: .bluezVanished))
    case .adapterAdded(let id): send(Control.MonitorReply(event: .adapterAdded, adapter: adapter(id)))
    case .adapterChanged(let id): send(Control.MonitorReply(event: .adapterChanged, adapter: adapter(id)))
    case .adapterRemoved(let id): send(Control.MonitorReply(event: .adapterRemoved, adapter: .gone(id)))
    case .deviceAdded(let id): send(Control.MonitorReply(event: .deviceAdded, device: mirror.wireDevice(id)))
    case .deviceChanged(let id): send(Control.MonitorReply(event: .deviceChanged, device: mirror.wireDevice(id)))
    case .deviceRemoved(let id): send(Control.MonitorReply(event: .deviceRemoved, device: .gone(id)))
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
