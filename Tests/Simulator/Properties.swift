internal import DBus
internal import EventLoop

// org.freedesktop.DBus.Properties of every object.
extension Simulator {
  /// Get, GetAll and Set.
  func property(_ call: MethodCall) throws(DBusError) -> Answer {
    var body = call.reader()
    let interface = try body.string()
    guard let view = tree.view(call.path, interface) else { return .error(BluezError.noSuchInterface(interface)) }
    guard call.member != "GetAll" else {
      return .reply { reply in reply.properties { ObjectTree.append(view.properties, to: &$0) } }
    }
    let name = try body.string()
    let value = view.value(name)
    guard call.member == "Set" else {
      guard let value else { return .error(BluezError.noSuchProperty(name, setting: false)) }
      return .reply { $0.variant(value.signature) { value.append(to: &$0) } }
    }
    guard let value else { return .error(BluezError.noSuchProperty(name, setting: true)) }
    guard Views.writable[interface]?.contains(name) == true else { return .error(BluezError.readOnly(name)) }
    var new = try body.variant()
    do throws(DBusError) {
      let new = try Self.read(&new, like: value)
      return set(name, to: new, of: interface, call)
    } catch {
      return .error(BluezError.invalidSignature(name))
    }
  }

  /// Reads a value of the type that the property has.
  private static func read(_ reader: inout MessageReader, like old: Value) throws(DBusError) -> Value {
    switch old {
    case .bool: .bool(try reader.bool())
    case .uint16: .uint16(try reader.uint16())
    case .uint32: .uint32(try reader.uint32())
    default: .string(try reader.string())
    }
  }

  private func set(_ name: String, to value: Value, of interface: String, _ call: MethodCall) -> Answer {
    switch (interface, value) {
    case (Bluez.adapter, .bool(let isOn)): return setMode(name, isOn, adapterName(of: call.path), call)
    case (Bluez.adapter, .string(let alias)):
      // The name is set by the kernel, which tells afterwards.
      reply(call, .done)
      update(controller: adapterName(of: call.path)) { $0.alias = alias.isEmpty ? "simulated" : alias }
      return .later
    case (Bluez.device, .string(let alias)): update(call.path) { $0.alias = alias.isEmpty ? nil : alias }
    case (Bluez.device, .bool(let isOn)):
      if name == "Blocked" { setBlocked(isOn, call.path) } else { update(call.path) { Self.set(name, isOn, of: &$0) } }
    case (Bluez.mediaTransport, .uint16(let volume)):
      guard let device = call.path.parent?.parent else { break }
      update(device) { $0.transport?.volume = volume }
    default: break
    }
    return .done
  }

  private static func set(_ name: String, _ isOn: Bool, of device: inout KnownDevice) {
    if name == "Trusted" { device.isTrusted = isOn } else { device.wakeAllowed = isOn }
  }

  /// The kernel ends the link of a device that it is to block.
  func setBlocked(_ isOn: Bool, _ path: ObjectPath) {
    update(path) { $0.isBlocked = isOn }
    if isOn { later(timing.disconnectLink) { $0.dropLink(path, reason: .local) } }
  }

  // MARK: Modes of an adapter

  /// Sets a mode by way of the kernel: the answer goes out first, the change follows (`adapter.c
  /// property_set_mode_complete`).
  private func setMode(_ name: String, _ isOn: Bool, _ adapter: String, _ call: MethodCall) -> Answer {
    guard let controller = controllers[adapter] else { return .error(BluezError.doesNotExist) }
    switch name {
    case "Powered":
      if powerStates[adapter]?.hasSuffix("ing") == true { return .error(BluezError.busy) }
      if controller.isPowered == isOn { return .done }
      if controller.isBlocked { return .error(BluezError.blocked) }
      loop.spawn { await self.switchPower(adapter, isOn, call) }
      return .later
    case "Discoverable", "Connectable":
      guard controller.isPowered else { return .error(BluezError.failed("Not Powered")) }
      reply(call, .done)
      update(controller: adapter) { $0.isDiscoverable = isOn }
    default:
      reply(call, .done)
      update(controller: adapter) { $0.isPairable = isOn }
    }
    return .later
  }

  private func switchPower(_ adapter: String, _ isOn: Bool, _ call: MethodCall) async {
    let life = life
    if !isOn { removeTemporaryDevices(of: adapter) }
    setPowerState(adapter, isOn ? "off-enabling" : "on-disabling")
    try? await pass(timing.power)
    guard self.life == life, let controller = controllers[adapter], controller.isPluggedIn else { return }
    if controller.isBlocked {
      setPowerState(adapter, nil)
      return reply(call, .error(BluezError.blocked))
    }
    reply(call, .done)
    powerStates[adapter] = nil
    if isOn { powerOn(adapter) } else { powerOff(adapter) }
  }

  /// The controller goes off, for whatever reason: links and discoveries end, temporary devices vanish, bonds stay.
  func powerOff(_ adapter: String) {
    cancelUndertakings(on: adapter, because: BluezError.failed("br-connection-aborted-by-local"))
    for device in devices.values where device.adapter == adapter && device.isConnected {
      dropLink(device.path, reason: .local)
    }
    removeTemporaryDevices(of: adapter)
    endDiscovery(on: adapter)
    changeRemnants(on: adapter) { $0.isInInquiryCache = false }
    guard timing.powerNews > .zero else { return update(controller: adapter) { $0.isPowered = false } }
    later(timing.powerNews) { $0.update(controller: adapter) { $0.isPowered = false } }
  }

  /// The controller goes on; the kernel deletes the keys in its memory.
  func powerOn(_ adapter: String) {
    changeRemnants(on: adapter) { $0.isInController = false }
    update(controller: adapter) { controller in
      controller.isBlocked = false
      controller.isPowered = true
    }
  }

  private func removeTemporaryDevices(of adapter: String) {
    let temporary = devices.values.filter { $0.adapter == adapter && $0.isTemporary && !$0.isConnected }
    for device in temporary {
      removeStored(device)
      vanish(device.path)
    }
  }
}
