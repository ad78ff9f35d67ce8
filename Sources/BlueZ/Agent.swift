package import DBus
package import EventLoop

/// The agent through which BlueZ asks a person (`org.bluez.Agent1`).
///
/// It must be registered on the connection that calls `Pair`: BlueZ asks the agent of the caller. A connection has one
/// agent at a time. Only bluetoothd itself is listened to. A registered agent stays alive until ``unregister()`` or the
/// end of the connection.
///
/// It does not become the default agent by itself: that makes every adapter pairable as a side effect
/// (`src/adapter.c adapter_set_io_capability`). Without it, an outgoing pairing leaves no key unless the adapter is
/// made pairable in another way (seen on 5.82).
package actor Agent: LoopActor {
  package nonisolated let loop: EventLoop
  package nonisolated let path: ObjectPath
  /// Whether BlueZ knows the agent. False again once bluetoothd has gone away.
  package private(set) var isRegistered = false

  private let connection: Connection
  private let delegate: any AgentDelegate
  private var owner: String?
  private var ownerWatch: Subscription?
  private var question: Task<Answer, Never>?

  package init(on connection: Connection, path: ObjectPath = "/org/mdrctl/agent", delegate: any AgentDelegate) {
    self.connection = connection
    loop = connection.loop
    self.path = path
    self.delegate = delegate
  }

  // MARK: Registration

  /// Makes the agent known to BlueZ.
  ///
  /// BlueZ may register one after it was not waited for any more; so it is taken back when no answer comes, and once
  /// more when BlueZ says that there is one of this path already. Throws ``BlueZError/Code/alreadyExists`` when the
  /// connection has another agent.
  package func register(_ capability: AgentCapability) async throws(BlueZError) {
    do throws(DBusError) {
      if ownerWatch == nil {
        ownerWatch = try await connection.watchOwner(of: BlueZName.service) { [weak self] owner in
          self?.assumeIsolated { $0.ownerChanged(to: owner) }
        }
      }
      await connection.export(path) { call in self.assumeIsolated { $0.answer(call) } }
      do throws(DBusError) { try await introduce(capability) } catch {
        guard BlueZError(error).code == .alreadyExists else { throw error }
        try await manage("UnregisterAgent") { [path] in $0.append(path) }
        try await introduce(capability)
      }
      isRegistered = true
    } catch {
      if error.isNoReply { await takeBack() }
      await withdraw()
      throw BlueZError(error)
    }
  }

  /// Takes the agent back. One that BlueZ does not know any more is no error.
  package func unregister() async {
    if isRegistered { try? await manage("UnregisterAgent") { [path] in $0.append(path) } }
    await withdraw()
  }

  private func introduce(_ capability: AgentCapability) async throws(DBusError) {
    try await manage("RegisterAgent") { [path] arguments in
      arguments.append(path)
      arguments.append(capability.rawValue)
    }
  }

  /// bluetoothd reads its calls in order: what it registers late, it unregisters next. Nobody waits for that.
  private func takeBack() async {
    // The bus would start a bluetoothd for its well-known name.
    guard let owner else { return }
    let message = try? Message(
      call: "UnregisterAgent", on: BlueZName.manager, interface: BlueZInterface.agentManager, to: owner,
      wantsReply: false
    ) { [path] in $0.append(path) }
    if let message { try? await connection.send(message) }
  }

  private func withdraw() async {
    isRegistered = false
    question?.cancel()
    question = nil
    await connection.unexport(path)
    if let ownerWatch { await connection.unsubscribe(ownerWatch) }
    ownerWatch = nil
  }

  private func manage(_ method: String, _ arguments: (inout MessageWriter) -> Void) async throws(DBusError) {
    let message = try Message(
      call: method, on: BlueZName.manager, interface: BlueZInterface.agentManager, to: BlueZName.service, arguments)
    try await connection.call(message, timeout: CallTimeout.other)
  }

  private func ownerChanged(to owner: String?) {
    if owner != self.owner {
      isRegistered = false
      question?.cancel()
    }
    self.owner = owner
  }

  // MARK: Questions

  private func answer(_ call: MethodCall) -> Answer {
    guard let owner, call.sender == owner else {
      return .error(DBusError(name: ErrorName.accessDenied, message: "only bluetoothd may ask"))
    }
    guard call.interface == nil || call.interface == BlueZInterface.agent else { return .unknownMethod }
    do throws(DBusError) { return try dispatch(call) } catch { return .error(.invalidArguments(error.message)) }
  }

  private func dispatch(_ call: MethodCall) throws(DBusError) -> Answer {
    var body = call.reader()
    switch call.member {
    case "Cancel":
      question?.cancel()
      return .done
    case "Release":
      isRegistered = false
      question?.cancel()
      loop.spawn { [delegate] in await delegate.released() }
      return .done
    case "RequestPinCode": return try ask(&body, Self.pinCode)
    case "RequestPasskey": return try ask(&body, Self.passkey)
    case "RequestConfirmation":
      let device = try body.objectPath()
      let passkey = try body.uint32()
      return ask(device) { delegate, device throws(AgentRefusal) in
        try await delegate.confirm(passkey, for: device)
        return .done
      }
    case "RequestAuthorization":
      return try ask(&body) { delegate, device throws(AgentRefusal) in
        try await delegate.authorize(device)
        return .done
      }
    case "AuthorizeService":
      let device = try body.objectPath()
      let uuid = try body.text()
      return ask(device) { delegate, device throws(AgentRefusal) in
        try await delegate.authorize(service: uuid, for: device)
        return .done
      }
    case "DisplayPinCode", "DisplayPasskey": return try show(call)
    default: return .unknownMethod
    }
  }

  /// What is only shown is answered at once: BlueZ goes on while it is shown.
  private func show(_ call: MethodCall) throws(DBusError) -> Answer {
    var body = call.reader()
    let device = try body.objectPath()
    if call.member == "DisplayPinCode" {
      let pinCode = try body.text()
      loop.spawn { [delegate] in await delegate.display(pinCode: pinCode, for: device) }
    } else {
      let (passkey, entered) = (try body.uint32(), try body.uint16())
      loop.spawn { [delegate] in await delegate.display(passkey: passkey, entered: entered, for: device) }
    }
    return .done
  }

  private typealias Question = @Sendable (any AgentDelegate, ObjectPath) async throws(AgentRefusal) -> Answer

  private static func pinCode(_ delegate: any AgentDelegate, _ device: ObjectPath) async throws(AgentRefusal) -> Answer
  {
    let pinCode = try await delegate.pinCode(for: device)
    return .reply { $0.append(pinCode) }
  }

  private static func passkey(_ delegate: any AgentDelegate, _ device: ObjectPath) async throws(AgentRefusal) -> Answer
  {
    let passkey = try await delegate.passkey(for: device)
    return .reply { $0.append(passkey) }
  }

  private func ask(_ body: inout MessageReader, _ question: @escaping Question) throws(DBusError) -> Answer {
    ask(try body.objectPath(), question)
  }

  /// Asks the delegate in a task of its own, so that `Cancel` can end it; an earlier question is over by now.
  private func ask(_ device: ObjectPath, _ question: @escaping Question) -> Answer {
    self.question?.cancel()
    let task = loop.spawn { [delegate] () async -> Answer in
      do throws(AgentRefusal) {
        let answer = try await question(delegate, device)
        return Task.isCancelled ? Self.refusal(.canceled) : answer
      } catch { return Self.refusal(Task.isCancelled ? .canceled : error) }
    }
    self.question = task
    return .task { await task.value }
  }

  private static func refusal(_ refusal: AgentRefusal) -> Answer {
    .error(DBusError(name: refusal.rawValue, message: ""))
  }
}
