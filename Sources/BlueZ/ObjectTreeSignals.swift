internal import DBus
internal import Vocabulary

/// How signals and the first answer patch the tree.
extension ObjectTree {
  /// `a{oa{sa{sv}}}`
  func addObjects(_ body: inout MessageReader) throws(DBusError) {
    var objects = try body.array()
    while !objects.atEnd {
      var object = try objects.dictionaryEntry()
      let path = try object.objectPath()
      try addInterfaces(of: path, &object)
    }
  }

  /// `InterfacesAdded` and `InterfacesRemoved`.
  func changeObjects(_ signal: Message) throws(DBusError) {
    var body = signal.reader()
    if signal.isSignal(StandardInterface.objectManager, "InterfacesAdded") {
      try addInterfaces(of: try body.objectPath(), &body)
    } else if signal.isSignal(StandardInterface.objectManager, "InterfacesRemoved") {
      removeInterfaces(of: try body.objectPath(), try body.strings())
    }
  }

  /// `Device1.Disconnected(name, message)`
  func noteDisconnection(_ signal: Message) throws(DBusError) {
    guard let path = signal.path, let device = devices[path] else { return }
    var body = signal.reader()
    tell(.deviceDisconnected(device, DisconnectReason(try body.text())))
  }

  /// Tells what is new, or what is different from before.
  private func tell<Value: Equatable>(
    _ old: Value?, _ new: Value, _ added: (Value) -> TreeChange, _ changed: (Value, Value) -> TreeChange
  ) {
    guard let old else { return tell(added(new)) }
    if new != old { tell(changed(old, new)) }
  }

  // MARK: Added

  /// `a{sa{sv}}`: an object's interfaces, in any order.
  private func addInterfaces(of path: ObjectPath, _ body: inout MessageReader) throws(DBusError) {
    var device: MessageReader?
    var battery: MessageReader?
    var interfaces = try body.array()
    while !interfaces.atEnd {
      var entry = try interfaces.dictionaryEntry()
      let interface = try entry.text()
      switch interface {
      case BlueZInterface.device: device = entry
      case BlueZInterface.battery: battery = entry
      case BlueZInterface.adapter: try addAdapter(path, entry)
      case BlueZInterface.mediaTransport: try addTransport(path, entry)
      case BlueZInterface.mediaEndpoint: try addEndpoint(path, entry)
      default: if interface.hasPrefix(BlueZInterface.bearerPrefix) { hasBearers = true }
      }
    }
    // A battery belongs to a device, which may come in the same message, before or after it.
    if let device {
      try addDevice(path, device, battery)
    } else if var battery {
      changeDevice(path) { device throws(DBusError) in try device.updateBattery(from: &battery) }
    }
  }

  private func addAdapter(_ path: ObjectPath, _ properties: MessageReader) throws(DBusError) {
    var properties = properties
    guard let address = try Self.address(in: properties) else { return }
    var adapter = Adapter(path: path, address: address)
    try adapter.update(from: &properties)
    let old = adapters.updateValue(adapter, forKey: path)
    tell(old, adapter, TreeChange.adapterAdded, TreeChange.adapterChanged)
  }

  private func addDevice(
    _ path: ObjectPath, _ properties: MessageReader, _ battery: MessageReader?
  ) throws(DBusError) {
    var properties = properties
    guard let address = try Self.address(in: properties), let adapter = path.parent else { return }
    var device = Device(path: path, address: address, adapter: adapter)
    try device.update(from: &properties)
    if var battery { try device.updateBattery(from: &battery) }
    device.isShown = devices[path].map(\.isShown) ?? isDiscovering(adapter)
    let old = devices.updateValue(device, forKey: path)
    tell(old, device, TreeChange.deviceAdded, TreeChange.deviceChanged)
  }

  private func addTransport(_ path: ObjectPath, _ properties: MessageReader) throws(DBusError) {
    var properties = properties
    // ".../dev_X/fdN" or ".../dev_X/sepN/fdN"; the property `Device` says which.
    guard let parent = path.parent else { return }
    var transport = MediaTransport(path: path, device: parent)
    try transport.update(from: &properties)
    let old = transports.updateValue(transport, forKey: path)
    tell(old, transport, TreeChange.transportAdded, TreeChange.transportChanged)
  }

