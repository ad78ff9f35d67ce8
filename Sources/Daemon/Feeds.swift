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
struct MonitorFeed: Sendable {
  let mirror: MirrorView
  let selected: String?
  let send: @Sendable (Control.MonitorReply) -> Void

  func sendState() {
    let adapters = mirror.allAdapters.compactMap { adapter($0.id) }.sorted { $0.name < $1.name }
    let devices = mirror.allDevices.compactMap { mirror.wireDevice($0.id) }
      .sorted { ($0.adapter, $0.address) < ($1.adapter, $1.address) }
    send(Control.MonitorReply(event: .state, adapters: adapters, devices: devices))
  }

  func see(_ change: MirrorChange) {
    switch change {
    case .bluezAppeared: send(Control.MonitorReply(event: .bluezAppeared))
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
    mirror.wireAdapter(id, selected: selected != nil && mirror.address(of: id) == selected)
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
