internal import DBus
internal import EventLoop

// What comes in from the bus, and who deals with it.
extension Simulator {
  /// The methods of each interface and the types of their arguments; a call of another shape is not theirs
  /// (`gdbus/object.c generic_message`).
  private static let methods: [String: [String: String]] = [
    StandardInterface.introspectable: ["Introspect": ""],
    StandardInterface.properties: ["Get": "ss", "Set": "ssv", "GetAll": "s"],
    Bluez.agentManager: ["RegisterAgent": "os", "UnregisterAgent": "o", "RequestDefaultAgent": "o"],
    Bluez.profileManager: ["RegisterProfile": "osa{sv}", "UnregisterProfile": "o"],
    Bluez.adapter: [
      "StartDiscovery": "", "StopDiscovery": "", "SetDiscoveryFilter": "a{sv}", "GetDiscoveryFilters": "",
      "RemoveDevice": "o",
    ],
    Bluez.media: [
      "RegisterEndpoint": "oa{sv}", "UnregisterEndpoint": "o", "RegisterPlayer": "oa{sv}", "UnregisterPlayer": "o",
      "RegisterApplication": "oa{sv}", "UnregisterApplication": "o",
    ],
    Bluez.adminPolicySet: ["SetServiceAllowList": "as"],
    Bluez.device: [
      "Connect": "", "Disconnect": "", "ConnectProfile": "s", "DisconnectProfile": "s", "Pair": "", "CancelPairing": "",
    ],
    Bluez.mediaControl: ["Play": "", "Pause": "", "Stop": "", "Next": "", "Previous": ""],
    Bluez.mediaEndpoint: ["SetConfiguration": "oa{sv}"],
    Bluez.mediaTransport: ["Acquire": "", "TryAcquire": "", "Release": ""],
  ]
  /// Methods that take time and deal with a fault themselves, once the call has been found acceptable.
  private static let undertaken: Set<String> = ["Pair", "Connect", "ConnectProfile", "Disconnect", "RemoveDevice"]

  /// Deals with a call that has come in.
  func receive(_ call: MethodCall) -> Answer {
    if isStopping { return .later }
    if isFrozen {
      frozen.append(call)
      return .later
    }
    if call.interface == StandardInterface.peer { return .unknownMethod }
    let seen = Call(call)
    log.note(seen)
    let fault = takeFault(for: seen)
    let answer: Answer
    if let fault, !Self.undertaken.contains(call.member) {
      answer = .later
      noteStarting(call, true)
      loop.spawn { await self.answerLate(call, fault) }
    } else {
      answer = self.answer(Incoming(call: call, fault: fault))
    }
    fireTriggers(on: seen)
    flush()
    return answer
  }

  private func answerLate(_ call: MethodCall, _ fault: Fault) async {
    let life = life
    do {
      let spoilt = try await suffer(fault)
      // What waits in a bluetoothd ends with it.
      guard self.life == life else { return }
      noteStarting(call, false)
      if let spoilt { return reply(call, spoilt) }
    } catch {
      // bluetoothd ended meanwhile, or never answers.
      return
    }
    reply(call, answer(Incoming(call: call)))
  }

  /// A discovery that is being started cannot be stopped.
  private func noteStarting(_ call: MethodCall, _ isStarting: Bool) {
    guard call.matches(Bluez.adapter, "StartDiscovery") else { return }
    let adapter = adapterName(of: call.path)
    if isStarting {
      discoveries[adapter, default: Discovery()].starting.insert(call.sender)
    } else {
      discoveries[adapter]?.starting.remove(call.sender)
    }
  }

  private func answer(_ incoming: Incoming) -> Answer {
    let call = incoming.call
    let exists = call.path == "/" || tree[call.path] != nil
    guard let interface = call.interface, exists, self.interface(interface, existsAt: call.path) else {
      return .error(BluezError.unhandled(call, objectExists: exists))
    }
    if call.isManagedObjects {
      let tree = tree
      return .reply { tree.append(to: &$0) }
    }
    guard Self.methods[interface]?[call.member] == call.message.signature else {
      return .error(BluezError.unhandled(call, objectExists: true))
    }
    do {
      switch interface {
      case StandardInterface.introspectable: return introspect(call.path)
      case StandardInterface.properties: return try property(call)
      case Bluez.agentManager: return try manageAgent(call)
      case Bluez.profileManager: return try manageProfile(call)
      case Bluez.adapter: return try callAdapter(incoming, adapterName(of: call.path))
      case Bluez.device: return try callDevice(incoming, call.path)
      case Bluez.mediaTransport, Bluez.mediaEndpoint: return .error(BluezError.notAuthorized)
      case Bluez.mediaControl: return .error(BluezError.failed("Operation is not supported"))
      default: return .done
      }
    } catch let error as DBusError {
      return .error(error)
    } catch {
      return .error(BluezError.failed("\(error)"))
    }
  }

  private func interface(_ name: String, existsAt path: ObjectPath) -> Bool {
    if path == "/" { return name == StandardInterface.objectManager || name == StandardInterface.introspectable }
    return tree.view(path, name) != nil
  }

  private func introspect(_ path: ObjectPath) -> Answer {
    let interfaces = (tree[path] ?? []).map { "<interface name=\"\($0.name)\"/>\n" }.joined()
    let document = Introspection(interfaces: interfaces, children: tree.children(of: path)).document
    return .reply { $0.append(document) }
  }

  private func callAdapter(_ incoming: Incoming, _ name: String) throws -> Answer {
    let call = incoming.call
    switch call.member {
    case "StartDiscovery": return try startDiscovery(call, on: name)
    case "StopDiscovery": return try stopDiscovery(call, on: name)
    case "SetDiscoveryFilter": return try setDiscoveryFilter(call, on: name)
    case "GetDiscoveryFilters":
      return .reply {
        $0.append(["UUIDs", "RSSI", "Pathloss", "Transport", "DuplicateData", "Discoverable", "Pattern"])
      }
    default: return try removeDevice(incoming, on: name)
    }
  }

  private func callDevice(_ incoming: Incoming, _ path: ObjectPath) throws -> Answer {
    switch incoming.call.member {
    case "Pair": return try pair(incoming, path)
    case "CancelPairing": return try cancelPairing(path)
    case "Connect": return try connect(incoming, path)
    case "ConnectProfile": return try connectProfile(incoming, path)
    case "DisconnectProfile": return try disconnectProfile(incoming.call, path)
    default: return disconnect(incoming, path)
    }
  }

  /// A client left the bus: its agent, its discoveries and its pairings end.
  func noteDeparture(_ signal: Message) {
    var body = signal.reader()
    guard let name = try? body.string(), name.hasPrefix(":"), (try? body.string()) != nil,
      let owner = try? body.string(), owner.isEmpty
    else { return }
    departed.insert(name)
    removeAgent(of: name)
    removeProfiles(of: name)
    for adapter in discoveries.keys { endDiscovery(of: name, on: adapter) }
    cancelPairings(of: name)
    flush()
  }
}

extension MethodCall {
  fileprivate var isManagedObjects: Bool {
    path == "/" && interface == StandardInterface.objectManager && member == "GetManagedObjects"
      && message.signature.isEmpty
  }
}
