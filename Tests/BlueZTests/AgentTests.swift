import BlueZ
import DBus
import EventLoop
import Support
import Testing
import Vocabulary

/// Notes every question; answers what it was given, or waits until it is cancelled.
private struct Person: AgentDelegate {
  let log: EventLog<String>
  var hangs = false
  var refusal: AgentRefusal?

  private func consider(_ question: String) async throws(AgentRefusal) {
    log.note(question)
    if let refusal { throw refusal }
    guard hangs else { return }
    let endless = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    for await _ in endless.stream {}
    log.note("given up")
  }

  func pinCode(for device: ObjectPath) async throws(AgentRefusal) -> String {
    try await consider("pin")
    return "0000"
  }
  func passkey(for device: ObjectPath) async throws(AgentRefusal) -> UInt32 {
    try await consider("passkey")
    return 123_456
  }
  func confirm(_ passkey: UInt32, for device: ObjectPath) async throws(AgentRefusal) {
    try await consider("confirm \(passkey)")
  }
  func authorize(_ device: ObjectPath) async throws(AgentRefusal) { try await consider("authorize") }
  func authorize(service uuid: String, for device: ObjectPath) async throws(AgentRefusal) {
    try await consider("service \(uuid)")
  }
  func display(pinCode: String, for device: ObjectPath) async { log.note("show \(pinCode)") }
  func display(passkey: UInt32, entered: UInt16, for device: ObjectPath) async {
    log.note("show \(passkey) \(entered)")
  }
  func released() async { log.note("released") }
}