  private func addEndpoint(_ path: ObjectPath, _ properties: MessageReader) throws(DBusError) {
    var properties = properties
    guard let parent = path.parent else { return }
    var endpoint = MediaEndpoint(path: path, device: parent)
    try endpoint.update(from: &properties)
    let old = endpoints.updateValue(endpoint, forKey: path)
    tell(old, endpoint, TreeChange.endpointAdded, TreeChange.endpointChanged)
  }

  /// The address among the properties; nil when it is missing or none, and then the object is of no use.
  private static func address(in properties: MessageReader) throws(DBusError) -> Address? {
    var properties = properties
    var entries = try properties.array()
    while !entries.atEnd {
      var entry = try entries.dictionaryEntry()
      // BlueZ puts the address first.
      guard try entry.text() == DeviceProperty.address else { continue }
      var value = try entry.variant()
      return (try? value.text()).flatMap { Address($0) }
    }
    return nil
  }

  // MARK: Changed

  /// `PropertiesChanged` of an interface: its name, `a{sv}`, and the names of those that went away.
  func changeProperties(_ signal: Message, _ interface: String) throws(DBusError) {
    guard let path = signal.path else { return }
    var body = signal.reader()
    body.skip()
    switch interface {
    case BlueZInterface.device:
      changeDevice(path) { device throws(DBusError) in try device.update(fromChange: &body) }
    case BlueZInterface.battery:
      changeDevice(path) { device throws(DBusError) in
        try device.updateBattery(from: &body)
        if try body.strings().contains(BatteryProperty.percentage) { device.battery = nil }
      }
    case BlueZInterface.adapter:
      guard let old = adapters[path] else { return }
      try adapters[path]?.update(fromChange: &body)
      if let new = adapters[path] {
        tell(old, new, TreeChange.adapterAdded, TreeChange.adapterChanged)
        if old.discovering, !new.discovering { hideDevices(of: path) }
      }
    case BlueZInterface.mediaTransport:
      guard let old = transports[path] else { return }
      try transports[path]?.update(fromChange: &body)
      if let new = transports[path] { tell(old, new, TreeChange.transportAdded, TreeChange.transportChanged) }
    case BlueZInterface.mediaEndpoint:
      guard let old = endpoints[path] else { return }
      try endpoints[path]?.update(fromChange: &body)
      if let new = endpoints[path] { tell(old, new, TreeChange.endpointAdded, TreeChange.endpointChanged) }
    default: break
    }
  }

  /// Patches a device in place; the table is not copied.
  private func changeDevice(_ path: ObjectPath, _ change: (inout Device) throws(DBusError) -> Void) {
    guard let index = devices.index(forKey: path) else { return }
    let old = devices.values[index]
    // What was read before a malformed part counts.
    try? change(&devices.values[index])
    if isNewsOfDiscovery(old, devices.values[index]) { devices.values[index].isShown = true }
    tell(old, devices.values[index], TreeChange.deviceAdded, TreeChange.deviceChanged)
  }

  // MARK: In sight

  /// Whether a discovery runs that the tree has heard the beginning of.
  private func isDiscovering(_ adapter: ObjectPath) -> Bool { isReady && adapters[adapter]?.discovering == true }

  /// Whether a device has answered the discovery that runs. A link tells a name, too.
  private func isNewsOfDiscovery(_ old: Device, _ new: Device) -> Bool {
    guard !new.isShown, !new.connected, new.name != old.name || new.deviceClass != old.deviceClass else { return false }
    return isDiscovering(new.adapter)
  }

  /// The discovery is over.
  private func hideDevices(of adapter: ObjectPath) {
    for path in devices.filter({ $1.isShown && $1.adapter == adapter }).keys {
      changeDevice(path) { device throws(DBusError) in device.isShown = false }
    }
  }

  // MARK: Removed

  private func removeInterfaces(of path: ObjectPath, _ interfaces: [String]) {
    for interface in interfaces {
      switch interface {
      case BlueZInterface.device: if let old = devices.removeValue(forKey: path) { tell(.deviceRemoved(old)) }
      case BlueZInterface.adapter: if let old = adapters.removeValue(forKey: path) { tell(.adapterRemoved(old)) }
      case BlueZInterface.mediaTransport:
        if let old = transports.removeValue(forKey: path) { tell(.transportRemoved(old)) }
      case BlueZInterface.mediaEndpoint:
        if let old = endpoints.removeValue(forKey: path) { tell(.endpointRemoved(old)) }
      case BlueZInterface.battery:
        changeDevice(path) { $0.battery = nil }
      default: break
      }
    }
  }
}
