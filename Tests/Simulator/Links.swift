internal import DBus

/// Why a link went down, as `Device1.Disconnected` tells it.
enum LinkEnd: String, Sendable {
  case timeout = "Timeout"
  case local = "Local"
  case remote = "Remote"
  case authentication = "Authentication"

  /// The signal's second argument.
  var text: String {
    switch self {
    case .timeout: "Connection timeout"
    case .local: "Connection terminated by local host"
    case .remote: "Connection terminated by remote user"
    case .authentication: "Connection terminated due to authentication failure"
    }
  }
}

// Links going down, and Device1.Disconnect.
extension Simulator {
  /// The link is down, with everything over it.
  func dropLink(_ path: ObjectPath, reason: LinkEnd) {
    guard devices[path]?.isConnected == true else { return }
    let transport = devices[path]?.transport
    let signal = try? Message(signal: "Disconnected", from: path, interface: Bluez.device) { body in
      body.append("org.bluez.Reason.\(reason.rawValue)")
      body.append(reason.text)
    }
    // Sent at once, whereas the change of the property waits its turn.
    if version.hasDisconnectedSignal, let signal { send(signal) }
    update(path) { device in
      device.drop()
      // A key that was not to be stored ends with the link (`device.c device_remove_connection`).
      if device.isPaired, !device.isBonded {
        device.isPaired = false
        device.kernelKey = nil
      }
    }
    flush()
    removeStereo(path, transport)
    cancelUndertakings([.connecting], on: path, because: BluezError.failed("br-connection-canceled"))
    if devices[path]?.isTemporary == true { armTemporary(path) }
  }

  /// A link over which no profile has been opened is let go.
  func dropWhenIdle(_ path: ObjectPath) {
    later(timing.idleLink) { simulator in
      guard let device = simulator.devices[path], device.isConnected, device.connected.isEmpty else { return }
      guard !simulator.isUnderway(on: path) else { return simulator.dropWhenIdle(path) }
      simulator.dropLink(path, reason: .remote)
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
