internal import DBus

/// The agents that clients have registered: one for each connection.
struct AgentTable: Sendable {
  /// What a client has registered.
  struct Agent: Sendable {
    let client: String
    let path: ObjectPath
    let capability: Headset.Capability
  }

  private var agents: [String: Agent] = [:]
  /// The clients whose agents asked to be the default one, the latest first.
  private var defaults: [String] = []

  /// The agent of a client.
  subscript(client: String) -> Agent? {
    get { agents[client] }
    set { agents[client] = newValue }
  }

  /// How many there are.
  var count: Int { agents.count }
  /// The one that is asked when nobody in particular is.
  var defaultAgent: Agent? { defaults.first.flatMap { agents[$0] } }

  /// The client asked to be the default one.
  mutating func makeDefault(_ client: String) {
    defaults.removeAll { $0 == client }
    defaults.insert(client, at: 0)
  }

  /// The client has no agent any more.
  mutating func remove(_ client: String) {
    agents[client] = nil
    defaults.removeAll { $0 == client }
  }
}

extension Simulator {
  /// RegisterAgent, UnregisterAgent and RequestDefaultAgent.
  func manageAgent(_ call: MethodCall) throws -> Answer {
    var body = call.reader()
    let path = try body.objectPath()
    switch call.member {
    case "RegisterAgent":
      let name = try body.string()
      guard agents[call.sender] == nil else { throw BluezError.alreadyExists }
      let capability = name.isEmpty ? .keyboardDisplay : Headset.Capability(rawValue: name)
      guard let capability else { throw BluezError.invalidArguments }
      agents[call.sender] = AgentTable.Agent(client: call.sender, path: path, capability: capability)
    case "UnregisterAgent":
      guard agents[call.sender]?.path == path else { throw BluezError.doesNotExist }
      removeAgent(of: call.sender)
    default:
      guard agents[call.sender]?.path == path else { throw BluezError.doesNotExist }
      let hadDefault = agents.defaultAgent != nil
      agents.makeDefault(call.sender)
      // The first default agent makes every adapter pairable (`adapter.c adapter_set_io_capability`).
      if !hadDefault { setPairable(true) }
    }
    return .done
  }

  /// The agent is gone; without any default agent nothing is pairable any more.
  func removeAgent(of client: String) {
    guard agents[client] != nil else { return }
    let hadDefault = agents.defaultAgent != nil
    agents.remove(client)
    if hadDefault, agents.defaultAgent == nil { setPairable(false) }
  }

  private func setPairable(_ isPairable: Bool) {
    for name in controllers.keys { update(controller: name) { $0.isPairable = isPairable } }
  }

  // MARK: Asking

  /// Asks an agent and returns its answer's first argument as text, empty where there is none.
  ///
  /// When the pairing ends while the agent is still asked, the agent is told with `Cancel`.
  func ask(
    _ agent: AgentTable.Agent, _ member: String, _ arguments: (inout MessageWriter) -> Void
  ) async throws -> MessageReader {
    guard let bus else { throw CancellationError() }
    flush()
    let question = try Message(
      call: member, on: agent.path, interface: Bluez.agent, to: agent.client, arguments)
    do throws(DBusError) {
      return try await bus.call(question, timeout: timing.agent / timing.speed).reader()
    } catch {
      if error.isNoReply || error.code == .cancelled { cancelQuestion(agent) }
      guard error.code == .remote || error.code == .timedOut else { throw CancellationError() }
      // Whatever an agent says but yes, the kernel is told no, and calls it a failure.
      throw BluezError.authenticationFailed
    }
  }

  /// Shows something; an agent that cannot is no reason to give up.
  func show(_ agent: AgentTable.Agent, _ member: String, _ arguments: (inout MessageWriter) -> Void) {
    guard
      let message = try? Message(
        call: member, on: agent.path, interface: Bluez.agent, to: agent.client, wantsReply: false, arguments)
    else { return }
    send(message)
  }

  private func cancelQuestion(_ agent: AgentTable.Agent) { show(agent, "Cancel") { _ in } }
}
