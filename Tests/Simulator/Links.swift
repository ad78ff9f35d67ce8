internal import DBus

/// Why a link went down, as `Device1.Disconnected` tells it.
enum LinkEnd: String, Sendable {
  case unspecified = "Unknown"
  case timeout = "Timeout"
  case local = "Local"
  case remote = "Remote"
  case authentication = "Authentication"

  /// The signal's second argument.
  var text: String {
    switch self {
    case .unspecified: "Unspecified"
    case .timeout: "Connection timeout"
    case .local: "Connection terminated by local host"
    case .remote: "Connection terminated by remote user"
    case .authentication: "Connection terminated due to authentication failure"
    }
  }

  /// The kernel's number for it (mgmt's Device Disconnected).
  var code: Int {
    switch self {
    case .unspecified: 0
    case .timeout: 1
    case .local: 2
    case .remote: 3
    case .authentication: 4
    }
  }
}

// Links going down, and Device1.Disconnect.
extension Simulator {
  /// The link is down, with everything over it.
  func dropLink(_ path: ObjectPath, reason: LinkEnd) {
    guard let device = devices[path], device.isConnected else { return }
    if reason == .timeout, !device.connected.isEmpty { reconnectLater(path) }
    let transport = device.transport
    announce(.disconnected(reason.code), of: device)
    // A key that was not to be stored ends with the link (`device.c device_remove_connection`).
    if device.isPaired, !device.isBonded { setKernelKey(nil, of: device) }
    let signal = try? Message(signal: "Disconnected", from: path, interface: Bluez.device) { body in
      body.append("org.bluez.Reason.\(reason.rawValue)")
      body.append(reason.text)
    }
    // Sent at once, whereas the change of the property waits its turn.
    if version.hasDisconnectedSignal, let signal { send(signal) }
    endSerial(of: path)
    update(path) { device in
      device.drop()
      if !device.isBonded { device.isPaired = false }
    }
    flush()
    removeStereo(path, transport)
    cancelUndertakings([.connecting], on: path, because: BluezError.failed("br-connection-canceled"))
    if devices[path]?.isTemporary == true { armTemporary(path) }
  }

  /// The kernel ends a link for another program than bluetoothd; false when there is none.
  package func endLink(of address: String, on adapter: String) -> Bool {
    guard let path = devicePath(address.uppercased(), on: adapter), devices[path]?.isConnected == true else {
      return false
    }
    dropLink(path, reason: .local)
    return true
  }

  /// A link over which no profile has been opened is let go by the kernel, which remembers a failed authentication.
  func dropWhenIdle(_ path: ObjectPath, reason: LinkEnd = .local) {
    later(timing.idleLink) { simulator in
      guard let device = simulator.devices[path], device.isConnected, device.connected.isEmpty else { return }
      guard !simulator.isUnderway(on: path) else { return simulator.dropWhenIdle(path, reason: reason) }
      simulator.dropLink(path, reason: reason)
    }
  }

  /// Ends the link, or the attempt to make one; without either it is done already.
  func disconnect(_ incoming: Incoming, _ path: ObjectPath) -> Answer {
    let canceled = BluezError.failed("br-connection-canceled")
    cancelUndertakings([.connecting], on: path, because: canceled)
    guard devices[path]?.isConnected == true || incoming.fault != nil else { return .done }
    return begin(.disconnecting, on: path, for: incoming) { try await $0.takeDown(path) }
  }

  /// Ends the profiles, waits as bluetoothd does, and ends the link.
  func takeDown(_ path: ObjectPath) async throws {
    guard devices[path]?.isConnected == true else { return }
    removeStereo(path, devices[path]?.transport)
    update(path) { device in
      device.transport = nil
      device.connected = []
    }
    flush()
    try await pass(timing.disconnect + timing.disconnectLink)
    dropLink(path, reason: .local)
  }

  /// Ends one profile; the link stays for a while.
  func disconnectProfile(_ call: MethodCall, _ path: ObjectPath) throws -> Answer {
    var body = call.reader()
    let name = try body.string()
    if Service(name: name) == nil, devices[path]?.uuids.contains(name.lowercased()) == true {
      endSerial(of: path, uuid: name.lowercased())
      return .done
    }
    guard let service = Service(name: name), devices[path]?.uuids.contains(service.uuid) == true else {
      throw BluezError.invalidArguments
    }
    if service == .a2dpSink {
      removeStereo(path, devices[path]?.transport)
      devices[path]?.transport = nil
    }
    update(path) { $0.connected.remove(service) }
    dropWhenIdle(path)
    return .done
  }
}
