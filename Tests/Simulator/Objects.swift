internal import DBus

// The objects of bluetoothd: adapters and devices, and what of them the bus sees.
extension Simulator {
  /// The path of an adapter's object; nil for a name that cannot be in a path.
  static func path(adapter name: String) -> ObjectPath? { ObjectPath(validating: "/org/bluez/\(name)") }

  /// The path of a device's object, whether or not there is one.
  func devicePath(_ address: String, on adapter: String) -> ObjectPath? { Self.path(of: address, on: adapter) }

  static func path(of address: String, on adapter: String) -> ObjectPath? {
    ObjectPath(validating: "/org/bluez/\(adapter)/dev_\(address.split(separator: ":").joined(separator: "_"))")
  }

  /// The adapter that an object belongs to.
  func adapterName(of path: ObjectPath) -> String {
    String(path.text.dropFirst("/org/bluez/".utf8.count).prefix { $0 != "/" })
  }

  // MARK: Adapters

  /// bluetoothd takes a controller up: the adapter appears, then the devices on disk.
  func setUp(_ name: String) {
    guard bus != nil, let controller = controllers[name], controller.isPluggedIn else { return }
    if powerStates[name] == nil { powerStates[name] = controller.isBlocked ? "off-blocked" : nil }
    publishAdapter(name)
    for device in load(name) {
      devices[device.path] = device
      publish(device.path)
    }
    for latch in awaited.removeValue(forKey: name) ?? [] { latch.assumeIsolated { $0.open() } }
    scheduleFlush()
  }

  /// bluetoothd lets a controller go: links, devices, then the adapter.
  func tearDown(_ name: String) {
    guard let controller = controllers[name], let path = Self.path(adapter: name), tree[path] != nil else { return }
    cancelUndertakings(on: name, because: BluezError.failed("br-connection-aborted-by-local"))
    store(controller, name)
    endDiscovery(on: name)
    for device in devices.values.filter({ $0.adapter == name }).sorted(by: { $0.path < $1.path }) {
      if device.isConnected { dropLink(device.path, reason: .local) }
      vanish(device.path)
    }
    flush()
    discoveries[name] = nil
    powerStates[name] = nil
    for message in tree.remove(path) { transmit(message) }
  }

  /// Brings the adapter's object on the bus in line with the controller.
  func publishAdapter(_ name: String) {
    guard bus != nil, let controller = controllers[name], let path = Self.path(adapter: name) else { return }
    let state = powerStates[name] ?? (controller.isBlocked ? "off-blocked" : controller.isPowered ? "on" : "off")
    tree.publish(
      path,
      Views.adapter(
        controller, isDiscovering: discoveries[name]?.isRunning == true, powerState: state, sound: sound,
        version: version))
    scheduleFlush()
  }

  /// Passes through a state on the way to another; nil ends it.
  func setPowerState(_ name: String, _ state: String?) {
    powerStates[name] = state
    publishAdapter(name)
    flush()
  }

  /// Changes a controller and tells the bus.
  func update(controller name: String, _ change: (inout Controller) -> Void) {
    guard var controller = controllers[name] else { return }
    change(&controller)
    controllers[name] = controller
    if controller.isPluggedIn { publishAdapter(name) }
  }

  // MARK: Devices

  /// Changes a device and tells the bus.
  func update(_ path: ObjectPath, _ change: (inout KnownDevice) -> Void) {
    guard var device = devices[path] else { return }
    change(&device)
    devices[path] = device
    publish(path)
  }

  /// Brings the device's objects on the bus in line with what is known of it.
  func publish(_ path: ObjectPath) {
    guard let device = devices[path], let adapter = Self.path(adapter: device.adapter) else { return }
    var views = Views.device(device, adapter: adapter, version: version)
    if let headset = headsets[device.address] { Views.spoil(&views, headset) }
    tree.publish(path, views)
    let endpoint = ObjectPath(validating: "\(path.text)/sep1")
    if let endpoint, device.connected.contains(.a2dpSink) { tree.publish(endpoint, Views.endpoint(of: device)) }
    if let transport = device.transport, let path = transportPath(transport, of: path) {
      tree.publish(path, Views.transport(transport, of: device))
    }
    scheduleFlush()
  }

  /// The path of a transport's object.
  func transportPath(_ transport: KnownDevice.Transport, of device: ObjectPath) -> ObjectPath? {
    ObjectPath(validating: "\(device.text)/sep1/fd\(transport.number)")
  }

  /// Takes the A2DP stream of a device away: the transport, then the endpoint.
  func removeStereo(_ path: ObjectPath, _ transport: KnownDevice.Transport?) {
    if let transport, let transportPath = transportPath(transport, of: path) { remove(transportPath) }
    if let endpoint = ObjectPath(validating: "\(path.text)/sep1") { remove(endpoint) }
  }

  /// Takes a device and everything below it from the bus.
  func vanish(_ path: ObjectPath) {
    guard let device = devices[path] else { return }
    removeStereo(path, device.transport)
    devices[path] = nil
    remove(path)
  }

  private func remove(_ path: ObjectPath) {
    for message in tree.remove(path) { transmit(message) }
  }

  /// Makes a device temporary or permanent. A temporary one vanishes when nobody has seen it for a while.
  func setTemporary(_ path: ObjectPath, _ isTemporary: Bool) {
    guard devices[path] != nil else { return }
    devices[path]?.isTemporary = isTemporary
    devices[path]?.sightings += 1
    if isTemporary { armTemporary(path) }
  }

  /// Lets a temporary device vanish unless it is seen again first.
  func armTemporary(_ path: ObjectPath) {
    guard let sightings = devices[path]?.sightings else { return }
    later(timing.temporary) { simulator in
      guard let device = simulator.devices[path], device.isTemporary, device.sightings == sightings else { return }
      // A link, or a bonding under way, keeps it.
      if device.isConnected || simulator.isUnderway(on: path) { return simulator.armTemporary(path) }
      simulator.removeStored(device)
      simulator.vanish(path)
    }
  }
}
