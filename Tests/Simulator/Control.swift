package import DBus

// What is around, as a test sets it up.
extension Simulator {
  /// Adds a controller, plugged in; one that bluetoothd is to know from its start is added before that.
  package func add(_ controller: Controller) {
    controllers[controller.name] = controller
    if bus != nil { setUp(controller.name) }
  }

  /// Adds a headset to the neighbourhood; a discovery that is running finds it when it is visible.
  package func add(_ headset: Headset) {
    headsets[headset.address] = headset
    becomeVisible(headset.address)
  }

  /// Adds headsets that bluetoothd knows already, each bonded if asked for, all with a key of their own.
  package func add(known headsets: [Headset], bonded: Bool, trusted: Bool = true, on adapter: String = "hci0") {
    guard let controller = controllers[adapter] else { return }
    for var headset in headsets {
      let key = Headset.LinkKey(number: newNumber())
      guard let path = devicePath(headset.address, on: adapter) else { continue }
      var device = KnownDevice(path: path, adapter: adapter, headset: headset)
      device.isTemporary = false
      device.modalias = headset.modalias
      if bonded {
        headset.keys[controller.address] = key
        device.storedKey = key
        device.isPaired = true
        device.isTrusted = trusted
      }
      self.headsets[headset.address] = headset
      // One that is bonded has been connected before.
      let groups: Set<CacheFile.Group> =
        bonded && headset.bearer != .le ? [.name, .serviceRecords, .endpoints] : [.name]
      change(remnantsOf: headset.address, on: adapter) { remnants in
        remnants.kernelKey = device.storedKey
        remnants.cache = CacheFile(groups: groups)
        remnants.info = device
      }
      guard isRunning else { continue }
      devices[path] = device
      publish(path)
    }
  }

  /// Changes what a headset is or does.
  package func change(_ address: String, _ change: (inout Headset) -> Void) {
    guard var headset = headsets[address.uppercased()] else { return }
    change(&headset)
    headsets[headset.address] = headset
  }

  /// A headset as it is now.
  package func headset(_ address: String) -> Headset? { headsets[address.uppercased()] }

  /// A controller as it is now.
  package func controller(_ name: String) -> Controller? { controllers[name] }

  /// Replaces what the sound server has registered.
  package func setSoundServer(_ server: SoundServer) {
    sound = server
    for name in controllers.keys.sorted() { publishAdapter(name) }
  }

  /// Replaces what main.conf says about headsets that want to pair again.
  package func setRepairing(_ repairing: Repairing) { self.repairing = repairing }

  /// Gives a device another name here, as its owner has done some time.
  package func setAlias(_ alias: String, of address: String, on adapter: String = "hci0") {
    change(remnantsOf: address, on: adapter) { $0.info?.alias = alias }
    guard let path = devicePath(address.uppercased(), on: adapter) else { return }
    update(path) { $0.alias = alias }
  }

  /// Blocks a device, as any program may by way of bluetoothd.
  package func block(device address: String, on adapter: String = "hci0") {
    guard let path = devicePath(address.uppercased(), on: adapter) else { return }
    setBlocked(true, path)
    flush()
  }

  /// Puts a bond on both sides into a state that only an accident brings about: the computer's key in the kernel but
  /// not on disk ("Already Paired").
  package func strandKernelKey(of address: String, on adapter: String = "hci0") {
    guard let path = devicePath(address.uppercased(), on: adapter) else { return }
    change(remnantsOf: address, on: adapter) { $0.kernelKey = $0.kernelKey ?? .foreign }
    update(path) { device in
      device.storedKey = nil
      device.isPaired = false
    }
  }

  /// Emits a signal as it is given, however little sense it makes.
  package func emit(_ member: String, of interface: String, from path: ObjectPath, _ arguments: [Value]) throws {
    send(
      try Message(signal: member, from: path, interface: interface) { body in
        for argument in arguments { argument.append(to: &body) }
      })
  }

  // MARK: What bluetoothd holds at the moment

  /// The object of a device on the bus; nil when there is none.
  package func object(of address: String, on adapter: String = "hci0") -> ObjectPath? {
    devicePath(address.uppercased(), on: adapter).flatMap { devices[$0] == nil ? nil : $0 }
  }

  /// Waits until bluetoothd has taken up an adapter.
  package func waitForAdapter(_ name: String = "hci0") async throws {
    guard let path = Self.path(adapter: name), tree[path] == nil else { return }
    let latch = Latch(loop)
    awaited[name, default: []].append(latch)
    try await latch.wait()
  }

  /// A property of an object as the bus sees it.
  package func property(_ name: String, of interface: String, at path: ObjectPath) -> Value? {
    tree.view(path, interface)?.value(name)
  }

  /// Addresses of the devices that bluetoothd knows.
  package var knownDevices: Set<String> { Set(devices.values.map(\.address)) }
  /// How many agents are registered.
  package var agentCount: Int { agents.count }
  /// How many clients have a discovery running on an adapter.
  package func discoveryCount(on adapter: String = "hci0") -> Int { discoveries[adapter]?.clients.count ?? 0 }
  /// Whether both sides of a bond hold the same key.
  package func keysMatch(_ address: String, on adapter: String = "hci0") -> Bool {
    guard let path = object(of: address, on: adapter), let ours = devices[path]?.storedKey,
      let controller = controllers[adapter]
    else { return false }
    return headset(address)?.keys[controller.address] == ours
  }
}