@Suite(.timeLimit(.minutes(5))) struct AgentTests {
  private static func question(
    _ member: String, _ scene: Scene, _ arguments: @escaping @Sendable (inout MessageWriter) -> Void = { _ in }
  ) async throws -> Message {
    try Message(
      call: member, on: "/org/mdrctl/agent", interface: BlueZInterface.agent, to: await scene.bus.uniqueName, arguments)
  }

  /// What is said of agents to BlueZ, in order.
  private static func calls(_ scene: Scene, count: Int) async throws -> [String] {
    try await scene.bluez.calls.wait(for: count).map { String($0.prefix { $0 != " " }) }
  }

  @Test func `an agent that BlueZ registers too late is taken back`() async throws {
    let (code, calls) = try await withScene { scene in
      let log = EventLog<String>(scene.loop)
      // What the bus says of a call whose answer never came, without the ten seconds.
      await scene.bluez.answer("RegisterAgent", with: .error(DBusError(name: ErrorName.noReply, message: "")))
      let agent = Agent(on: scene.bus, delegate: Person(log: log))
      var code: BlueZError.Code?
      do throws(BlueZError) { try await agent.register(.noInputNoOutput) } catch { code = error.code }
      return (code, try await Self.calls(scene, count: 2))
    }
    #expect(code != nil)
    #expect(calls == ["RegisterAgent", "UnregisterAgent"])
  }

  @Test func `an agent of ours that BlueZ still has is replaced`() async throws {
    let calls = try await withScene { scene in
      let log = EventLog<String>(scene.loop)
      let error = DBusError(name: "org.bluez.Error.AlreadyExists", message: "Already Exists")
      await scene.bluez.answer("RegisterAgent", with: .error(error))
      let agent = Agent(on: scene.bus, delegate: Person(log: log))
      await #expect(throws: BlueZError.self) { try await agent.register(.noInputNoOutput) }
      return try await Self.calls(scene, count: 3)
    }
    #expect(calls == ["RegisterAgent", "UnregisterAgent", "RegisterAgent"])
  }

  private static func agent(_ scene: Scene, hangs: Bool = false, refusal: AgentRefusal? = nil) async throws -> (
    Agent, EventLog<String>
  ) {
    let log = EventLog<String>(scene.loop)
    let agent = Agent(on: scene.bus, delegate: Person(log: log, hangs: hangs, refusal: refusal))
    try await agent.register(.keyboardDisplay)
    return (agent, log)
  }

  @Test func `the agent is registered without becoming the default one`() async throws {
    let (calls, was, isNow) = try await withScene { scene in
      let (agent, _) = try await Self.agent(scene)
      let was = await agent.isRegistered
      await agent.unregister()
      return (await scene.bluez.calls.events, was, await agent.isRegistered)
    }
    #expect(calls == ["RegisterAgent /org/bluez os", "UnregisterAgent /org/bluez o"])
    #expect(was && !isNow)
  }

  @Test func `a registration that BlueZ refuses leaves nothing exported`() async throws {
    let (error, refused) = try await withScene { scene in
      await scene.bluez.answer(
        "RegisterAgent", with: .error(DBusError(name: "org.bluez.Error.AlreadyExists", message: "Already Exists")))
      let agent = Agent(on: scene.bus, delegate: Person(log: EventLog(scene.loop)))
      let error = await #expect(throws: BlueZError.self) { try await agent.register(.noInputNoOutput) }
      let question = try await Self.question("RequestAuthorization", scene) { $0.append(headset) }
      let refused = await #expect(throws: DBusError.self) { try await scene.bluez.connection.call(question) }
      return (error, refused)
    }
    #expect(error?.code == .alreadyExists)
    #expect(refused?.name == ErrorName.unknownObject)
  }

  @Test func `every question reaches the delegate and its answer BlueZ`() async throws {
    let (log, pin, passkey) = try await withScene { scene in
      let (_, log) = try await Self.agent(scene)
      let bluez = scene.bluez.connection
      var pin = try await bluez.call(Self.question("RequestPinCode", scene) { $0.append(headset) }).reader()
      var passkey = try await bluez.call(Self.question("RequestPasskey", scene) { $0.append(headset) }).reader()
      try await bluez.call(
        Self.question("RequestConfirmation", scene) {
          $0.append(headset)
          $0.append(UInt32(42))
        })
      try await bluez.call(Self.question("RequestAuthorization", scene) { $0.append(headset) })
      try await bluez.call(
        Self.question("AuthorizeService", scene) {
          $0.append(headset)
          $0.append(AudioService.a2dpSink.uuid)
        })
      try await bluez.call(
        Self.question("DisplayPinCode", scene) {
          $0.append(headset)
          $0.append("1234")
        })
      try await bluez.call(
        Self.question("DisplayPasskey", scene) {
          $0.append(headset)
          $0.append(UInt32(7))
          $0.append(UInt16(2))
        })
      try await bluez.call(Self.question("Release", scene))
      return (try await log.wait(for: 8), try pin.string(), try passkey.uint32())
    }
    #expect(pin == "0000")
    #expect(passkey == 123_456)
    #expect(
      log == [
        "pin", "passkey", "confirm 42", "authorize", "service \(AudioService.a2dpSink.uuid)", "show 1234", "show 7 2",
        "released",
      ])
  }

  @Test(arguments: [AgentRefusal.rejected, .canceled])
  func `a refusal has BlueZ's name`(_ refusal: AgentRefusal) async throws {
    let error = try await withScene { scene in
      _ = try await Self.agent(scene, refusal: refusal)
      let question = try await Self.question("RequestAuthorization", scene) { $0.append(headset) }
      return await #expect(throws: DBusError.self) { try await scene.bluez.connection.call(question) }
    }
    #expect(error?.name == refusal.rawValue)
  }

  @Test func `a delegate that implements nothing rejects`() async throws {
    struct Silent: AgentDelegate {}
    let names = try await withScene { scene in
      let agent = Agent(on: scene.bus, delegate: Silent())
      try await agent.register(.noInputNoOutput)
      var names: [String?] = []
      for member in ["RequestPinCode", "RequestPasskey", "RequestAuthorization"] {
        let question = try await Self.question(member, scene) { $0.append(headset) }
        names.append(await #expect(throws: DBusError.self) { try await scene.bluez.connection.call(question) }?.name)
      }
      return names
    }
    #expect(names == Array(repeating: AgentRefusal.rejected.rawValue, count: 3))
  }

  @Test func `Cancel ends the question under way`() async throws {
    let (log, error) = try await withScene { scene in
      let (_, log) = try await Self.agent(scene, hangs: true)
      let question = try await Self.question("RequestConfirmation", scene) {
        $0.append(headset)
        $0.append(UInt32(1))
      }
      let asking = Task(executorPreference: scene.loop) {
        await #expect(throws: DBusError.self) { try await scene.bluez.connection.call(question) }
      }
      try await log.wait(for: 1)
      try await scene.bluez.connection.call(Self.question("Cancel", scene))
      let error = await asking.value
      return (await log.events, error)
    }
    #expect(log == ["confirm 1", "given up"])
    #expect(error?.name == AgentRefusal.canceled.rawValue)
  }

  @Test func `a stranger's question is refused and never reaches the delegate`() async throws {
    let (log, error) = try await withScene { scene in
      let (_, log) = try await Self.agent(scene)
      let stranger = try await Connection.open(scene.address, on: scene.loop)
      let question = try await Self.question("RequestAuthorization", scene) { $0.append(headset) }
      let error = await #expect(throws: DBusError.self) { try await stranger.call(question) }
      return (await log.events, error)
    }
    #expect(error?.name == ErrorName.accessDenied)
    #expect(log.isEmpty)
  }

  @Test func `arguments of another shape are an error, not a question`() async throws {
    let (log, error) = try await withScene { scene in
      let (_, log) = try await Self.agent(scene)
      let question = try await Self.question("RequestConfirmation", scene) { $0.append("not a path") }
      let error = await #expect(throws: DBusError.self) { try await scene.bluez.connection.call(question) }
      return (await log.events, error)
    }
    #expect(error?.name == ErrorName.invalidArgs)
    #expect(log.isEmpty)
  }

  @Test func `bluetoothd's end ends the registration and the question`() async throws {
    let (log, isRegistered) = try await withScene { scene in
      let (agent, log) = try await Self.agent(scene, hangs: true)
      let question = try await Self.question("RequestPasskey", scene) { $0.append(headset) }
      try await scene.bluez.connection.call(question) { _ in }
      try await log.wait(for: 1)
      await scene.bluez.stop()
      return (try await log.wait(for: 2), await agent.isRegistered)
    }
    #expect(log == ["passkey", "given up"])
    #expect(!isRegistered)
  }
}
