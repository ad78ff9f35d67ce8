internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Varlink

/// What a scan has shown its client.
actor ScanFeed: LoopActor {
  nonisolated let loop: EventLoop
  private let adapter: AdapterID
  private let world: LiveWorld
  private let send: @Sendable (ScanEvent, Interface.Device?) -> Void
  private var shown: [DeviceID: Interface.Device] = [:]
  private var isOpen = false

  init(of adapter: AdapterID, in world: LiveWorld, send: @escaping @Sendable (ScanEvent, Interface.Device?) -> Void) {
    loop = world.mirror.tree.loop
    self.adapter = adapter
    self.world = world
    self.send = send
  }

  /// The discovery runs: show what is in sight already.
  func open() {
    guard !isOpen else { return }
    isOpen = true
    send(.started, nil)
    for device in world.devices(of: adapter) { look(at: device.id) }
  }

  func see(_ change: BlueZChange) {
    guard isOpen else { return }
    switch change {
    case .deviceAdded(let id), .deviceChanged(let id): if id.adapter == adapter { look(at: id) }
    case .deviceRemoved(let id):
      if let device = shown.removeValue(forKey: id) { send(.lost, device) }
    default: break
    }
  }

  private func look(at id: DeviceID) {
    guard let device = world.wireDevice(id), world.device(id)?.isInSight == true || shown[id] != nil else { return }
    let before = shown.updateValue(device, forKey: id)
    if before == nil { send(.found, device) } else if before != device { send(.changed, device) }
  }
}
